"""JSON of frozen dataclasses: field names are keys, named tuples are arrays, days are ISO text."""

from __future__ import annotations

import datetime
import json
import types
import typing
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import TypeVar, Union, cast

T = TypeVar("T")
_Decoder = Callable[[object], object]
_UNIONS = (Union, types.UnionType)
#: The values that JSON has itself.
_PLAIN: frozenset[object] = frozenset({str, int, bool, types.NoneType})


class FormatError(ValueError):
    """A document does not have the declared shape; the message names the key."""


def canonical(value: object) -> str:
    """Return the one JSON text of a document: keys sorted, no blanks, Chinese unescaped."""
    return json.dumps(
        value, default=_encoded, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def _encoded(value: object) -> object:
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def decoded(shape: type[T], value: object) -> T:
    """Return parsed JSON as an object of a dataclass.

    Every key must be known and have the declared type; a key may be missing only where its field
    has a default. Otherwise FormatError.
    """
    return cast(T, _decoder(cast(Hashable, shape))(value))


@cache
def _decoder(hint: Hashable) -> _Decoder:
    """Return the function that checks and converts JSON to the type of a field."""
    if allowed := _plain_types(hint):
        return _plain(allowed)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in _UNIONS:
        return _optional(arguments)
    if origin is Sequence:
        return _array(arguments[0])
    if origin is Mapping:
        return _mapping(_decoder(arguments[1]))
    if hint is datetime.date or hint is datetime.datetime:
        return _time(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _object(hint)
    if isinstance(hint, type) and issubclass(hint, tuple):
        return _positional(hint)
    raise TypeError(f"{hint} has no JSON form")


def _plain_types(hint: object) -> frozenset[object]:
    """Return the types of JSON's own values that a hint allows; none where it requires another."""
    choices = typing.get_args(hint) if typing.get_origin(hint) in _UNIONS else (hint,)
    return frozenset(choices) if _PLAIN.issuperset(choices) else frozenset()


def _plain(allowed: frozenset[object]) -> _Decoder:
    def decode(value: object) -> object:
        if type(value) not in allowed:  # by type: a boolean is no number
            raise FormatError(f"{type(value).__name__} is not allowed here")
        return value

    return decode


def _time(kind: type[datetime.date]) -> _Decoder:
    def decode(value: object) -> object:
        if not isinstance(value, str):
            raise FormatError(f"{type(value).__name__} is no day")
        return kind.fromisoformat(value)

    return decode


def _optional(choices: tuple[object, ...]) -> _Decoder:
    """Decode `X | None`."""
    inner = _decoder(next(each for each in choices if each is not types.NoneType))
    return lambda value: None if value is None else inner(value)


def _array(hint: Hashable) -> _Decoder:
    """Decode an array; its plain values are checked at once, for a ledger has many of them."""
    allowed, inner = _plain_types(hint), _decoder(hint)

    def decode(value: object) -> object:
        if not isinstance(value, list):
            raise FormatError("an array is expected")
        if allowed.issuperset(map(type, value)):
            return value
        return [inner(each) for each in value]

    return decode


def _mapping(inner: _Decoder) -> _Decoder:
    def decode(value: object) -> object:
        if not isinstance(value, dict):
            raise FormatError("an object is expected")
        return {key: inner(each) for key, each in value.items()}

    return decode


def _positional(kind: type[tuple[object, ...]]) -> _Decoder:
    """Decode an array with one plain value for each field of a named tuple."""
    expected = (*typing.get_type_hints(kind).values(),)
    make = cast(Callable[..., object], kind)

    def decode(value: object) -> object:
        if not isinstance(value, list) or (*map(type, value),) != expected:
            raise FormatError(f"no array of {len(expected)} values of the declared types")
        return make(*value)

    return decode


def _object(kind: type) -> _Decoder:
    hints = typing.get_type_hints(kind)
    inner = {each.name: _decoder(hints[each.name]) for each in fields(kind)}
    required = {each.name for each in fields(kind) if each.default is MISSING}

    def decode(value: object) -> object:
        if not isinstance(value, dict):
            raise FormatError("an object is expected")
        if wrong := (value.keys() - inner.keys()) | (required - value.keys()):
            raise FormatError(f"unknown or missing: {'、'.join(sorted(map(str, wrong)))}")
        return kind(**{key: _named(key, inner[key], each) for key, each in value.items()})

    return decode


def _named(key: str, decode: _Decoder, value: object) -> object:
    try:
        return decode(value)
    except ValueError as error:
        raise FormatError(f"{key}: {error}") from None
