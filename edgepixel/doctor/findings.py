# SPDX-License-Identifier: Apache-2.0
"""What is found out about a stack, as data: its stages, what is wrong with one, and the paragraph that helps."""

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where a hit goes, in this order."""

    EDGE = "edge"
    LOG_CONFIGURATION = "log configuration"
    RAW_STREAM = "raw stream"
    AGGREGATOR = "aggregator"
    AGGREGATED_STREAM = "aggregated stream"
    DELIVERY = "delivery"
    LOG_DELIVERY = "log delivery"
    LAKE = "lake"
    TRIGGER = "trigger"
    CATALOG = "catalog"
    VIEW = "view"
    ANSWER = "answer"


ONLY_WITH_AGGREGATION = (Stage.AGGREGATOR, Stage.AGGREGATED_STREAM)
ONLY_WITH_REALTIME_LOGS = (Stage.LOG_CONFIGURATION, Stage.RAW_STREAM, *ONLY_WITH_AGGREGATION, Stage.DELIVERY)
ONLY_WITH_STANDARD_LOGS = (Stage.LOG_DELIVERY,)


PUT_BACK = (
    "Put it back as the template has it: docs/operations.md#somebody-changed-a-resource says how. Deploying the same "
    "template again changes nothing."
)
"""What to do about a resource that is not as it was deployed: CloudFormation compares templates, not resources."""

CHANGED = f"Somebody changed it. {PUT_BACK}"


class Paragraph(StrEnum):
    """Headings of docs/operations.md, as links name them. A test holds them to the page."""

    EDGE = "the-edge-does-not-serve-the-pixel"
    NOT_LOGGED = "silence"
    NO_FILE = "file-silence"
    ROLES = "a-role-is-missing-or-may-not-do-its-work"
    REFUSED = "lines-refused"
    AGGREGATOR = "aggregator-errors"
    LAG = "aggregator-lag"
    FAILED_BATCHES = "failed-batches"
    QUARANTINE = "quarantine-rate"
    DELIVERY = "delivery-freshness"
    STALLED = "delivery-stalled"
    CATALOG = "catalog"
    QUERIES = "a-query-fails"
    TYPED_DAYS = "typed-days"
    NEW_ACCOUNT = "what-a-new-account-may-refuse"
    CHANGED_BY_HAND = "somebody-changed-a-resource"


@dataclass(frozen=True)
class Problem:
    """Why a stage fails. `what` it is, and what to `do`, each in whole sentences."""

    stage: Stage
    what: str
    do: str
    paragraph: Paragraph

    @property
    def page(self) -> str:
        """Where it is explained."""
        return f"docs/operations.md#{self.paragraph}"


class Outcome(StrEnum):
    """What became of a stage."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOT_REACHED = "not reached"


@dataclass(frozen=True)
class StageResult:
    """One stage. `seconds`: how long the hits took from the stage before, None if none were followed."""

    stage: Stage
    outcome: Outcome
    seconds: float | None = None
    detail: str = ""


@dataclass(frozen=True)
class Examination:
    """What was found out about a stack, stage after stage. `notes` tell what is no failure and worth knowing."""

    stack: str
    cloud: str
    mark: str | None
    request_ids: tuple[str, ...]
    stages: tuple[StageResult, ...]
    problem: Problem | None
    notes: tuple[str, ...]
    seconds: float

    @property
    def healthy(self) -> bool:
        return self.problem is None
