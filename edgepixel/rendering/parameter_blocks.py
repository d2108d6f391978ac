# SPDX-License-Identifier: Apache-2.0
"""The table of docs/parameters.md that tells what a change of each parameter does to a running stack."""

from collections.abc import Iterable, Mapping
from typing import Any

from edgepixel.parameter_changes.changes import effects
from edgepixel.parameter_changes.comparison import Effect
from edgepixel.parameter_changes.notes import NOTES
from edgepixel.paths import ROOT
from edgepixel.rendering.blocks import Block, markdown
from edgepixel.template.reader import read_template
from edgepixel.template.sam_transform import transformed

_COMMAND = "make template from template.yaml and edgepixel/parameter_changes/notes.py"
_HEADS = ("parameter", "changed in place", "replaced", "created or deleted", "what to know")
# Types of which a stack has many: their number says enough, or none where that changes with the answers.
_MANY = {"AWS::Athena::NamedQuery": "the answers", "AWS::CloudWatch::Alarm": "alarms"}
_FEW = 2


def blocks() -> list[Block]:
    """The block, as it should be."""
    return [Block(ROOT / "docs" / "parameters.md", _COMMAND, markdown(_HEADS, _rows()))]


def _rows() -> Iterable[list[str]]:
    template = transformed(read_template())
    types = {name: resource["Type"] for name, resource in template["Resources"].items()}
    for name, effect in effects(template).items():
        yield [f"`{name}`", *_cells(effect, types), NOTES.get(name, "")]


def _cells(effect: Effect, types: Mapping[str, Any]) -> list[str]:
    perhaps = [f"perhaps {name}" for name in _names(effect.perhaps_replaced, types)]
    return [
        ", ".join(_names(effect.in_place - effect.added - effect.removed, types)),
        ", ".join([*_names(effect.replaced - effect.added - effect.removed, types), *perhaps]),
        ", ".join(_names(effect.added | effect.removed, types)),
    ]


def _names(resources: Iterable[str], types: Mapping[str, str]) -> list[str]:
    """Logical ids, in the template's order, then what there are many of."""
    ordered = [name for name in types if name in set(resources)]
    groups = {kind: [name for name in ordered if types[name] == kind] for kind in _MANY}
    grouped = {name for names in groups.values() if len(names) > _FEW for name in names}
    summaries = [words for kind, words in _MANY.items() if len(groups[kind]) > _FEW]
    return [f"`{name}`" for name in ordered if name not in grouped] + summaries
