# SPDX-License-Identifier: Apache-2.0
"""The delivery: Firehose, its source, its destination and role, and why the hits do not reach the lake."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from edgepixel.doctor.facts.said import Said, is_absent, part
from edgepixel.doctor.findings import CHANGED, PUT_BACK, Paragraph, Problem, Stage
from edgepixel.doctor.parts.roles import RoleFacts, role_problems

# Parts of Firehose's error codes, such as S3.AccessDenied, after which a retry alone does not help (Amazon Data
# Firehose developer guide, "Monitor Amazon Data Firehose Using CloudWatch Logs").
_LASTING = ("AccessDenied", "AssumeRole", "KMS", "NoSuchBucket")


@dataclass(frozen=True)
class DeliveryFacts:
    """DescribeDeliveryStream, and what it should read and write, by ARN."""

    name: str
    description: Said
    source_arn: str | None
    bucket_arn: str
    role: RoleFacts


@dataclass(frozen=True)
class DeliverySigns:
    """What is known of the delivery since the hits were sent: its log, and a new object of its errors, if any."""

    log: Sequence[str] = ()
    error_object: str | None = None


def problems(facts: DeliveryFacts) -> Iterator[Problem]:
    """What keeps Firehose from delivering."""
    description = part(facts.description, "DeliveryStreamDescription") or {}
    status = description.get("DeliveryStreamStatus")
    if is_absent(facts.description) or status == "DELETING":
        yield _problem(
            f"The delivery stream {facts.name} does not exist.",
            "Somebody deleted it. Deploy the stack anew: lines wait in the stream for 24 hours, but a new delivery "
            "begins with what is written after it was made.",
            Paragraph.CHANGED_BY_HAND,
        )
        return
    if status not in (None, "ACTIVE"):
        failure = description.get("FailureDescription") or {}
        reason = f" {failure.get('Type')}: {failure.get('Details')}." if failure else ""
        yield _problem(
            f"The delivery stream {facts.name} is in state {status}.{reason}",
            f"Remove the reason. {PUT_BACK}",
            Paragraph.DELIVERY,
        )
    source = part(description, "Source", "KinesisStreamSourceDescription", "KinesisStreamARN")
    if source is not None and source != facts.source_arn:
        yield _problem(
            f"The delivery stream reads {source}, not {facts.source_arn}.",
            CHANGED,
            Paragraph.CHANGED_BY_HAND,
        )
    for destination in description.get("Destinations") or []:
        bucket = part(destination, "ExtendedS3DestinationDescription", "BucketARN")
        if bucket is not None and bucket != facts.bucket_arn:
            yield _problem(
                f"The delivery stream writes to {bucket}, not to the lake {facts.bucket_arn}.",
                CHANGED,
                Paragraph.CHANGED_BY_HAND,
            )
    yield from role_problems(Stage.DELIVERY, facts.role)


def failure(signs: DeliverySigns) -> Problem | None:
    """Why the hits cannot arrive, if Firehose itself names something that does not pass by itself."""
    return _error(entry for entry in _errors(signs) if any(word in entry[0] for word in _LASTING))


def overdue(facts: DeliveryFacts, signs: DeliverySigns, seconds: float) -> Problem:
    """Why the hits did not arrive in time, as well as can be told."""
    if error := _error(_errors(signs)):
        return error
    if signs.error_object:
        return _problem(
            f"Firehose could not process a record, and put it to {signs.error_object}.",
            "Read the object: it has Firehose's reason.",
            Paragraph.DELIVERY,
        )
    return _problem(
        f"The hits are in the stream that Firehose reads, and no object with them came into the lake within "
        f"{seconds:.0f} s. Firehose logged no error.",
        f"Look at the metrics of the delivery stream {facts.name}, and at the lake's bucket policy.",
        Paragraph.STALLED,
    )


def _errors(signs: DeliverySigns) -> Iterator[tuple[str, str]]:
    """Code and message of the errors in Firehose's log, whose entries are JSON."""
    for text in signs.log:
        try:
            entry = json.loads(text)
        except ValueError:
            continue
        if isinstance(entry, dict) and entry.get("errorCode"):
            yield str(entry["errorCode"]), str(entry.get("message", ""))


def _error(errors: Iterable[tuple[str, str]]) -> Problem | None:
    """The problem that the last of these errors tells of."""
    told = list(errors)
    if not told:
        return None
    code, message = told[-1]
    return Problem(
        Stage.LAKE if "NoSuchBucket" in code else Stage.DELIVERY,
        f"Firehose cannot deliver: {code}: {message}",
        "Usually somebody changed the role, the bucket policy or a key. Once it is restored, delivery goes on by "
        "itself.",
        Paragraph.DELIVERY,
    )


def _problem(what: str, do: str, paragraph: Paragraph) -> Problem:
    return Problem(Stage.DELIVERY, what, do, paragraph)
