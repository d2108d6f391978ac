# SPDX-License-Identifier: Apache-2.0
"""The system's Chromium, without a window, for which every host is one server of this machine."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# An ordinary reader's: the headless browser's own says that it is a machine, and so would the answers.
USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"


def executable() -> str:
    """Its path. Without one, the test is skipped, or fails where continuous integration must have it."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    reason = "there is no Chromium: install your system's package `chromium`"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def arguments(port: int) -> list[str]:
    """Every host name, and so everything that a page asks for, leads to a port of this machine."""
    return [
        "--no-sandbox",  # continuous integration runs as root
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--host-resolver-rules=MAP * 127.0.0.1:{port}",
        "--ignore-certificate-errors",
        f"--user-agent={USER_AGENT}",
    ]
