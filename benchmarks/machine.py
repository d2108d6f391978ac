# SPDX-License-Identifier: Apache-2.0
"""What a measurement ran on."""

import os
import platform
from pathlib import Path


def machine() -> str:
    """Processor, cores, system and Python in a few words."""
    return f"{os.cpu_count()} cores of {_processor()}, {platform.system()}, Python {platform.python_version()}"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    names = {
        value.strip()
        for line in (cpuinfo.read_text().splitlines() if cpuinfo.exists() else [])
        for key, _, value in [line.partition(":")]
        if key.strip() == "model name"
    }
    return ", ".join(sorted(names)) or platform.machine()
