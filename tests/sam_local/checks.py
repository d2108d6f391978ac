# SPDX-License-Identifier: Apache-2.0
"""Invokes samples one after the other and checks of each that the function did what the sample is for."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from botocore.exceptions import ClientError

from edgepixel.aws import lake_names
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from edgepixel.errors import NotQueryableError
from tests.fakes.cloudformation import ResponseServer
from tests.sam_local.aggregator_output import AggregatorOutput
from tests.sam_local.custom_resources import addressed, problem_with
from tests.sam_local.expected_lines import differences, expected_of
from tests.sam_local.function_result import FunctionResult
from tests.sam_local.invocation import LocalFunctions
from tests.sam_local.sample_resources import ForeignDistribution, sample_resources
from tests.sam_local.samples import Sample

_TABLE_SECONDS = 300.0


@dataclass(frozen=True)
class CheckedSample:
    """A sample that was invoked: what the function did with it, and what is wrong with that, if anything is."""

    sample: Sample
    outcome: str
    problem: str | None = None


class Checks:
    """Invokes samples of a stack's functions and checks what they did in its cloud."""

    def __init__(
        self,
        cloud: Cloud,
        stack: Stack,
        functions: LocalFunctions,
        cloudformation: ResponseServer,
        response_address: str,
    ) -> None:
        """`response_address` (host:port) is where containers reach `cloudformation`."""
        self._cloud, self._stack, self._functions = cloud, stack, functions
        self._cloudformation, self._response_address = cloudformation, response_address
        self._physical_ids: dict[str, str] = {}

    def run(self, samples: Sequence[Sample]) -> Iterator[CheckedSample]:
        """Invoke the samples, in order. Yields each as soon as it is checked."""
        with sample_resources(self._cloud, samples) as distribution:
            for sample in samples:
                yield self._check(sample, distribution)

    def _check(self, sample: Sample, distribution: ForeignDistribution) -> CheckedSample:
        if "RequestType" in sample.event:
            return self._custom_resource(sample, distribution)
        if sample.function == "AggregatorFunction":
            return self._aggregator(sample)
        if sample.function == "HitCounterFunction":
            return self._hit_counter(sample)
        if sample.function == "CompactorFunction":
            return self._compactor(sample)
        if sample.event["source"] == "aws.glue":
            return self._end_of_crawl(sample)
        return self._new_object(sample)

    def _aggregator(self, sample: Sample) -> CheckedSample:
        """Its lines must be in the aggregated stream, in order, with shortened addresses."""
        output = AggregatorOutput(self._cloud, self._stack)
        returned = self._functions.invoke(sample.function, sample.event)
        result = _compared(sample, returned, {"batchItemFailures": []})
        if result.problem:
            return result
        arrived = output.arrived()
        expected = expected_of(sample.event, self._functions.variables[sample.function]["LOG_FIELDS"].split(","))
        outcome = f"{len(arrived.lines)} lines in {arrived.aggregates} aggregate, {arrived.quarantined} in quarantine"
        return CheckedSample(sample, outcome, differences(expected, arrived.lines, arrived.quarantined))

    def _custom_resource(self, sample: Sample, distribution: ForeignDistribution) -> CheckedSample:
        """CloudFormation must get one response, SUCCESS; its next request names the resource as that response does."""
        resource = sample.event["LogicalResourceId"]
        event = distribution.request(sample.event)
        request = addressed(event, self._response_address, self._physical_ids.get(resource))
        self._cloudformation.take()
        result = _compared(sample, self._functions.invoke(sample.function, request), None)
        responses = self._cloudformation.take()
        problem = result.problem or problem_with(request, responses)
        if problem is None and "DistributionId" in event["ResourceProperties"]:
            problem = distribution.problem(event["RequestType"])
        if problem:
            return replace(result, problem=problem)
        self._physical_ids[resource] = responses[0]["PhysicalResourceId"]
        return replace(result, outcome=f"SUCCESS {self._physical_ids[resource]}")

    def _end_of_crawl(self, sample: Sample) -> CheckedSample:
        """Whatever the crawl did, every hour of the lake must be in the catalog afterwards."""
        self._wait_for_table()
        detail = sample.event["detail"] | {"crawlerName": self._stack.outputs["CrawlerName"]}
        returned = self._functions.invoke(sample.function, sample.event | {"detail": detail})
        problem = returned.problem
        if problem is None and returned.value.get("outcome") not in {"registered", "already_registered"}:
            problem = f"returned {returned.value!r}"
        return CheckedSample(sample, str(returned.value), problem)

    def _new_object(self, sample: Sample) -> CheckedSample:
        """The hour must be in the catalog afterwards. It is taken out again, because nothing is there."""
        self._wait_for_table()
        event = _in_bucket(sample.event, self._stack.lake_bucket)
        folder = event["detail"]["object"]["key"].rpartition("/")[0]
        location = f"s3://{self._stack.lake_bucket}/{folder}/"
        returned = self._functions.invoke(sample.function, event)
        result = _compared(sample, returned, {"outcome": "registered", "location": location})
        if result.problem:
            return result
        glue = self._cloud.client("glue")
        values = _partition_values(folder)
        partition = {"DatabaseName": self._stack.database, "TableName": lake_names.TABLE, "PartitionValues": values}
        found = glue.get_partition(**partition)["Partition"]["StorageDescriptor"]["Location"]
        glue.delete_partition(**partition)
        problem = None if found == location else f"the partition's location is {found}"
        return replace(result, problem=problem)

    def _hit_counter(self, sample: Sample) -> CheckedSample:
        """The counts of the sample's days must be in the lake afterwards; nobody has seen its pixel then."""
        returned = self._functions.invoke(sample.function, sample.event)
        day = date.fromisoformat(sample.event["time"][:10])
        yesterday = day - timedelta(days=1)
        result = _compared(sample, returned, {"hits": 0, "objects": 0, "day": str(yesterday), "percent": None})
        if result.problem:
            return result
        listed = self._cloud.client("s3").list_objects_v2(Bucket=self._stack.lake_bucket, Prefix="coverage/")
        written = {one["Key"] for one in listed.get("Contents", [])}
        wanted = {f"coverage/{name}/{one}.tsv" for name in ("hits-made", "objects") for one in (day, yesterday)}
        missing = ", ".join(sorted(wanted - written))
        return replace(result, problem=f"the lake lacks {missing}" if missing else None)

    def _compactor(self, sample: Sample) -> CheckedSample:
        """The aggregator's lines are of today, so no day is closed: nothing may be typed."""
        event, wanted = sample.event, {"typed": [], "waiting": [], "unchanged": sample.event.get("days", []), "left": 0}
        if "queryExecutionId" in event.get("detail", {}):
            event = event | {"detail": event["detail"] | {"queryExecutionId": self._somebodys_query()}}
        return _compared(sample, self._functions.invoke(sample.function, event), wanted)

    def _somebodys_query(self) -> str:
        """The id of a query that is not the compactor's."""
        started = self._cloud.client("athena").start_query_execution(
            QueryString="SELECT 1", WorkGroup=self._stack.outputs["WorkGroupName"]
        )
        return str(started["QueryExecutionId"])

    def _wait_for_table(self) -> None:
        """The aggregator's lines make the table, by way of delivery and crawler."""
        deadline = time.monotonic() + _TABLE_SECONDS
        while True:
            try:
                self._cloud.client("glue").get_table(DatabaseName=self._stack.database, Name=lake_names.TABLE)
            except ClientError as error:
                if error.response["Error"]["Code"] != "EntityNotFoundException":
                    raise
                if time.monotonic() > deadline:
                    raise NotQueryableError(
                        f"the catalog has no table {lake_names.TABLE} after {_TABLE_SECONDS:.0f} s"
                    ) from None
                time.sleep(0.5)
            else:
                return


def _compared(sample: Sample, returned: FunctionResult, wanted: Any) -> CheckedSample:
    """The sample, with a problem unless the function returned just this."""
    problem = returned.problem
    if problem is None and returned.value != wanted:
        problem = f"returned {returned.value!r} instead of {wanted!r}"
    return CheckedSample(sample, str(returned.value), problem)


def _partition_values(folder: str) -> list[str]:
    """The day and the hour of the partition that a folder is, of either source."""
    *day, hour = [part.partition("=")[2] for part in folder.split("/")[1:]]
    return ["-".join(day), hour if len(day) == 1 else f"{hour}-standard"]


def _in_bucket(event: dict[str, Any], bucket: str) -> dict[str, Any]:
    return event | {"detail": event["detail"] | {"bucket": {"name": bucket}}}
