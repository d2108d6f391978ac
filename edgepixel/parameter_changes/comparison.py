# SPDX-License-Identifier: Apache-2.0
"""What an update of a stack does to each of its resources, by CloudFormation's rules."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from edgepixel.parameter_changes.evaluation import Resource, references
from edgepixel.parameter_changes.schemas import create_only, identifiers, perhaps_create_only

type Resources = Mapping[str, Resource]


@dataclass(frozen=True)
class Effect:
    """Logical ids by what happens to the resources.

    `replaced`: a new one is made, then whatever refers to it is updated, and at the end the old one is deleted.
    `collides`: those of the replaced whose new one has the name of the old one, so that AWS refuses the update.
    """

    in_place: frozenset[str] = field(default=frozenset())
    replaced: frozenset[str] = field(default=frozenset())
    perhaps_replaced: frozenset[str] = field(default=frozenset())
    added: frozenset[str] = field(default=frozenset())
    removed: frozenset[str] = field(default=frozenset())
    collides: frozenset[str] = field(default=frozenset())


def effect(before: Resources, after: Resources) -> Effect:
    """The effect of an update between two states of a stack."""
    kept = before.keys() & after.keys()
    replaced: set[str] = set()
    # A replaced resource has another name, which can replace what refers to it, and so on.
    while True:
        found = {name: _change(before[name], after[name], replaced) for name in kept}
        now = {name for name, change in found.items() if change == "replaced"}
        if now == replaced:
            break
        replaced = now
    return Effect(
        in_place=frozenset(name for name, change in found.items() if change == "in place"),
        replaced=frozenset(replaced),
        perhaps_replaced=frozenset(name for name, change in found.items() if change == "perhaps replaced"),
        added=frozenset(after.keys() - before.keys()),
        removed=frozenset(before.keys() - after.keys()),
        collides=frozenset(name for name in replaced if _same_name(before[name], after[name], replaced)),
    )


def all_effects(effects: Iterable[Effect]) -> Effect:
    """The union: what at least one of several updates does. What one of them replaces counts as replaced."""
    every = list(effects)

    def union(of: str) -> frozenset[str]:
        return frozenset().union(*(getattr(one, of) for one in every))

    replaced, perhaps = union("replaced"), union("perhaps_replaced")
    return Effect(
        in_place=union("in_place") - replaced - perhaps,
        replaced=replaced,
        perhaps_replaced=perhaps - replaced,
        added=union("added"),
        removed=union("removed"),
        collides=union("collides"),
    )


def _change(before: Resource, after: Resource, replaced: Set[str]) -> str | None:
    if before.type != after.type:
        return "replaced"
    if any(_differs(before, after, path, replaced) for path in create_only(after.type)):
        return "replaced"
    if any(_differs(before, after, path, replaced) for path in perhaps_create_only(after.type)):
        return "perhaps replaced"
    return "in place" if _differs(before, after, "", replaced) else None


def _differs(before: Resource, after: Resource, path: str, replaced: Set[str]) -> bool:
    new = _at(after.properties, path)
    return _at(before.properties, path) != new or not replaced.isdisjoint(references(new))


def _same_name(before: Resource, after: Resource, replaced: Set[str]) -> bool:
    """Whether the resource has a name of the template's choice, which the update does not change."""
    paths = identifiers(after.type)
    names = [_at(after.properties, path) for path in paths]
    return all(names) and not any(_differs(before, after, path, replaced) for path in paths)


def _at(properties: Any, path: str) -> Any:
    """The value at a path of properties; None if there is none."""
    for name in path.split("/") if path else ():
        if not isinstance(properties, Mapping):
            return None
        properties = properties.get(name)
    return properties
