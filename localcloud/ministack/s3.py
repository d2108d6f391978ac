# SPDX-License-Identifier: Apache-2.0
"""S3: buckets and objects."""

from collections.abc import Callable, Mapping
from typing import Any

from ministack import app as _app
from ministack.services import s3 as _s3

from localcloud.ministack import Response, Table

buckets: Table = _s3._buckets  # name -> bucket, with its `objects` by key
bucket_policies: Table = _s3._bucket_policies  # name of a bucket -> the text of its policy

create_bucket: Callable[[str, bytes, Mapping[str, str]], Response] = _s3._create_bucket  # name, body, headers
# Bucket, key, body, headers. Notifications and events are `put_with_events`'s.
put_object: Callable[[str, str, bytes, Mapping[str, str]], Response] = _s3._put_object
get_object_data: Callable[[str, str], bytes | None] = _s3._get_object_data  # bucket, key
reset: Callable[[], None] = _s3.reset


def put_with_events(bucket: str, key: str, body: bytes, timeout_seconds: float) -> Response:
    """PutObject as a client would call it: notifications and EventBridge's events follow.

    Blocks, so it must not be called on the server's own thread. Raises TimeoutError.
    """
    headers = {"content-type": "application/octet-stream", "content-length": str(len(body)), "host": "s3.localhost"}

    async def put(method: str, path: str, sent: dict[str, str], data: bytes, query: dict[str, str]) -> Any:
        return await _s3.handle_request(method, path, sent, data, query, internal=True)

    response: Response = _app.call_service_handler_sync(
        put, "PUT", f"/{bucket}/{key}", headers, body, {}, timeout=timeout_seconds
    )
    return response
