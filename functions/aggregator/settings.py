# SPDX-License-Identifier: Apache-2.0
"""The function's environment, read once into one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass

# Firehose bills each record rounded up to this many bytes.
BILLING_STEP = 5_120
# Kinesis counts a record's data and its partition key; its default limit is 1 MiB.
KINESIS_RECORD_BYTES = 1_048_576

_IP_ADDRESSES = ("full", "truncated", "removed")
_FLAGS = {"true": True, "false": False}


class SettingsError(ValueError):
    """The environment is incomplete or wrong. The message names every bad variable."""


@dataclass(frozen=True)
class Settings:
    """What the function is told. Sizes are in bytes; `log_fields` are in CloudFront's delivery order."""

    aggregated_stream_name: str
    user_record_bytes: int
    aggregate_bytes: int
    log_fields: tuple[str, ...]
    quarantine_bucket: str
    quarantine_prefix: str
    ip_addresses: str
    honor_global_privacy_control: bool

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read and check the environment. Raises SettingsError that names every bad variable."""
        problems: list[str] = []

        def text(name: str) -> str:
            value = environment.get(name, "")
            if not value:
                problems.append(f"{name} is not set")
            return value

        def size(name: str) -> int:
            value = text(name)
            number = int(value) if value.isdecimal() else 0
            if value and not (0 < number <= KINESIS_RECORD_BYTES and number % BILLING_STEP == 0):
                problems.append(f"{name} is {value!r}, not a multiple of {BILLING_STEP} up to {KINESIS_RECORD_BYTES}")
            return number

        def choice(name: str, allowed: tuple[str, ...]) -> str:
            value = text(name)
            if value and value not in allowed:
                problems.append(f"{name} is {value!r}, not one of {', '.join(allowed)}")
            return value

        settings = cls(
            aggregated_stream_name=text("AGGREGATED_STREAM_NAME"),
            user_record_bytes=size("USER_RECORD_BYTES"),
            aggregate_bytes=size("AGGREGATE_BYTES"),
            log_fields=tuple(text("LOG_FIELDS").split(",")),
            quarantine_bucket=text("QUARANTINE_BUCKET"),
            quarantine_prefix=text("QUARANTINE_PREFIX"),
            ip_addresses=choice("IP_ADDRESSES", _IP_ADDRESSES),
            honor_global_privacy_control=_FLAGS.get(choice("HONOR_GLOBAL_PRIVACY_CONTROL", tuple(_FLAGS)), True),
        )
        if settings.aggregate_bytes < settings.user_record_bytes:
            problems.append("AGGREGATE_BYTES is less than USER_RECORD_BYTES")
        if environment.get("LOG_FIELDS") and settings.log_fields[0] != "timestamp":
            problems.append("LOG_FIELDS does not begin with timestamp")
        if problems:
            raise SettingsError("; ".join(problems))
        return settings
