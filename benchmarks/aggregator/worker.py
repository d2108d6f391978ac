# SPDX-License-Identifier: Apache-2.0
"""One handler in a process of its own: import time, CPU per batch and peak memory, as one JSON line.

    python -S worker.py app|obvious EVENT_FILE ROUNDS

Only the standard library and what the environment's PYTHONPATH names are there, as in Lambda, and nothing of them is
imported before the handler is: its import is measured.
"""

import contextlib
import importlib
import io
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any


class _Context:
    function_name = "aggregator"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:aggregator"
    aws_request_id = "benchmark"

    def get_remaining_time_in_millis(self) -> int:
        return 120_000


def measure(name: str, event: dict[str, Any], rounds: int) -> dict[str, Any]:
    """CPU seconds are those of the handler alone; the event is there before."""
    seconds = []
    # The function's log lines go nowhere, and the logger takes its stream when it is imported.
    with contextlib.redirect_stdout(io.StringIO()):
        started = time.process_time()
        module = importlib.import_module(name)
        imported = time.process_time() - started
        recorder = importlib.import_module("kinesis").Recorder()
        recorder.attach(module.kinesis if name == "obvious" else module.aggregator._stream._kinesis)
        for _ in range(rounds):
            recorder.requests.clear()
            before = time.process_time()
            result = module.lambda_handler(event, _Context())
            seconds.append(time.process_time() - before)
            assert result == {"batchItemFailures": []}, result  # noqa: S101 (failures would be no measurement)
    return {
        "lines": len(event["Records"]),
        "import_seconds": imported,
        "cpu_seconds": seconds,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    handler, path, repetitions = sys.argv[1:]
    print(json.dumps(measure(handler, json.loads(Path(path).read_text()), int(repetitions))))
