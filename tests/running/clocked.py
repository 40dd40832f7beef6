"""Celery in a process whose clock is moved by the test: `python -m tests.running.clocked FILE worker …`.

FILE holds the moment in ISO form; from there on the clock goes by itself. Beside it FILE.reached says
which moment the process has come to. `time.monotonic` is nobody's to move.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import time_machine

from config.celery import app

#: In seconds of the real clock: how often a process looks at its clock, and beat at its schedule.
_EVERY, _BEAT_EVERY = 0.01, 0.05


def reached(clock: Path) -> Path:
    """Where the process tells how far its clock is."""
    return clock.with_name(f"{clock.name}.reached")


def write(path: Path, moment: str) -> None:
    """Whole or not at all: the other side reads at any time."""
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
    """Set the clock, keep following, and be Celery."""
    clock = Path(sys.argv[1])
    start = clock.read_text(encoding="ascii")
    traveller = time_machine.travel(start).start()
    write(reached(clock), start)
    threading.Thread(target=_follow, args=(clock, traveller, start), daemon=True).start()
    app.conf.beat_max_loop_interval = _BEAT_EVERY
    app.start(sys.argv[2:])


if __name__ == "__main__":
    main()
