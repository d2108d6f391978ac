# SPDX-License-Identifier: Apache-2.0
"""The edge's cache, as far as a log line shows it.

MiniStack fetches from the origin every time. In AWS only the first request of a path would, so that is what a log line
says: `Miss` for the first one, `Hit` from then on. Objects never expire here, and one edge location stands for all.
"""

from collections.abc import Mapping
from typing import Any

from localcloud.ministack import cloudfront

_KEY_PARTS = ("QueryStringBehavior", "HeaderBehavior", "CookieBehavior")


class EdgeCache:
    """Which paths of which distributions the edge has served successfully."""

    def __init__(self) -> None:
        self._paths: set[tuple[str, int, str]] = set()

    def clear(self) -> None:
        """Forget everything."""
        self._paths.clear()

    def result(
        self,
        distribution: str,
        behavior: Mapping[str, Any],
        method: str,
        path: str,
        status: int,
        response_headers: Mapping[str, Any],
    ) -> str:
        """The x-edge-result-type of a response of MiniStack's; a cacheable one is in the cache from now on."""
        made_by = str(response_headers.get("X-Cache", "")).partition(" ")[0]
        if status >= 400:
            return "Error"
        if made_by == "FunctionGeneratedResponse":
            return made_by
        if made_by == "Error":  # so MiniStack marks every response of the edge itself; this one sends to HTTPS
            return "Redirect"
        if status != 200 or method not in ("GET", "HEAD") or not _is_cacheable(behavior):
            return "Miss"
        # An invalidation empties the distribution's cache, whatever its paths.
        key = distribution, len(cloudfront.invalidations.get(distribution) or ()), path
        if key in self._paths:
            return "Hit"
        self._paths.add(key)
        return "Miss"


def _is_cacheable(behavior: Mapping[str, Any]) -> bool:
    """Whether the path alone is the cache key, and objects may be kept."""
    policy_id = str(behavior.get("cache_policy_id"))
    policy = cloudfront.cache_policies.get(policy_id) or cloudfront.managed_cache_policies.get(policy_id)
    if policy is None:
        return False
    config = policy["Config"]
    parameters = config.get("Parameters") or {}
    return config.get("MaxTTL", 1) > 0 and all(parameters.get(part, "none") == "none" for part in _KEY_PARTS)
