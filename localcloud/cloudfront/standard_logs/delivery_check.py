# SPDX-License-Identifier: Apache-2.0
"""What AWS refuses in log deliveries of CloudFront, and MiniStack does not. Pure.

Sources: CloudWatch Logs API Reference (names, lengths, the errors of each operation); CloudFront Developer Guide,
"Configure standard logging (v2)": us-east-1 only, one source of a distribution, the format is for good, Parquet goes
to S3 only. The message for another Region is real (a public project's troubleshooting guide quotes it), so is the one
for a second source (the guide); the others' words are not published.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from localcloud.cloudfront.standard_logs.object_key import path_problem
from localcloud.cloudfront.standard_logs.record_fields import FIELDS
from localcloud.refusal import RefusedError

type Request = Mapping[str, Any]

LOG_TYPE = "ACCESS_LOGS"
_REGION = "us-east-1"
_NAME = re.compile(r"[\w-]{1,60}", re.ASCII)
_LONGEST_DELIMITER = 5
_MOST_FIELDS = 128


def check_source(request: Request, region: str, distributions: Iterable[str], sources: Iterable[Request]) -> None:
    """Raise RefusedError for a source of CloudFront's logs that cannot be. `distributions`: ids that there are."""
    _check_name(request)
    arn = str(request.get("resourceArn") or "")
    if ":cloudfront:" not in arn:
        return
    if region != _REGION:
        raise _invalid(f"PutDeliverySource action is not supported for this LogType in region {region}")
    if request.get("logType") != LOG_TYPE:
        raise _invalid(f"logType {request.get('logType')} is not supported for this resource")
    if arn.partition(":distribution/")[2] not in distributions:
        raise RefusedError("ResourceNotFoundException", f"The resource {arn} does not exist.")
    for other in sources:
        if arn in other["resourceArns"] and other["name"] != request.get("name"):
            raise RefusedError(
                "ConflictException", "This ResourceId has already been used in another Delivery Source in this account"
            )


def check_destination(request: Request, existing: Request | None) -> None:
    """Raise RefusedError for a destination that cannot be. `existing`: the one of that name, if there is one."""
    _check_name(request)
    output_format = request.get("outputFormat") or "json"
    if existing and existing["outputFormat"] != output_format:
        raise _invalid(f"The output format of a delivery destination cannot be updated: {existing['outputFormat']}")
    arn = str((request.get("deliveryDestinationConfiguration") or {}).get("destinationResourceArn") or "")
    if output_format == "parquet" and not arn.startswith("arn:aws:s3:::"):
        raise _invalid("Parquet is supported for delivery destinations of type S3 only")


def check_configuration(request: Request) -> None:
    """Raise RefusedError for fields, a delimiter or a path of a delivery that cannot be."""
    fields = request.get("recordFields") or []
    unknown = sorted(set(fields) - FIELDS)
    if unknown:
        raise _invalid(f"recordFields are not supported for this log type: {', '.join(unknown)}")
    if len(fields) > _MOST_FIELDS:
        raise _invalid(f"recordFields has more than {_MOST_FIELDS} members")
    if len(str(request.get("fieldDelimiter") or "")) > _LONGEST_DELIMITER:
        raise _invalid(f"fieldDelimiter has more than {_LONGEST_DELIMITER} characters")
    problem = path_problem(str((request.get("s3DeliveryConfiguration") or {}).get("suffixPath") or ""))
    if problem:
        raise _invalid(problem)


def check_unused(kind: str, users: Iterable[str]) -> None:
    """Raise RefusedError if deliveries (their ids) use a source or a destination that is to be deleted."""
    used = sorted(users)
    if used:
        raise RefusedError("ConflictException", f"The {kind} is in use by the deliveries {', '.join(used)}.")


def _check_name(request: Request) -> None:
    name = str(request.get("name") or "")
    if not _NAME.fullmatch(name):
        raise _invalid(f"Value '{name}' at 'name' failed to satisfy constraint: [\\w-]*, at most 60 characters")


def _invalid(message: str) -> RefusedError:
    return RefusedError("ValidationException", message)
