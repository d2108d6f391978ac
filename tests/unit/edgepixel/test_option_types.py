# SPDX-License-Identifier: Apache-2.0
"""Values of options: what is taken, and why the rest is not."""

from pathlib import Path

import click
import pytest

from edgepixel.option_types import OutputFile, PositiveNumber, TemplateParameter


def problem(kind: click.ParamType, value: str) -> str:
    with pytest.raises(click.BadParameter) as refused:
        kind.convert(value, None, None)
    return refused.value.message


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "many", ""])
def test_what_is_no_number_above_zero_is_refused(value: str) -> None:
    assert problem(PositiveNumber(), value) == f"{value!r} is not a number above 0"


def test_a_positive_number_may_be_a_fraction() -> None:
    assert PositiveNumber().convert("0.5", None, None) == 0.5


def test_a_parameter_s_value_may_hold_an_equals_sign() -> None:
    assert TemplateParameter().convert("AlarmEmail=a=b@example.com", None, None) == ("AlarmEmail", "a=b@example.com")
    assert problem(TemplateParameter(), "AlarmEmail") == "'AlarmEmail' is not NAME=VALUE"
    assert problem(TemplateParameter(), "=a") == "'=a' is not NAME=VALUE"


def test_a_file_may_be_in_a_folder_that_is_still_to_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert OutputFile().convert("new/folder/report.html", None, None) == Path("new/folder/report.html")
    assert not (tmp_path / "new").exists()


def test_a_file_that_exists_may_be_replaced_unless_it_must_be_new(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert OutputFile().convert(str(tmp_path / "a"), None, None) == tmp_path / "a"
    assert "exists already: choose another file" in problem(OutputFile(new=True), str(tmp_path / "a"))


def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "is a folder" in problem(OutputFile(), str(tmp_path))
    said = problem(OutputFile(), str(tmp_path / "file" / "report.html"))
    assert said.endswith(f"{str(tmp_path / 'file')!r} is not a folder that you may write to")
