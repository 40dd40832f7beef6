"""Celery in a process whose clock the test sets: `python -m tests.running.clocked FILE worker …`.

FILE holds the time in ISO form; from there the clock runs by itself. FILE.reached beside it says
which time the process has reached. `time.monotonic` cannot be set.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import time_machine

from config.celery import app

#: How often a process reads its clock, and beat its schedule, in seconds of the real clock.
_EVERY, _BEAT_EVERY = 0.01, 0.05


def reached(clock: Path) -> Path:
    """Return the file in which the process says how far its clock is."""
    return clock.with_name(f"{clock.name}.reached")


def write(path: Path, moment: str) -> None:
    """Write the file completely or not at all, since the other side reads it at any time."""
    partial = path.with_name(f"{path.name}.part")
    partial.write_text(moment, encoding="ascii")
    partial.replace(path)


def _follow(clock: Path, traveller: time_machine.Traveller, now: str) -> None:
    while True:
        time.sleep(_EVERY)
        wanted = clock.read_text(encoding="ascii")
        if wanted != now:
            traveller.move_to(wanted)
            now = wanted
            write(reached(clock), now)


def main() -> None:
    """Set the clock, keep following the file, and run Celery."""
    clock = Path(sys.argv[1])
    start = clock.read_text(encoding="ascii")
    traveller = time_machine.travel(start).start()
    write(reached(clock), start)
    threading.Thread(target=_follow, args=(clock, traveller, start), daemon=True).start()
    app.conf.beat_max_loop_interval = _BEAT_EVERY
    app.start(sys.argv[2:])


if __name__ == "__main__":
    main()
