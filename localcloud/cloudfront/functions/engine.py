# SPDX-License-Identifier: Apache-2.0
"""Runs the code of a CloudFront Function in this process, in the engine QuickJS.

Source: CloudFront Developer Guide, "JavaScript runtime 2.0 features for CloudFront Functions", "General helper methods"
and "Quotas on CloudFront Functions". Unlike in CloudFront, the code outside of the handler runs once for each thread
and not once for each event. Of the modules only `cloudfront` is there, and of it only `logCustomData`.
"""

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import quickjs

MEMORY_BYTES = 2 * 1024 * 1024
# CloudFront's own limit, less than a millisecond, is not published. This one ends what never would, on a busy machine
# too: it is the processor time of all threads.
_SECONDS = 5.0
_KEPT_FUNCTIONS = 16
_RUNTIME = (Path(__file__).parent / "runtime.js").read_text(encoding="utf-8")
_IMPORT = re.compile(r"""^[ \t]*import[ \t]+(\w+)[ \t]+from[ \t]+(['"])([\w:]+)\2[ \t]*;?""", re.MULTILINE)


class FunctionCodeError(ValueError):
    """Code that cannot be run: a syntax error, a module that is not there, or no handler."""


@dataclass(frozen=True)
class Run:
    """What became of one event.

    `value`: what the handler returned, as JSON has it (None: nothing). `log_data`: the last text that it gave to
    `logCustomData`, as it was given; None if it gave none. `error`: why it failed; None if it did not.
    """

    value: Any
    log_data: str | None
    error: str | None


def run(code: str, event: Mapping[str, Any], raw_query: str | None = None) -> Run:
    """Run a function's code for an event. `raw_query`: what `request.rawQueryString()` is to return.

    Raises FunctionCodeError for code that cannot be run.
    """
    return _functions.compiled(code).run(json.dumps(event), raw_query)


class _Function:
    """One function's code, ready to run in the thread that made it: the engine must not be used by another one."""

    def __init__(self, code: str) -> None:
        self._context = quickjs.Context()
        self._context.set_memory_limit(MEMORY_BYTES)
        self._context.set_time_limit(_SECONDS)
        try:
            loaded = self._context.eval(_RUNTIME)(self._context.eval(_as_script(code)))
        except (quickjs.JSException, quickjs.StackOverflow) as error:
            raise FunctionCodeError(str(error).strip()) from error
        self._context.set("__loaded", loaded)
        self._start = self._context.eval("__loaded.start")
        self._finish = self._context.eval("__loaded.finish")
        self._context.eval("delete globalThis.__loaded")

    def run(self, event: str, raw_query: str | None) -> Run:
        """Run the handler."""
        try:
            self._start(event, raw_query)
            while self._context.execute_pending_job():
                pass
            outcome = json.loads(self._finish())
        except (quickjs.JSException, quickjs.StackOverflow) as error:
            _functions.forget(self)  # out of time or memory: nobody knows what state it is in
            return Run(None, None, str(error).strip())
        if outcome.get("exhausted"):
            _functions.forget(self)
        return Run(outcome.get("value"), outcome.get("logged"), outcome.get("error"))


class _Functions(threading.local):
    """The functions of this thread that ran last, by their code."""

    def __init__(self) -> None:
        self._by_code: OrderedDict[str, _Function] = OrderedDict()

    def compiled(self, code: str) -> _Function:
        function = self._by_code.get(code)
        if function is None:
            function = self._by_code[code] = _Function(code)
            if len(self._by_code) > _KEPT_FUNCTIONS:
                self._by_code.popitem(last=False)
        return function

    def forget(self, function: _Function) -> None:
        for code in [code for code, one in self._by_code.items() if one is function]:
            del self._by_code[code]


_functions = _Functions()


def _as_script(code: str) -> str:
    """The code as a function of the module `cloudfront` that returns the handler; lines keep their numbers."""

    def declared(found: re.Match[str]) -> str:
        if found[3] != "cloudfront":
            raise FunctionCodeError(f"the local cloud has no module {found[3]}")
        return f"const {found[1]} = __cloudfront;"

    body = _IMPORT.sub(declared, code)
    return f'(function (__cloudfront) {{ "use strict"; {body}\n; return handler; }})'
