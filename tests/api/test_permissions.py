"""Every route × method × role × place gives the answer that docs/permissions.md lists.

The file is written from the same walk: `.venv/bin/python -m tests.api.write_permissions`.
"""

from __future__ import annotations

import pytest

from tests.api.addresses import api_routes
from tests.api.calls import GROUPS
from tests.api.places import Office
from tests.api.table import FILE, document, lines_of, written
from tests.api.walking import Matrix, group_of, walk
from tests.api.write_permissions import IS_WRITING, WALKED
from tests.web.routes import Route, UnknownRoute

pytestmark = pytest.mark.once

_AGAIN = "如属有意，请重新生成：.venv/bin/python -m tests.api.write_permissions，并逐行复核差异"


@pytest.mark.parametrize("name", list(GROUPS))
def test_every_route_answers_everybody_everywhere_as_written(office: Office, name: str) -> None:
    routes = [route for route in api_routes() if group_of(route) == name]
    assert routes, f"没有“{name}”的接口地址，请从 tests/api/calls.py 中去掉"
    matrix = walk(name, routes, office)
    if IS_WRITING:
        WALKED[name] = matrix
        return
    _compare(name, matrix)


def _compare(name: str, matrix: Matrix) -> None:
    answered, told = lines_of(matrix, name), written().rows.get(name, [])
    faults = [f"实际：{line}" for line in answered if line not in told]
    faults += [f"表中：{line}" for line in told if line not in answered]
    assert faults == [], f"{FILE.name} 与接口的实际答复不符。{_AGAIN}"


def test_no_row_is_of_an_address_that_is_gone() -> None:
    assert IS_WRITING or written().strays == []


def test_every_route_of_the_api_belongs_to_the_walk() -> None:
    assert {group_of(route) for route in api_routes()} == set(GROUPS)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("^funds/(?P<pk>[0-9]{1,18})/copy/$", "fund-copy"),
        ("^areas/merge/$", "area-merge"),
        ("brand-new/", "api-brandnew"),
        ("brand-new/", ""),
    ],
)
def test_a_new_address_has_to_be_added_to_the_walk(office: Office, pattern: str, name: str) -> None:
    route = Route(f"api/v1/{pattern}", name)
    with pytest.raises(UnknownRoute, match="没有人告诉测试怎样访问网址“api/v1/"):
        walk(group_of(route), [route], office)


@pytest.mark.skipif(not IS_WRITING, reason="只在重新生成权限表时写")
def test_the_document_is_written_from_the_walk() -> None:
    assert list(WALKED) == list(GROUPS), "有接口没有走通，没有写"
    FILE.write_text(document(WALKED), encoding="utf-8")
