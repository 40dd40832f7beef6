"""docs/clauses.md: every clause stands there once, every place that it names exists, its numbers are right."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.urls import get_resolver

from indicators.measures import MEASURES
from indicators.plan.loading import SHIPPED

pytestmark = pytest.mark.once
PAGE = (Path(settings.BASE_DIR) / "docs" / "clauses.md").read_text(encoding="utf-8")
#: By letter: the plan of the document, and how many clauses it has.
_DOCUMENTS = {
    "Z": ("yuzhong-2026", 42),
    "N": ("yunnan-2024", 50),
    "E": ("ordos-2024", 54),
    "B": ("yubei-2021", 46),
    "T": ("yantai-2025", 24),
}
_ROW = re.compile(r"^\| ([ZNEBT]\d\d) \| ([^|]+) \| (WORKS|PARTIAL|ABSENT) \| ([^|]+) \|$", re.M)
ROWS = [tuple(part.strip() for part in found) for found in _ROW.findall(PAGE)]
#: Tables of the plan file that are found by their code.
_CODED = ("indicator", "task", "stage", "duty", "naming", "competence")


@cache
def _plan(letter: str) -> dict[str, Any]:
    path = SHIPPED / f"{_DOCUMENTS[letter][0]}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _models() -> dict[str, type[Model]]:
    return {model.__name__: model for model in apps.get_models()}


def _places(text: str) -> Iterator[str]:
    yield from re.findall(r"`([^`]+)`", text)


def _exists(place: str, letter: str) -> bool:
    """Whether a place of a clause of this document exists."""
    sort, is_sorted, name = place.partition(":")
    if not is_sorted:
        return _is_field(place)
    plan = _plan(letter)
    if sort in _CODED:
        return name in {table["code"] for table in plan.get(sort, [])}
    found = {
        "plan": lambda: _has_key(plan["plan"], name),
        "kind": lambda: name in plan["plan"].get("work_kinds", []),
        "measure": lambda: name in MEASURES,
        "choice": lambda: _is_choice(name),
        "page": lambda: _is_address(name),
    }
    return found[sort]()


def _is_field(place: str) -> bool:
    model, _, field = place.partition(".")
    known = _models().get(model)
    return known is not None and (not field or field in {f.name for f in known._meta.get_fields()})


def _has_key(table: dict[str, Any], name: str) -> bool:
    first, _, rest = name.partition(".")
    return first in table and (not rest or _has_key(table[first], rest))


def _is_choice(name: str) -> bool:
    """Whether a class of choices has a label: `DonationChannel.义拍`."""
    choices, _, label = name.partition(".")
    return any(
        label in {str(each) for _, each in field.flatchoices}
        for model in _models().values()
        for field in model._meta.fields
        if field.flatchoices and choices.lower().endswith(field.name)
    )


def _is_address(name: str) -> bool:
    return name in get_resolver().reverse_dict


def test_every_place_exists() -> None:
    places = {(row[0], place) for row in ROWS for place in _places(row[3])}
    assert sorted(each for each in places if not _exists(each[1], each[0][0])) == []


def test_only_what_is_absent_names_no_place() -> None:
    named = {row[0] for row in ROWS if any(_places(row[3]))}
    assert [row[0] for row in ROWS if row[2] != "ABSENT" and row[0] not in named] == []


def test_every_clause_stands_there_once() -> None:
    wanted = [
        f"{letter}{number:02}"
        for letter, (_, most) in _DOCUMENTS.items()
        for number in range(1, most + 1)
    ]
    assert [row[0] for row in ROWS] == wanted
    assert len(wanted) == 216


def test_the_numbers_at_the_top_are_those_of_the_table() -> None:
    counts = Counter(row[2] for row in ROWS)
    told = {state: int(number) for number, state in re.findall(r"\*\*(\d+) ([A-Z]+)\*\*", PAGE)}
    assert told == {state: counts[state] for state in told}
    assert sum(told.values()) == len(ROWS)


@pytest.mark.parametrize(
    "place", ["Fund.nothing", "task:nothing", "kind:无", "choice:X.无", "page:x"]
)
def test_a_place_that_does_not_exist_is_found(place: str) -> None:
    assert not _exists(place, "Z")
