# SPDX-License-Identifier: Apache-2.0
"""What a local cloud's stack was last deployed from, so that deploying the same again need not build anything."""

import hashlib
import json
from pathlib import Path

from edgepixel.local.changes import Deployed
from edgepixel.paths import ROOT

_FILE = "deployed.json"


def sources() -> str:
    """A digest of all that is built and deployed: the template, and the functions with their pinned packages."""
    digest = hashlib.sha256()
    files = (path for path in (ROOT / "functions").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    for path in (ROOT / "template.yaml", *sorted(files)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def remember(home: Path, sources_then: str, stack: Deployed) -> None:
    """Note that the stack is what these sources make."""
    (home / _FILE).write_text(json.dumps(_note(sources_then, stack)) + "\n", encoding="utf-8")


def is_up_to_date(home: Path, sources_now: str, stack: Deployed) -> bool:
    """Whether the stack was made of the same sources, and nothing was done to it since then."""
    try:
        return bool(json.loads((home / _FILE).read_text(encoding="utf-8")) == _note(sources_now, stack))
    except FileNotFoundError:
        return False


def _note(digest: str, stack: Deployed) -> dict[str, str]:
    """The stack's newest event tells it from every other stack and from itself at another time."""
    return {"sources": digest, "event": stack.events[0]["EventId"] if stack.events else ""}
