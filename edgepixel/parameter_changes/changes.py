# SPDX-License-Identifier: Apache-2.0
"""Every change of a single parameter that is worth deriving, as the parameters before and after it."""

from collections.abc import Iterator, Mapping
from itertools import permutations
from typing import Any

from edgepixel.parameter_changes.comparison import Effect, all_effects, effect
from edgepixel.parameter_changes.evaluation import resources

_ANY_CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/one"
# Values of parameters that are free text.
_EXAMPLES = {
    "PixelPath": ("/pixel.gif", "/img/p.gif"),
    "AttachToDistributionId": ("", "E1A2B3C4D5E6F7", "E7F6E5D4C3B2A1"),
    "DomainName": ("", "p.example.com", "q.example.com"),
    "CertificateArn": (_ANY_CERTIFICATE, _ANY_CERTIFICATE.replace("one", "two")),
    "WebAclArn": (
        "",
        "arn:aws:wafv2:us-east-1:123456789012:global/webacl/one/1",
        "arn:aws:wafv2:us-east-1:123456789012:global/webacl/two/2",
    ),
    "DatabaseName": ("", "shop", "blog"),
    "TimeZone": ("UTC", "Europe/Berlin", "Asia/Kolkata"),
    "AlarmEmail": ("", "one@example.com", "two@example.com"),
}


def effects(template: Mapping[str, Any]) -> dict[str, Effect]:
    """What changing each parameter does, whatever its values before and after. In the template's order."""
    return {name: all_effects(_effects_of(template, name)) for name in template["Parameters"]}


def _effects_of(template: Mapping[str, Any], name: str) -> Iterator[Effect]:
    states = {
        value: resources(template, {**_companions(name, value), name: value})
        for value in values(name, template["Parameters"][name])
    }
    for before, after in permutations(states.values(), 2):
        yield effect(before, after)


def values(name: str, parameter: Mapping[str, Any]) -> tuple[str, ...]:
    """Values of a parameter, at least two, such that every condition of the template is met and not met."""
    if name in _EXAMPLES:
        return _EXAMPLES[name]
    if "AllowedValues" in parameter:
        return tuple(map(str, parameter["AllowedValues"]))
    low = parameter["MinValue"]
    return tuple(map(str, sorted({low, low + 1, low + 2, parameter["Default"]})))


def _companions(name: str, value: str) -> dict[str, str]:
    """What other parameters have to be for the template's rules to accept every value of this one."""
    match name:
        case "Aggregation":
            return {"IpAddresses": "full", "HonorGlobalPrivacyControl": "false"}
        case "DomainName" if value:
            return {"CertificateArn": _ANY_CERTIFICATE}
        case "CertificateArn":
            return {"DomainName": "p.example.com"}
        case _:
            return {}
