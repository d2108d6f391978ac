# SPDX-License-Identifier: Apache-2.0
"""The blocks of the documents that list answers, columns, stored headers and the functions of the local Athena."""

from itertools import groupby

from edgepixel.answers.registry import Answer, Group, answers, groups
from edgepixel.answers.subject.filters import dimensions
from edgepixel.answers.view.columns import columns
from edgepixel.answers.view.traffic import reasons
from edgepixel.errors import AnswerFolderError
from edgepixel.paths import ROOT
from edgepixel.rendering.blocks import Block, markdown
from localcloud.athena.trino.functions import WAYS
from localcloud.in_process_function import function_loader

_ANSWERS = "make template from answers/"
_DIMENSIONS = "make template from answers/dimensions.toml"
_COLUMNS = "make template from answers/columns.toml"
_TRAFFIC = "make template from answers/traffic.toml"
_HEADERS = "make template from functions/aggregator/viewer/headers.py"
_COUNTED = {"people": "", "sales": " *People, and sales by your server.*", "everyone": " *All traffic.*"}
_FUNCTIONS = "make template from localcloud/athena/trino/functions.py"


def blocks() -> list[Block]:
    """Every block, as it should be."""
    return [
        Block(ROOT / "README.md", _ANSWERS, _list_of_answers()),
        Block(ROOT / "docs" / "answers.md", _ANSWERS, _sections()),
        Block(ROOT / "docs" / "answers.md", _DIMENSIONS, _table_of_dimensions()),
        Block(ROOT / "docs" / "data-dictionary.md", _COLUMNS, _table_of_columns()),
        Block(ROOT / "docs" / "data-dictionary.md", _TRAFFIC, _table_of_reasons()),
        Block(ROOT / "docs" / "privacy.md", _HEADERS, _table_of_headers()),
        Block(ROOT / "docs" / "local-cloud.md", _FUNCTIONS, _table_of_functions()),
    ]


def _list_of_answers() -> str:
    return markdown(("answer", "tells"), ((f"`{answer.name}`", answer.description) for answer in answers()))


def _sections() -> str:
    by_group = {name: list(found) for name, found in groupby(answers(), key=lambda answer: answer.group)}
    if list(by_group) != [group.name for group in groups() if group.name in by_group]:
        raise AnswerFolderError(
            f"answers/*/answer.toml: place must keep the answers of a group together, in the order of groups.toml: "
            f"{', '.join(f'{answer.name} ({answer.group})' for answer in answers())}"
        )
    return "\n".join(_group(group, by_group.get(group.name, [])) for group in groups())


def _group(group: Group, members: list[Answer]) -> str:
    introduction = f"{group.introduction.strip()}\n\n" if group.introduction else ""
    return f"## {group.heading}\n\n{introduction}" + "\n".join(map(_section, members))


def _section(answer: Answer) -> str:
    question, blank, rest = answer.text("meaning.md").partition("\n\n")
    return f"### `{answer.name}`\n\n{question}{_COUNTED[answer.counts]}{blank}{rest.rstrip()}\n"


def _table_of_dimensions() -> str:
    rows = ((f"`{one.name}`", f"`{' '.join(one.sql.split())}`".replace("|", "\\|")) for one in dimensions().values())
    return markdown(("filter by", "which is of an event"), rows)


def _table_of_columns() -> str:
    heads = ("column", "type", "meaning", "from", "NULL when", "example")
    rows = (
        (f"`{one.name}`", f"`{one.type}`", one.meaning, one.source, one.null_when, one.example) for one in columns()
    )
    return markdown(heads, rows)


def _table_of_reasons() -> str:
    rows = ((f"`{one.name}`", f"`{one.traffic}`", one.meaning) for one in reasons())
    return markdown(("traffic_reason", "traffic", "when"), rows)


def _table_of_headers() -> str:
    with function_loader(ROOT / "functions") as load:
        headers = load("aggregator", "viewer.headers").viewer.headers
    rows = [(header.name, _words(header.words, header.anywhere)) for header in headers.VIEW_HEADERS]
    rows.append((headers.FORWARDED_FOR, "with `IpAddresses=full` only: the parts of its value that are addresses"))
    rows.append(
        (headers.GLOBAL_PRIVACY_CONTROL, "nothing: the aggregator reads it, and stores no address if it is `1`")
    )
    return markdown(("header", "what is stored of it"), ((f"`{name}`", stored) for name, stored in rows))


def _words(words: tuple[str, ...], anywhere: bool) -> str:
    listed = " or ".join(f"`{word}`" for word in words)
    return f"{listed}, if its value {'contains' if anywhere else 'begins with'} that"


def _table_of_functions() -> str:
    rows = ((way, " ".join(f"`{name}`" for name in sorted(names))) for way, names in WAYS.items())
    return markdown(("how", "functions"), rows)
