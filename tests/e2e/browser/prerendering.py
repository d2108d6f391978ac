# SPDX-License-Identifier: Apache-2.0
"""A page that is prerendered, and visited only later.

Chromium does not prerender for a browser that a tool drives, so here pages drive it themselves.
"""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.browser import chromium
from tests.e2e.browser.front import Answered, Front, Page
from tests.e2e.browser.visits import page

PATIENCE_SECONDS = 30.0
_RULES = '{"prerender": [{"urls": ["/next"], "eagerness": "immediate"}]}'
_GOES_ON_WHEN_TOLD = """
<script>
  setInterval(async () => { if (await (await fetch('/sign')).text() === 'go') location.href = '/next'; }, 50);
</script>"""
_TELLS_THAT_IT_IS_LOADED = """
<script>
  addEventListener('load', () => document.prerendering && fetch('/is-prerendered'));
</script>"""
HOST = "later.example"


@dataclass(frozen=True)
class Prerendered:
    """What was asked of the pixel before somebody went to the page, and after."""

    before: list[Answered]
    after: list[Answered]


def visit_prerendered(executable: str, internet: Front, profile: Path) -> Prerendered:
    """Open a page that has the next one prerendered, and go there once that is loaded. Raises TimeoutError."""
    first, shown = len(internet.answered), len(internet.shown)
    internet.pages = {
        f"{HOST}/": Page(f'<script type="speculationrules">{_RULES}</script>{_GOES_ON_WHEN_TOLD}'),
        f"{HOST}/next": page("Next", "The script", "A page", rest=_TELLS_THAT_IT_IS_LOADED),
        f"{HOST}/is-prerendered": Page(""),
        f"{HOST}/sign": Page("wait"),
    }
    command = [executable, "--headless", f"--user-data-dir={profile}", *chromium.arguments(internet.server_port)]
    browser = subprocess.Popen(  # noqa: S603 (our own arguments, no shell)
        [*command, f"https://{HOST}/"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until(lambda: f"{HOST}/is-prerendered" in internet.shown[shown:])
        before = internet.answered[first:]
        internet.pages[f"{HOST}/sign"] = Page("go")
        _until(lambda: len(internet.answered) > first + len(before))
    finally:
        browser.terminate()
        browser.wait(PATIENCE_SECONDS)
    return Prerendered(before, internet.answered[first + len(before) :])


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the browser did not come that far")
        time.sleep(0.02)
