"""`python -m bench.cost OTHER [--turns N] [--only TEXT …]`: what pages and services cost here and there.

OTHER is the folder of another build (with its own .venv). Both work on their own copies of the same
district, on SQLite and on PostgreSQL, each in one process, and run every task in turns.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.postgres import Server

ROOT = Path(__file__).resolve().parent.parent.parent
PROBE = Path(__file__).resolve().parent / "probe.py"

Found = dict[str, Any]


class Build:
    """One build of the platform with a database and a process of its own."""

    def __init__(self, folder: Path, data: Path, url: str = "") -> None:
        self._folder = folder
        data.mkdir(exist_ok=True)
        hidden = ("DATABASE_URL", "REDIS_URL")
        self._environment = {k: v for k, v in os.environ.items() if k not in hidden}
        self._environment |= {
            "DATA_DIR": str(data),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(folder),
            "SECRET_KEY": secrets.token_urlsafe(64),
            "API_RATE": "",
        }
        if url:
            self._environment["DATABASE_URL"] = url

    def run(self, *command: str) -> None:
        """Run a command of the build to its end."""
        sys.stderr.write(f"{self._folder}: {' '.join(command)}\n")
        subprocess.run(
            [self._python, *command],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def start(self) -> list[str]:
        """Migrate, start the process, and return the names of its tasks once each has run."""
        self.run("manage.py", "migrate", "--verbosity", "0")
        self._process = subprocess.Popen(
            [self._python, "-P", str(PROBE)],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        names: list[str] = self._answer()
        return names

    def measure(self, task: str) -> Found:
        """Run a task once."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{task}\n")
        self._process.stdin.flush()
        found: Found = self._answer()
        return found

    def stop(self) -> None:
        """End the process."""
        self._process.communicate()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._folder}: the process has ended")
        return json.loads(line)

    @property
    def _python(self) -> str:
        return str(self._folder / ".venv" / "bin" / "python")


def _on_sqlite(folder: Path, other: Path) -> dict[str, Build]:
    """Fill a district with the other build and copy it."""
    data = folder / "other"
    before = Build(other, data)
    before.run("-m", "bench.work", "tasks", "make", "district")
    shutil.copytree(data, folder / "this")
    return {"this": Build(ROOT, folder / "this"), "other": before}


def _on_postgres(folder: Path, other: Path, server: Server) -> dict[str, Build]:
    """Fill a district with the other build and copy it."""
    url = server.create("district")
    Build(other, folder / "fill", url).run("-m", "bench.work", "tasks", "make", "district")
    return {
        name: Build(build, folder / f"{name}-postgres", server.create(name, template="district"))
        for name, build in (("this", ROOT), ("other", other))
    }


def _compared(builds: dict[str, Build], turns: int, only: Sequence[str]) -> None:
    """Run every task in turns and print its line."""
    told = [build.start() for build in builds.values()]
    tasks = [name for name in told[0] if not only or any(text in name for text in only)]
    for task in tasks:
        found: dict[str, list[Found]] = defaultdict(list)
        for turn in range(turns):
            order = list(builds.items())
            for name, build in order if turn % 2 else reversed(order):
                found[name].append(build.measure(task))
        print(_line(task, found["other"], found["this"]), flush=True)
    for build in builds.values():
        build.stop()


def _line(task: str, before: list[Found], now: list[Found]) -> str:
    """Return what a task cost before and costs now, and the ratios with their quartiles."""
    statements = f"{_middle(before, 'statements'):>5.0f}{_middle(now, 'statements'):>5.0f}"
    columns = ""
    for unit in ("processor", "seconds"):
        old, new = _middle(before, unit) * 1000, _middle(now, unit) * 1000
        ratios = [b[unit] / a[unit] for a, b in zip(before, now, strict=True)]
        low, _, high = statistics.quantiles(ratios, n=4)
        columns += f"{old:>9.1f}{new:>9.1f}{new / old:>7.2f} ({low:.2f}–{high:.2f})"
    return f"{task:<30}{statements}{columns}"


def _middle(found: list[Found], unit: str) -> float:
    return statistics.median(each[unit] for each in found)


def main() -> None:
    """Measure this build beside another one."""
    parser = argparse.ArgumentParser(prog="python -m bench.cost")
    parser.add_argument("other", type=Path)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--only", nargs="*", default=())
    parser.add_argument("--database", choices=("sqlite", "postgres"))
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # or the server would outlive us
    other = arguments.other.resolve()
    # Not in /dev/shm or another memory disk: commits have to reach a real disk.
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Server() as server:
        makers: dict[str, Callable[[], dict[str, Build]]] = {
            "sqlite": lambda: _on_sqlite(Path(folder), other),
            "postgres": lambda: _on_postgres(Path(folder), other, server),
        }
        for name in [arguments.database] if arguments.database else makers:
            print(f"{name:<30} statements   processor, ms, before, now, ratio       wall, ms")
            _compared(makers[name](), arguments.turns, arguments.only)


if __name__ == "__main__":
    main()
