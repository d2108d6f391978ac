# SPDX-License-Identifier: Apache-2.0
"""Standard logs as the local cloud adds them to MiniStack."""

import os
import threading

from localcloud.clock import Clock
from localcloud.cloudfront.standard_logs import delivery_api
from localcloud.cloudfront.standard_logs.disorder import VARIABLE, Disorder
from localcloud.cloudfront.standard_logs.writer import Writer, put


def install(clock: Clock) -> Writer:
    """Add the API of log deliveries. Returns what takes requests, and writes their files in a thread of its own."""
    delivery_api.install()
    writer = Writer(clock, put, Disorder(os.environ.get(VARIABLE, "")))
    threading.Thread(target=writer.run, name="localcloud-standard-logs", daemon=True).start()
    return writer
