# SPDX-License-Identifier: Apache-2.0
"""In-memory AWS services for unit tests, held to the argument names and types of botocore's own models."""

import copy
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.hooks import HierarchicalEmitter
from botocore.paginate import Paginator
from botocore.validate import ParamValidator

_MODELS = botocore.session.get_session()


def client_error(code: str, operation: str = "Operation") -> ClientError:
    """The error that boto3 raises for an error code of AWS."""
    return ClientError({"Error": {"Code": code, "Message": f"{code} from the fake"}}, operation)


class FakeClient:
    """Stands for a boto3 client: checks the arguments, then asks the in-memory service.

    `fail_next[operation]` is a list of error codes that the next calls of the operation raise.
    """

    def __init__(self, name: str, service: Any) -> None:
        self._name = name
        self.service = service
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.fail_next: dict[str, list[str]] = {}
        self.meta = SimpleNamespace(events=HierarchicalEmitter())  # nothing is emitted: there are no requests
        self._operations = {
            xform_name(operation): model.operation_model(operation)
            for model in [_MODELS.get_service_model(name)]
            for operation in model.operation_names
        }

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        model = self._operations[operation]

        def call(**arguments: Any) -> Any:
            report = ParamValidator().validate(arguments, model.input_shape)
            assert not report.has_errors(), report.generate_report()
            self.calls.append((operation, arguments))
            if self.fail_next.get(operation):
                raise client_error(self.fail_next[operation].pop(0), model.name)
            return getattr(self.service, operation)(**arguments)

        return call

    def get_paginator(self, operation: str) -> Paginator:
        """boto3's own, over the pages of the in-memory service."""
        model = self._operations[operation]
        described = _MODELS.get_paginator_model(self._name).get_paginator(model.name)
        return Paginator(getattr(self, operation), described, model)

    def count(self, operation: str) -> int:
        """How often an operation was called."""
        return Counter(name for name, _ in self.calls)[operation]


def install(monkeypatch: pytest.MonkeyPatch, **clients: FakeClient) -> None:
    """Make `boto3.client(name)` give the fakes, and nothing else."""

    def client(name: str, **_: Any) -> FakeClient:
        return clients[name]

    monkeypatch.setattr("boto3.client", client)


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


@dataclass
class S3:
    """Buckets of objects; each object is what put_object was given, with its version's id."""

    buckets: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    undeletable: set[str] = field(default_factory=set)

    def put_object(self, Bucket: str, Key: str, **arguments: Any) -> dict[str, Any]:
        objects = self._bucket(Bucket)
        objects[:] = [held for held in objects if held["Key"] != Key]
        objects.append({"Key": Key, "VersionId": "null", **arguments})
        return {}

    def delete_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        objects = self._bucket(Bucket)
        objects[:] = [held for held in objects if held["Key"] != Key]
        return {}

    def list_object_versions(self, Bucket: str, MaxKeys: int) -> dict[str, Any]:
        page = self._bucket(Bucket)[:MaxKeys]
        return {
            "Versions": [held for held in page if not held.get("marker")],
            "DeleteMarkers": [held for held in page if held.get("marker")],
        }

    def delete_objects(self, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:
        objects = self._bucket(Bucket)
        errors = []
        for victim in Delete["Objects"]:
            if victim["Key"] in self.undeletable:
                errors.append({**victim, "Code": "AccessDenied", "Message": "Access Denied"})
            else:
                objects[:] = [
                    held for held in objects if (held["Key"], held["VersionId"]) != (victim["Key"], victim["VersionId"])
                ]
        return {"Errors": errors} if errors else {}

    def delete_bucket(self, Bucket: str) -> None:
        if self._bucket(Bucket):
            raise client_error("BucketNotEmpty")
        del self.buckets[Bucket]

    def _bucket(self, name: str) -> list[dict[str, Any]]:
        if name not in self.buckets:
            raise client_error("NoSuchBucket")
        return self.buckets[name]


@dataclass
class Glue:
    """One table, its partitions by their values, and one crawler."""

    table: dict[str, Any] | None = None
    partitions: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)
    crawler_runs: bool = False
    last_crawl: dict[str, Any] | None = None

    def get_crawler(self, Name: str) -> dict[str, Any]:
        last = {"LastCrawl": self.last_crawl} if self.last_crawl else {}
        return {"Crawler": {"Name": Name, "State": "RUNNING" if self.crawler_runs else "READY", **last}}

    def get_table(self, DatabaseName: str, Name: str) -> dict[str, Any]:
        if self.table is None:
            raise client_error("EntityNotFoundException")
        return {"Table": {"DatabaseName": DatabaseName, "Name": Name, **self.table}}

    def create_partition(self, DatabaseName: str, TableName: str, PartitionInput: dict[str, Any]) -> dict[str, Any]:
        values = tuple(PartitionInput["Values"])
        if values in self.partitions:
            raise client_error("AlreadyExistsException")
        self.partitions[values] = PartitionInput
        return {}

    def start_crawler(self, Name: str) -> dict[str, Any]:
        if self.crawler_runs:
            raise client_error("CrawlerRunningException")
        self.crawler_runs = True
        return {}


@dataclass
class Kinesis:
    """One stream that takes everything."""

    records: list[dict[str, Any]] = field(default_factory=list)

    def put_records(self, Records: list[dict[str, Any]], **_: str) -> dict[str, Any]:
        self.records += Records
        taken = [{"SequenceNumber": str(number), "ShardId": "shardId-000000000000"} for number in range(len(Records))]
        return {"FailedRecordCount": 0, "Records": taken}
