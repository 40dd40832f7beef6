"""The bound on the memory of a process that runs tasks: a runaway task fails, and not the machine."""

from __future__ import annotations

import re
import resource
from pathlib import Path

_STATUS = Path("/proc/self/status")
_DATA = re.compile(r"^VmData:\s*(\d+) kB$", re.MULTILINE)


def bound_memory(megabytes: int) -> None:
    """Let this process take so many megabytes more than it has now; 0: without a bound.

    Beyond it Python raises MemoryError. Linux only: other systems do not count what is mapped.
    """
    if not megabytes or not _STATUS.exists():
        return
    found = _DATA.search(_STATUS.read_text(encoding="ascii", errors="replace"))
    taken = int(found.group(1)) * 1024 if found else 0
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    bound = taken + megabytes * 1024 * 1024
    if most == resource.RLIM_INFINITY or bound < most:
        resource.setrlimit(resource.RLIMIT_DATA, (bound, most))
