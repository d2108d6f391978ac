# SPDX-License-Identifier: Apache-2.0
"""The lake: the bucket is there, and its policy lets the stack write to it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from edgepixel.doctor.facts.said import Said, is_absent, part
from edgepixel.doctor.findings import Paragraph, Problem, Stage

_PUT = "s3:putobject"  # actions are compared without case


@dataclass(frozen=True)
class LakeFacts:
    """ListObjectsV2 and GetBucketPolicy of the lake."""

    bucket: str
    objects: Said
    policy: Said


def problems(facts: LakeFacts) -> Iterator[Problem]:
    """What keeps objects out of the lake."""
    if is_absent(facts.objects):
        yield Problem(
            Stage.LAKE,
            f"The lake's bucket {facts.bucket} does not exist.",
            "Somebody deleted it, with every event in it. Make a bucket of this name in this Region: Firehose tries "
            "for 24 hours.",
            Paragraph.CHANGED_BY_HAND,
        )
    for statement in _statements(facts.policy):
        if _denies_writing(statement):
            yield Problem(
                Stage.LAKE,
                f"The lake's bucket policy denies s3:PutObject to everyone ({statement.get('Sid', 'no Sid')}).",
                "Take the statement out of the policy, or give it a condition that leaves out the stack's roles.",
                Paragraph.DELIVERY,
            )


def _statements(policy: Said) -> list[Mapping[str, Any]]:
    text = part(policy, "Policy")
    if not text:
        return []
    found = json.loads(text).get("Statement", [])
    return found if isinstance(found, list) else [found]


def _denies_writing(statement: Mapping[str, Any]) -> bool:
    """Whether nobody may write because of it. What has a condition is not judged."""
    actions = statement.get("Action", [])
    listed = [actions] if isinstance(actions, str) else actions
    return (
        statement.get("Effect") == "Deny"
        and "Condition" not in statement
        and statement.get("Principal") in ("*", {"AWS": "*"})
        and any(fnmatchcase(_PUT, action.lower()) for action in listed)
    )
