# SPDX-License-Identifier: Apache-2.0
"""The catalog: the database, the table of raw log lines with its columns, the hours, and the crawler."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edgepixel.aws import lake_names
from edgepixel.doctor.facts.said import Said, is_absent, part
from edgepixel.doctor.findings import Paragraph, Problem, Stage
from edgepixel.doctor.parts.roles import RoleFacts, role_problems

_KEYS = ["dt", "hour"]


@dataclass(frozen=True)
class Hour:
    """A folder of the lake that has held objects for long enough to be in the catalog, and GetPartition of it."""

    day: str
    hour: str
    partition: Said

    @property
    def folder(self) -> str:
        return f"dt={self.day}/hour={self.hour}"


@dataclass(frozen=True)
class CatalogFacts:
    """GetDatabase, GetTable and GetCrawler. `columns`: those that the crawler trigger expects, if that is known."""

    database_name: str
    database: Said
    table: Said
    crawler_name: str
    crawler: Said
    columns: Sequence[str]
    hours: Sequence[Hour]
    role: RoleFacts


def problems(facts: CatalogFacts) -> Iterator[Problem]:
    """What keeps Athena from seeing what is in the lake. Before the first delivery there need be no table."""
    name = f"{facts.database_name}.{lake_names.TABLE}"
    if is_absent(facts.database):
        yield _problem(
            f"The Glue database {facts.database_name} does not exist.",
            "Somebody deleted it, with the table, the view and the hours in it. Deploy the stack anew: "
            "a crawl then finds every folder of the lake again.",
        )
        return
    if is_absent(facts.crawler):
        yield _problem(f"The crawler {facts.crawler_name} does not exist.", "Deploy the stack anew.")
    elif is_absent(facts.table) and facts.hours:
        yield _problem(f"The table {name} does not exist, and the lake has objects.{_last_crawl(facts)}", _crawl(facts))
    elif wrong := _wrong_table(facts):
        yield _problem(f"The table {name} is not the one of this stack: {wrong}.{_last_crawl(facts)}", _crawl(facts))
    else:
        missing = [hour.folder for hour in facts.hours if is_absent(hour.partition)]
        if missing and not is_absent(facts.table):
            yield _problem(
                f"The table {name} lacks the partition {', '.join(missing)}, although the lake has objects there.",
                _crawl(facts),
            )
    yield from role_problems(Stage.CATALOG, facts.role)


def overdue(facts: CatalogFacts, folder: str, seconds: float) -> Problem:
    """The problem if the hits' hour did not come into the catalog in time."""
    known = next(problems(facts), None)
    return known or _problem(
        f"The hits are in the lake, and their hour {folder} did not come into the catalog within {seconds:.0f} s."
        f"{_last_crawl(facts)}",
        _crawl(facts),
    )


def _wrong_table(facts: CatalogFacts) -> str:
    """What is wrong with the table, in words; empty if nothing is, or nobody may look. Further columns do no harm."""
    table = part(facts.table, "Table")
    if table is None:
        return ""
    keys = [key["Name"] for key in table.get("PartitionKeys") or []]
    if keys != _KEYS:
        return f"its partition keys are {', '.join(keys) or 'none'} instead of {', '.join(_KEYS)}"
    found = [column["Name"] for column in part(table, "StorageDescriptor", "Columns") or []]
    expected = list(facts.columns)
    if expected and found[: len(expected)] != expected:
        place = next(
            (number for number, pair in enumerate(zip(expected, found, strict=False)) if pair[0] != pair[1]), None
        )
        if place is None:
            return f"it lacks the columns {', '.join(expected[len(found) :])}"
        return f"its column {place + 1} is {found[place]!r} instead of {expected[place]!r}"
    return ""


def _last_crawl(facts: CatalogFacts) -> str:
    last = part(facts.crawler, "Crawler", "LastCrawl")
    if not last:
        return ""
    message = f": {last['ErrorMessage']}" if last.get("ErrorMessage") else ""
    return f" The crawler's last run: {last.get('Status')}{message}."


def _crawl(facts: CatalogFacts) -> str:
    return (
        f"Run: aws glue start-crawler --name {facts.crawler_name}. It finds every folder. "
        "If it fails, mend what its last run names."
    )


def _problem(what: str, do: str) -> Problem:
    return Problem(Stage.CATALOG, what, do, Paragraph.CATALOG)
