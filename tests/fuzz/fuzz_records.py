# SPDX-License-Identifier: Apache-2.0
"""A coverage-guided fuzz of how the aggregator reads and packs records (https://github.com/google/atheris).

    python tests/fuzz/fuzz_records.py NEW_INPUTS tests/fuzz/corpus -seed=1 -max_total_time=60

An input is a record, or a recipe for one: a recipe makes lines that are whole but for some fields, because bytes alone
seldom get past the check of the fields. Ends with an exit status other than 0 when a property of properties.py does not
hold, and leaves the input in a file.
"""

import sys
from pathlib import Path

import atheris

FUNCTION = Path(__file__).resolve().parents[2] / "functions" / "aggregator"
sys.path[:0] = [str(FUNCTION), str(Path(__file__).parent)]

with atheris.instrument_imports(include=["log_lines", "fast_path", "packing", "privacy", "quarantine", "viewer"]):
    import properties

RECIPE = b"\x00"  # no record of CloudFront's begins with it
_PIECES = [
    b"192.0.2.77", b"2001:db8:1:2::3", b"::ffff:192.0.2.77", b"2002:c000:24d::1", b"[2001:db8::1]:443", b"-", b"",
    b"Host:a", b"Cookie:a=b", b"Sec-GPC:1", b"sec-gpc:%201", b"X-Forwarded-For:192.0.2.77,%20198.51.100.9",
    b"Via:x%20(CloudFront)", b"purpose:%20prefetch", b"x-moz:preview", b"x-azure-clientip:192.0.2.77",
    b"Forwarded:for=192.0.2.77", b"x-real-ip:192.0.2.77", b"Authorization:x", b"cookie", b"%0A", b"%0a", b"%250A",
    b"%", b",", b":", b"\r", b"\n", b"\r\n", b"\t", b"\xc3\xa9", b"\xff", b"\x00", b"1773480413.123", b"1577836800",
    b"4102444800", b"3999999999.9", b"x" * 400,
]  # fmt: skip
_ORDINARY = {"timestamp": b"1773480413.123", "c-ip": b"192.0.2.77", "cs-headers": b"Host:a%0A"}


def record_of(data: bytes) -> bytes:
    """The record that an input stands for."""
    if not data.startswith(RECIPE):
        return data
    source = atheris.FuzzedDataProvider(data[1:])
    return b"".join(_line(source) for _ in range(source.ConsumeIntInRange(1, 6)))


def _line(source: atheris.FuzzedDataProvider) -> bytes:
    odd = source.ConsumeInt(1)
    fields = [
        b"".join(_piece(source) for _ in range(source.ConsumeIntInRange(1, 4)))
        if odd >> place & 1
        else _ORDINARY.get(name, b"-")
        for place, name in enumerate(properties.FIELDS)
    ]
    end: bytes = source.PickValueInList([b"\n", b"\n", b"\r\n", b"", b"\n\n"])
    return b"\t".join(fields) + end


def _piece(source: atheris.FuzzedDataProvider) -> bytes:
    if source.ConsumeBool():
        piece: bytes = source.PickValueInList(_PIECES)
        return piece
    own: bytes = source.ConsumeBytes(source.ConsumeIntInRange(0, 12))
    return own


def test_one_input(data: bytes) -> None:
    """Called by the fuzzer, and named as it expects."""
    properties.check_record(record_of(data))


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
