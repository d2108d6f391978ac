# SPDX-License-Identifier: Apache-2.0
"""A cloud whose clients are the test's own objects, and a stack in it."""

from dataclasses import replace
from typing import Any, cast

import botocore.session
from botocore import xform_name
from botocore.paginate import Paginator

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from tests.unit.edgepixel.fake_glue import FakeGlue


class FakeCloud:
    """Gives the client that the test made for a service."""

    local_port = 4599
    place = "the cloud of this test"
    endpoint = "http://localhost:4599"

    def __init__(self, **clients: Any) -> None:
        self._clients = clients

    def __str__(self) -> str:
        return "the cloud of this test"

    def client(self, service: str, region: str | None = None, **_configuration: float) -> Any:
        """The client of the service, whatever the Region and its configuration."""
        return self._clients[service]


def fake_cloud(**clients: Any) -> Cloud:
    return cast(Cloud, FakeCloud(**clients))


STACK = Stack(
    fake_cloud(),
    "edgepixel",
    {
        "PixelUrl": "https://d111111abcdef8.cloudfront.net/pixel.gif",
        "DatabaseName": "edgepixel_1",
        "WorkGroupName": "edgepixel",
        "LakeBucketName": "edgepixel-lake",
    },
    {"IpAddresses": "truncated", "HonorGlobalPrivacyControl": "true"},
)


def fake_stack(**clients: Any) -> Stack:
    """STACK in a cloud with these clients; its catalog has nothing unless it is one of them."""
    return replace(STACK, cloud=fake_cloud(**{"glue": FakeGlue().client(), **clients}))


class FakeAthena:
    """Holds named queries, and answers every query with the same pages after a few polls."""

    def __init__(self, queries: dict[str, str], pages: list[dict[str, Any]], states: list[str] | None = None) -> None:
        self.queries = list(queries.items())
        self.pages = pages
        self.states = states or ["QUEUED", "RUNNING", "SUCCEEDED"]
        self.started: list[dict[str, Any]] = []
        self.stopped: list[str] = []

    def get_paginator(self, operation: str) -> Paginator:
        """boto3's own, over the pages of this fake."""
        session = botocore.session.get_session()
        model = session.get_service_model("athena")
        (name,) = [name for name in model.operation_names if xform_name(name) == operation]
        described = session.get_paginator_model("athena").get_paginator(name)
        return Paginator(getattr(self, operation), described, model.operation_model(name))

    def list_named_queries(self, WorkGroup: str, NextToken: str = "0") -> dict[str, Any]:
        """Two ids a page, as if there were many."""
        start = int(NextToken)
        ids = [str(number) for number in range(len(self.queries))][start : start + 2]
        more = {"NextToken": str(start + 2)} if start + 2 < len(self.queries) else {}
        return {"NamedQueryIds": ids, **more}

    def batch_get_named_query(self, NamedQueryIds: list[str]) -> dict[str, Any]:
        found = [(query_id, *self.queries[int(query_id)]) for query_id in NamedQueryIds]
        return {"NamedQueries": [{"NamedQueryId": one, "Name": name, "QueryString": sql} for one, name, sql in found]}

    def start_query_execution(self, **request: Any) -> dict[str, Any]:
        self.started.append(request)
        return {"QueryExecutionId": "q-1"}

    def get_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        status = {"State": state, "StateChangeReason": "line 1:8: no such column"}
        return {"QueryExecution": {"Status": status, "Statistics": {"DataScannedInBytes": 25_000_000}}}

    def stop_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:
        self.stopped.append(QueryExecutionId)
        return {}

    def get_query_results(self, QueryExecutionId: str, NextToken: str = "0") -> dict[str, Any]:
        page = int(NextToken)
        more = {"NextToken": str(page + 1)} if page + 1 < len(self.pages) else {}
        return {**self.pages[page], **more}


def result_page(columns: dict[str, str], *rows: list[str | None]) -> dict[str, Any]:
    data = [{"Data": [{} if value is None else {"VarCharValue": value} for value in row]} for row in rows]
    kinds = [{"Name": name, "Type": kind} for name, kind in columns.items()]
    return {"ResultSet": {"Rows": data, "ResultSetMetadata": {"ColumnInfo": kinds}}}
