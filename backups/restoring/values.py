"""Values of one kind of database as the other one stores them, by the types of PostgreSQL's columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from backups.faults import BackupFault

#: What SQLite stores.
Value = str | int | float | bytes | None
_NULL = b"\\N"
_AT_ONCE = 2000
_ESCAPED = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}
_UTC = "+00"


def _moment(text: str) -> str:
    """Return a moment as Django writes it for SQLite: in UTC, with six digits or none."""
    if not text.endswith(_UTC):
        raise ValueError(text)
    return _clock(text.removesuffix(_UTC))


def _clock(text: str) -> str:
    whole, dot, fraction = text.partition(".")
    return f"{whole}.{fraction:0<6}" if dot else whole


def _json(text: str) -> str:
    return json.dumps(json.loads(text))


_FROM_POSTGRES: dict[str, Callable[[str], Value]] = {
    "boolean": lambda text: int(text == "t"),
    "bytea": lambda text: bytes.fromhex(text.removeprefix("\\x")),
    "date": str,
    "double precision": float,
    "inet": str,
    "json": _json,
    "jsonb": _json,
    "numeric": str,
    "text": str,
    "time without time zone": _clock,
    "timestamp with time zone": _moment,
    "uuid": lambda text: text.replace("-", ""),
    **dict.fromkeys(("bigint", "integer", "smallint"), int),
    **dict.fromkeys(("character", "character varying"), str),
}


def check_types(table: str, columns: Sequence[tuple[str, str]]) -> None:
    """Raise BackupFault for a column of a type that only PostgreSQL has."""
    for name, kind in columns:
        if kind not in _FROM_POSTGRES:
            raise BackupFault(
                f"数据表 {table} 的列 {name} 为 {kind} 类型，不能在两种数据库之间转换"
            )


def for_sqlite(lines: Sequence[bytes], types: Sequence[str]) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of PostgreSQL's COPY as SQLite stores them."""
    converters = [_FROM_POSTGRES[kind] for kind in types]
    for line in lines:
        fields = line.split(b"\t")
        if len(fields) != len(converters):
            raise ValueError("a row has another number of columns than its table")
        yield tuple(
            None if field == _NULL else convert(_plain(field).decode())
            for field, convert in zip(fields, converters, strict=True)
        )


def _plain(field: bytes) -> bytes:
    """Return a field without its escapes."""
    if b"\\" not in field:
        return field
    first, *rest = field.split(b"\\")
    found, is_escape = bytearray(first), True
    for part in rest:
        if not is_escape:  # after an escaped backslash
            found += part
            is_escape = True
        elif part:
            found += _ESCAPED.get(part[:1], part[:1]) + part[1:]
        else:
            found += b"\\"
            is_escape = False
    return bytes(found)


def for_postgres(rows: Sequence[Sequence[Value]]) -> bytes:
    """Return rows of SQLite as PostgreSQL's COPY reads them."""
    return b"".join(b"\t".join(map(_written, row)) + b"\n" for row in rows)


def _written(value: Value) -> bytes:
    if value is None:
        return _NULL
    if isinstance(value, bytes):
        return b"\\\\x" + value.hex().encode()
    if isinstance(value, str):
        text = value
        if "\\" in text:
            text = text.replace("\\", "\\\\")
        for char, escape in (("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
            if char in text:
                text = text.replace(char, escape)
        return text.encode()
    return str(value).encode()
