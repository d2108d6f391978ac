# SPDX-License-Identifier: Apache-2.0
"""Log lines with the template's fields, made and read by name: a test knows neither their number nor their places."""

from edgepixel.template.reader import log_fields
from edgepixel.traffic import log_line as lines


def log_line(**values: str) -> bytes:
    """A line as CloudFront writes it, with its newline: a view, unless `values` (names with `_`, not encoded) differ.

    Usual values: `edgepixel.traffic.log_line`. A field without one is `-`.
    Raises ValueError for a field that the template does not name.
    """
    named = {name.replace("_", "-"): value for name, value in values.items()}
    if unknown := named.keys() - set(log_fields()):
        raise ValueError(f"no log field of the template: {', '.join(sorted(unknown))}")
    return lines.log_line(named, log_fields()).encode("ascii")


def field(line: bytes, name: str) -> str:
    """A field of a log line, as it stands there. Raises ValueError if the line has more or fewer fields."""
    return dict(zip(log_fields(), line.rstrip(b"\n").decode("ascii").split("\t"), strict=True))[name]
