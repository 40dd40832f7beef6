"""A process that cleans up after a killed test run: `python guard.py`, fed through stdin.

Each line is `+ <pid> <signal>` for a child that was started, `- <pid>` for one that ended,
`+ <folder>` and `- <folder>` for a folder that was made and removed. The pipe closes when the test
process ends for any reason (even by SIGKILL, which no handler sees). Then the guard sends each
remaining child its signal, after `PATIENCE` seconds SIGKILL to its group, and removes the folders.

It imports nothing of the project, so that it starts within a few hundredths of a second.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import time

#: How many seconds a child has to end by itself.
PATIENCE = 5


def main() -> None:
    """Take notes until the pipe closes, then clean up."""
    children: dict[int, int] = {}
    folders: dict[str, None] = {}
    for line in sys.stdin:
        sign, name, *end = line.rstrip("\n").split("\t")
        if end:
            children[int(name)] = int(end[0])
        elif sign == "+":
            folders[name] = None
        else:
            folders.pop(name, None)
            children.pop(int(name) if name.isdigit() else 0, None)
    _end(children)
    for name in reversed(folders):
        shutil.rmtree(name, ignore_errors=True)


def _end(children: dict[int, int]) -> None:
    for pid, signum in children.items():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signum)
    deadline = time.monotonic() + PATIENCE
    while any(map(_is_there, children)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main()
