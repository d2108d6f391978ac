# SPDX-License-Identifier: Apache-2.0
"""What to do about a stack that is in some state. Pure.

Sources: CloudFormation user guide, "View stack information" (stack status codes) and "Continue rolling back an update".
"""

READY = frozenset(
    {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"}
)
"""States of a stack that can be used."""
_NEVER_MADE = frozenset({"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"})
"""And those of one that can only be deleted."""


def what_to_do(status: str, name: str) -> str:
    """An order, as part of a sentence, for a state in which a deployment has left a stack."""
    if status == "REVIEW_IN_PROGRESS":
        return "no change set of it was executed, so deploy it again"
    if status.endswith("_IN_PROGRESS"):
        return "wait until it is complete"
    if status == "UPDATE_ROLLBACK_FAILED":
        return (
            f"remove the reason, run aws cloudformation continue-update-rollback --stack-name {name}, and deploy again "
            "when that is complete"
        )
    if status in _NEVER_MADE:
        return f"remove the reason, delete the stack (sam delete --stack-name {name}) and deploy it again"
    return "remove the reason and deploy it again"
