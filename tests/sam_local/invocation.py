# SPDX-License-Identifier: Apache-2.0
"""`sam local invoke` of the built functions, with the environment of those that are deployed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from edgepixel.aws.cloud import LOCAL_REGION, Cloud
from edgepixel.aws.stack import Stack
from edgepixel.local.deployment import sam_environment
from edgepixel.local.prerequisites import host_architecture
from edgepixel.local.sam import output_of_sam
from tests.sam_local.container.engine import Engine
from tests.sam_local.container.errors import ContainerError
from tests.sam_local.container.image import Image
from tests.sam_local.function_result import FunctionResult, result_in

_ENDPOINT = "AWS_ENDPOINT_URL"


@dataclass(frozen=True)
class LocalFunctions:
    """The built functions of a stack in the cloud, ready to be invoked in containers of the engine.

    `variables` are their environments by their logical ids; `folder` holds what SAM reads and writes.
    """

    cloud: Cloud
    engine: Engine
    image: Image
    template: Path
    variables: Mapping[str, Mapping[str, str]]
    folder: Path

    def invoke(self, function: str, event: Mapping[str, Any]) -> FunctionResult:
        """Invoke a function, by its logical id, in a new container.

        Raises SamError if SAM could not, ContainerError if nothing came back: SAM waits for the function's timeout
        then, so that all other samples would take as long.
        """
        sample, variables = self.folder / "event.json", self.folder / "variables.json"
        log = self.folder / "sam-local-invoke.log"
        sample.write_text(json.dumps(event), encoding="utf-8")
        variables.write_text(json.dumps(self.variables), encoding="utf-8")
        command = ["local", "invoke", function, "--config-env", "local", "--template-file", str(self.template)]
        command += ["--event", str(sample), "--env-vars", str(variables), "--region", LOCAL_REGION]
        command += ["--parameter-overrides", f"Architecture={host_architecture()}", *self.image.options]
        # SAM asks for the account's number, and would wait for AWS to refuse the local key.
        environment = sam_environment(self.cloud.endpoint) | self.engine.environment
        output = output_of_sam(command, environment, log).decode(errors="replace")
        if not output.strip():
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
            raise ContainerError(f"the container of {function} gave no response:\n" + "\n".join(lines))
        return result_in(output)


def invocable_template(built_template: Path) -> Path:
    """Write, beside a built template, the one to invoke, and return its path.

    SAM passes declared variables only, so this one declares the endpoint as a variable of every function.
    """
    template = yaml.safe_load(built_template.read_text(encoding="utf-8"))
    template["Globals"]["Function"]["Environment"]["Variables"][_ENDPOINT] = ""
    path = built_template.with_name("invoke-template.json")
    path.write_text(json.dumps(template), encoding="utf-8")
    return path


def deployed_variables(
    cloud: Cloud, stack: Stack, functions: Iterable[str], endpoint: str
) -> dict[str, dict[str, str]]:
    """The variables of the stack's functions by their logical ids, with `endpoint` as the address of every service."""
    names = _physical_names(cloud, stack)
    client = cloud.client("lambda")
    variables = {}
    for function in functions:
        deployed = client.get_function_configuration(FunctionName=names[function])
        variables[function] = deployed["Environment"]["Variables"] | {_ENDPOINT: endpoint}
    return variables


def _physical_names(cloud: Cloud, stack: Stack) -> dict[str, str]:
    resources = cloud.client("cloudformation").describe_stack_resources(StackName=stack.name)["StackResources"]
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}
