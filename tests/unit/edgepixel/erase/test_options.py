# SPDX-License-Identifier: Apache-2.0
"""What the command takes, and that it asks before it erases."""

import pytest
from click.testing import CliRunner

from edgepixel.aws.stack import Stack
from edgepixel.cli import edgepixel
from edgepixel.erase import statements
from edgepixel.erase.subject import Period, Sought, Subject
from tests.unit.compactor.conftest import Run
from tests.unit.edgepixel.erase.conftest import VISITOR
from tests.unit.edgepixel.erase.lake import ErasureLake


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name one of --visitor, --order and --request"),
        (["--visitor", VISITOR, "--order", "1"], "name one of --visitor, --order and --request"),
        (["--visitor", "me"], "is not a visitor_key: 16 hexadecimal digits"),
        (["--order", ""], "must not be empty"),
        (["--order", "1", "--from", "2026-11-02", "--to", "2026-11-01"], "--to 2026-11-01 is before --from 2026-11-02"),
    ],
)
def test_wrong_options_are_told_before_anything_is_done(arguments: list[str], message: str) -> None:
    run = CliRunner().invoke(edgepixel, ["erase", *arguments])
    assert run.exit_code == 2
    assert message in run.output


@pytest.mark.parametrize(("said", "status", "left"), [("n\n", 1, True), ("y\n", 0, False)])
def test_it_asks_before_it_erases(
    said: str, status: int, left: bool, stack: Stack, lake: ErasureLake, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    monkeypatch.setattr("edgepixel.erase.command.find_chosen_stack", lambda _: stack)
    asked = CliRunner().invoke(edgepixel, ["erase", "--visitor", VISITOR.upper()], input=said)
    assert asked.exit_code == status, asked.output
    assert "Erase all of that? It cannot be undone." in asked.output
    assert bool(lake.holding(VISITOR)) is left
    assert any(key.startswith("erasures/") for key in lake.files) is not left


def test_the_compactor_takes_no_statement_for_its_own(compactor: object) -> None:
    sought = Sought(Subject("visitor", VISITOR), "00")
    folder = "s3://lake/typed/dt=2026-11-27/v=1/"
    mine = [
        statements.unload(["event"], sought, ["00"], "2026-11-27", folder),
        statements.count(sought, [], "2026-11-27"),
        statements.count_made("2026-11-27", "1"),
        statements.find(sought, Period()),
    ]
    own_day, settings = compactor.statements.own_day, compactor.app.settings  # type: ignore[attr-defined]
    assert [own_day(settings, sql) for sql in mine] == [None] * 4
    assert own_day(settings, mine[0].replace("UNLOAD\n(", "UNLOAD (")) == "2026-11-27"


def test_the_layout_is_the_compactor_s(compactor: object) -> None:
    from edgepixel.erase import found_rows, raw_objects, typed_days

    raw_lines, typed = compactor.raw_lines, compactor.typed_days  # type: ignore[attr-defined]
    assert tuple(raw_objects.folders("2026-11-27")) == raw_lines.folders("events/", "2026-11-27")
    assert found_rows.REACH_DAYS == typed.NEIGHBOR_DAYS
    assert typed_days.folder("2026-11-27") == f"{compactor.app.settings.typed_prefix}dt=2026-11-27/"  # type: ignore[attr-defined]
