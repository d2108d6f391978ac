# SPDX-License-Identifier: Apache-2.0
"""The function's environment, read once into one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

BILLING_STEP_BYTES = 5_120
"""Firehose bills every record rounded up to 5 KB (Amazon Data Firehose pricing)."""

LARGEST_BYTES = 1_044_480
"""The last billing step that fits, with the partition key, into a Kinesis record of 1 MiB."""

VARIABLES = (
    "AGGREGATED_STREAM_NAME",
    "USER_RECORD_BYTES",
    "AGGREGATE_BYTES",
    "LOG_FIELDS",
    "QUARANTINE_BUCKET",
    "QUARANTINE_PREFIX",
    "IP_ADDRESSES",
    "HONOR_GLOBAL_PRIVACY_CONTROL",
)


class SettingsError(ValueError):
    """The environment is incomplete or wrong. The message names every bad variable."""


class IpAddresses(StrEnum):
    """How much of viewers' addresses is stored."""

    FULL = "full"
    TRUNCATED = "truncated"
    REMOVED = "removed"


@dataclass(frozen=True)
class Settings:
    """The environment that the template gives this function.

    `log_fields` are the fields of the table, whatever CloudFront is asked for: what is in the places of `c-ip` and
    `cs-headers` is judged line by line. `user_record_bytes` and `aggregate_bytes` are upper limits and multiples of
    BILLING_STEP_BYTES. `quarantine_prefix` ends in a slash.
    """

    aggregated_stream_name: str
    user_record_bytes: int
    aggregate_bytes: int
    log_fields: tuple[str, ...]
    quarantine_bucket: str
    quarantine_prefix: str
    ip_addresses: IpAddresses
    honor_global_privacy_control: bool

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read and check all variables. Raises one SettingsError that names all bad ones."""
        values = {name: environment.get(name, "").strip() for name in VARIABLES}
        problems = [f"{name} is not set" for name, value in values.items() if not value]
        log_fields = tuple(field.strip() for field in values["LOG_FIELDS"].split(","))
        honor = values["HONOR_GLOBAL_PRIVACY_CONTROL"]
        problems += _size_problems(values["USER_RECORD_BYTES"], values["AGGREGATE_BYTES"])
        if values["LOG_FIELDS"]:
            problems += _field_problems(log_fields, honor == "true")
        prefix = values["QUARANTINE_PREFIX"]
        if prefix and (not prefix.endswith("/") or prefix.startswith("/")):
            problems.append("QUARANTINE_PREFIX must end, and must not begin, with a slash")
        if values["IP_ADDRESSES"] and values["IP_ADDRESSES"] not in set(IpAddresses):
            problems.append(f"IP_ADDRESSES must be one of {', '.join(IpAddresses)}")
        if honor and honor not in {"true", "false"}:
            problems.append("HONOR_GLOBAL_PRIVACY_CONTROL must be true or false")
        if problems:
            raise SettingsError("; ".join(problems))
        return cls(
            aggregated_stream_name=values["AGGREGATED_STREAM_NAME"],
            user_record_bytes=int(values["USER_RECORD_BYTES"]),
            aggregate_bytes=int(values["AGGREGATE_BYTES"]),
            log_fields=log_fields,
            quarantine_bucket=values["QUARANTINE_BUCKET"],
            quarantine_prefix=prefix,
            ip_addresses=IpAddresses(values["IP_ADDRESSES"]),
            honor_global_privacy_control=honor == "true",
        )


def _size_problems(user_record_bytes: str, aggregate_bytes: str) -> list[str]:
    sizes = {"USER_RECORD_BYTES": user_record_bytes, "AGGREGATE_BYTES": aggregate_bytes}
    problems = [
        f"{name} must be a multiple of {BILLING_STEP_BYTES} from {BILLING_STEP_BYTES} to {LARGEST_BYTES}"
        for name, text in sizes.items()
        if text and not _is_size(text)
    ]
    if all(_is_size(text) for text in sizes.values()) and int(user_record_bytes) > int(aggregate_bytes):
        problems.append("USER_RECORD_BYTES must not be more than AGGREGATE_BYTES")
    return problems


def _is_size(text: str) -> bool:
    # The length is checked first because int() refuses texts of thousands of digits.
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST_BYTES))):
        return False
    return BILLING_STEP_BYTES <= int(text) <= LARGEST_BYTES and int(text) % BILLING_STEP_BYTES == 0


def _field_problems(log_fields: tuple[str, ...], honor_global_privacy_control: bool) -> list[str]:
    problems = []
    if "" in log_fields or len(set(log_fields)) != len(log_fields):
        problems.append("LOG_FIELDS must be a comma-separated list of different names")
    if "timestamp" not in log_fields:
        problems.append("LOG_FIELDS must contain timestamp")
    if honor_global_privacy_control and not {"cs-headers", "viewer-request-log-data"} & set(log_fields):
        problems.append(
            "LOG_FIELDS must contain cs-headers or viewer-request-log-data if HONOR_GLOBAL_PRIVACY_CONTROL is true"
        )
    return problems
