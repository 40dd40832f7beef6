"""Which release of the platform this is."""

from __future__ import annotations

import re
from pathlib import Path

_CHANGES = Path(__file__).resolve().parent.parent / "CHANGELOG.md"
_HEADING = re.compile(r"^## (\d+\.\d+\.\d+)", re.MULTILINE)


def release() -> str:
    """Return the number of this release, as the first heading of the changelog gives it."""
    found = _HEADING.search(_CHANGES.read_text(encoding="utf-8"))
    return found.group(1) if found else ""
