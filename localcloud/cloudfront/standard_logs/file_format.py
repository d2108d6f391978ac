# SPDX-License-Identifier: Apache-2.0
"""The text of a log file, in each of the formats but Parquet. Pure.

CloudFront Developer Guide, "Configure standard logging (v2)", Output file format and its examples: w3c has header
lines, JSON one object for each request in which every value is a text. Whether plain and raw have header lines is not
documented; here they have none. A value is encoded as in a real-time log line; one that is not there is a `-`.
"""

import json
from collections.abc import Sequence

FORMATS = ("json", "plain", "w3c", "raw")
# Of a delivery that names none. That of w3c is the tab of legacy logs; the others' is not documented.
_DEFAULT_DELIMITERS = {"w3c": "\t", "plain": "\t", "raw": " "}


def record_text(output_format: str, fields: Sequence[str], values: Sequence[str], delimiter: str) -> str:
    """One request's record, ending in a newline. `values`: encoded, in the order of the fields."""
    texts = [value or "-" for value in values]
    if output_format == "json":
        return json.dumps(dict(zip(fields, texts, strict=True)), separators=(",", ":")) + "\n"
    return (delimiter or _DEFAULT_DELIMITERS[output_format]).join(texts) + "\n"


def file_text(output_format: str, fields: Sequence[str], records: Sequence[str]) -> str:
    """A whole file of records."""
    header = f"#Version: 1.0\n#Fields: {' '.join(fields)}\n" if output_format == "w3c" else ""
    return header + "".join(records)
