# SPDX-License-Identifier: Apache-2.0
"""Which statements allowed something since the local cloud started, and what was denied.

A test compares them with all that the template allows: what no test ever used is not needed, or is needed for a reason
that somebody has written down.
"""

from dataclasses import asdict, dataclass

from localcloud.iam.evaluation import Decision

TRUST = "trust"
"""What stands for the policy's name where it is a role's trust policy."""


@dataclass(frozen=True, order=True)
class Use:
    """An action and a resource of a statement, as the policy writes them, that allowed a call.

    `holder` is the name of the role, function or bucket that has the policy, and `policy` the policy's name.
    """

    holder: str
    policy: str
    sid: str
    action: str
    resource: str


_uses: set[Use] = set()
_denials: set[str] = set()


def record(holder: str, decision: Decision) -> None:
    """Note what allowed a call."""
    if decision.allowed and decision.statement:
        _uses.add(Use(holder, decision.statement.policy, decision.statement.sid, decision.action, decision.resource))


def record_denial(message: str) -> bool:
    """Note what was denied; whether that is new."""
    new = message not in _denials
    _denials.add(message)
    return new


def summary() -> dict[str, list[dict[str, str]] | list[str]]:
    """All that was used, each as the fields of Use, and the messages of all that was denied."""
    return {"used": [asdict(use) for use in sorted(_uses.copy())], "denied": sorted(_denials.copy())}
