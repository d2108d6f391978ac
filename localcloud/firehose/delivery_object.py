# SPDX-License-Identifier: Apache-2.0
"""One object of a delivery: its key, its body, and how it gets into S3.

Key names: Amazon Data Firehose Developer Guide, "Configure Amazon S3 object name format" and "Custom prefixes".
"""

import gzip
import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from localcloud.iam.principals import Session, assume
from localcloud.ministack import firehose, s3
from localcloud.ministack.server import account_id

_logger = logging.getLogger("localcloud.delivery")

_PUT_TIMEOUT_SECONDS = 60.0
_APPEND_DELIMITER = "AppendDelimiterToRecord"


@dataclass(frozen=True)
class DeliveryObject:
    """What one PutObject writes."""

    bucket: str
    key: str
    body: bytes
    role_arn: str

    @classmethod
    def of(cls, stream: Mapping[str, Any], parts: Sequence[bytes], oldest_arrival: float) -> Self:
        """The object of buffered user records. `oldest_arrival`: seconds since the epoch."""
        config = stream["destinations"][0]["config"]
        end = _delimiter(config)
        body = b"".join(part + end for part in parts) if end else b"".join(parts)
        compression = config.get("CompressionFormat") or "UNCOMPRESSED"
        if compression == "GZIP":
            body = gzip.compress(body)
        elif compression != "UNCOMPRESSED":
            _logger.warning("the local cloud has no %s: %s is delivered uncompressed", compression, stream["name"])
        bucket = firehose.bucket_of_arn(config["BucketARN"])
        return cls(bucket, object_key(stream, oldest_arrival), body, config["RoleARN"])


def object_key(stream: Mapping[str, Any], oldest_arrival: float) -> str:
    """The key of an object whose oldest record arrived then (seconds since the epoch), with Firehose's name pattern.

    Always in UTC: the local cloud knows no CustomTimeZone.
    """
    config = stream["destinations"][0]["config"]
    arrived = time.gmtime(oldest_arrival)
    extension = config.get("FileExtension") or (".gz" if config.get("CompressionFormat") == "GZIP" else "")
    prefix = firehose.evaluated_prefix(config.get("Prefix", ""), arrived)
    moment = time.strftime("%Y-%m-%d-%H-%M-%S", arrived)
    return f"{prefix}{stream['name']}-{stream.get('version', 1)}-{moment}-{uuid.uuid4()}{extension}"


def put(delivered: DeliveryObject) -> None:
    """Write the object as PutObject does, events included. Blocks; not for the server's own thread.

    Raises AccessDeniedError if the destination's role may not, OSError for what S3 refuses, TimeoutError if S3 does not
    respond.
    """
    role = delivery_role(delivered.role_arn)
    role.check("s3:PutObject", BucketName=delivered.bucket, ObjectName=delivered.key)
    status, _, body = s3.put_with_events(delivered.bucket, delivered.key, delivered.body, _PUT_TIMEOUT_SECONDS)
    if status >= 300:
        raise OSError(f"S3 responded with {status} for /{delivered.bucket}/{delivered.key}: {body[:500]!r}")


def delivery_role(role_arn: str) -> Session:
    """A role of a delivery stream. Firehose sends the account as external id ("Grant Firehose access to S3")."""
    return assume(role_arn, "firehose.amazonaws.com", "firehose", {"sts:ExternalId": account_id()})


def writes_lines(config: Mapping[str, Any]) -> bool:
    """Whether a destination takes the records as they are: nothing transforms, converts or partitions them."""
    return (
        all(kind == _APPEND_DELIMITER for kind, _ in _processors(config))
        and not _enabled(config.get("DynamicPartitioningConfiguration"), default=False)
        and not _enabled(config.get("DataFormatConversionConfiguration"), default=True)
    )


def _enabled(part: Mapping[str, Any] | None, default: bool) -> bool:
    """Whether a part of a configuration is switched on; `default` if it is there and does not say."""
    # CloudFormation hands booleans over as text.
    return part is not None and str(part.get("Enabled", default)).lower() == "true"


def _delimiter(config: Mapping[str, Any]) -> bytes:
    """What AppendDelimiterToRecord puts behind each user record. Its parameter is written with escapes: `\\n`."""
    for kind, parameters in _processors(config):
        if kind == _APPEND_DELIMITER:
            return parameters.get("Delimiter", "\\n").encode().decode("unicode_escape").encode()
    return b""


def _processors(config: Mapping[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """Type and parameters of each processor that is switched on."""
    processing = config.get("ProcessingConfiguration")
    if not processing or not _enabled(processing, default=False):
        return []
    return [
        (
            str(processor.get("Type")),
            {each["ParameterName"]: str(each["ParameterValue"]) for each in processor.get("Parameters") or []},
        )
        for processor in processing.get("Processors") or []
    ]
