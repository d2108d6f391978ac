# SPDX-License-Identifier: Apache-2.0
"""Invokes samples one after the other and says of each whether it did what it is for."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from edgepixel.errors import NotQueryableError
from tests.sam_local.aggregated_stream import AggregatorOutput
from tests.sam_local.custom_resources import Answers, answerable, problem_with
from tests.sam_local.expected_lines import differences, expected_of
from tests.sam_local.local_invoke import LocalFunctions
from tests.sam_local.preparation import ForeignDistribution, surroundings
from tests.sam_local.returned import Answer
from tests.sam_local.samples import Sample

_TABLE = "pixel_events"
_TABLE_SECONDS = 300.0


@dataclass(frozen=True)
class Result:
    """A sample that was invoked: what came of it, and what is wrong with that, if anything is."""

    sample: Sample
    outcome: str
    problem: str | None = None


class Checks:
    """Invokes samples of a stack's functions and checks what they did in its cloud."""

    def __init__(
        self, cloud: Cloud, stack: Stack, functions: LocalFunctions, answers: Answers, answer_address: str
    ) -> None:
        self._cloud, self._stack, self._functions = cloud, stack, functions
        self._answers, self._answer_address = answers, answer_address
        self._physical_ids: dict[str, str] = {}

    def run(self, samples: Sequence[Sample]) -> Iterator[Result]:
        """Invoke the samples, in order. Yields the result of each as soon as it is there."""
        with surroundings(self._cloud, samples) as distribution:
            for sample in samples:
                yield self._check(sample, distribution)

    def _check(self, sample: Sample, distribution: ForeignDistribution) -> Result:
        if "RequestType" in sample.event:
            return self._custom_resource(sample, distribution)
        if sample.function == "AggregatorFunction":
            return self._aggregator(sample)
        return self._crawler_trigger(sample)

    def _aggregator(self, sample: Sample) -> Result:
        """Its lines must be in the aggregated stream, in order, with shortened addresses."""
        output = AggregatorOutput(self._cloud, self._stack)
        answer = self._functions.invoke(sample.function, sample.event)
        result = _returned(sample, answer, {"batchItemFailures": []})
        if result.problem:
            return result
        arrived = output.arrived()
        expected = expected_of(sample.event, self._functions.variables[sample.function]["LOG_FIELDS"].split(","))
        outcome = f"{len(arrived.lines)} lines in {arrived.aggregates} aggregate, {arrived.quarantined} in quarantine"
        return Result(sample, outcome, differences(expected, arrived.lines, arrived.quarantined))

    def _custom_resource(self, sample: Sample, distribution: ForeignDistribution) -> Result:
        """CloudFormation must get one answer, SUCCESS; its next request then names the resource as that answer does."""
        resource = sample.event["LogicalResourceId"]
        event = distribution.request(sample.event)
        request = answerable(event, self._answer_address, self._physical_ids.get(resource))
        self._answers.take()
        result = _returned(sample, self._functions.invoke(sample.function, request), None)
        answers = self._answers.take()
        problem = result.problem or problem_with(request, answers)
        if problem is None and event != sample.event:  # it is about the distribution
            problem = distribution.problem(event["RequestType"])
        if problem:
            return replace(result, problem=problem)
        self._physical_ids[resource] = answers[0]["PhysicalResourceId"]
        return replace(result, outcome=f"SUCCESS {self._physical_ids[resource]}")

    def _crawler_trigger(self, sample: Sample) -> Result:
        """The hour must be in the catalog afterwards. It is taken out again, because nothing is there."""
        self._wait_for_table()
        event = _in_bucket(sample.event, self._stack.lake_bucket)
        folder = event["detail"]["object"]["key"].rpartition("/")[0]
        location = f"s3://{self._stack.lake_bucket}/{folder}/"
        answer = self._functions.invoke(sample.function, event)
        result = _returned(sample, answer, {"outcome": "registered", "location": location})
        if result.problem:
            return result
        glue = self._cloud.client("glue")
        values = [part.partition("=")[2] for part in folder.split("/")[-2:]]
        partition = {"DatabaseName": self._stack.database, "TableName": _TABLE, "PartitionValues": values}
        found = glue.get_partition(**partition)["Partition"]["StorageDescriptor"]["Location"]
        glue.delete_partition(**partition)
        problem = None if found == location else f"the partition's location is {found}"
        return replace(result, problem=problem)

    def _wait_for_table(self) -> None:
        """The aggregator's lines make the table, by way of delivery and crawler."""
        deadline = time.monotonic() + _TABLE_SECONDS
        while True:
            try:
                self._cloud.client("glue").get_table(DatabaseName=self._stack.database, Name=_TABLE)
            except ClientError as error:
                if error.response["Error"]["Code"] != "EntityNotFoundException":
                    raise
                if time.monotonic() > deadline:
                    raise NotQueryableError(f"the catalog has no table {_TABLE} after {_TABLE_SECONDS:.0f} s") from None
                time.sleep(0.5)
            else:
                return


def _returned(sample: Sample, answer: Answer, wanted: Any) -> Result:
    """A result that fails unless the function returned just this."""
    problem = answer.problem
    if problem is None and answer.value != wanted:
        problem = f"returned {answer.value!r} instead of {wanted!r}"
    return Result(sample, str(answer.value), problem)


def _in_bucket(event: dict[str, Any], bucket: str) -> dict[str, Any]:
    return event | {"detail": event["detail"] | {"bucket": {"name": bucket}}}
