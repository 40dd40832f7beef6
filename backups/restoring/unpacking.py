"""Runs pg_restore on the stream of an archive and reads its script."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import IO, cast

from backups.contents.programs import blocks_of, program, running
from backups.restoring.script import Reader, read_script

#: Takes the statement, the table, the columns and the rows.
OnRows = Callable[[str, str, list[str], Iterator[bytes]], None]


def read_dump(
    blocks: Iterator[bytes],
    on_rows: OnRows,
    on_statements: Callable[[bytes], None] | None = None,
    *,
    version: int,
) -> None:
    """Read what `pg_dump -Fc` of a version wrote; without `on_statements` its rows alone.

    BackupFault where pg_restore is missing or cannot read it.
    """
    command = [str(program("pg_restore", version)), "--file=-", "--no-owner", "--no-privileges"]
    if on_statements is None:
        command.append("--data-only")
    feeder = None
    try:
        with running(command, os.environ, stdin=subprocess.PIPE) as process:
            feeder = _Feeder(blocks, cast(IO[bytes], process.stdin))
            feeder.start()
            reader = Reader(on_statements or (lambda text: None), on_rows)
            read_script(blocks_of(cast(IO[bytes], process.stdout)), reader)
    finally:
        if feeder:
            feeder.join()
    if feeder.fault:
        raise feeder.fault


class _Feeder(threading.Thread):
    """Hands the stream of an archive to pg_restore, while its script is read."""

    def __init__(self, blocks: Iterator[bytes], target: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._blocks, self._target = blocks, target
        self.fault: Exception | None = None

    def run(self) -> None:
        """Hand over everything; keep what went wrong for the reader."""
        try:
            for block in self._blocks:
                self._target.write(block)
        except BrokenPipeError:
            pass  # pg_restore has ended: its own words say why
        except Exception as error:
            self.fault = error
        finally:
            with contextlib.suppress(BrokenPipeError):
                self._target.close()
