# SPDX-License-Identifier: Apache-2.0
"""What a response of CloudFront contains and boto3 leaves out, because it is newer than boto3. Pure.

UpdateDistribution replaces the whole configuration, so what was left out on reading would be lost on writing.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, fromstring  # botocore reads the same response with the same parser


def unknown_settings(response: bytes, distribution: Any) -> list[str]:
    """Paths, below DistributionConfig, of the elements that botocore's shape of a distribution does not have."""
    root = fromstring(response)  # noqa: S314 (from CloudFront, by TLS)
    config = root.find("{*}DistributionConfig")
    return [] if config is None else sorted(set(_unknown(config, distribution.members["DistributionConfig"], "")))


def _unknown(element: Element, shape: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure":
        members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for child in element:
            name = child.tag.rpartition("}")[2]
            inner = f"{path}.{name}" if path else name
            if name in members:
                yield from _unknown(child, members[name], inner)
            else:
                yield inner
    elif shape.type_name == "list":
        for child in element:
            yield from _unknown(child, shape.member, path)
