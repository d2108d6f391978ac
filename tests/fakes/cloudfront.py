# SPDX-License-Identifier: Apache-2.0
"""Amazon CloudFront in memory: what the edge setup function makes and changes."""

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from edgepixel.template.reader import read_template
from tests.fakes.client import client_error

CACHING_OPTIMIZED: str = read_template()["Resources"]["Distribution"]["Properties"]["DistributionConfig"][
    "DefaultCacheBehavior"
]["CachePolicyId"]
"""The id of the managed cache policy CachingOptimized."""


@dataclass
class CloudFront:
    """Real-time log configurations by name, origin access controls and distributions by id, as an account has them.

    `meanwhile` are changes that somebody else makes to a distribution, each between its reading and the next update.
    """

    configs: dict[str, dict[str, Any]] = field(default_factory=dict)
    controls: dict[str, dict[str, Any]] = field(default_factory=dict)
    distributions: dict[str, dict[str, Any]] = field(default_factory=dict)
    statuses: list[str] = field(default_factory=list)
    meanwhile: list[Callable[[dict[str, Any]], None]] = field(default_factory=list)
    versions: Counter[str] = field(default_factory=Counter)
    in_use: set[str] = field(default_factory=set)
    page: int = 2
    made: int = 0

    def create_realtime_log_config(self, **arguments: Any) -> dict[str, Any]:
        if arguments["Name"] in self.configs:
            raise client_error("RealtimeLogConfigAlreadyExists")
        arn = f"arn:aws:cloudfront::123456789012:realtime-log-config/{arguments['Name']}"
        self.configs[arguments["Name"]] = {"ARN": arn, **arguments}
        return {"RealtimeLogConfig": self.configs[arguments["Name"]]}

    def get_realtime_log_config(self, Name: str) -> dict[str, Any]:
        return {"RealtimeLogConfig": self._config(Name)}

    def update_realtime_log_config(self, **arguments: Any) -> dict[str, Any]:
        self._config(arguments["Name"]).update(arguments)
        return {"RealtimeLogConfig": self.configs[arguments["Name"]]}

    def delete_realtime_log_config(self, ARN: str) -> None:
        name = ARN.rpartition("/")[2]
        self._config(name)
        if name in self.in_use:
            raise client_error("RealtimeLogConfigInUse")
        del self.configs[name]

    def create_origin_access_control(self, OriginAccessControlConfig: dict[str, str]) -> dict[str, Any]:
        if any(control["Name"] == OriginAccessControlConfig["Name"] for control in self.controls.values()):
            raise client_error("OriginAccessControlAlreadyExists")
        self.made += 1
        identifier = f"E{self.made:013d}"
        self.controls[identifier] = dict(OriginAccessControlConfig)
        return self.get_origin_access_control(identifier)

    def get_origin_access_control(self, Id: str) -> dict[str, Any]:
        if Id not in self.controls:
            raise client_error("NoSuchOriginAccessControl")
        return {
            "OriginAccessControl": {"Id": Id, "OriginAccessControlConfig": self.controls[Id]},
            "ETag": f"version-{self.versions[Id]}",
        }

    def update_origin_access_control(
        self, Id: str, IfMatch: str, OriginAccessControlConfig: dict[str, str]
    ) -> dict[str, Any]:
        self._match(Id, IfMatch)
        self.controls[Id] = dict(OriginAccessControlConfig)
        self.versions[Id] += 1
        return self.get_origin_access_control(Id)

    def delete_origin_access_control(self, Id: str, IfMatch: str) -> None:
        self._match(Id, IfMatch)
        if Id in self.in_use:
            raise client_error("OriginAccessControlInUse")
        del self.controls[Id]

    def list_origin_access_controls(self, Marker: str = "0") -> dict[str, Any]:
        start = int(Marker)
        items = [{"Id": key, **value} for key, value in self.controls.items()]
        listed: dict[str, Any] = {"IsTruncated": start + self.page < len(items)}
        listed["Items"] = items[start : start + self.page]
        if listed["IsTruncated"]:
            listed["NextMarker"] = str(start + self.page)
        return {"OriginAccessControlList": listed}

    def get_distribution(self, Id: str) -> dict[str, Any]:
        if Id not in self.distributions:
            raise client_error("NoSuchDistribution")
        described = {"Id": Id, "DomainName": f"{Id.lower()}.cloudfront.net"}
        described["Status"] = self.statuses.pop(0) if self.statuses else "Deployed"
        config = copy.deepcopy(self.distributions[Id])
        return {
            "Distribution": {**described, "DistributionConfig": config},
            "ETag": f"version-{self.versions[Id]}",
        }

    def update_distribution(self, Id: str, IfMatch: str, DistributionConfig: dict[str, Any]) -> dict[str, Any]:
        if self.meanwhile:
            self.meanwhile.pop(0)(self.distributions[Id])
            self.versions[Id] += 1
        if IfMatch != f"version-{self.versions[Id]}":
            raise client_error("PreconditionFailed")
        self.distributions[Id] = copy.deepcopy(DistributionConfig)
        self.versions[Id] += 1
        return self.get_distribution(Id=Id)

    def _config(self, name: str) -> dict[str, Any]:
        if name not in self.configs:
            raise client_error("NoSuchRealtimeLogConfig")
        return self.configs[name]

    def _match(self, identifier: str, version: str) -> None:
        if version != self.get_origin_access_control(identifier)["ETag"]:
            raise client_error("PreconditionFailed")
