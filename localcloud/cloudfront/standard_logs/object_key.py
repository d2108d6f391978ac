# SPDX-License-Identifier: Apache-2.0
"""Where a log file is put: the destination's prefix, the delivery's path, and CloudFront's own name for the file. Pure.

CloudFront Developer Guide, "Configure standard logging (v2)", Send logs to Amazon S3; the name is that of legacy logs,
`DISTRIBUTION.YYYY-MM-DD-HH.UNIQUE-ID.gz`, which v2 has kept. The time is that of the period in which the requests
occurred ("Timing of log file delivery").
"""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime

LONGEST_PATH = 256
_VARIABLE = re.compile(r"\{([^{}]*)\}")
# What `{yyyy}` is called in a Hive-compatible path. The other variables are called as they are written.
_HIVE_NAMES = {"yyyy": "year", "MM": "month", "dd": "day", "HH": "hour", "account-id": "aws-account-id"}
VARIABLES = frozenset({"DistributionId", "distributionid", "yyyy", "MM", "dd", "HH", "accountid"})
_DEFAULT_PREFIX = "AWSLogs/{account-id}/CloudFront/"


def path_problem(suffix_path: str) -> str:
    """What is wrong with a delivery's path, in words; empty if nothing is."""
    if len(suffix_path) > LONGEST_PATH:
        return f"suffixPath has more than {LONGEST_PATH} characters"
    if "=" in suffix_path:
        return "suffixPath contains ="
    unknown = sorted(set(_VARIABLE.findall(suffix_path)) - VARIABLES)
    if unknown or re.search(r"[{}]", _VARIABLE.sub("", suffix_path)):
        return f"suffixPath has an unknown variable: {', '.join(unknown) or suffix_path}"
    return ""


def object_key(prefix: str, suffix_path: str, hive: bool, distribution: str, account: str, hour: datetime) -> str:
    """A new key for a file of a distribution's requests of one hour (UTC). `prefix`: what follows the bucket's ARN."""
    template = "/".join(part.strip("/") for part in (prefix or _DEFAULT_PREFIX, suffix_path) if part.strip("/"))
    values = {
        "DistributionId": distribution,
        "distributionid": distribution,
        "accountid": account,
        "account-id": account,
        **{name: hour.strftime(code) for name, code in (("yyyy", "%Y"), ("MM", "%m"), ("dd", "%d"), ("HH", "%H"))},
    }
    return f"{_filled(template, values, hive)}/{distribution}.{hour:%Y-%m-%d-%H}.{secrets.token_hex(4)}.gz"


def _filled(template: str, values: Mapping[str, str], hive: bool) -> str:
    def fill(found: re.Match[str]) -> str:
        name = found[1]
        return f"{_HIVE_NAMES.get(name, name)}={values[name]}" if hive else values[name]

    return _VARIABLE.sub(fill, template)
