# SPDX-License-Identifier: Apache-2.0
"""Amazon Athena in memory: one saved query, and queries whose states and rows are given."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.client import client_error

type Rows = list[list[str | None]]


@dataclass
class Athena:
    """`saved` is the SQL of the saved query `query_id`. A query goes through `states`, of which the last one stays.

    Results come two rows a page, the names of the columns first.
    """

    query_id: str = "query"
    saved: str = ""
    states: list[str] = field(default_factory=lambda: ["QUEUED", "RUNNING", "SUCCEEDED"])
    reason: str = ""
    rows: Rows = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)

    def get_named_query(self, NamedQueryId: str) -> dict[str, Any]:
        if NamedQueryId != self.query_id:
            raise client_error("InvalidRequestException")
        return {"NamedQuery": {"Name": "coverage", "Database": "edgepixel", "QueryString": self.saved}}

    def start_query_execution(
        self, QueryString: str, WorkGroup: str, QueryExecutionContext: dict[str, str]
    ) -> dict[str, str]:
        self.started.append(QueryString)
        return {"QueryExecutionId": f"{WorkGroup}/{QueryExecutionContext['Database']}/{len(self.started)}"}

    def get_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        status = {"State": state} | ({"StateChangeReason": self.reason} if self.reason else {})
        return {"QueryExecution": {"QueryExecutionId": QueryExecutionId, "Status": status}}

    def get_query_results(self, QueryExecutionId: str, NextToken: str = "0") -> dict[str, Any]:
        start = int(NextToken)
        page = [
            {"Data": [{} if value is None else {"VarCharValue": value} for value in row]}
            for row in self.rows[start : start + 2]
        ]
        more = {"NextToken": str(start + 2)} if start + 2 < len(self.rows) else {}
        return {"ResultSet": {"Rows": page}} | more

    def stop_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:
        self.stopped.append(QueryExecutionId)
        return {}
