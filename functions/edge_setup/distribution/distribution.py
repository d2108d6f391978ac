# SPDX-License-Identifier: Apache-2.0
"""Reading and changing a distribution that others change too."""

from collections.abc import Callable
from typing import Any

from aws_calls import NEW_PERMISSION_SECONDS, retry_while
from distribution.config import Config
from distribution.unknown_settings import unknown_settings
from protocol.deadline import Deadline

ABSENT = "NoSuchDistribution"
CHANGED_MEANWHILE = frozenset({"PreconditionFailed", "InvalidIfMatchVersion"})
DENIED = frozenset({"AccessDenied"})
STATUS_SECONDS = 10.0


class SettingsWouldBeLost(Exception):
    """The distribution has settings that this version's boto3 does not know. The message says what to do."""


class Distribution:
    """One distribution, and the deadline for reading and changing it.

    Every change names the version that it changes (`IfMatch`), as CloudFront requires, so nothing is lost that others
    change at the same time: then the change is made again, to the new version.
    """

    def __init__(self, cloudfront: Any, identifier: str, deadline: Deadline) -> None:
        """`cloudfront` is a boto3 client."""
        self.identifier = identifier
        self._cloudfront = cloudfront
        self._deadline = deadline
        self._unknown: list[str] = []
        cloudfront.meta.events.register("after-call.cloudfront.GetDistribution", self._look_for_unknown)

    def read(self) -> dict[str, Any]:
        """The distribution as GetDistribution describes it, and its ETag.

        Raises ClientError (NoSuchDistribution), and StillRefused when it may not be read.
        """
        found: dict[str, Any] = self._permitted(lambda: self._cloudfront.get_distribution(Id=self.identifier))
        return found

    def change(self, change: Callable[[Config], Config]) -> dict[str, Any]:
        """Change the configuration, and return the distribution's description; one that stays equal is not sent.

        Raises ClientError if CloudFront refuses the configuration, StillRefused, SettingsWouldBeLost, and what
        `change` raises.
        """

        def call() -> dict[str, Any]:
            found = self.read()
            distribution: dict[str, Any] = found["Distribution"]
            config = change(distribution["DistributionConfig"])
            if config == distribution["DistributionConfig"]:
                return distribution
            if self._unknown:
                raise SettingsWouldBeLost(
                    f"distribution {self.identifier} uses settings of CloudFront that this version does not know and "
                    f"would lose ({', '.join(self._unknown)}): deploy a newer version, or change it by hand as "
                    "docs/operations.md says"
                )
            updated: dict[str, Any] = self._permitted(
                lambda: self._cloudfront.update_distribution(
                    Id=self.identifier, IfMatch=found["ETag"], DistributionConfig=config
                )
            )["Distribution"]
            return updated

        return retry_while(
            CHANGED_MEANWHILE,
            call,
            self._deadline,
            advice=f"something else keeps changing distribution {self.identifier}; try again",
        )

    def wait_until_deployed(self) -> None:
        """Wait until every edge location has the latest configuration, or the time is up."""
        while self.read()["Distribution"]["Status"] != "Deployed" and self._deadline.pause(STATUS_SECONDS):
            pass

    def _look_for_unknown(self, http_response: Any, model: Any, **_: Any) -> None:
        """Called by boto3 with every response, before its caller gets what boto3 made of it."""
        if http_response.status_code == 200:
            self._unknown = unknown_settings(http_response.content, model.output_shape.members["Distribution"])

    def _permitted(self, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        return retry_while(
            DENIED,
            call,
            self._deadline,
            advice=f"the role of the edge setup function may not read or change distribution {self.identifier}; "
            "docs/operations.md says which distributions need more permissions",
            patience=NEW_PERMISSION_SECONDS,
        )
