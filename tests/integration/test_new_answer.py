# SPDX-License-Identifier: Apache-2.0
"""An answer and a column are added to a copy of the project as CONTRIBUTING.md says, and are everywhere at once."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.markdown_pages import files

_FOLDERS = ("answers", "docs", "edge", "edgepixel", "functions", "localcloud", "tests")
_FILES = ("README.md", "template.yaml", "pyproject.toml")
_GUIDE = files((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
# In a process of its own, which imports the copy: a small lake, the answer, and what the ledger says of it.
_ASKED = """
from random import Random
from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.report.panels import in_report
from edgepixel.traffic.generator import generate
from edgepixel.traffic.ledger import Ledger
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from edgepixel.traffic.lake_objects import lake_objects, rows_of
from tests.integration.answers.test_exact_answers import NOW, NOW_MS
from edgepixel.ask.in_process import ask_in_process
from edgepixel.template.reader import answer_queries, log_fields, read_template
from localcloud.in_process_lake import fill_lake
from tests.unit.edgepixel.truth.ledgers import header

sent = rows_of(generate(1, 1500, NOW_MS))
fill_lake(read_template(), lake_objects(sent, header(), log_fields(), Random(1)))
expected = TRUTHS["networks"](facts_of(events_of(Ledger(header(), tuple(row for _, row in sent))), NOW_MS))
answer = ask_in_process(answer_sql(answer_queries(), "networks", 7), NOW)
assert len(expected.rows) > 5
assert differences(answer, expected) == []
assert "networks" in [one.name for one in in_report()]
protocols = ask_in_process("SELECT DISTINCT protocol FROM events WHERE request_id IS NOT NULL", NOW).rows
assert set(protocols) == {("https",), ("http",)}, protocols
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project without what make, tests and tools left in it."""
    for name in _FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for name in _FILES:
        shutil.copy2(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def python(copy: Path) -> Callable[..., str]:
    """Runs Python in the copy. Gives what it printed; fails with it if it failed."""

    def run(*arguments: str) -> str:
        done = subprocess.run([sys.executable, *arguments], cwd=copy, capture_output=True, text=True, check=False)  # noqa: S603
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    return run


def _insert(file: Path, before: str, text: str) -> None:
    content = file.read_text(encoding="utf-8")
    assert content.count(before) == 1, before
    file.write_text(content.replace(before, text + before), encoding="utf-8")


def test_one_folder_and_one_command_add_an_answer_and_two_edits_a_column(
    copy: Path, python: Callable[..., str]
) -> None:
    assert {Path(path).parent for path in _GUIDE} == {Path("answers/networks")}
    for path, text in _GUIDE.items():
        (copy / path).parent.mkdir(exist_ok=True)
        (copy / path).write_text(text, encoding="utf-8")
    _insert(
        copy / "answers/raw_events.sql", "    lower(nullif(l.cs_host", "    nullif(l.cs_protocol, '-') AS protocol,\n"
    )
    _insert(
        copy / "answers/raw_events.sql",
        "  query,\n  regexp_like(query, ",
        "  protocol,\n",
    )
    _insert(
        copy / "answers/columns.toml",
        '[[column]]\nname = "query"',
        '[[column]]\nname = "protocol"\ntype = "varchar"\nmeaning = "HTTP or HTTPS"\nsource = "`cs-protocol`"\n'
        'null_when = "the log says `-`"\nexample = "`https`"\n\n',
    )

    written = python("-m", "edgepixel.rendering")

    assert set(written.split()) >= {"template.yaml.", "README.md.", "docs/answers.md.", "docs/data-dictionary.md."}
    for page, text in (
        ("template.yaml", "  NetworksAnswer:\n    Type: AWS::Athena::NamedQuery\n"),
        ("template.yaml", '{"name": "protocol", "type": "varchar"}'),
        ("template.yaml", "- { Name: protocol, Type: string }"),
        ("README.md", "| `networks` | Events from each network |"),
        ("docs/answers.md", "### `networks`\n\nWhich networks do people come from?"),
        ("docs/data-dictionary.md", "| `protocol` | `varchar` | HTTP or HTTPS |"),
    ):
        assert text in (copy / page).read_text(encoding="utf-8")
    python("-m", "edgepixel.rendering", "--check")
    python("-c", _ASKED)
    python("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/template/test_answers.py")
