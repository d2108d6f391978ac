# SPDX-License-Identifier: Apache-2.0
"""A log line's result type is what CloudFront's cache would have made of the request."""

from typing import Any

import pytest

from localcloud.cloudfront.edge_cache import EdgeCache
from localcloud.ministack import cloudfront
from tests.fakes.cloudfront import CACHING_OPTIMIZED

DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
BY_QUERY = "4cc15a8a-d715-48a4-82b8-cc0b614638fe"


def _ask(
    cache: EdgeCache,
    status: int = 200,
    method: str = "GET",
    policy: str | None = CACHING_OPTIMIZED,
    made_by: str = "Miss",
) -> str:
    behavior: dict[str, Any] = {"cache_policy_id": policy}
    return cache.result("E1", behavior, method, "/pixel.gif", status, {"X-Cache": f"{made_by} from cloudfront"})


def test_only_the_first_request_of_a_path_misses() -> None:
    cache = EdgeCache()
    assert [_ask(cache), _ask(cache), _ask(cache, method="HEAD")] == ["Miss", "Hit", "Hit"]
    assert cache.result("E1", {"cache_policy_id": CACHING_OPTIMIZED}, "GET", "/other.gif", 200, {}) == "Miss"
    assert cache.result("E2", {"cache_policy_id": CACHING_OPTIMIZED}, "GET", "/pixel.gif", 200, {}) == "Miss"


@pytest.mark.parametrize("policy", [DISABLED, BY_QUERY, "no-such-policy", None])
def test_what_may_not_be_cached_by_its_path_alone_misses_every_time(policy: str | None) -> None:
    cache = EdgeCache()
    assert [_ask(cache, policy=policy), _ask(cache, policy=policy)] == ["Miss", "Miss"]


def test_errors_are_errors_and_are_not_cached() -> None:
    cache = EdgeCache()
    assert [_ask(cache, 404), _ask(cache, 403, made_by="Error"), _ask(cache)] == ["Error", "Error", "Miss"]


def test_responses_of_the_edge_itself_are_named() -> None:
    cache = EdgeCache()
    assert _ask(cache, 301, made_by="Error") == "Redirect"
    assert _ask(cache, made_by="FunctionGeneratedResponse") == "FunctionGeneratedResponse"


def test_an_invalidation_empties_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    cache, invalidations = EdgeCache(), {"E1": [{}]}
    _ask(cache)
    monkeypatch.setattr(cloudfront, "invalidations", invalidations)
    assert [_ask(cache), _ask(cache)] == ["Miss", "Hit"]
