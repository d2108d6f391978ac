# SPDX-License-Identifier: Apache-2.0
"""One handler in a process of its own: import time, CPU per line and peak memory, as one JSON line.

python -m benchmarks.worker aggregator|obvious LINE_BYTES LINES|full ROUNDS
"""

import contextlib
import importlib
import io
import json
import os
import resource
import sys
import time
from random import Random
from typing import Any

from tests.conftest import FUNCTIONS

ENVIRONMENT = {
    "AGGREGATED_STREAM_NAME": "aggregated", "USER_RECORD_BYTES": "256000", "AGGREGATE_BYTES": "921600",
    "QUARANTINE_BUCKET": "lake", "QUARANTINE_PREFIX": "quarantine/", "IP_ADDRESSES": "truncated",
    "HONOR_GLOBAL_PRIVACY_CONTROL": "true", "POWERTOOLS_SERVICE_NAME": "aggregator",
    "POWERTOOLS_METRICS_NAMESPACE": "EdgePixel", "POWERTOOLS_TRACE_DISABLED": "true", "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
    "BOTO_DISABLE_CRT": "true",  # which the function's package does not have
}  # fmt: skip


class _Context:
    function_name = "aggregator"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:aggregator"
    aws_request_id = "benchmark"

    def get_remaining_time_in_millis(self) -> int:
        return 120_000


def main(name: str, line_bytes: int, lines: int | None, rounds: int) -> dict[str, Any]:
    """Measure one handler. CPU seconds are those of the handler alone; the event is made before."""
    from benchmarks.kinesis import Recorder
    from benchmarks.payloads import kinesis_event, log_fields

    os.environ |= ENVIRONMENT | {"LOG_FIELDS": ",".join(log_fields())}
    event = kinesis_event(Random(1), line_bytes, lines)  # noqa: S311 (the same lines in every run)
    recorder = Recorder()
    seconds = []
    # The function's log lines go nowhere, and the logger takes its stream when it is imported.
    with contextlib.redirect_stdout(io.StringIO()):
        started = time.process_time()
        module, client = _load(name)
        imported = time.process_time() - started
        recorder.attach(client)
        for _ in range(rounds):
            recorder.requests.clear()
            before = time.process_time()
            answer = module.lambda_handler(event, _Context())
            seconds.append(time.process_time() - before)
            assert answer == {"batchItemFailures": []}, answer  # noqa: S101 (failures would be no measurement)
    return {
        "handler": name,
        "lines": len(event["Records"]),
        "import_seconds": imported,
        "cpu_seconds": seconds,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _load(name: str) -> tuple[Any, Any]:
    """A handler's module, and its Kinesis client."""
    if name == "obvious":
        module: Any = importlib.import_module("benchmarks.obvious")
        return module, module.kinesis
    sys.path.insert(0, str(FUNCTIONS / "aggregator"))
    module = importlib.import_module("app")
    return module, module.aggregator._stream._kinesis


if __name__ == "__main__":
    handler, size, count, repetitions = sys.argv[1:]
    print(json.dumps(main(handler, int(size), None if count == "full" else int(count), int(repetitions))))
