# SPDX-License-Identifier: Apache-2.0
"""Users' own questions as named queries of a stack's workgroup: made, replaced, deleted.

Limits: Athena API reference, CreateNamedQuery, and UpdateNamedQuery, by which neither the database nor the workgroup
can be changed. A workgroup holds queries of the template's beside them, which nobody but CloudFormation may change.
"""

import re
from dataclasses import dataclass

from edgepixel.answers.registry import names
from edgepixel.ask.athena import SavedQuery, find_saved_queries
from edgepixel.aws.stack import Stack
from edgepixel.errors import SavedQuestionError
from edgepixel.suggestion import did_you_mean

MOST_DESCRIPTION = 1024
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_MOST_NAME = 64  # of 128 that Athena takes: it is also the name of a file
_RESOURCE = "AWS::Athena::NamedQuery"


@dataclass(frozen=True)
class Saving:
    """How a question is to be saved. `replaces`: one of that name may be there."""

    name: str
    description: str = ""
    replaces: bool = False


def check_saving(saving: Saving) -> None:
    """Raise SavedQuestionError for what no stack takes."""
    if _NAME.fullmatch(saving.name) is None or len(saving.name) > _MOST_NAME:
        raise SavedQuestionError(
            f"{saving.name!r} cannot be the name of a question: write small letters, digits and single hyphens, "
            f"{_MOST_NAME} at most, such as slow-pages"
        )
    if saving.name in names():
        raise SavedQuestionError(f"{saving.name!r} is an answer of Edge Pixel's own: choose another name")
    if len(saving.description) > MOST_DESCRIPTION:
        raise SavedQuestionError(f"the description is longer than {MOST_DESCRIPTION} characters, which Athena refuses")


def check_place(stack: Stack, saving: Saving) -> None:
    """Raise SavedQuestionError if the stack has a saved query of that name that may not be replaced."""
    found = _of_that_name(stack, saving.name)
    if not found:
        return
    if not saving.replaces:
        raise SavedQuestionError(
            f"{stack} has a saved question {saving.name!r} already: replace it with --replace, or choose another name"
        )
    _require_own(stack, found)


def save(stack: Stack, saving: Saving, sql: str) -> bool:
    """Save the SQL of a question; gives whether one was replaced. Raises SavedQuestionError as `check_place` does."""
    check_place(stack, saving)
    athena = stack.cloud.client("athena")
    found = _of_that_name(stack, saving.name)
    if found:
        (one,) = found
        athena.update_named_query(
            NamedQueryId=one.query_id,
            Name=saving.name,
            Description=saving.description or one.description,
            QueryString=sql,
        )
        return True
    athena.create_named_query(
        Name=saving.name,
        Database=stack.database,
        QueryString=sql,
        WorkGroup=stack.workgroup,
        **({"Description": saving.description} if saving.description else {}),  # which cannot be empty
    )
    return False


def delete(stack: Stack, name: str) -> None:
    """Delete a saved question. Raises SavedQuestionError if there is none, or if it is the application's."""
    if name in names():
        raise SavedQuestionError(f"{name!r} is an answer of Edge Pixel's own: it goes with the stack only")
    found = _of_that_name(stack, name)
    if not found:
        own = sorted(query.name for query in find_saved_queries(stack) if query.name not in names())
        there = ", ".join(own) or "none"
        raise SavedQuestionError(f"{stack} has no saved question {name!r}.{did_you_mean(name, own)} There are: {there}")
    _require_own(stack, found)
    stack.cloud.client("athena").delete_named_query(NamedQueryId=found[0].query_id)


def _of_that_name(stack: Stack, name: str) -> list[SavedQuery]:
    return [query for query in find_saved_queries(stack) if query.name == name]


def _require_own(stack: Stack, found: list[SavedQuery]) -> None:
    """That it is one, and none of the template's, which may have answers that this version does not know."""
    name = found[0].name
    if len(found) > 1:
        raise SavedQuestionError(
            f"{stack} has {len(found)} saved queries named {name!r}: delete all but one in the Athena console"
        )
    pages = stack.cloud.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack.name)
    of_template = {
        one.get("PhysicalResourceId")
        for page in pages
        for one in page["StackResourceSummaries"]
        if one["ResourceType"] == _RESOURCE
    }
    if found[0].query_id in of_template:
        raise SavedQuestionError(f"{name!r} is an answer of the template of {stack}: choose another name")
