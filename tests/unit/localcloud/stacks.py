# SPDX-License-Identifier: Apache-2.0
"""A stack of MiniStack's CloudFormation, created, updated and deleted in the process of a test."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import defusedxml.ElementTree

from localcloud.ministack import cloudformation
from tests.waiting import PATIENCE_SECONDS


@dataclass(frozen=True)
class Outcome:
    """How an operation of the stack ended: status, outputs, physical ids, and what failed, as `id: reason`."""

    status: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)
    events: tuple[tuple[str, str, str], ...] = ()

    def reason(self, logical_id: str) -> str:
        """Why a resource failed; empty if it did not."""
        failed = [reason for name, status, reason in self.events if name == logical_id and status.endswith("_FAILED")]
        return failed[0] if failed else ""


def stack(action: str, resources: Mapping[str, Any] | None = None, *, name: str = "stack", **body: Any) -> Outcome:
    """Do something with the stack (CreateStack, UpdateStack, DeleteStack) and wait for its end."""
    template = json.dumps({"Resources": resources, **body}) if resources else None
    return asyncio.run(asyncio.wait_for(_until_the_end(action, name, template), PATIENCE_SECONDS))


async def _until_the_end(action: str, name: str, template: str | None) -> Outcome:
    stack_id = (await _call("DescribeStacks")).findtext(f".//{{*}}member[{{*}}StackName='{name}']/{{*}}StackId", name)
    seen = 0 if action == "CreateStack" else len(await _events(stack_id))  # a deleted stack has no name, but an id
    started = await _call(action, StackName=name, **({"TemplateBody": template} if template else {}))
    while work := asyncio.all_tasks() - {asyncio.current_task()}:  # the stack's own
        await asyncio.wait(work)
    stack_id = started.findtext(".//{*}StackId", stack_id)
    found = await _call("DescribeStacks", StackName=stack_id)
    held = await _call("DescribeStackResources", StackName=stack_id)
    return Outcome(
        found.findtext(".//{*}StackStatus", ""),
        _pairs(found, ".//{*}Outputs/{*}member", "OutputKey", "OutputValue"),
        _pairs(held, ".//{*}StackResources/{*}member", "LogicalResourceId", "PhysicalResourceId"),
        (await _events(stack_id))[seen:],
    )


async def _events(stack_id: str) -> tuple[tuple[str, str, str], ...]:
    """Logical id, status and reason of the stack's events, oldest first."""
    found = await _call("DescribeStackEvents", StackName=stack_id)
    columns = ("LogicalResourceId", "ResourceStatus", "ResourceStatusReason")
    events = [
        tuple(event.findtext(f"{{*}}{column}", "") for column in columns)
        for event in found.iterfind(".//{*}StackEvents/{*}member")
    ]
    return tuple((event[0], event[1], event[2]) for event in reversed(events))


def _pairs(root: Element, path: str, key: str, value: str) -> dict[str, str]:
    return {item.findtext(f"{{*}}{key}", ""): item.findtext(f"{{*}}{value}", "") for item in root.iterfind(path)}


async def _call(action: str, **parameters: str) -> Element:
    form = urlencode({"Action": action, **parameters}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    status, _, response = await cloudformation.handle_request("POST", "/", headers, form, {})
    assert status == 200, response
    root: Element = defusedxml.ElementTree.fromstring(response)
    return root
