# SPDX-License-Identifier: Apache-2.0
"""What the documents tell readers to follow, run or look up is there."""

import re
from contextlib import suppress
from pathlib import Path

import click
import pytest

from edgepixel.cli import edgepixel
from tests.conftest import ROOT
from tests.markdown_pages import PAGES, anchors, commands, leads_nowhere, links, make_calls, program_arguments

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# The targets that `make` lists.
TARGETS = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))
TEXTS = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}
MESSAGES = sorted([*(ROOT / "edgepixel").rglob("*.py"), *(ROOT / "localcloud").rglob("*.py")])


@pytest.mark.parametrize("name", TEXTS)
def test_links_lead_somewhere(name: str) -> None:
    assert [target for target in links(TEXTS[name]) if leads_nowhere(ROOT / name, target)] == []


def test_links_are_found_and_followed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One `code`: two\n## Again\n## Again\n```sh\n# no heading\n[no](link)\n```\n")
    assert anchors(page.read_text()) == {"one-code-two", "again", "again-1"}
    text = "[a](page.md) ![b](absent.png) [c](#again-1) [d](page.md#no-heading) [e](https://example.com) `[f](code)`"
    found = links(text)
    assert found == ["page.md", "absent.png", "#again-1", "page.md#no-heading"]
    assert [target for target in found if leads_nowhere(page, target)] == ["absent.png", "page.md#no-heading"]


@pytest.mark.parametrize("name", [name for name, text in TEXTS.items() if program_arguments(text)])
def test_commands_are_ones_that_the_program_takes(name: str) -> None:
    for arguments in program_arguments(TEXTS[name]):
        if arguments:
            name, *rest = arguments
            program = click.Context(edgepixel, **edgepixel.context_settings)
            command = edgepixel.get_command(program, name)
            assert command is not None, name
            if rest:  # the name alone may be all that is meant
                with suppress(click.exceptions.Exit):  # after -h
                    command.make_context(name, rest, parent=program)  # raises what the user would be told


def test_commands_are_found_in_prose_and_in_blocks() -> None:
    block = "```sh\nedgepixel ask a --format csv > a.csv # why\nmake up\n```\n"
    text = f"See `edgepixel page` of `edgepixel/demo`, not `python -m edgepixel.page`.\n\n{block}"
    assert program_arguments(text) == [["page"], ["ask", "a", "--format", "csv"]]
    assert commands(text) == ["edgepixel ask a --format csv > a.csv", "make up"]
    assert make_calls(text + "or `make test A=b`") == [["test", "A=b"], ["up"]]


@pytest.mark.parametrize("name", [name for name, text in TEXTS.items() if make_calls(text)])
def test_make_knows_the_targets_and_variables_that_documents_name(name: str) -> None:
    for target, *settings in make_calls(TEXTS[name]):
        assert target in TARGETS
        for setting in settings:
            assert f"$({setting.partition('=')[0]})" in MAKEFILE, setting


def test_contributors_are_told_of_every_target() -> None:
    assert set(re.findall(r"^\| `make (\w+)` \| \w", TEXTS["CONTRIBUTING.md"], re.MULTILINE)) == TARGETS


@pytest.mark.parametrize("name", TEXTS)
def test_files_that_a_document_names_are_there(name: str) -> None:
    paths = [path for path in re.findall(r"`(\w[\w./-]*)`", TEXTS[name]) if (ROOT / path.split("/")[0]).is_dir()]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_make_knows_the_targets_that_messages_name() -> None:
    named = {target: path for path in MESSAGES for target in re.findall(r"`make (\w+)", path.read_text("utf-8"))}
    assert "up" in named
    assert set(named) <= TARGETS, named
