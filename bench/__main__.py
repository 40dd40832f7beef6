"""`make bench`: print every performance bar beside what this machine measures.

Both sides of a ratio are measured in the same run. The argument is the largest scale to run
(district, province or nation). Each task runs in a process of its own.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.bars import Found, bars
from bench.postgres import Server

ROOT = Path(__file__).resolve().parent.parent
SCALES = ("district", "province", "nation")


class Databases:
    """One database for each scale and vendor, and the runner of the tasks on them."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server, self.folder = server, folder
        self._environments: dict[str, dict[str, str]] = {}
        self.found: dict[str, Found] = {}

    def make(self, scale: str, kind: str) -> None:
        """Create a database and fill it with the records of the scale."""
        self.empty(scale, kind)
        self.run(scale, kind, "tasks.make", scale)

    def empty(self, scale: str, kind: str) -> None:
        """Create a database without tables for the tasks of a scale."""
        data = self.folder / f"{scale}-{kind}"
        data.mkdir()
        environment = {
            k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")
        }
        environment |= {"DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "config.settings"}
        environment["SECRET_KEY"] = secrets.token_urlsafe(64)
        if kind == "postgres":
            environment["DATABASE_URL"] = self._server.create(scale)
        self._environments[f"{scale}/{kind}"] = environment

    def run(self, scale: str, kind: str, task: str, *arguments: str) -> Found:
        """Run a task (`MODULE.TASK`) in a process of its own; return and keep what it measured."""
        sys.stderr.write(f"{scale}, {kind}: {task}\n")
        done = subprocess.run(
            [sys.executable, "-m", "bench.work", *task.split("."), *arguments],
            cwd=ROOT,
            env=self._environments[f"{scale}/{kind}"],
            stdout=subprocess.PIPE,
            check=True,
        )
        found: Found = json.loads(done.stdout)
        self.found[f"{scale}/{kind}/{task.split('.')[1]}"] = found
        return found


def _district(databases: Databases) -> None:
    for kind in ("sqlite", "postgres"):
        databases.make("district", kind)
        databases.run("district", kind, "tasks.times", "9")
    databases.run("district", "sqlite", "workbooks.written", "100000")
    databases.run("district", "sqlite", "workbooks.memory", "100000")
    databases.run("district", "postgres", "imports.ledger", "100000")
    book = str(databases.folder / "台账.xlsx")
    databases.run("district", "postgres", "imports.write", "100000", book)
    databases.run("district", "postgres", "imports.memory", book)
    databases.run("district", "postgres", "imports.page", "9")
    databases.empty("duties", "postgres")
    databases.run("duties", "postgres", "duties.fill")
    databases.run("duties", "postgres", "duties.pages", "9")
    databases.make("office", "sqlite")
    databases.run("office", "sqlite", "rivals.formulas", "9")


def _province(databases: Databases) -> None:
    databases.make("province", "postgres")
    runs = [databases.run("province", "postgres", "tasks.peak") for _ in range(3)]
    databases.found["province/postgres/peak"] = {
        "seconds": statistics.median(run["seconds"] for run in runs),
        "megabytes": max(run["megabytes"] for run in runs),
    }
    databases.run("province", "postgres", "tasks.times", "5")
    databases.run("province", "postgres", "dashboards.boards", "15")
    databases.run("province", "postgres", "rivals.peers", "5")
    databases.make("province", "sqlite")
    databases.run("province", "sqlite", "tasks.times", "3")


def _nation(databases: Databases) -> None:
    databases.make("nation", "postgres")
    databases.run("nation", "postgres", "tasks.peak")


_STEPS = {"district": _district, "province": _province, "nation": _nation}


def _report(found: dict[str, Found]) -> None:
    for name, made in found.items():
        scale, kind, task = name.split("/")
        if task == "make":
            size = f"{made['areas']:,.0f} areas, {made['records']:,.0f} records"
            print(f"{scale:<10}{kind:<10}{size}, made in {made['seconds']:.0f} s")
    print()
    for bar in bars(found):
        print(bar)
    if not found["office/sqlite/formulas"]:
        print("P11 not measured: LibreOffice (soffice) is not installed.")


def main() -> None:
    """Run all scales up to the requested one and print the bars."""
    largest = sys.argv[1] if len(sys.argv) > 1 else "province"
    if largest not in SCALES:
        sys.exit(f"usage: python -m bench [{'|'.join(SCALES)}]")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # or the server outlives this process
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[1]:.1f} before the run")
    # Not in /dev/shm or another memory disk: commits have to reach a real disk.
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Server() as server:
        databases = Databases(server, Path(folder))
        for scale in SCALES[: SCALES.index(largest) + 1]:
            _STEPS[scale](databases)
        _report(databases.found)


main()
