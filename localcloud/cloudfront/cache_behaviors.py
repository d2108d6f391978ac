# SPDX-License-Identifier: Apache-2.0
"""Cache behaviours: what a configuration says of them, and the path that their patterns are compared with.

The configuration is read once for each text of it: MiniStack parses the XML anew for every viewer's request, which
takes longer than all the rest of it.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import defusedxml.ElementTree

from localcloud.ministack.cloudfront import Distribution

_VERSIONS = 64  # configurations kept: more than a local cloud has
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile("[A-Za-z0-9._~-]")  # RFC 3986, section 2.3: escaped or not, they mean the same


def parsed_once(parse: Callable[[Distribution], Any]) -> Callable[[Distribution], Any]:
    """MiniStack's parser of a distribution, made to remember what it parsed."""

    @lru_cache(maxsize=_VERSIONS)
    def parse_text(config_xml: str) -> Any:
        return parse({"config_xml": config_xml})

    def parse_distribution(dist: Distribution) -> Any:
        return parse_text(dist.get("config_xml") or "")

    return parse_distribution


@lru_cache(maxsize=_VERSIONS)
def log_config_arns(config_xml: str) -> Mapping[str | None, str]:
    """Path pattern of each behaviour (None: the default one) -> ARN of its log configuration, if it has one."""
    arns: dict[str | None, str] = {}
    if not config_xml:
        return arns
    for element in defusedxml.ElementTree.fromstring(config_xml).iter():
        children = {child.tag.rpartition("}")[2]: (child.text or "").strip() for child in element}
        if arn := children.get("RealtimeLogConfigArn"):
            arns[children.get("PathPattern")] = arn
    return arns


def matched_path(uri: str) -> str:
    """The path of a request, normalized: `//a/./%70ixel.gif` is `/a/pixel.gif`. Other escapes stay, in upper case.

    CloudFront normalizes it consistent with RFC 3986, and multiple slashes are one; the origin gets the path as it was
    sent (CloudFront Developer Guide, "Cache behavior settings", path pattern).
    """
    parts: list[str] = []
    *folders, last = _ESCAPE.sub(_unescaped, uri).split("/")
    for part in [*folders, last if last not in (".", "..") else f"{last}/"]:
        if part in ("..", "../"):
            parts = parts[:-1]
        elif part not in ("", ".", "./"):
            parts.append(part)
    folder = last in ("", ".", "..") and parts
    return f"/{'/'.join(parts)}{'/' if folder else ''}"


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if _UNRESERVED.fullmatch(character) else escape[0].upper()
