"""Forms that compare what they showed with what is stored by now.

A form sends back the values that it showed (`was`). Where a stored value has changed since, nothing
is saved: the page shows both values, field by field, and the user takes either (`take-…`). `known`
is the digest of the stored values that the user chose from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from typing_extensions import override

if TYPE_CHECKING:
    _ReferenceField = forms.ModelChoiceField[Model]
else:
    _ReferenceField = forms.ModelChoiceField

MINE, STORED = "mine", "stored"
WAS, _KNOWN, _TAKE = "was", "known", "take-"
_EMPTY = "（空）"
_TOLD = "打开本页之后他人刚作了修改"
_LATE = "{}，没有保存；请对照下列各项，选定后再保存"
_OWED = "请为每一项选定采用哪一个，再保存"

#: The values of one input as a browser sends them.
Raw = list[str]


@dataclass(frozen=True)
class ConflictRow:
    """A field in which the form and the stored row differ, with both values as texts.

    `choice` is what is taken: `mine`, `stored`, or empty where the user must choose.
    """

    name: str
    label: str
    mine: str
    stored: str
    choice: str
    is_moved: bool


class ComparedForm(forms.Form):
    """Mixin of forms that edit a stored row; put it before `ModelForm` in the bases.

    The form's initial values must be those stored now, from a row that the view has locked.
    """

    was = forms.CharField(required=False, widget=forms.HiddenInput)

    #: Fields that belong to the change, not to the stored row.
    not_stored: ClassVar[Sequence[str]] = ()
    #: How the page says that somebody else has changed the row.
    told: ClassVar[str] = _TOLD
    #: Whether also a new row has the field `was`, because a table of rows asks for it.
    is_row: ClassVar[bool] = False
    #: The fields that differ; empty when nobody else has changed the row.
    conflicts: Sequence[ConflictRow] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (self.is_row or self._is_of_a_stored_row()):
            del self.fields[WAS]

    @property
    def is_told_only(self) -> bool:
        """Whether nothing is wrong but that the user has to choose."""
        return list(self.errors) == [NON_FIELD_ERRORS] and self.has_error(
            NON_FIELD_ERRORS, "conflict"
        )

    @property
    def known(self) -> str:
        """The digest of the stored values that the page shows."""
        stored = {name: self._stored(name) for name in self._compared()}
        return hashlib.sha256(json.dumps(stored).encode()).hexdigest()[:16]

    @property
    def known_name(self) -> str:
        """The name of the hidden input with `known`."""
        return self.add_prefix(_KNOWN)

    @override
    def get_initial_for_field(self, field: forms.Field, field_name: str) -> object:
        """Return what the form shows of the stored row, for the hidden field `was`."""
        if field_name == WAS:
            names = self._compared() if self._is_of_a_stored_row() else []
            return json.dumps({name: self._stored(name) for name in names})
        return super().get_initial_for_field(field, field_name)

    @cached_property
    def changed_data(self) -> list[str]:
        """The names of the changed fields; what the form showed is no field of the row."""
        return [name for name in super().changed_data if name != WAS]

    @override
    def full_clean(self) -> None:
        """Take the stored values that the user chose; refuse to save before both were seen."""
        is_compared = self.is_bound and self._is_of_a_stored_row()
        fault = self._compare() if is_compared else ""
        super().full_clean()
        getattr(self, "cleaned_data", {}).pop(WAS, None)
        if fault:
            self.add_error(None, ValidationError(fault, code="conflict"))

    def _is_of_a_stored_row(self) -> bool:
        row = getattr(self, "instance", None)
        return not isinstance(row, Model) or not row._state.adding

    def _compare(self) -> str:
        """Set `conflicts`, put chosen values into the data; return why the form may not be saved."""
        shown = _loaded(self.data.get(self.add_prefix(WAS)))
        if shown is None:
            return ""
        rows = list(self._rows(shown))
        if not any(row.is_moved for row in rows):
            return ""
        self.conflicts = rows
        if self.data.get(self.known_name) != self.known:
            return _LATE.format(self.told)
        if not all(row.choice for row in rows):
            return _OWED
        self._take([row.name for row in rows if row.choice == STORED])
        return ""

    def _rows(self, shown: Mapping[str, Raw]) -> Iterator[ConflictRow]:
        for name in self._compared():
            mine, stored, was = self._sent(name), self._stored(name), shown.get(name)
            if was is None or not self._differs(name, mine):
                continue
            is_moved, is_touched = self._differs(name, was), _plain(mine) != _plain(was)
            usual = STORED if not is_touched else "" if is_moved else MINE
            choice = self.data.get(f"{_TAKE}{self.add_prefix(name)}", "")
            yield ConflictRow(
                name=self.add_prefix(name),
                label=str(self.fields[name].label or name),
                mine=self._words(name, mine),
                stored=self._words(name, stored),
                choice=choice if choice in (MINE, STORED) else usual,
                is_moved=is_moved,
            )

    def _take(self, names: Sequence[str]) -> None:
        """Put the stored values of these inputs into the data."""
        data = _copied(self.data)
        for name in self._compared():
            key = self.add_prefix(name)
            if key in names:
                data.setlist(key, self._stored(name))
        self.data = data

    def _compared(self) -> list[str]:
        """Return the names of the fields that show a stored value."""
        left_out = (WAS, *self.not_stored)
        return [
            name
            for name, field in self.fields.items()
            if name not in left_out and not field.disabled and not field.widget.needs_multipart_form
        ]

    def _stored(self, name: str) -> Raw:
        """Return the stored value as the input of its field would send it."""
        field = self.fields[name]
        value = field.prepare_value(self.get_initial_for_field(field, name))
        if isinstance(field.widget, forms.CheckboxInput):
            return ["on"] if field.widget.check_test(value) else []
        shown = field.widget.format_value(value)
        if isinstance(shown, list | tuple):
            return [str(each) for each in shown if each not in (None, "")]
        return [] if shown is None else [str(shown)]

    def _sent(self, name: str) -> Raw:
        key = self.add_prefix(name)
        if isinstance(self.fields[name].widget, forms.CheckboxInput):
            return ["on"] if self._value(name, _copied(self.data).getlist(key)) else []
        return [str(each) for each in _copied(self.data).getlist(key)]

    def _value(self, name: str, raw: Raw) -> object:
        """Return the value that a field reads from its input."""
        data = MultiValueDict({name: raw} if raw else {})
        return self.fields[name].widget.value_from_datadict(data, MultiValueDict(), name)

    def _differs(self, name: str, raw: Raw) -> bool:
        """Return whether an input means another value than the stored one."""
        field, stored = self.fields[name], self._stored(name)
        if _plain(raw) == _plain(stored):
            return False
        try:
            value = field.to_python(self._value(name, stored))
        except ValidationError:
            return True
        return field.has_changed(value, self._value(name, raw))

    def _words(self, name: str, raw: Raw) -> str:
        """Return an input as text: choices by their labels, references by their names."""
        field = self.fields[name]
        if isinstance(field.widget, forms.CheckboxInput):
            return "是" if raw else "否"
        if isinstance(field, forms.ModelChoiceField):
            return _named(field, raw)
        if isinstance(field, forms.ChoiceField):
            labels = dict(_flat(field.widget.choices))
            raw = [labels.get(each, each) for each in raw if each]
        return "、".join(each for each in raw if each) or _EMPTY


def _named(field: _ReferenceField, raw: Raw) -> str:
    if not any(raw):
        return _EMPTY
    try:
        return str(field.clean(raw[-1]))
    except ValidationError:
        return "（不在可选范围）"


def _flat(choices: Iterable[tuple[object, object]]) -> Iterator[tuple[str, str]]:
    """Yield value and label of each choice, those of groups included."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), str(label)


def _plain(raw: Raw) -> Raw:
    """Return an input with each line break as one character and blank ones left out."""
    return [each.replace("\r\n", "\n") for each in raw if each]


def _copied(data: Mapping[str, object]) -> MultiValueDict[str, str]:
    """Return a copy of the form's data that can be changed, as a browser would send it."""
    if isinstance(data, MultiValueDict):
        return MultiValueDict(dict(data.lists()))
    return MultiValueDict({key: [str(value)] for key, value in data.items() if value is not None})


def _loaded(text: object) -> dict[str, Raw] | None:
    """Return the values that the page showed; None when the text is none that a form has written."""
    try:
        found = json.loads(str(text))
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    return {
        name: [str(each) for each in raw] for name, raw in found.items() if isinstance(raw, list)
    }
