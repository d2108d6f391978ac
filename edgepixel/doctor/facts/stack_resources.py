# SPDX-License-Identifier: Apache-2.0
"""What a stack is made of, and the facts that are the same of every function and every role."""

from collections import defaultdict
from functools import cached_property

from edgepixel.aws.stack import Stack
from edgepixel.doctor.facts.aws_calls import AwsCalls
from edgepixel.doctor.facts.role_needs import Arns, role_needs
from edgepixel.doctor.facts.said import Refused, part
from edgepixel.doctor.findings import Stage
from edgepixel.doctor.parts.functions import FunctionFacts
from edgepixel.doctor.parts.roles import Need, RoleFacts

UNKNOWN = "unknown"
# A stack of another version may have a resource under another logical id. Then nothing is known about it.
NOT_ASKED = Refused("nothing", "NotAsked", "the stack has no resource of this logical id")
_ANSWER_TYPE = "AWS::Athena::NamedQuery"


class StackResources:
    """One stack's resources by their logical ids, and what AWS says of its functions and roles."""

    def __init__(self, stack: Stack, calls: AwsCalls) -> None:
        self.stack = stack
        self._calls = calls
        found = list(
            calls.listed("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack.name)
        )
        self._names: dict[str, str] = {
            one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found if one.get("PhysicalResourceId")
        }
        self._answers = {
            one["PhysicalResourceId"]: one["LogicalResourceId"]
            for one in found
            if one["ResourceType"] == _ANSWER_TYPE and one.get("PhysicalResourceId")
        }

    @property
    def aggregates(self) -> bool:
        return "AggregatorFunctionName" in self.stack.outputs

    @property
    def delivered_stream(self) -> str:
        """The name of the stream that the delivery reads."""
        return self.stack.outputs.get("AggregatedStreamName", self.stack.raw_stream)

    @property
    def sampling_rate(self) -> int:
        return int(self.stack.parameters["SamplingRate"])

    @cached_property
    def arns(self) -> Arns:
        partition, account = self.stack.outputs["AlarmTopicArn"].split(":")[1:5:3]
        region = self._calls.region()
        kinesis = f"arn:{partition}:kinesis:{region}:{account}:stream/"
        aggregated = self.stack.outputs.get("AggregatedStreamName")
        return Arns(
            raw_stream=f"{kinesis}{self.stack.raw_stream}" if self.stack.has_realtime_logs else None,
            aggregated_stream=f"{kinesis}{aggregated}" if aggregated else None,
            lake=f"arn:{partition}:s3:::{self.stack.lake_bucket}",
            glue=f"arn:{partition}:glue:{region}:{account}",
            database=self.stack.database,
            crawler=self.stack.outputs["CrawlerName"],
            trigger=f"arn:{partition}:lambda:{region}:{account}:function:"
            f"{self.stack.outputs['CrawlerTriggerFunctionName']}",
        )

    def log_group(self, logical_id: str) -> str | None:
        """The name of a log group of the stack."""
        return self._names.get(logical_id)

    def _function(self, stage: Stage, name: str) -> FunctionFacts:
        return FunctionFacts(
            stage,
            name,
            self._calls.ask("lambda", "get_function_configuration", FunctionName=name),
            self._calls.ask("lambda", "get_function_concurrency", FunctionName=name),
            self._calls.ask("lambda", "get_account_settings"),
            self._calls.total("AWS/Lambda", "Throttles", FunctionName=name),
        )

    def _role(self, logical_id: str) -> RoleFacts:
        name = self._names.get(logical_id, UNKNOWN)
        if name == UNKNOWN:
            return RoleFacts(name, NOT_ASKED, {})
        role = self._calls.ask("iam", "get_role", RoleName=name)
        arn = part(role, "Role", "Arn")
        decisions: dict[Need, str] = {}
        actions = defaultdict(list)
        for need in role_needs(self.arns)[logical_id] if arn else ():
            actions[need.resource].append(need.action)
        for resource, wanted in actions.items():
            simulated = self._calls.ask(
                "iam", "simulate_principal_policy", PolicySourceArn=arn, ActionNames=wanted, ResourceArns=[resource]
            )
            for result in part(simulated, "EvaluationResults") or []:
                decisions[Need(result["EvalActionName"], resource)] = result["EvalDecision"]
        return RoleFacts(name, role, decisions)
