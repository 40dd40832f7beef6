"""Nobody at the bureau meets an English sentence."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from accounts.models import User
from indicators.models import Plan
from reviews.models import Status
from tests.web.routes import addresses, all_routes
from tests.web.world import build_world

pytestmark = pytest.mark.once  # no database, or not its kind


#: Words a Chinese page may well contain.
_ALLOWED = {"excel", "sha", "csv", "xlsx", "ok"}
_USERS = {"quji", "shiju", "jiedao", "guanli", "shenji", "jiangbei", "shengting"}
_SILENT = {"script", "style", "svg", "noscript", "template"}
_SPOKEN = ("title", "placeholder", "aria-label", "alt")
_WORDS = re.compile(r"[A-Za-z][A-Za-z'’]+(?:[ \t\n]+[A-Za-z][A-Za-z'’]+)+")


class _Text(HTMLParser):
    """The text people read or hear: no scripts, no icon ligatures."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_icon = "material-symbols" in (given.get("class") or "")
        is_message = tag == "template" or "x-text" in given
        if self._silent:
            if tag == self._silent[-1]:
                self._silent.append(tag)
        elif tag in _SILENT or is_icon or is_message:
            self._silent.append(tag)
        if not is_icon:
            self.parts += [given[name] or "" for name in _SPOKEN if name in given]
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.parts.append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def english_in(html: str) -> set[str]:
    """Runs of two or more English words on a page."""
    parser = _Text()
    parser.feed(html)
    found = (match.group() for part in parser.parts for match in _WORDS.finditer(part))
    return {
        " ".join(run.split())
        for run in found
        if not {word.lower() for word in run.split()} <= _ALLOWED | _USERS
    }


_UNREAD = ("/api/", "/admin/jsi18n/", "/admin/autocomplete/", "/admin/logout/", "/admin/r/")


#: The reviewer's pages of one record kind speak for the others'.
_SAME_FOR_ALL = re.compile("/(funds|reports|reviews|dashboard)/")


def test_no_page_contains_an_english_sentence(
    make: Any,
    quji: User,
    shiju: User,
    yuzhong: Plan,
    visit: Any,
    request: pytest.FixtureRequest,
    subtests: Any,
) -> None:
    states = (Status.DRAFT, Status.PENDING, Status.APPROVED)
    world = build_world(make, quji, shiju, yuzhong, states=states)
    filled = {each.url for route in all_routes() for each in addresses(route, world)}
    pages = [url for url in sorted(filled) if not url.startswith(_UNREAD) and "q=" not in url]
    pages.append("/admin/funds/fund/?q=没有这样的基金")
    for name in ("quji", "shiju", "guanli", "shenji", ""):
        client = visit(request.getfixturevalue(name) if name else None)
        faults: dict[str, set[str]] = {}
        for url in pages if name != "shiju" else filter(_SAME_FOR_ALL.search, pages):
            response = client.get(url)
            if "text/html" in response.get("Content-Type", "") and response.status_code == 200:
                faults[url] = english_in(response.content.decode())
        with subtests.test(user=name or "anonymous"):
            assert {url: words for url, words in faults.items() if words} == {}
            assert faults


@pytest.mark.parametrize("path", ["/no/such/page/", "/dashboard/none/500103/", "/admin/none/"])
def test_error_pages_are_chinese(visit: Any, shiju: User, path: str) -> None:
    response = visit(shiju).get(path)
    assert response.status_code == 404
    assert "没有找到" in response.content.decode()
    assert english_in(response.content.decode()) == set()


def test_a_refusal_is_chinese(visit: Any, shiju: User) -> None:
    response = visit(shiju).get("/admin/scenes/scene/add/")
    assert response.status_code == 403
    assert "没有权限" in response.content.decode()
    assert english_in(response.content.decode()) == set()


def test_a_wrong_password_is_answered_in_chinese(client: Any, shiju: User) -> None:
    page = client.post("/admin/login/", {"username": "shiju", "password": "falsch"})
    assert english_in(page.content.decode()) == set()


def test_a_form_sent_back_is_chinese(visit: Any, quji: User) -> None:
    client = visit(quji)
    values = {"area": "x", "established_on": "morgen", "initial_yuan": "viel", "level": "x"}
    managed = {"members-TOTAL_FORMS": 1, "members-INITIAL_FORMS": 0, "members-0-duty": "组长"}
    page = client.post("/admin/funds/fund/add/", values | managed)
    assert page.status_code == 200
    assert english_in(page.content.decode()) == set()


def test_logging_out_is_chinese(visit: Any, quji: User) -> None:
    page = visit(quji).post("/admin/logout/", follow=True)
    assert english_in(page.content.decode()) == set()


def test_the_check_itself_finds_english() -> None:
    assert english_in("<p>文本 <b>Select all rows</b></p>") == {"Select all rows"}
    assert english_in('<i class="material-symbols-outlined">add circle</i>') == set()
    assert english_in('<input placeholder="Type to search">') == {"Type to search"}
