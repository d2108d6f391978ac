# SPDX-License-Identifier: Apache-2.0
"""Athena: workgroups, named queries, and how a query is started, run and described."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack.services import athena as _athena

from localcloud.ministack import Replaceable, Request, Response, Table

workgroups: Table = _athena._workgroups  # name -> workgroup
named_queries: Table = _athena._named_queries  # id -> named query
# id -> execution, with what GetQueryExecution shows and `_results`, `_column_types` and `_error` beside it.
executions: Table = _athena._executions

create_named_query: Callable[[Request], Response] = _athena._create_named_query
delete_named_query: Callable[[Request], Response] = _athena._delete_named_query
handle_request: Replaceable[[str, str, Mapping[str, str], bytes, Mapping[str, Any]], Awaitable[Response]] = Replaceable(
    _athena, "handle_request", "method, path, headers, body, query_params"
)
reset: Callable[[], None] = _athena.reset

# StartQueryExecution. It queues the query as a task of the event loop, which calls `execute_query`.
start_query_execution: Replaceable[[Request], Response] = Replaceable(_athena, "_start_query_execution", "data")
execute_query: Replaceable[[str, str, str, Any, str | None], Awaitable[None]] = Replaceable(
    _athena, "_execute_query", "query_id, query, database, ddl, catalog=None"
)
stop_query_execution: Replaceable[[Request], Response] = Replaceable(_athena, "_stop_query_execution", "data")
# Precision and scale that GetQueryResults shows for a column type.
type_precision_scale: Replaceable[[str], tuple[int, int]] = Replaceable(_athena, "_type_precision_scale", "athena_type")
create_workgroup: Replaceable[[Request], Response] = Replaceable(_athena, "_create_workgroup", "data")
update_workgroup: Replaceable[[Request], Response] = Replaceable(_athena, "_update_workgroup", "data")
delete_workgroup: Replaceable[[Request], Response] = Replaceable(_athena, "_delete_workgroup", "data")
