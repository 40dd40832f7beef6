"""Tables of the plan file: read by their keys, stored as rows of a model, written back."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model

from guards.toml_files import UnusableToml, check_number

#: The values of one table of the file, by its keys or by model field; `Key.kind` is the type of each.
Values = dict[str, Any]
_REQUIRED: Any = object()


class PlanError(ValueError):
    """A plan file that cannot be loaded; the message names the file and the entry."""


@dataclass(frozen=True)
class Key:
    """A key of the file and the model field it fills; without a default it must be given."""

    name: str
    kind: type
    default: Any = _REQUIRED
    field: str = ""

    @property
    def attribute(self) -> str:
        """The name of the model field."""
        return self.field or self.name


_CODE = re.compile(r"[-a-zA-Z0-9_]+", re.ASCII)  # a code is part of an address
#: (kind, subclass) that `isinstance` would confuse: a boolean is an int, a datetime is a date.
_NEARLY = {(int, bool), (datetime.date, datetime.datetime)}

_Row = TypeVar("_Row", bound=Model)


@dataclass(frozen=True)
class Table:
    """One table of the file: its position, its values by model field, and the tables in it."""

    where: str
    values: Values
    inner: list[Table] = field(default_factory=list)


_KINDS = {
    str: "文字，写在引号里",
    int: "整数",
    bool: "true 或 false",
    datetime.date: "日期，如 2026-01-01，不加引号",
    list: "列表，写在方括号里",
    dict: "表，写在花括号里",
}


def unlike_kind(name: str, kind: type, value: object) -> str:
    """Say in Chinese what the value of a key should be: `“level”应为整数`."""
    if kind is list and isinstance(value, dict):
        return f"“{name}”应写成 [[{name}]]"
    return f"“{name}”应为{_KINDS[kind]}"


class Entry:
    """A table of the file that knows its place in it, and which of its keys are not read yet."""

    def __init__(self, where: str, values: Values) -> None:
        self.where, self._left = where, dict(values)

    def inner(self, name: str, kind: type, default: Any = _REQUIRED) -> Any:
        """Read a table, or a list of tables, within this one."""
        return self._take(Key(name, kind, default))

    def read(self, keys: Iterable[Key], **defaults: object) -> Values:
        """Read all keys, by model field; PlanError where a key is left over, which must be misspelt."""
        values = {key.attribute: self._take(key, defaults.get(key.name)) for key in keys}
        self.finish()
        return values

    def finish(self) -> None:
        """Raise PlanError where a key is left that nothing has read."""
        if self._left:
            raise PlanError(f"{self.where}：不认识的项目 {'、'.join(self._left)}")

    def _take(self, key: Key, default: Any = None) -> Any:
        if key.name not in self._left:
            value = key.default if default is None else default
            if value is _REQUIRED:
                raise PlanError(f"{self.where}：缺少“{key.name}”")
            return value
        value = self._left.pop(key.name)
        kind = str if key.kind is Decimal else key.kind
        if not isinstance(value, kind) or (kind, type(value)) in _NEARLY:
            raise PlanError(f"{self.where}：{unlike_kind(key.name, kind, value)}")
        if kind is str:
            only_text(self.where, key.name, [value])
        return self._number(str(value)) if key.kind is Decimal else value

    def _number(self, text: str) -> Decimal:
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise PlanError(f"{self.where}：“{text}”不是数") from None
        if not number.is_finite():
            raise PlanError(f"{self.where}：“{text}”不是数")
        try:
            check_number(self.where, number)
        except UnusableToml as error:
            raise PlanError(str(error)) from None
        return number


def only_ints(values: Collection[object], least: int, most: int) -> bool:
    """Whether the values are whole numbers from `least` to `most`."""
    return all(type(value) is int and least <= value <= most for value in values)


def check_code(where: str, code: str) -> None:
    """Raise PlanError unless the code can be part of an address."""
    if not _CODE.fullmatch(code):
        raise PlanError(f"{where}：编号“{code}”只能用字母、数字、“-”和“_”")


def only_text(where: str, name: str, values: Collection[object]) -> None:
    """Raise PlanError unless the values of the key `name` are texts that can be stored."""
    if not all(isinstance(value, str) for value in values):
        raise PlanError(f"{where}：“{name}”的各项应为文字")
    if any("\x00" in str(value) for value in values):
        raise PlanError(f"{where}：“{name}”含有不能保存的字符")


# --- storing and writing ---------------------------------------------------------------------


def stored_row(
    model: type[_Row], where: str, values: Values, keys: Iterable[Key], **key: object
) -> _Row:
    """Create or update a row; PlanError with the entry's place where the model refuses it."""
    row = model._default_manager.filter(**key).first() or model(**key)
    for name, value in values.items():
        setattr(row, name, value)
    try:
        row.full_clean()
    except ValidationError as error:
        names = key_names(keys)
        told = (
            f"{names.get(at, at)}：{'、'.join(said)}" for at, said in error.message_dict.items()
        )
        raise PlanError(f"{where}：{'；'.join(told)}") from None
    row.save()
    return row


def key_names(keys: Iterable[Key]) -> dict[str, str]:
    """By model field, the key in the file."""
    return {key.attribute: key.name for key in keys}


def written_row(row: Model, keys: Iterable[Key], **defaults: object) -> Values:
    """The row as a table of the file, without the keys that have their default."""
    values = ((key, getattr(row, key.attribute)) for key in keys)
    return {
        key.name: _plain(value)
        for key, value in values
        if value != defaults.get(key.name, key.default)
    }


def _plain(value: Any) -> Any:
    """The value as TOML writes it: decimals as text, tables sorted by key, another row as its code."""
    if isinstance(value, Model):
        return value.code  # type: ignore[attr-defined]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in sorted(value.items())}
    return value
