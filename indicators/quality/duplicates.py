"""Finds records of one kind that look the same in different townships.

`reviews.checks` looks for the same within one area before a record is submitted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, Max, Min, Window
from django.db.models.functions import Substr

from areas.codes import TOWNSHIP_LEVEL, cut_to
from areas.naming import normalise_name
from indicators.quality.findings import (
    LISTED,
    TOWNSHIP_DIGITS,
    Finding,
    Found,
    Issue,
    Kind,
    QualityContext,
)
from reviews.addresses import list_address
from reviews.checks import field_label
from reviews.kinds import record_kinds
from reviews.models import Submission
from reviews.privacy import sensitive_fields

RULE_OF_DUPLICATES = (
    "不同街道（乡镇）之间名称或统一社会信用代码相同的记录；没有固定名称的，日期、内容和数量都相同。"
)


@dataclass(frozen=True)
class _Alike:
    """Records in different townships that agree in `fields`."""

    fields: Sequence[str]
    keys: list[int]
    places: list[str]


def duplicates(sight: QualityContext) -> Found:
    """Return one finding for each group of records that look the same."""
    findings: list[Finding] = []
    total = 0
    for kind in record_kinds():
        groups = _alike(kind, sight)
        shown = groups[: LISTED - len(findings)]
        records = kind._default_manager.in_bulk([group.keys[0] for group in shown])
        findings += [_of_group(group, records[group.keys[0]], sight) for group in shown]
        total += len(groups)
    return findings, total


def _alike(kind: Kind, sight: QualityContext) -> list[_Alike]:
    """Return the groups of a kind; records that agree in several ways are one group."""
    signatures = _signatures(kind)
    found: dict[tuple[int, ...], _Alike] = {}
    for fields, rows in zip(signatures, _grouped(kind, signatures, sight), strict=True):
        for group in rows.values():
            places = sorted({cut_to(area, TOWNSHIP_LEVEL) for _, area in group})
            keys = [key for key, _ in group]
            if len(places) > 1:
                found.setdefault(tuple(keys), _Alike(fields, keys, places))
    return list(found.values())


_Grouped = dict[tuple[object, ...], list[tuple[int, str]]]


def _grouped(
    kind: Kind, signatures: Sequence[Sequence[str]], sight: QualityContext
) -> list[_Grouped]:
    """Return for each signature its values, with key and area of the records; one query."""
    found: list[_Grouped] = [defaultdict(list) for _ in signatures]
    names = sorted({name for fields in signatures for name in fields})
    telling = {name for name in names if _is_text(kind, name)}
    for key, area, *values in _rows(kind, names, sight):
        cells = dict(zip(names, map(_plain, values), strict=True))
        for fields, groups in zip(signatures, found, strict=True):
            if any(cells[name] for name in fields if name in telling):
                groups[tuple(cells[name] for name in fields)].append((key, area))
    return found


def _rows(kind: Kind, names: Sequence[str], sight: QualityContext) -> Iterator[tuple[Any, ...]]:
    """Yield the rows to compare.

    Names are compared here, since they may be written differently; records of kinds without a name
    are many: the database leaves those that agree as far as it can read them.
    """
    if not names:
        return
    rows = sight.records(kind)
    if not kind.identity:
        place = Substr("area_id", 1, TOWNSHIP_DIGITS)
        clear = [name for name in names if name not in sensitive_fields(kind)]
        first, last = (Window(edge(place), partition_by=clear) for edge in (Min, Max))
        rows = rows.annotate(first=first, last=last).filter(first__lt=F("last"))
    yield from rows.values_list("pk", "area_id", *names).order_by("pk").iterator(chunk_size=2000)


def _signatures(kind: Kind) -> list[tuple[str, ...]]:
    """Return the fields that make two records of the kind the same; a fund stands for its area."""
    own = tuple(name for name in kind.identity or kind.likeness if not name.endswith("_id"))
    has_code = any(field.name == "credit_code" for field in kind._meta.fields)
    return [fields for fields in (("credit_code",) if has_code else (), own) if fields]


def _is_text(kind: Kind, name: str) -> bool:
    field = kind._meta.get_field(name)
    return isinstance(field, models.CharField) and not field.choices


def _plain(value: object) -> object:
    """Return text without blanks, punctuation and other variants of writing."""
    if not isinstance(value, str):
        return value
    return re.sub(r"[\W_]+", "", normalise_name(value)).casefold()


def _of_group(group: _Alike, record: Submission, sight: QualityContext) -> Finding:
    kind = type(record)
    places = "、".join(sight.name(place) for place in group.places[:3])
    if len(group.places) > 3:
        places += f"等{len(group.places)}地"
    labels = "、".join(field_label(record, field) for field in group.fields)
    sentence = (
        f"{kind._meta.verbose_name}“{record}”在{places}共有{len(group.keys)}条，{labels}相同，"
        "应核对是否重复填报，重复的应作废"
    )
    link = list_address(kind, id__in=",".join(map(str, group.keys[:LISTED])))
    return Finding(Issue.DUPLICATE, sentence, group.places[0], places, link)
