# SPDX-License-Identifier: Apache-2.0
"""A deployed stack: which cloud it is in, and what it says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack_status import READY, what_to_do
from edgepixel.errors import NoRawStreamError, StackNotFoundError

_NEEDED = ("PixelUrl", "DatabaseName", "WorkGroupName", "LakeBucketName")


@dataclass(frozen=True)
class Stack:
    """A stack of the template that is ready for use, in AWS or in a local cloud."""

    cloud: Cloud
    name: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]

    def __str__(self) -> str:
        return f"stack {self.name} in {self.cloud}"

    @property
    def pixel_url(self) -> str:
        return self.outputs["PixelUrl"]

    @property
    def database(self) -> str:
        return self.outputs["DatabaseName"]

    @property
    def workgroup(self) -> str:
        return self.outputs["WorkGroupName"]

    @property
    def ip_addresses(self) -> str:
        """What the stack stores of viewers' addresses: full, truncated or removed."""
        return self.parameters["IpAddresses"]

    @property
    def honors_privacy_control(self) -> bool:
        """Whether the stack removes the addresses of viewers who send Sec-GPC."""
        return self.parameters["HonorGlobalPrivacyControl"] == "true"

    @property
    def has_edge_function(self) -> bool:
        """Whether the edge function says in the log what is stored of a hit."""
        return self.parameters.get("EdgeFunction") == "enabled"  # stacks of earlier versions lack the parameter

    @property
    def has_typed_days(self) -> bool:
        """Whether closed days are typed."""
        return "CompactorFunctionName" in self.outputs  # stacks of earlier versions lack it

    @property
    def lake_bucket(self) -> str:
        return self.outputs["LakeBucketName"]

    @property
    def has_realtime_logs(self) -> bool:
        return "RawStreamName" in self.outputs

    @property
    def has_standard_logs(self) -> bool:
        """Whether CloudFront's standard logs go into the lake: Source is standard or both."""
        return self.parameters.get("Source", "realtime") != "realtime"  # older versions have no such parameter

    @property
    def has_cross_check(self) -> bool:
        """Whether standard logs run beside the real-time ones, to tell which hits are missing."""
        return self.parameters.get("CrossCheck") == "enabled"  # stacks of earlier versions lack the parameter

    @property
    def raw_stream(self) -> str:
        """The stream of log lines. Raises NoRawStreamError for a stack without real-time logs."""
        if not self.has_realtime_logs:
            raise NoRawStreamError(f"{self} has no raw stream: its parameter Source is standard")
        return self.outputs["RawStreamName"]


def find_stack(cloud: Cloud, name: str) -> Stack:
    """The stack of that name. Raises StackNotFoundError if there is none, it is not ready, or it is something else."""
    try:
        found: dict[str, Any] = cloud.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        how = "edgepixel up" if cloud.local_port else "sam build && sam deploy --guided"
        raise StackNotFoundError(
            f"there is no stack {name!r} in {cloud.place}. Deploy it ({how}), or name another one with --stack"
        ) from None
    status = found["StackStatus"]
    if status not in READY:
        raise StackNotFoundError(f"the stack {name!r} in {cloud} is in state {status}: {what_to_do(status, name)}")
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
    missing = [output for output in _NEEDED if output not in outputs]
    if missing:
        raise StackNotFoundError(
            f"{name!r} in {cloud} is not an Edge Pixel stack: it has no output {', '.join(missing)}"
        )
    parameters = {given["ParameterKey"]: given["ParameterValue"] for given in found.get("Parameters", [])}
    return Stack(cloud, name, outputs, parameters)
