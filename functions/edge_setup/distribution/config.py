# SPDX-License-Identifier: Apache-2.0
"""A distribution's configuration, with one origin and one cache behaviour added or removed. Pure.

A configuration is what GetDistribution returns and UpdateDistribution takes, as boto3 has it: a list is a block of
Quantity and, unless that is 0, Items. No function changes a configuration; each returns a new one.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

type Config = Mapping[str, Any]
type Positioned = tuple[tuple[int, Mapping[str, Any]], ...]  # items, each with its position in its list

# Managed cache policy CachingOptimized: the query string is not part of the cache key.
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"


class PathTaken(ValueError):
    """Another cache behaviour has the path. The message says what to do."""


@dataclass(frozen=True)
class Pieces:
    """What belongs to this stack in a configuration."""

    origins: Positioned = ()
    behaviors: Positioned = ()


def take_out(config: Config, origin_id: str, paths: Collection[str]) -> tuple[Config, Pieces]:
    """The configuration without this stack's origin and its behaviours for the paths; and what was removed."""
    rest, origins = _without(config, "Origins", lambda item: item["Id"] == origin_id)
    slashless = {_slashless(path) for path in paths}
    rest, behaviors = _without(
        rest,
        "CacheBehaviors",
        lambda item: item["TargetOriginId"] == origin_id and _slashless(item["PathPattern"]) in slashless,
    )
    return rest, Pieces(origins, behaviors)


def put_in(config: Config, pieces: Pieces) -> Config:
    """The configuration with the pieces at their positions: the reverse of `take_out`."""
    return _with(_with(config, "Origins", pieces.origins), "CacheBehaviors", pieces.behaviors)


def attached(
    config: Config, origin: Mapping[str, Any], behavior: Mapping[str, Any], old_paths: Collection[str] = ()
) -> Config:
    """The configuration with this origin, and this behaviour before all others, because the first match counts.

    The behaviours of this origin for `old_paths` are replaced. Raises PathTaken.
    """
    path = behavior["PathPattern"]
    rest, mine = take_out(config, origin["Id"], {path, *old_paths})
    for other in items(rest, "CacheBehaviors"):
        if _slashless(other["PathPattern"]) == _slashless(path):
            raise PathTaken(
                f"the distribution already has a cache behavior for {other['PathPattern']}, with the origin "
                f"{other['TargetOriginId']}; choose another PixelPath, or remove that behavior"
            )
    # Settings that CloudFront added to the stack's own are kept, but not one that the stack has no more: while a
    # behaviour has it, CloudFront does not delete a log configuration (DeleteRealtimeLogConfig in its API reference).
    position, old_origin = mine.origins[0] if mine.origins else (len(items(rest, "Origins")), {})
    old_behavior = dict(mine.behaviors[0][1]) if mine.behaviors else {}
    old_behavior.pop("RealtimeLogConfigArn", None)
    wanted = Pieces(((position, {**old_origin, **origin}),), ((0, {**old_behavior, **behavior}),))
    return put_in(rest, wanted)


def users_of(config: Config, origin_id: str) -> list[str]:
    """What uses the origin in the configuration, in words for a message."""
    users = [
        f"cache behavior {behavior['PathPattern']}"
        for behavior in items(config, "CacheBehaviors")
        if behavior["TargetOriginId"] == origin_id
    ]
    users += [
        f"origin group {group['Id']}"
        for group in items(config, "OriginGroups")
        if any(member["OriginId"] == origin_id for member in items(group, "Members"))
    ]
    if config["DefaultCacheBehavior"]["TargetOriginId"] == origin_id:
        users.append("the default cache behavior")
    return users


def host_name(config: Config, distribution_name: str) -> str:
    """The host name that viewers use: the first alias without a wildcard, else the distribution's own name."""
    return next((str(alias) for alias in items(config, "Aliases") if "*" not in alias), distribution_name)


def site_origin(origin_id: str, bucket_domain_name: str, origin_access_control_id: str) -> dict[str, Any]:
    """The site bucket as an origin. Complete: UpdateDistribution has fewer defaults than CreateDistribution."""
    return {
        "Id": origin_id,
        "DomainName": bucket_domain_name,
        "OriginPath": "",
        "CustomHeaders": {"Quantity": 0},
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "OriginAccessControlId": origin_access_control_id,
        "ConnectionAttempts": 3,
        "ConnectionTimeout": 10,
        "OriginShield": {"Enabled": False},
    }


def pixel_behavior(
    path: str, origin_id: str, response_headers_policy_id: str, realtime_log_config_arn: str, function_arn: str = ""
) -> dict[str, Any]:
    """The pixel's cache behaviour, the same as that of the template's own distribution.

    Without real-time logs the ARN of their configuration is empty.
    `function_arn`: of the CloudFront Function that sees each request first; empty for none.
    """
    methods = ["GET", "HEAD"]
    functions = [{"EventType": "viewer-request", "FunctionARN": function_arn}] if function_arn else []
    return {
        "PathPattern": path,
        "TargetOriginId": origin_id,
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": {"Quantity": 2, "Items": methods, "CachedMethods": {"Quantity": 2, "Items": methods}},
        "CachePolicyId": CACHING_OPTIMIZED,
        "ResponseHeadersPolicyId": response_headers_policy_id,
        **({"RealtimeLogConfigArn": realtime_log_config_arn} if realtime_log_config_arn else {}),
        "Compress": False,
        "SmoothStreaming": False,
        "FieldLevelEncryptionId": "",
        "TrustedSigners": {"Enabled": False, "Quantity": 0},
        "TrustedKeyGroups": {"Enabled": False, "Quantity": 0},
        "LambdaFunctionAssociations": {"Quantity": 0},
        "FunctionAssociations": {"Quantity": len(functions), **({"Items": functions} if functions else {})},
    }


def items(block_holder: Mapping[str, Any], name: str) -> list[Any]:
    """The items of a block; none when there is no such block."""
    return list(block_holder.get(name, {}).get("Items", []))


def _slashless(path: str) -> str:
    """`/pixel.gif` and `pixel.gif` are the same path to CloudFront."""
    return path.removeprefix("/")


def _without(config: Config, name: str, is_mine: Callable[[Mapping[str, Any]], bool]) -> tuple[Config, Positioned]:
    every = items(config, name)
    mine = tuple((position, item) for position, item in enumerate(every) if is_mine(item))
    if not mine:
        return config, ()
    return _with_items(config, name, [item for item in every if not is_mine(item)]), mine


def _with(config: Config, name: str, added: Positioned) -> Config:
    if not added:
        return config
    every = items(config, name)
    for position, item in added:
        every.insert(position, item)
    return _with_items(config, name, every)


def _with_items(config: Config, name: str, every: list[Any]) -> Config:
    block = {**config.get(name, {}), "Quantity": len(every), "Items": every}
    if not every:
        del block["Items"]
    return {**config, name: block}
