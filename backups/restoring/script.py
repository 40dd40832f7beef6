"""Reads the SQL script of pg_restore: statements, and between them the rows of tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_COPY = re.compile(rb'COPY (?:"?\w+"?\.)?"?(\w+)"? \((.*)\) FROM stdin;\n')
_END, _AHEAD = b"\n\\.\n", 4
#: Lines that are left out: commands of psql itself, a setting that earlier servers do not know, and the
#: schema, which is there and stays.
_LEFT_OUT = (b"\\", b"SET transaction_timeout", b"CREATE SCHEMA ", b"COMMENT ON SCHEMA ")


class Rows:
    """The rows of one table, as PostgreSQL's COPY writes them; a file that is only read."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._waiting = blocks, bytearray()

    def read(self, size: int = -1) -> bytes:
        """Return some bytes; none at the end."""
        while not self._waiting:
            block = next(self._blocks, None)
            if block is None:
                return b""
            self._waiting += block
        taken = len(self._waiting) if size < 0 else size
        found = bytes(self._waiting[:taken])
        del self._waiting[:taken]
        return found

    def readline(self, size: int = -1) -> bytes:
        """Not used: psycopg2 wants a file to have it."""
        raise NotImplementedError


def rows_of(blocks: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Yield the lines of some rows in parts, without their ends."""
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        if lines:
            yield lines
    if rest:
        yield [rest]


@dataclass(frozen=True)
class Reader:
    """What is done with the parts of a script."""

    statements: Callable[[bytes], None]
    #: Takes the statement, the table, the columns and the rows.
    rows: Callable[[str, str, list[str], Iterator[bytes]], None]


def read_script(blocks: Iterator[bytes], reader: Reader) -> None:
    """Hand the parts of a script to the reader, in order."""
    script = _Script(blocks)
    statements = bytearray()
    while line := script.line():
        found = _COPY.fullmatch(line)
        if found is None:
            if not line.startswith(_LEFT_OUT):
                statements += line
            continue
        _hand_over(statements, reader)
        columns = [name.strip().strip('"') for name in found.group(2).decode().split(",")]
        reader.rows(line.decode().rstrip(";\n"), found.group(1).decode(), columns, script.rows())
        for _ in script.rows():  # what the reader has left
            pass
    _hand_over(statements, reader)


def _hand_over(statements: bytearray, reader: Reader) -> None:
    if any(line and not line.startswith(b"--") for line in statements.split(b"\n")):
        reader.statements(bytes(statements))
    statements.clear()


class _Script:
    """The bytes of a script while they are read."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._waiting = blocks, b""
        self._has_ended = True

    def line(self) -> bytes:
        """Return the next line with its end; nothing at the end of the script."""
        parts = []
        while (end := self._waiting.find(b"\n")) < 0:
            parts.append(self._waiting)
            block = next(self._blocks, None)
            if block is None:
                self._waiting = b""
                return b"".join(parts)
            self._waiting = block
        parts.append(self._waiting[: end + 1])
        self._waiting = self._waiting[end + 1 :]
        # The rows may begin after this line; their end is searched for with the end of a line before it.
        self._has_ended = False
        return b"".join(parts)

    def rows(self) -> Iterator[bytes]:
        r"""Yield the rows up to the line `\.`."""
        if self._has_ended:
            return
        waiting = b"\n" + self._waiting
        while (end := waiting.find(_END)) < 0:
            if len(waiting) > _AHEAD:
                given = waiting[1 : 1 - _AHEAD]
                waiting = waiting[-_AHEAD:]
                self._waiting = waiting[1:]
                yield given
            block = next(self._blocks, None)
            if block is None:
                raise EOFError("the script ends within the rows of a table")
            waiting += block
        self._waiting = waiting[end + len(_END) :]
        self._has_ended = True
        if end:
            yield waiting[1 : end + 1]
