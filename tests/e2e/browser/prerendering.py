# SPDX-License-Identifier: Apache-2.0
"""A page that is prerendered, and visited only later.

Chromium does not prerender for a browser that a tool drives, so here pages drive it themselves.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.browser import chromium
from tests.e2e.browser.front import Answered, Front, Page
from tests.e2e.browser.visits import page
from tests.waiting import PATIENCE_SECONDS, wait_until

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
    """Open a page that has the next one prerendered, and go there once that is loaded."""
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
        loaded = f"{HOST}/is-prerendered"
        wait_until(lambda: loaded in internet.shown[shown:], "the next page is prerendered", pause_seconds=0.02)
        before = internet.answered[first:]
        internet.pages[f"{HOST}/sign"] = Page("go")
        expected = first + len(before)
        wait_until(lambda: len(internet.answered) > expected, "the next page is visited", pause_seconds=0.02)
    finally:
        browser.terminate()
        browser.wait(PATIENCE_SECONDS)
    return Prerendered(before, internet.answered[first + len(before) :])
