# SPDX-License-Identifier: Apache-2.0
"""Answers that need a parameter of the stack, which makes what they read: without it, how to switch it on."""

from edgepixel.answers.registry import known_answer
from edgepixel.aws.stack import Stack
from edgepixel.errors import SwitchedOffError


def require_switched_on(stack: Stack, name: str) -> None:
    """Raise SwitchedOffError if a parameter of the stack is not what the answer of that name needs."""
    answer = known_answer(name)
    needs = answer.needs if answer else {}
    lacking = " ".join(f"{key}={value}" for key, value in needs.items() if stack.parameters.get(key) != value)
    if lacking:
        how = "edgepixel up --parameter" if stack.cloud.local_port else "sam deploy --parameter-overrides"
        raise SwitchedOffError(
            f"the answer {name!r} needs {lacking}, which {stack} does not have. Deploy it with that ({how} {lacking}): "
            "what it reads is collected from then on. docs/parameters.md says more"
        )
