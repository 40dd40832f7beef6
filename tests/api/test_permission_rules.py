"""The rules that docs/permissions.md has to follow, written by hand.

That the document says what the API answers is tested in test_permissions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pytest

from accounts.models import BUSINESS_ROLES, MANAGEMENT_ROLES, Role
from tests.api.places import Place
from tests.api.table import Cell, written
from tests.api.walking import (
    ABSENT,
    ALLOWED,
    FORBIDDEN,
    OUTSIDE,
    UNKNOWN,
    UNSUPPORTED,
)

pytestmark = pytest.mark.once

CLERK, REVIEWER, OBSERVER = Role.CLERK, Role.REVIEWER, Role.OBSERVER
#: Pages about the API and unknown addresses, which hold no data.
_ABOUT = ("/api/v1/schema/", "/api/v1/docs/", "/api/v1/redoc/", "/api/v1/redoc.js")
_NOWHERE = "/api/"
#: A plan of an area above also binds those below.
_FROM_ABOVE = (
    "/api/v1/plans/",
    "/api/v1/indicators/",
    "/api/v1/duties/",
    "/api/v1/targets/",
    "/api/v1/tasks/",
)
#: (address, request, action) → roles and places that may change it.
_NEAR = (Place.OWN, Place.BELOW)
_CHANGES: dict[tuple[str, str, str], tuple[set[Role], Iterable[Place]]] = {
    ("/api/v1/{kind}/", "POST", ""): ({CLERK}, _NEAR),
    ("/api/v1/{kind}/{pk}/", "PATCH", ""): ({CLERK}, _NEAR),
    ("/api/v1/{kind}/bulk/", "POST", ""): ({CLERK}, _NEAR),
    ("/api/v1/{kind}/{pk}/submit/", "POST", ""): ({CLERK}, _NEAR),
    ("/api/v1/{kind}/{pk}/approve/", "POST", ""): ({REVIEWER}, _NEAR),
    ("/api/v1/{kind}/{pk}/return/", "POST", ""): ({REVIEWER}, _NEAR),
    ("/api/v1/{kind}/{pk}/reopen/", "POST", ""): ({REVIEWER}, _NEAR),
    ("/api/v1/{kind}/{pk}/void/", "POST", ""): ({CLERK, REVIEWER}, _NEAR),
    ("/api/v1/{kind}/transitions/", "POST", "提交"): ({CLERK}, _NEAR),
    ("/api/v1/{kind}/transitions/", "POST", "通过"): ({REVIEWER}, _NEAR),
    ("/api/v1/{kind}/transitions/", "POST", "退回"): ({REVIEWER}, _NEAR),
    ("/api/v1/{kind}/transitions/", "POST", "撤回通过"): ({REVIEWER}, _NEAR),
    ("/api/v1/{kind}/transitions/", "POST", "作废"): ({CLERK, REVIEWER}, _NEAR),
    # The level above receives or returns a report; an upload goes to the clerk's own area.
    ("/api/v1/reports/{pk}/receive/", "POST", ""): ({REVIEWER}, (Place.BELOW,)),
    ("/api/v1/reports/{pk}/return/", "POST", ""): ({REVIEWER}, (Place.BELOW,)),
    ("/api/v1/imports/", "POST", ""): ({CLERK}, Place),
    ("/api/v1/imports/{pk}/check/", "POST", "本人上传"): ({CLERK}, _NEAR),
    ("/api/v1/imports/{pk}/commit/", "POST", "本人上传"): ({CLERK}, _NEAR),
    ("/api/v1/import-batches/{pk}/undo/", "POST", ""): ({CLERK}, _NEAR),
}


@pytest.fixture(scope="module")
def cells() -> list[Cell]:
    """All cells of the document."""
    found = list(written().cells())
    assert len(found) > 4000
    return found


def _faults(cells: Iterable[Cell], is_right: Callable[[Cell], bool]) -> list[str]:
    return [str(cell) for cell in cells if not is_right(cell)]


def _of_business(cells: Iterable[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.path not in (*_ABOUT, _NOWHERE)]


def test_nobody_is_answered_without_being_known(cells: list[Cell]) -> None:
    asked = [cell for cell in cells if cell.who is None and cell.path != _NOWHERE]
    assert _faults(asked, lambda cell: cell.word == UNKNOWN) == []


def test_management_roles_reach_no_business_data(cells: list[Cell]) -> None:
    asked = [cell for cell in _of_business(cells) if cell.who in MANAGEMENT_ROLES]
    assert _faults(asked, lambda cell: cell.word == FORBIDDEN) == []


def test_nothing_is_deleted_or_replaced(cells: list[Cell]) -> None:
    asked = [
        cell
        for cell in cells
        if cell.method in ("PUT", "DELETE") and cell.who in BUSINESS_ROLES and cell.path != _NOWHERE
    ]
    assert _faults(asked, lambda cell: cell.word == UNSUPPORTED) == []


def test_only_these_change_anything_and_they_do(cells: list[Cell]) -> None:
    may = {
        (cell.path, cell.method, cell.variant, cell.who, cell.place)
        for cell in cells
        if cell.method != "GET" and cell.word == ALLOWED
    }
    assert may == {
        (*asked, who, place)
        for asked, (roles, places) in _CHANGES.items()
        for who in roles
        for place in places
    }


def test_what_is_out_of_scope_is_as_if_it_were_not_there(cells: list[Cell]) -> None:
    far = [
        cell
        for cell in _of_business(cells)
        if cell.who in BUSINESS_ROLES
        and (cell.method == "GET" or "{" in _tail(cell.path))
        and (cell.place == Place.BESIDE or cell.place == Place.ABOVE)
        and not (cell.place == Place.ABOVE and cell.path.startswith(_FROM_ABOVE))
    ]
    assert len(far) > 300
    assert _faults(far, lambda cell: cell.word in (ABSENT, UNSUPPORTED)) == []


def _tail(path: str) -> str:
    return path.replace("/api/v1/{kind}/", "/")


def test_plans_of_the_areas_above_are_read_and_no_others(cells: list[Cell]) -> None:
    read = {
        re.sub(r"\{\w+\}/", "", cell.path)
        for cell in cells
        if cell.who in BUSINESS_ROLES and cell.place == Place.ABOVE and cell.word == ALLOWED
        if cell.method == "GET"
    }
    assert read == {*_FROM_ABOVE, *_ABOUT}


def test_what_is_read_but_not_to_be_changed_is_forbidden_rather_than_absent(
    cells: list[Cell],
) -> None:
    readable = {
        (cell.path, cell.variant, cell.who, cell.place)
        for cell in cells
        if cell.method == "GET" and cell.word == ALLOWED
    }
    asked = [
        cell for cell in _of_business(cells) if cell.method != "GET" and _is_read(cell, readable)
    ]
    assert len(asked) > 100
    right = (ALLOWED, FORBIDDEN, UNSUPPORTED)
    assert _faults(asked, lambda cell: cell.word in right) == []


def _is_read(cell: Cell, readable: set[tuple[str, str, Role | None, Place]]) -> bool:
    """Whether the object of the address may be read there."""
    thing = re.match(r"(/api/v1/(?:\{kind\}|[a-z-]+)/\{\w+\}/)", cell.path)
    key = thing and (thing[1], cell.variant, cell.who, cell.place)
    return key in readable


def test_who_reads_nothing_there_changes_nothing_there(cells: list[Cell]) -> None:
    """For each object with a key: a 可 for changing implies a 可 for reading."""
    readable = {
        (cell.path, cell.variant, cell.who, cell.place)
        for cell in cells
        if cell.method == "GET" and cell.word == ALLOWED
    }
    changed = [
        cell
        for cell in cells
        if cell.method != "GET" and cell.word == ALLOWED and "{" in _tail(cell.path)
    ]
    assert changed
    assert _faults(changed, lambda cell: _is_read(cell, readable)) == []


def test_a_record_of_an_area_out_of_scope_is_never_taken(cells: list[Cell]) -> None:
    """A clerk's record is refused; other roles may not enter records at all."""
    asked = [
        cell
        for cell in cells
        if cell.path in ("/api/v1/{kind}/", "/api/v1/{kind}/bulk/")
        and cell.method == "POST"
        and cell.who in BUSINESS_ROLES
        and cell.place in (Place.ABOVE, Place.BESIDE)
    ]
    expected = {CLERK: OUTSIDE, REVIEWER: FORBIDDEN, OBSERVER: FORBIDDEN}
    assert asked
    assert _faults(asked, lambda cell: cell.word == expected[cell.who or OBSERVER]) == []


def test_a_street_clerk_does_not_see_the_districts_own_records(cells: list[Cell]) -> None:
    asked = [
        cell
        for cell in cells
        if (cell.who, cell.place, cell.method) == (CLERK, Place.ABOVE, "GET")
        and cell.path.startswith("/api/v1/{kind}/")
        and cell.word != UNSUPPORTED
    ]
    assert {cell.path for cell in asked} == {"/api/v1/{kind}/", "/api/v1/{kind}/{pk}/"}
    assert _faults(asked, lambda cell: cell.word == ABSENT) == []
