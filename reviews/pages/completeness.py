"""System checks of record kinds: an incomplete declaration stops `manage.py check`.

Each finding is a sentence that names the kind and what its declaration lacks. Rooms above check
what they need in addition, such as a ledger.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.core.checks import CheckMessage, Error
from django.db import models

from reviews.checks import has_checks
from reviews.fields import choice_labels, must_be_given
from reviews.kinds import record_kinds, sound_kinds
from reviews.models import Submission
from reviews.models.declaration import shape_faults
from reviews.pages.record_admin import RecordAdmin
from reviews.privacy import sensitive_fields
from reviews.trail.differences import content_fields
from reviews.trail.erasure.texts import holds_personal_texts
from reviews.trail.keeping import setting_faults

_ADDRESS = re.compile(r"[a-z]+(-[a-z]+)*")


def check_record_kinds(app_configs: object = None, **_: object) -> list[CheckMessage]:
    """Return an error for everything that a declaration of a record kind lacks."""
    kinds = record_kinds()
    found = [(kind, sentence) for kind in kinds for sentence in faults_of(kind)]
    for name in ("address", "sheet"):
        values = {kind: getattr(kind.declaration, name) for kind in sound_kinds()}
        number = Counter(value for value in values.values() if value)
        found += (
            (kind, f"shares its `{name}` ({value}) with another kind.")
            for kind, value in values.items()
            if number[value] > 1
        )
    return [
        *(
            Error(f"{kind._meta.label} {sentence}", obj=kind, id="reviews.E001")
            for kind, sentence in found
        ),
        *(Error(fault, id="reviews.E002") for fault in setting_faults()),
    ]


def faults_of(kind: type[Submission]) -> Iterator[str]:
    """Return what one kind lacks, as ends of a sentence that begins with its name."""
    if "declaration" not in vars(kind):
        yield "has no `declaration`: no API, menu, export or sealed report would know of it."
        return
    if shape := shape_faults(kind.declaration):
        yield from shape  # the other questions would fail on such values
        return
    yield from _missing(kind)
    yield from _unknown(kind)
    yield from _example_faults(kind)
    if not any(each.name.endswith("_four_eyes") for each in kind._meta.constraints):
        yield "lacks the constraint of four eyes: let its `Meta` inherit `Submission.Meta`."
    if not has_checks(kind):
        yield "has no checks: call `declare_checks` in its app's `checks` module."
    yield from _form_faults(kind)


def _missing(kind: type[Submission]) -> Iterator[str]:
    declared = kind.declaration
    if not _ADDRESS.fullmatch(declared.address):
        yield "declares no `address` of lower-case words and hyphens: it has no API."
    if not declared.icon:
        yield "declares no `icon`: its menu entry would be blank."
    if not declared.example:
        yield "declares no `example`: the API document and the tests need one."
    if not declared.exported:
        yield "declares no `exported` columns: its ledger would be exported empty."
    if not declared.sealed:
        yield "declares no `sealed` columns: its sheet in a sealed report would be empty."
    for name in sorted({*declared.sealed, *declared.exported_names} & set(sensitive_fields(kind))):
        yield f"shows the sensitive `{name}` in `sealed` or `exported`: files go to other areas."
    if holds_personal_texts(kind) and not declared.persons_until:
        yield "holds personal data and declares no `persons_until`: from when their keeping counts."
    if declared.sheet <= 0:
        yield "declares no `sheet`: where its sheet stands in a sealed report."


def _unknown(kind: type[Submission]) -> Iterator[str]:
    """Yield names in the declaration that are no fields of the model."""
    declared = kind.declaration
    fields = {field.name for field in kind._meta.concrete_fields}
    filled_in = {field.name for field in content_fields(kind)}
    for name in ("sealed", "searched", "prose", "not_copied"):
        for unknown in sorted(set(getattr(declared, name)) - filled_in):
            yield f"names `{unknown}` in `{name}`, which is no field of it that is filled in."
    for each in declared.exported:
        if isinstance(each, str) and each not in filled_in:
            yield (
                f"exports `{each}`, which is no field of it that is filled in: give it as "
                "(attribute, title)."
            )
        if isinstance(each, tuple) and not hasattr(kind, each[0]):
            yield f"exports `{each[0]}`, which it does not have."
    if declared.persons_until not in {"", *fields}:
        yield f"names `{declared.persons_until}` in `persons_until`, which is no field of it."
    for unknown in sorted(set(declared.wide) - set(declared.exported_names)):
        yield f"names `{unknown}` in `wide`, which it does not export."
    names = fields | {field.attname for field in kind._meta.concrete_fields}
    compared = {name: set(getattr(kind, name)) for name in ("identity", "likeness", "numbers")}
    compared["recognised_by"] = {name for key in kind.recognised_by for name in key}
    compared["number_scope"] = {kind.number_scope} - {""}
    for name, used in compared.items():
        for unknown in sorted(used - names):
            yield f"names `{unknown}` in `{name}`, which is no field of it."
    for name in ("title_field", "date_field"):
        if getattr(kind, name) not in fields:
            yield f"names `{getattr(kind, name)}` as `{name}`, which is no field of it."
        elif name == "date_field" and not isinstance(
            kind._meta.get_field(kind.date_field), models.DateField
        ):
            yield f"names `{kind.date_field}` as `date_field`, which holds no day."


def _example_faults(kind: type[Submission]) -> Iterator[str]:
    """Yield required fields that the example lacks and names in it that are no fields."""
    fields = {field.name: field for field in content_fields(kind)}
    example = kind.declaration.example
    for name, value in example.items():
        if name not in fields and not isinstance(value, list):  # a list holds rows of the record
            yield f"says `{name}` in its `example`, which is no field to fill in."
        choices = list(choice_labels(fields[name])) if name in fields else []
        if choices and value not in choices:  # a list, because a value may be unhashable
            yield f"says `{name}` = {value!r} in its `example`, which is none of its choices."
    for name, field in fields.items():
        is_taken_over = name == "area" and bool(kind.area_from)
        if example and must_be_given(field) and not is_taken_over and name not in example:
            yield f"leaves `{name}` out of its `example`, but a record must have it."


def _form_faults(kind: type[Submission]) -> Iterator[str]:
    pages = admin.site._registry.get(kind)
    if not isinstance(pages, RecordAdmin):
        yield "has no form: register a `RecordAdmin` for it in its app's `admin` module."
        return
    shown = set(flatten([row for _, rows, _ in pages.groups for row in rows]))
    for field in content_fields(kind):
        is_taken_over = field.name == "area" and bool(kind.area_from)
        if field.name not in shown and not is_taken_over:
            yield f"leaves `{field.name}` out of the `groups` of its form."
