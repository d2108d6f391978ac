# SPDX-License-Identifier: Apache-2.0
"""The role of a stage: it exists, and its policies allow what the stage needs, as IAM itself simulates it.

IAM's simulation of a role leaves out resource policies (IAM API reference, SimulatePrincipalPolicy).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edgepixel.doctor.facts.said import Said, is_absent
from edgepixel.doctor.findings import Paragraph, Problem, Stage


@dataclass(frozen=True)
class Need:
    """What a role has to be allowed: an action on a resource, by its ARN."""

    action: str
    resource: str


@dataclass(frozen=True)
class RoleFacts:
    """GetRole, and IAM's decision about each need that it was asked for: `allowed`, `implicitDeny`, `explicitDeny`."""

    name: str
    role: Said
    decisions: Mapping[Need, str]


def role_problems(stage: Stage, facts: RoleFacts) -> Iterator[Problem]:
    """What is wrong with the role of a stage."""
    if is_absent(facts.role):
        yield Problem(
            stage,
            f"The role {facts.name} does not exist.",
            "Somebody deleted it. Make it again with the policies that the template gives it.",
            Paragraph.ROLES,
        )
        return
    refused = [need for need, decision in facts.decisions.items() if decision != "allowed"]
    if refused:
        listed = ", ".join(f"{need.action} on {need.resource}" for need in refused)
        yield Problem(
            stage,
            f"The role {facts.name} is not allowed {listed}.",
            "Somebody changed its policies, or a permissions boundary or service control policy forbids it. "
            "Give the role the statements that the template has for it.",
            Paragraph.ROLES,
        )
