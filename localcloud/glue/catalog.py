# SPDX-License-Identifier: Apache-2.0
"""What the Glue Data Catalog refuses: to rename a database, in its API and in a stack.

Source: floci-io/floci#1229 (UpdateDatabase, tried on AWS); AWS::Glue::Database in the CloudFormation Template Reference
(`DatabaseName` replaces the database, `DatabaseInput` is updated in place).
"""

from collections.abc import Mapping
from typing import Any

from localcloud.ministack import Request, Response, cloudformation, glue
from localcloud.ministack.server import error_response
from localcloud.refusal import RefusedError

type Properties = Mapping[str, Any]


def install() -> None:
    """Refuse what AWS refuses."""
    glue.update_database.replace(_update_database)
    cloudformation.update_glue_database.replace(_update_database_in_stack)


def check_name(name: str, new_name: str | None) -> None:
    """Raise RefusedError if a database of that name would get another one. Names are kept in lower case."""
    if new_name and new_name.lower() != name.lower():
        raise RefusedError("InvalidInputException", "Database cannot be renamed")


def _update_database(request: Request) -> Response:
    name = str(request.get("Name"))
    try:
        if name in glue.databases:
            check_name(name, (request.get("DatabaseInput") or {}).get("Name"))
    except RefusedError as refused:
        return error_response(refused.code, refused.message)
    return glue.update_database.own(request)


def _update_database_in_stack(
    physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str | None = None
) -> cloudformation.Created:
    try:
        check_name(physical_id, new.get("DatabaseName") or (new.get("DatabaseInput") or {}).get("Name"))
    except RefusedError as refused:
        raise refused.in_stack("Glue") from refused
    updated: cloudformation.Created = cloudformation.update_glue_database.own(
        physical_id, old, new, stack_name, logical_id
    )
    return updated
