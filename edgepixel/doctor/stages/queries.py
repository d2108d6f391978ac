# SPDX-License-Identifier: Apache-2.0
"""What Athena is asked: the view `events`, the workgroup, and the saved answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edgepixel.answers.subject.conditions import saved_time_zone
from edgepixel.console.table import Table
from edgepixel.doctor.facts.said import Said, is_absent, part, was_told
from edgepixel.doctor.findings import PUT_BACK, Paragraph, Problem, Stage
from edgepixel.template.parameters import time_zone_problem

_CHANGED = f"Somebody changed or deleted it. {PUT_BACK}"


@dataclass(frozen=True)
class QueryFacts:
    """GetTable of the view, GetWorkGroup, and BatchGetNamedQuery. `answers`: logical ids of the stack's, by id."""

    view: Said
    workgroup_name: str
    workgroup: Said
    answers: dict[str, str]
    named_queries: Said


def view_problems(facts: QueryFacts) -> Iterator[Problem]:
    """What is wrong with the view."""
    if is_absent(facts.view):
        yield Problem(Stage.VIEW, "The view events does not exist.", _CHANGED, Paragraph.QUERIES)
    elif (kind := part(facts.view, "Table", "TableType")) not in (None, "VIRTUAL_VIEW"):
        yield Problem(Stage.VIEW, f"events is no view but a {kind}.", _CHANGED, Paragraph.QUERIES)


def answer_problems(facts: QueryFacts) -> Iterator[Problem]:
    """What is wrong with the workgroup and its saved queries."""
    if is_absent(facts.workgroup):
        yield _answer_problem(f"The Athena workgroup {facts.workgroup_name} does not exist.")
        return
    if part(facts.workgroup, "WorkGroup", "State") == "DISABLED":
        yield _answer_problem(f"The Athena workgroup {facts.workgroup_name} is disabled.")
    if not was_told(facts.named_queries):
        return
    saved = part(facts.named_queries, "NamedQueries") or []
    zones = dict.fromkeys(filter(None, (saved_time_zone(str(query.get("QueryString"))) for query in saved)))
    for problem in filter(None, map(time_zone_problem, zones)):
        yield Problem(
            Stage.ANSWER,
            f"Answers with hours and days fail: {problem}.",
            "Deploy the stack with a TimeZone that Athena knows: sam deploy --parameter-overrides TimeZone=UTC",
            Paragraph.QUERIES,
        )
    found = {query["NamedQueryId"] for query in saved}
    missing = sorted(name for identifier, name in facts.answers.items() if identifier not in found)
    if missing:
        yield _answer_problem(f"Saved queries of the stack do not exist: {', '.join(missing)}.")


def failed_query(stage: Stage, reason: str) -> Problem:
    """The problem if Athena could not run a query."""
    what = "The view events cannot be read" if stage is Stage.VIEW else "An answer cannot be run"
    return Problem(
        stage,
        f"{what}. {reason}",
        "If access is denied, you or the workgroup lack a permission. If a column or table is not found, the view or "
        f"the answer is not the one of this template: deploy this version. If it is deployed: {PUT_BACK}",
        Paragraph.QUERIES,
    )


def not_visible(seconds: float) -> Problem:
    """The problem if the hits are in the catalog, and the view does not show them."""
    return Problem(
        Stage.VIEW,
        f"The hits' hour is in the catalog, and the view events did not show them within {seconds:.0f} s.",
        f"The view or the partition is not the one of this template: compare both. {PUT_BACK}",
        Paragraph.QUERIES,
    )


def counted_hits(answer: Table, event: str) -> int:
    """How many events of that name the answer aggregate-event-count has counted."""
    return sum(int(row["events"] or 0) for row in answer.records() if row["event"] == event)


def view_statement(event: str, mark: str, first_hour: str) -> str:
    """The request ids of marked hits. `first_hour`: the partition to begin with, as 2026-01-3118.

    The values are the command's own, so they need no escaping.
    """
    return (
        f"SELECT DISTINCT request_id FROM events WHERE event = '{event}' AND item = '{mark}' "  # noqa: S608
        f"AND dt >= '{first_hour[:10]}' AND dt || hour >= '{first_hour}'"
    )


def empty_statement() -> str:
    """A query of the view that reads nothing, and fails if the view cannot be read."""
    return "SELECT request_id, item FROM events WHERE dt = '1970-01-01' AND hour = '00'"


def request_ids(rows: Sequence[Sequence[object]]) -> set[str]:
    """What the view's statement found."""
    return {str(row[0]) for row in rows}


def _answer_problem(what: str) -> Problem:
    return Problem(Stage.ANSWER, what, _CHANGED, Paragraph.QUERIES)
