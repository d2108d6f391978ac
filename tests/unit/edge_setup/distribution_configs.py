# SPDX-License-Identifier: Apache-2.0
"""Configurations of distributions that are somebody else's, as GetDistribution gives them."""

from typing import Any

from hypothesis import strategies as st

NAMES = st.text("abcxyz0189-", min_size=1, max_size=8)
PATHS = st.builds("{}{}".format, st.sampled_from(["", "/"]), st.text("abc*?./", min_size=1, max_size=6))


def block(items: list[Any]) -> dict[str, Any]:
    """A list as CloudFront has it: without Items when there are none."""
    return {"Quantity": len(items), "Items": items} if items else {"Quantity": 0}


def behavior(target: str, path: str | None = None, **settings: Any) -> dict[str, Any]:
    """A cache behaviour; without a path, the default one."""
    named = {} if path is None else {"PathPattern": path}
    return {**named, "TargetOriginId": target, "ViewerProtocolPolicy": "allow-all", **settings}


def configuration(
    origins: list[str], paths: list[str], groups: list[list[str]] | None = None, aliases: list[str] | None = None
) -> dict[str, Any]:
    """A configuration; every behaviour has the first origin."""
    return {
        "CallerReference": "somebody",
        "Comment": "somebody else's",
        "Enabled": True,
        "Aliases": block(aliases or []),
        "Origins": block([{"Id": origin, "DomainName": f"{origin}.example"} for origin in origins]),
        "OriginGroups": block(
            [
                {
                    "Id": f"group-{number}",
                    "FailoverCriteria": {"StatusCodes": {"Quantity": 1, "Items": [500]}},
                    "Members": block([{"OriginId": member} for member in members]),
                }
                for number, members in enumerate(groups or [])
            ]
        ),
        "DefaultCacheBehavior": behavior(origins[0]),
        "CacheBehaviors": block([behavior(origins[0], path, Compress=len(path) % 2 == 0) for path in paths]),
    }


@st.composite
def configurations(draw: st.DrawFn) -> dict[str, Any]:
    """Any configuration without this stack's pieces."""
    origins = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    paths = draw(st.lists(PATHS, max_size=5, unique_by=lambda path: path.removeprefix("/")))
    groups = draw(st.lists(st.lists(st.sampled_from(origins), min_size=2, max_size=2), max_size=2))
    aliases = draw(st.lists(NAMES.map("{}.example".format), max_size=2, unique=True))
    return configuration(origins, paths, groups, aliases)
