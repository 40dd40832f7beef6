"""`python -m tests.api.write_permissions`: walk the API and write docs/permissions.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.api.walking import Matrix

import os
import subprocess
import sys
from pathlib import Path

_NAME = "WRITE_PERMISSIONS"
#: Whether this run writes the document instead of comparing it.
IS_WRITING = _NAME in os.environ
#: The walked tables by group, in the order of the document.
WALKED: dict[str, Matrix] = {}


def main() -> int:
    """Run the permission walk as a test run of its own that writes the document."""
    tests = Path(__file__).parent / "test_permissions.py"
    command = [sys.executable, "-m", "pytest", "-q", "--numprocesses=0", str(tests)]
    return subprocess.call(command, env={**os.environ, _NAME: "1"})


if __name__ == "__main__":
    sys.exit(main())
