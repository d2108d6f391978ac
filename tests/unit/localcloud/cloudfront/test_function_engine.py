# SPDX-License-Identifier: Apache-2.0
"""The engine runs functions as CloudFront's runtime 2.0 is documented to."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from localcloud.cloudfront.functions import checks, engine
from localcloud.cloudfront.functions.engine import FunctionCodeError, Run, run
from localcloud.cloudfront.functions.event import viewer_request
from localcloud.refusal import RefusedError

EVENT = viewer_request(address="192.0.2.1", headers={"accept": ["a", "b"], "cookie": "c=1; c=2", "x-edge-x": "1"})
SAYS = "import cf from 'cloudfront';\nfunction handler(event) { cf.logCustomData(%s); return event.request; }"


def said(expression: str) -> str | None:
    done = run(SAYS % expression, EVENT, "a=1&a=2")
    assert done.error is None
    return done.log_data


def test_values_that_came_several_times_are_all_there() -> None:
    assert EVENT["request"]["headers"] == {"accept": {"value": "a", "multiValue": [{"value": "a"}, {"value": "b"}]}}
    assert EVENT["request"]["cookies"] == {"c": {"value": "1", "multiValue": [{"value": "1"}, {"value": "2"}]}}


def test_the_raw_query_can_be_asked_for_and_is_no_part_of_the_request() -> None:
    assert said("event.request.rawQueryString()") == "a=1&a=2"
    assert "rawQueryString" not in run("function handler(event) { return event.request; }", EVENT, "a=1").value


def test_the_last_text_is_logged_and_none_outlives_its_event() -> None:
    code = SAYS % "'first'); if (event.viewer.ip === '192.0.2.1') cf.logCustomData('last'"
    assert run(code, EVENT).log_data == "last"
    silent = "import cf from 'cloudfront';\nfunction handler(event) { if (event.x) cf.logCustomData('x'); return 1; }"
    assert [run(silent, event).log_data for event in ({**EVENT, "x": 1}, EVENT)] == ["x", None]


def test_an_object_cannot_be_logged() -> None:
    assert "one string" in str(run(SAYS % "{}", EVENT).error)


def test_an_async_handler_is_awaited() -> None:
    code = "async function handler(event) { const ip = await Promise.resolve(event.viewer.ip); return {ip: ip}; }"
    assert run(code, EVENT) == Run({"ip": "192.0.2.1"}, None, None)
    assert run("async function handler(event) { throw new Error('no'); }", EVENT).error == "Error: no"


@pytest.mark.parametrize(
    "expression",
    [
        "eval('1')", "new Function('return 1')()", "(function () {}).constructor('return 1')()", "new Map()",
        "new Proxy({}, {})", "setTimeout(function () {}, 1)", "process.env", "fetch('/')", "require('fs')",
    ],
)  # fmt: skip
def test_what_the_runtime_does_not_have_is_not_there(expression: str) -> None:
    assert run(f"function handler(event) {{ {expression}; return event.request; }}", EVENT).error is not None


def test_functions_are_in_strict_mode() -> None:
    assert "ReferenceError" in str(run("function handler(event) { undeclared = 1; return 1; }", EVENT).error)


@pytest.mark.parametrize(
    "code", ["function handler(event) {", "var other;", "import x from 'fs';\nfunction handler() {}"]
)
def test_code_that_cannot_be_run_says_why(code: str) -> None:
    with pytest.raises(FunctionCodeError, match=r"unexpected|expecting|handler|module fs"):
        run(code, EVENT)


def test_memory_and_time_end(monkeypatch: pytest.MonkeyPatch) -> None:
    greedy = "function handler(event) { const all = []; while (true) all.push('x' + all.length); }"
    assert run(greedy, EVENT).error == "out of memory"
    monkeypatch.setattr(engine, "_SECONDS", 0.05)
    slow = "function handler(event) { if (event.slow) while (true); return 1; }"
    assert "interrupted" in str(run(slow, {**EVENT, "slow": True}).error)
    assert run(slow, EVENT).value == 1


def test_every_thread_may_run_functions() -> None:
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(said, ["event.viewer.ip"] * 40)) == {"192.0.2.1"}


@pytest.mark.parametrize(
    ("name", "code", "runtime", "error"),
    [
        ("a.b", "x", "cloudfront-js-2.0", "InvalidArgument"),
        ("a" * 65, "x", "cloudfront-js-2.0", "InvalidArgument"),
        (None, "x", "nodejs", "InvalidArgument"),
        (None, "", "cloudfront-js-2.0", "InvalidArgument"),
        (None, "\u00e9" * 5121, "cloudfront-js-2.0", "FunctionSizeLimitExceeded"),
    ],
)
def test_a_stack_cannot_make_what_cloudfront_refuses(name: str | None, code: str, runtime: str, error: str) -> None:
    with pytest.raises(RefusedError) as refused:
        checks.check_function(name, code.encode(), {"Runtime": runtime})
    assert refused.value.code == error
    checks.check_function("edgepixel-1", b"x", {"Runtime": "cloudfront-js-2.0", "Comment": ""})
