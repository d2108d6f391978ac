# SPDX-License-Identifier: Apache-2.0
"""What a distribution's configuration says about its cache behaviours, read once for each text of it.

MiniStack parses the XML anew for every viewer's request, which takes longer than all the rest of it.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import defusedxml.ElementTree

from localcloud.ministack.cloudfront import Distribution

_VERSIONS = 64  # configurations kept: more than a local cloud has


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
