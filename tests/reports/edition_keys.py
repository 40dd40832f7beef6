"""The keys of an edition: as docs/edition-format.md lists them, and as schema and documents do."""

from __future__ import annotations

import datetime
import re
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import NamedTuple, Union

PAGE = Path(__file__).parents[2] / "docs" / "edition-format.md"

_ROW = re.compile(
    r"\| `(?P<path>[^`]+)` \| (?P<type>[^|]+) \| (?P<formats>[\d ]+) \| (?P<meaning>.+) \|"
)
_PLAIN = {
    str: "text",
    int: "number",
    bool: "true or false",
    types.NoneType: "null",
    datetime.date: "day",
    datetime.datetime: "time",
}


class Key(NamedTuple):
    """A key with its place, e.g. `indicators[].code`, and the type of its value in words."""

    path: str
    type: str


def listed(number: int) -> set[Key]:
    """Return the keys that the page lists for a format."""
    rows = [row for line in PAGE.read_text("utf-8").splitlines() if (row := _ROW.fullmatch(line))]
    assert all(row["meaning"].strip() for row in rows)
    return {Key(row["path"], row["type"]) for row in rows if str(number) in row["formats"].split()}


def declared(kind: type, path: str = "") -> Iterator[Key]:
    """Yield the keys of a dataclass of the schema and of those within."""
    hints = typing.get_type_hints(kind)
    for field in fields(kind):
        hint, place = hints[field.name], path + field.name
        yield Key(place, _words(hint))
        for inner in _within(hint):
            yield from declared(inner, f"{place}{'[]' if _is_array(hint) else ''}.")


def _is_array(hint: object) -> bool:
    return typing.get_origin(hint) is Sequence


def _within(hint: object) -> Iterator[type]:
    """Yield the dataclass that a key holds, if it holds one."""
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    elif typing.get_origin(hint) is not Mapping:
        for each in typing.get_args(hint):
            yield from _within(each)


def _words(hint: object) -> str:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(map(_words, arguments))
    if origin is Sequence:
        return f"array of {_words(arguments[0])}"
    if origin is Mapping:
        return f"map of {_words(arguments[1])}"
    if isinstance(hint, type) and is_dataclass(hint):
        return "object"
    if isinstance(hint, type) and issubclass(hint, tuple):
        return f"[{', '.join(typing.get_type_hints(hint))}]"
    assert isinstance(hint, type)
    return _PLAIN[hint]


def found(document: Mapping[str, object], keys: set[Key], path: str = "") -> Iterator[str]:
    """Yield the places of a document's keys; `keys` tells which objects are maps."""
    types_of = dict(keys)
    for name, value in document.items():
        place = path + name
        yield place
        if types_of.get(place, "").startswith("map"):
            continue
        if isinstance(value, dict):
            yield from found(value, keys, f"{place}.")
        for each in value if isinstance(value, list) else ():
            if isinstance(each, dict):
                yield from found(each, keys, f"{place}[].")


def holds_nothing(document: Mapping[str, object], path: str = "") -> Iterator[str]:
    """Yield the places where a document has an empty array, an empty object or null."""
    for name, value in document.items():
        place = path + name
        if value is None or value == [] or value == {}:
            yield place
        if isinstance(value, dict):
            yield from holds_nothing(value, f"{place}.")
        for each in value if isinstance(value, list) else ():
            if isinstance(each, dict):
                yield from holds_nothing(each, f"{place}[].")
