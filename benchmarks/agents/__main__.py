# SPDX-License-Identifier: Apache-2.0
"""Measure the view `events` on agents of packages that its rules were not written from, before a change and after it.

    python -m benchmarks.agents [--before REVISION] [--folder FOLDER]

Only families that are held out count (benchmarks/agents/families.py). The table is printed, and written into
docs/data-dictionary.md. Needs npm, and git for the view before.
"""

import argparse
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.agents import packages, speed
from benchmarks.agents.classified import Told, classify
from benchmarks.agents.figures import COLUMNS, accuracy, figures
from benchmarks.agents.labelled import SOURCES, Agent, collections
from edgepixel.paths import ROOT
from edgepixel.rendering.blocks import markdown, rewritten
from edgepixel.template.reader import TEMPLATE_FILE, parse_template, read_template

PAGE = ROOT / "docs" / "data-dictionary.md"
COMMAND = "python -m benchmarks.agents"
_BEFORE = "15e9070"
_DEVICES = ("desktop", "mobile", "tablet", "tv", "console")

type Measure = Callable[[Mapping[str, Told]], float | None]


def measures(agents: Mapping[str, Sequence[Agent]]) -> Iterator[tuple[str, str, int, Measure]]:
    """Collection, what is measured, of how many agents, and how."""
    for name, found in agents.items():
        for part, chosen in _parts(name, found):
            named = ("specificity",) if all(agent.person for agent in chosen) else ("precision", "recall")
            for what in named:
                yield part, what, len(chosen), partial(_traffic, chosen, what)
    clients = agents["clients and bots"]
    for column in COLUMNS:
        labelled = sum(getattr(agent, column) is not None for agent in clients)
        yield "clients", column, labelled, partial(_column, clients, column, None)
    for device in _DEVICES:
        labelled = sum(agent.device == device for agent in clients)
        yield "clients", f"device, {device}", labelled, partial(_column, clients, "device", device)


def _traffic(agents: Sequence[Agent], what: str, told: Mapping[str, Told]) -> float | None:
    value: float | None = getattr(figures(agents, told), what)
    return value


def _column(agents: Sequence[Agent], column: str, value: str | None, told: Mapping[str, Told]) -> float | None:
    return accuracy(agents, told, column, value)


def _parts(name: str, agents: Sequence[Agent]) -> Iterator[tuple[str, Sequence[Agent]]]:
    yield name, agents
    if name == "devices and bots":
        yield f"{name}, without Dalvik and CFNetwork", [agent for agent in agents if agent.kind != "application"]
    if name == "clients and bots":
        yield "browsers and bots of these", [agent for agent in agents if not agent.person or agent.kind == "browser"]


def table(before: Mapping[str, Any], after: Mapping[str, Any], folder: Path) -> str:
    """The figures of two templates' views."""
    packages.fetch(folder)
    agents = {name: [agent for agent in found if agent.held_out] for name, found in collections(folder).items()}
    texts = sorted({agent.text for found in agents.values() for agent in found})
    told = [classify(template, texts) for template in (before, after)]
    rows = [
        [name, what, f"{number:,}", *(_figure(measure(one)) for one in told)]
        for name, what, number, measure in measures(agents)
    ]
    sources = "".join(f"- {name}: {package.label}\n" for name, package in SOURCES.items())
    return (
        f"{markdown(('collection', 'figure', 'agents', 'before', 'now'), rows)}\n{sources}\n"
        f"The view takes {speed.ratio(before, after):.2f} times as long per line as before.\n"
    )


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.5f}" if value > 0.9995 else f"{value:.3f}"


def main() -> None:
    """Print the table, and write it."""
    parser = argparse.ArgumentParser(description="Measure the view on agents that its rules were not written from.")
    parser.add_argument("--before", default=_BEFORE, help="a revision, whose view is measured too")
    parser.add_argument("--folder", type=Path, default=ROOT / ".edgepixel" / "agents", help="keeps the packages")
    options = parser.parse_args()
    old = subprocess.run(  # noqa: S603 (a revision of this repository)
        ["git", "show", f"{options.before}:{TEMPLATE_FILE.name}"],  # noqa: S607 (git is on the path)
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    text = table(parse_template(old), read_template(), options.folder)
    print(text)
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), COMMAND, text), encoding="utf-8")
    print(f"Written into {PAGE.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
