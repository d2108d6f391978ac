# SPDX-License-Identifier: Apache-2.0
"""What must hold for the aggregator's reading of any record, whatever its bytes are.

Needs functions/aggregator on the path: the fuzzer instruments its modules when this one imports them.
"""

import re

from aws_kinesis_agg import DIGEST_SIZE, MAGIC
from aws_kinesis_agg.deaggregator import messages_pb2

from fast_path import FastPath
from log_lines import LineCheck, split_record
from packing import pack
from privacy import Privacy
from quarantine import Rejected
from settings import IpAddresses

FIELDS = ("timestamp", "c-ip", "cs-uri-query", "cs-headers", "x-forwarded-for", "asn")
LONGEST_BYTES = 400
# Small, so that the packer has something to do.
_USER_RECORD_BYTES, _AGGREGATE_BYTES = 200, 500
_PRIVATE_FIELDS = {"c-ip", "cs-headers", "x-forwarded-for"}

_CHECK = LineCheck(FIELDS, LONGEST_BYTES)
_PRIVACY = {setting: Privacy(FIELDS, setting, True) for setting in IpAddresses}
_ORDINARY = {setting: FastPath(FIELDS, _PRIVACY[setting], LONGEST_BYTES) for setting in IpAddresses}

_FULL_IPV4 = re.compile(rb"(?<![0-9.])(?:[0-9]{1,3}\.){3}(?!0(?![0-9.]))[0-9]{1,3}(?![0-9.])")
# One header as it may be stored, and with full addresses one more.
_WORD = rb"(?:(?:x-|sec-)?purpose|x-moz):(?:prefetch|prerender|preview)|via:\(CloudFront\)"
_HEADER = {setting: re.compile(_WORD) for setting in IpAddresses} | {
    IpAddresses.FULL: re.compile(_WORD + rb"|x-forwarded-for:[0-9a-f:.,]+")
}


def check_record(record: bytes) -> None:
    """Raises AssertionError if anything does not hold, and whatever the aggregator should not raise."""
    lines = split_record(record)
    assert b"\n".join(lines) in record or len(lines) > 1
    assert sum(map(len, lines)) == len(record) - record.count(b"\n") - _line_end_returns(record)
    for setting in IpAddresses:
        stored = [line for line in (_stored(line, setting) for line in lines) if line is not None]
        quick = _ORDINARY[setting].line(record)
        assert quick is None or [quick] == stored == [quick], "the fast path gives something else"
        _check_packing(stored)


def _line_end_returns(record: bytes) -> int:
    """Carriage returns that belong to the end of a line."""
    return record.count(b"\r\n") + record.endswith(b"\r")


def _stored(line: bytes, setting: IpAddresses) -> bytes | None:
    """What is stored of a line; None if it is rejected, with all its bytes."""
    try:
        fields = _CHECK.fields(line)
    except Rejected as rejected:
        if rejected.original != line:
            raise AssertionError("bytes of a rejected line are lost") from rejected
        return None
    sizes = [len(field) for field in fields]
    _PRIVACY[setting].protect(fields)
    protected = list(fields)
    _PRIVACY[setting].protect(protected)
    assert protected == fields, "protecting twice takes out more"
    assert all(len(field) <= max(size, 1) for field, size in zip(fields, sizes, strict=True)), "a field has grown"
    values = dict(zip(FIELDS, fields, strict=True))
    before = dict(zip(FIELDS, line.split(b"\t"), strict=False))  # what is behind them is not stored
    assert all(values[name] == before[name] for name in FIELDS if name not in _PRIVATE_FIELDS)
    if values["cs-headers"] not in (b"-", b""):
        headers = values["cs-headers"].split(b"%0A")
        assert all(map(_HEADER[setting].fullmatch, headers)), "more than the words of listed headers is stored"
    if setting is not IpAddresses.FULL:
        assert not _FULL_IPV4.search(values["c-ip"]), "a full address is stored"
        assert not _FULL_IPV4.search(values["x-forwarded-for"]), "a full forwarded address is stored"
    assert _CHECK.has_more(line) == (line.count(b"\t") > len(FIELDS) - 1)
    stored = b"\t".join(fields)
    assert len(stored.split(b"\t")) == len(FIELDS)
    assert b"\n" not in stored
    assert b"\r" not in stored
    stored.decode("utf-8")
    return stored


def _check_packing(lines: list[bytes]) -> None:
    """Every line comes out as it went in, and in order, and nothing is larger than it may be."""
    out = b""
    for aggregate in pack([(0, line) for line in lines], ["1"], _USER_RECORD_BYTES, _AGGREGATE_BYTES):
        assert aggregate.data.startswith(MAGIC)
        message = messages_pb2.AggregatedRecord()
        message.ParseFromString(aggregate.data[len(MAGIC) : -DIGEST_SIZE])
        blocks = [record.data for record in message.records]
        assert all(len(block) < _USER_RECORD_BYTES or block.count(b"\n") == 1 for block in blocks)
        assert len(aggregate.data) <= _AGGREGATE_BYTES or len(blocks) == 1
        out += b"".join(blocks)
    assert out == b"".join(line + b"\n" for line in lines)
