# SPDX-License-Identifier: Apache-2.0
"""The body of a PutRecords request, written for megabytes of data.

botocore turns every record's data into base64 text and lets `json.dumps` check each character of it: that takes longer
than reading, checking and packing the lines together (`make bench`). base64 needs no escapes, so here it is written
into the body as it is. All else stays botocore's: endpoint, validation, signature, retries, responses and errors. It is
done by botocore's events (https://boto3.amazonaws.com/v1/documentation/api/latest/guide/events.html).
"""

import json
from typing import Any

from pybase64 import b64encode

_RECORDS = "edge-pixel-records"


def attach(kinesis: Any) -> None:
    """Write the bodies of a client's PutRecords requests from now on."""
    kinesis.meta.events.register_last("before-parameter-build.kinesis.PutRecords", _keep)
    kinesis.meta.events.register_last("before-call.kinesis.PutRecords", _write)


def _keep(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    """Let botocore build a request of the same records without their data."""
    context[_RECORDS] = params["Records"]
    params["Records"] = [{**record, "Data": b""} for record in params["Records"]]


def _write(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    """Put the records' data into the request that botocore built."""
    body = json.loads(params["body"])
    pieces: list[bytes] = []
    for sent, record in zip(context.pop(_RECORDS), body.pop("Records"), strict=True):
        del record["Data"]
        pieces += (b', {"Data": "', b64encode(sent["Data"]), b'", ', json.dumps(record).encode()[1:])
    pieces[0] = b'{"Data": "'
    params["body"] = b"".join((json.dumps(body).encode()[:-1], b', "Records": [', *pieces, b"]}"))
