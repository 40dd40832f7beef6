"""`python -m bench.reports [OTHER] [--scale district]`: measure the statements that reports need.

Prepares all reports of a province and seals single ones. OTHER is the folder of another build (with its
own .venv), measured in turns with this one.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.postgres import Server

ROOT = Path(__file__).resolve().parent.parent.parent
PROBE = Path(__file__).resolve().parent / "probe.py"
#: The last day of the made-up records, before the year's last due day.
DAY = "2026-11-20"
_TURNS = 3
_SCALES = ("district", "province")

Found = dict[str, Any]


class Build:
    """One build of the platform with databases of its own."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder, self._data = folder, data
        data.mkdir()
        self._environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "REDIS_URL")
        }
        self._environment |= {
            "DATA_DIR": str(data),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(folder),
            "SECRET_KEY": secrets.token_urlsafe(64),
        }

    def use(self, url: str) -> None:
        """Use a database that holds records, and migrate it to this build's tables."""
        self._environment["DATABASE_URL"] = url
        self._run("manage.py", "migrate", "--verbosity", "0")

    def fill(self, scale: str) -> None:
        """Fill the database with the records of a scale."""
        self._run("-m", "bench.work", "tasks", "make", scale)

    def probe(self, *task: str) -> Found:
        """Run a task of `bench.reports.probe` and return its result."""
        found: Found = json.loads(self._run("-P", str(PROBE), *task))
        return found

    def _run(self, *command: str) -> bytes:
        sys.stderr.write(f"{self.folder}: {' '.join(command)}\n")
        return subprocess.run(
            [str(self.folder / ".venv" / "bin" / "python"), *command],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout


def _measure(builds: dict[str, Build], server: Server, scales: Sequence[str]) -> None:
    oldest = list(builds.values())[-1]
    for scale in scales:
        oldest.use(server.create(scale))
        oldest.fill(scale)
        for name, build in builds.items():
            build.use(server.create(f"{scale}_{name}", template=scale))
        if scale == "district":
            _district(builds)
        else:
            _province(builds)


def _district(builds: dict[str, Build]) -> None:
    for name, build in builds.items():
        build.probe("prepare", DAY)
        found = build.probe("seal", "yuzhong-2026", "500103", "2026-11-30", DAY)
        print(_line("sealing a district of 14 indicators", name, found))


def _province(builds: dict[str, Build]) -> None:
    for _ in range(_TURNS):
        for name, build in builds.items():
            found = build.probe("prepare", DAY)
            what = f"preparing {found['reports']} reports of a province"
            print(_line(what, name, found), found["digest"][:12])
    for name, build in builds.items():
        for area in ("5301", "53"):
            found = build.probe("seal", "yunnan-2024", area, "2026-11-30", DAY)
            print(_line(f"sealing {area}", name, found))


def _line(what: str, build: str, found: Found) -> str:
    return (
        f"{what:<40}{build:<8}{found['statements']:>6} statements"
        f"{found['seconds']:>9.2f} s{found['processor']:>9.2f} s of processor"
    )


def main() -> None:
    """Measure this build, and another one beside it."""
    parser = argparse.ArgumentParser(prog="python -m bench.reports")
    parser.add_argument("other", nargs="?", type=Path)
    parser.add_argument("--scale", choices=_SCALES, default=_SCALES[-1])
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # or the server would outlive us
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Server() as server:
        builds = {"this": Build(ROOT, Path(folder) / "this")}
        if arguments.other:
            builds["other"] = Build(arguments.other.resolve(), Path(folder) / "other")
        _measure(builds, server, _SCALES[: _SCALES.index(arguments.scale) + 1])


if __name__ == "__main__":
    main()
