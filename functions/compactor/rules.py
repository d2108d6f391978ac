# SPDX-License-Identifier: Apache-2.0
"""Which rules the view `raw_events` has, from its description in the catalog. Pure."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

_VIEW = re.compile(r"/\* Presto View: (\S+) \*/", re.ASCII)
_VERSION = re.compile(r"'([0-9a-f]{8})'(?:\s+AS)?\s+rules_version", re.ASCII | re.IGNORECASE)


class UnknownRulesError(ValueError):
    """The view is not the one that the template has."""


def rules_version(view: Mapping[str, Any] | None) -> str:
    """The literal that the view gives every row as `rules_version`: eight hexadecimal digits.

    `view` is Glue's description; its text is base64 of JSON, as Athena writes it. Raises UnknownRulesError.
    """
    try:
        found = _VIEW.search((view or {})["ViewOriginalText"])
        sql = json.loads(base64.b64decode(found[1], validate=True))["originalSql"] if found else ""
    except (KeyError, ValueError, binascii.Error) as error:
        raise UnknownRulesError("the view of raw lines has no text that Athena could read") from error
    if version := _VERSION.search(sql):
        return version[1]
    raise UnknownRulesError("the view of raw lines does not name the version of its rules")
