# SPDX-License-Identifier: Apache-2.0
"""Runs a CloudFront Function's code in Node: another engine than the local cloud's, to see that both agree."""

import json
import subprocess
from collections.abc import Mapping
from typing import Any, Self

from localcloud.cloudfront.functions.engine import Run

# One JSON object a line: the code and an event in; what the handler returned, logged and threw out.
_SERVER = r"""
const functions = new Map();
function compiled(code) {
    if (!functions.has(code)) {
        const state = { logged: undefined };
        const cf = { logCustomData: function (text) { state.logged = text; } };
        const body = code.replace("import cf from 'cloudfront';", '') + '\n;return handler;';
        const load = new Function('cf', 'console', '"use strict";' + body);
        functions.set(code, [load(cf, { log: function () {} }), state]);
    }
    return functions.get(code);
}
require('readline').createInterface({ input: process.stdin }).on('line', function (line) {
    const [code, event] = JSON.parse(line);
    const [handler, state] = compiled(code);
    const outcome = {};
    state.logged = undefined;
    try {
        outcome.value = handler(event);
    } catch (error) {
        outcome.error = String(error);
    }
    outcome.logged = state.logged;
    process.stdout.write(JSON.stringify(outcome) + '\n');
});
"""


class NodeEngine:
    """A process of Node; as a context, it ends with it."""

    def __init__(self, node: str) -> None:
        self._node = node

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603
            [self._node, "-e", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, code: str, event: Mapping[str, Any]) -> Run:
        """Run a function's code for an event, as the local cloud's engine does."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([code, event]) + "\n")
        self._process.stdin.flush()
        outcome = json.loads(self._process.stdout.readline())
        return Run(outcome.get("value"), outcome.get("logged"), outcome.get("error"))
