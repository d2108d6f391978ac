# SPDX-License-Identifier: Apache-2.0
"""The edge function is what CloudFront takes: small, and of nothing but what runtime 2.0 is documented to have.

Sources: CloudFront Developer Guide, "JavaScript runtime 2.0 features for CloudFront Functions", "General helper
methods", "CloudFront Functions event structure" and "Quotas on CloudFront Functions".
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from pygments.lexers import JavascriptLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

from edgepixel import edge_function
from edgepixel.edge_function import code, source
from edgepixel.errors import EdgePixelError
from localcloud.cloudfront.functions.checks import LARGEST_CODE_BYTES

GLOBALS = {"Math", "Number", "console", "undefined"}
# Methods that the page lists: of strings, arrays, regular expressions, Math, Number, console and the cloudfront module.
METHODS = {
    "charAt", "concat", "indexOf", "lastIndexOf", "match", "replace", "search", "slice", "split", "substr", "substring",
    "toLowerCase", "toUpperCase", "trim", "codePointAt", "endsWith", "includes", "repeat", "startsWith", "padStart",
    "padEnd", "every", "filter", "forEach", "join", "map", "pop", "push", "reduce", "reverse", "shift", "some", "sort",
    "splice", "unshift", "find", "findIndex", "exec", "test", "floor", "parseInt", "log", "logCustomData",
}  # fmt: skip
# Of the event, and the length of strings and arrays, which ES 5.1 has.
PROPERTIES = {"headers", "ip", "length", "multiValue", "request", "value", "viewer"}
STATEMENTS = {
    "break", "catch", "const", "continue", "do", "else", "finally", "for", "function", "if", "in", "let", "new",
    "return", "switch", "throw", "try", "var", "while", "import", "from", "true", "false", "null",
}  # fmt: skip
# ES 5.1's. So no spread, optional chaining, nullish coalescing or arrow function.
SIGNS = set("{}()[].;,<>=!+-*/%&|^~?:") | {"===", "!==", "<=", ">=", "&&", "||", "++", "--", "+=", "-=", "==", "!="}


def undocumented(text: str) -> Iterator[str]:
    """What a function's code uses that the runtime is not documented to have."""
    tokens = [
        (kind, word)
        for kind, word in JavascriptLexer().get_tokens(text)
        if kind not in Whitespace and kind not in Comment and word.strip()
    ]
    words = ["", *(word for _, word in tokens)]
    declared = {word for before, word in pairwise(words) if before in {"const", "let", "import"}}
    declared |= set(_parameters(words[1:]))
    declared |= {word for before, word in pairwise(words) if before == "function" and word != "("}
    for before, (kind, word) in zip(words, tokens, strict=False):
        if kind in String.Backtick or (kind in String.Regex and set(word.rpartition("/")[2]) - set("gi")):
            yield word
        elif kind in Name or kind in Keyword:
            known = METHODS | PROPERTIES if before == "." else declared | GLOBALS | STATEMENTS
            if word not in known or (before in {"const", "let"} and kind not in Name):
                yield word
        elif kind in Operator or kind in Punctuation:
            if before + word == "?.":
                yield "?."
            elif word not in SIGNS | STATEMENTS or (before in {"const", "let"} and word in "{["):
                yield word
        elif kind not in Number and kind not in String:
            yield word


def _parameters(words: list[str]) -> Iterator[str]:
    for at, word in enumerate(words):
        if word in ("function", "catch"):
            begin = words.index("(", at)
            yield from (one for one in words[begin + 1 : words.index(")", begin)] if one != ",")


def test_the_function_uses_only_what_is_documented() -> None:
    assert list(undocumented(source())) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("'a'.charCodeAt(0);", ["charCodeAt"]),
        ("const a = new Map();", ["Map"]),
        ("eval('1');", ["eval"]),
        ("setTimeout(f, 1);", ["setTimeout", "f"]),
        ("const a = `x`;", ["`", "x", "`"]),
        ("const f = function(a) { return a?.length; };", ["?."]),
        ("function f(...a) {}", ["..."]),
        ("const {a} = event;", ["{", "a", "event"]),
        ("class A {}", ["class", "A"]),
        ("const a = /x/u;", ["/x/u"]),
    ],
)
def test_what_is_not_documented_is_found(text: str, found: list[str]) -> None:
    assert list(undocumented(text)) == found


@pytest.mark.parametrize("addresses", ["full", "truncated", "removed"])
def test_the_function_is_not_too_large(addresses: str) -> None:
    text = code(addresses, "false")
    assert len(text.encode()) <= LARGEST_CODE_BYTES
    assert "${" not in text


def test_another_substitution_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "hit.js").write_text("const a = '${IpAddresses}${AWS::Region}';")
    monkeypatch.setattr(edge_function, "_SOURCE", tmp_path / "hit.js")
    with pytest.raises(EdgePixelError, match=r"\$\{AWS::Region\}"):
        source()
