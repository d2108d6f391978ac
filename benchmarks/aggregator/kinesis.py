# SPDX-License-Identifier: Apache-2.0
"""A real boto3 client whose requests end just before the network: it serialises and signs, as it would in Lambda."""

import json
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders


class _Body:
    """The raw part of a response that botocore reads."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def stream(self, *_: Any, **__: Any) -> list[bytes]:
        return [self._data]


class Recorder:
    """Responds to PutRecords in the place of Kinesis and keeps the bodies of the requests."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self._entries = 0

    def attach(self, client: Any) -> None:
        """Respond to a client's PutRecords from now on."""
        client.meta.events.register_first("before-parameter-build.kinesis.PutRecords", self._count)
        client.meta.events.register("before-send.kinesis.PutRecords", self._respond)

    def _count(self, params: dict[str, Any], **_: Any) -> None:
        self._entries = len(params["Records"])

    def _respond(self, request: Any, **_: Any) -> AWSResponse:
        self.requests.append(request.body)
        entry = {"SequenceNumber": "1", "ShardId": "shardId-000000000000"}
        body = json.dumps({"FailedRecordCount": 0, "Records": [entry] * self._entries}).encode()
        headers = HTTPHeaders.from_dict({"content-type": "application/x-amz-json-1.1"})
        return AWSResponse(request.url, 200, headers, _Body(body))
