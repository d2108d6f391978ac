# SPDX-License-Identifier: Apache-2.0
"""The project's Markdown, as the tests read it: its pages, and the links, headings and commands in them."""

import re
import shlex
from pathlib import Path

from tests.conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("events/*.md")])
_FENCE = re.compile(r"^( *)```(\w*)[^\n`]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_NAMED_FENCE = re.compile(r"^```\w+ (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def fenced(text: str, language: str) -> list[str]:
    """The blocks of code in that language, in order, each with its newline at the end."""
    return [block for _, found, block in _FENCE.findall(text) if found == language]


def files(text: str) -> dict[str, str]:
    """The blocks of code that are whole files, by the path that stands behind the language."""
    return dict(_NAMED_FENCE.findall(text))


def commands(text: str) -> list[str]:
    """The commands of the blocks of `sh`, one for each line, without comments. A backslash continues a line."""
    lines = "".join(fenced(text, "sh")).replace("\\\n", " ").splitlines()
    bare = (re.sub(r"(^|\s)#.*", "", line).strip() for line in lines)
    return [line for line in bare if line]


def program_arguments(text: str) -> list[list[str]]:
    """What follows each `edgepixel`, as code in prose and in blocks, up to a pipe, a redirection or a comment."""
    return [_words(rest) for rest in re.findall(r"(?:^ *|`)edgepixel +([a-z][^`\n]*)", text, re.MULTILINE)]


def _words(rest: str) -> list[str]:
    words = shlex.shlex(rest, posix=True, punctuation_chars="|&;<>")
    words.whitespace_split = True
    found = list(words)
    end = next((number for number, word in enumerate(found) if word[0] in "|&;<>"), len(found))
    return found[:end]


def make_calls(text: str) -> list[list[str]]:
    """The words after `make`, of each call in prose (as code) and in blocks of `sh`."""
    calls = re.findall(r"`make ([^`\n]+)`", text)
    calls += [part for line in commands(text) for part in re.findall(r"(?:^|&& )make ([^&]+)", line)]
    return [call.split() for call in calls]


def links(text: str) -> list[str]:
    """The targets of links and images that lead to files of the project or to places in the page."""
    prose = re.sub(r"`[^`\n]*`", "", _FENCE.sub("", text))
    targets = re.findall(r"\]\(([^)\s]+)\)", prose)
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def anchors(text: str) -> set[str]:
    """What a link may name after `#`: GitHub makes these of the headings, and numbers those that are there already."""
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} (.+)$", _FENCE.sub("", text), re.MULTILINE):
        words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        plain = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        repeated = (f"{plain}-{number}" for number in range(1, len(found) + 2))
        found.add(plain if plain not in found else next(name for name in repeated if name not in found))
    return found


def leads_nowhere(page: Path, target: str) -> bool:
    """Whether a link of a page names a file, or a heading of a page, that is not there."""
    name, _, anchor = target.partition("#")
    file = page.parent / name if name else page
    if not file.exists():
        return True
    return bool(anchor) and (file.suffix != ".md" or anchor not in anchors(file.read_text(encoding="utf-8")))
