"""No page that people at a bureau see contains an English word, or a name or a number of a person."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from areas.models import Area
from indicators.models import Plan
from reviews.models import Status, Submission
from tests.persons import leaks_in
from tests.records.kinds import RECORD_KINDS, kind_name
from tests.types import Make, Response, Visit
from tests.web.forms import filled_in
from tests.web.routes import addresses, all_routes, bulk_calls
from tests.web.world import World, build_world
from tests.worlds import share

pytestmark = pytest.mark.once  # uses no database, or does not depend on its kind


#: Units, file endings and names of formats that Chinese pages may contain; `esc` is a key.
_ALLOWED = {"excel", "sha", "csv", "xlsx", "toml", "pdf", "jpeg", "png", "mb", "kb", "ok", "esc"}
#: What clerks write into cells, and the programs whose files they send.
_ALLOWED |= {"wps", "word", "numbers", "ofd", "xml", "mht", "true", "false", "usd", "hk"}
_ALLOWED |= {"total", "amount"}
_USERS = {"quji", "shiju", "jiedao", "guanli", "anquan", "shenji", "jiangbei", "shengting"}
#: Code shows the number format of a cell.
_SILENT = {"script", "style", "svg", "noscript", "code"}
_SPOKEN = ("title", "placeholder", "aria-label", "alt")
_TOKENS = re.compile(r"[A-Za-z0-9_.\-/:@+*=?&%'’]*[A-Za-z][A-Za-z0-9_.\-/:@+*=?&%'’]*")
#: A code, an address, a masked secret: none of them is a word.
_CODE = re.compile(r"[\d_*/@=]|[A-Za-z]\.[A-Za-z]")
_WORD = re.compile(r"[A-Za-z'’]{2,}")


class _Text(HTMLParser):
    """Collects the text that people read or hear: no scripts, no names of icons."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_icon = "material-symbols" in (given.get("class") or "")
        # Alpine replaces the text inside.
        is_message = "x-text" in given
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
    """Return the English words of a page, adjacent ones as one phrase."""
    parser = _Text()
    parser.feed(html)
    return {run for part in parser.parts for run in _runs(part)}


@cache
def _runs(text: str) -> frozenset[str]:
    """Return the English phrases of one part of a page: most parts stand on many pages."""
    return frozenset(_phrases(text))


def _phrases(text: str) -> Iterator[str]:
    for line in re.split(r"[^\x00-\x7f]+|\n", text):
        words = [token for token in _TOKENS.findall(line) if not _CODE.search(token)]
        words = [word for token in words for word in _WORD.findall(token)]
        if {word.lower() for word in words} - _ALLOWED - _USERS:
            yield " ".join(words)


#: Not read by the bureau: JSON below /api/, and pages for developers, which are in English.
_UNREAD = ("/api/", "/admin/jsi18n/", "/admin/autocomplete/", "/admin/logout/", "/admin/r/")
#: Where only the role matters, the pages of one record kind represent all.
_SAME_FOR_ALL = re.compile("/(funds|reports|reviews|dashboard|quality|board)/|^/$")
_WALKERS = ("quji", "shiju", "shengting", "jiedao", "guanli", "anquan", "shenji", "")


@pytest.fixture
def world(make: Make, quji: User, shiju: User, yuzhong: Plan) -> World:
    states = (Status.DRAFT, Status.PENDING, Status.APPROVED)
    return build_world(make, quji, shiju, yuzhong, states=states)


share(__name__, "world")


def _is_read(response: Response) -> bool:
    return "text/html" in response.get("Content-Type", "")


def test_no_page_contains_an_english_word_or_names_a_person(
    world: World, visit: Visit, request: pytest.FixtureRequest, subtests: pytest.Subtests
) -> None:
    filled = {each.url for route in all_routes() for each in addresses(route, world)}
    pages = [
        url
        for url in sorted(filled)
        if not url.startswith(_UNREAD) and not ("?" in url and url.startswith("/admin/"))
    ]
    pages += ["/admin/funds/fund/?q=没有这样的基金", "/admin/funds/fund/?status__exact=draft"]
    pages += ["/admin/funds/fund/?level__exact=street&o=2", "/admin/funds/fund/add/?copy=last"]
    for name in _WALKERS:
        client = visit(request.getfixturevalue(name) if name else None)
        client.raise_request_exception = False
        faults: dict[str, set[str]] = {}
        leaks: dict[str, list[str]] = {}
        is_other = name in ("shiju", "shengting", "jiedao")
        for url in filter(_SAME_FOR_ALL.search, pages) if is_other else pages:
            response = client.get(url)
            assert response.status_code < 500, url
            if _is_read(response):
                faults[url] = english_in(response.content.decode())
            leaks[url] = leaks_in(b"".join(response))
        with subtests.test(user=name or "anonymous"):
            assert {url: words for url, words in faults.items() if words} == {}
            assert {url: whole for url, whole in leaks.items() if whole} == {}
            assert faults


@pytest.mark.parametrize("name", ["quji", "shiju"])
def test_the_questions_before_an_action_are_chinese(
    world: World, visit: Visit, request: pytest.FixtureRequest, name: str
) -> None:
    client = visit(request.getfixturevalue(name))
    client.raise_request_exception = False
    faults: dict[tuple[str, str], set[str]] = {}
    for call in bulk_calls(world):
        sent = {key: value for key, value in call.sent.items() if key != "confirmed"}
        page = client.post(call.url, sent)
        told = [str(message) for message in get_messages(page.wsgi_request)]
        words = english_in(page.content.decode()) if _is_read(page) else set[str]()
        faults[call.name, call.sent["select_across"]] = words.union(*map(english_in, told))
    assert {call: words for call, words in faults.items() if words} == {}
    assert faults


def test_empty_lists_are_chinese(
    district: Area, visit: Visit, jiangbei: User, guanli: User, anquan: User
) -> None:
    for user in (jiangbei, guanli, anquan):
        client = visit(user)
        for model in admin.site._registry:
            url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            for query in ("", "?q=没有"):
                page = client.get(url + query)
                assert english_in(page.content.decode()) == set(), url + query


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_a_form_full_of_nonsense_comes_back_in_chinese(
    visit: Visit, quji: User, yuzhong: Plan, kind: type[Submission]
) -> None:
    client = visit(quji)
    url = reverse(f"admin:{kind._meta.app_label}_{kind._meta.model_name}_add")
    form = client.get(url)
    sent, fields = filled_in(form), form.context["adminform"].form.fields
    buttons = itertools.cycle(("_submit", "_save"))
    for nonsense, button in zip(("", "", "一", "9" * 600, "-1"), buttons, strict=False):
        page = client.post(url, sent | dict.fromkeys(fields, nonsense) | {button: ""})
        assert page.status_code in (200, 302)
        assert english_in(page.content.decode()) == set(), nonsense


def test_a_new_account_full_of_nonsense_comes_back_in_chinese(visit: Visit, anquan: User) -> None:
    client = visit(anquan)
    for sent in (
        {},
        {"username": "甲 乙", "role": "x", "area": "x", "password1": "a", "password2": "b"},
        {"username": "anquan", "role": "clerk", "password1": "12345678", "password2": "12345678"},
    ):
        page = client.post("/admin/accounts/user/add/", sent)
        assert page.status_code == 200
        assert english_in(page.content.decode()) == set()


def test_changing_the_own_password_is_chinese(visit: Visit, quji: User) -> None:
    client = visit(quji)
    for sent in (
        {},
        {"old_password": "x", "new_password1": "123", "new_password2": "123"},
        {"old_password": "x", "new_password1": "quji", "new_password2": "other"},
    ):
        page = client.post("/admin/password_change/", sent)
        assert page.status_code == 200
        assert english_in(page.content.decode()) == set()


def test_a_server_error_is_chinese(
    visit: Visit, shiju: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scenes.admin import SceneAdmin

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a fault nobody foresaw")

    monkeypatch.setattr(SceneAdmin, "get_list_display", fail)
    client = visit(shiju)
    client.raise_request_exception = False
    response = client.get("/admin/scenes/scene/")
    assert response.status_code == 500
    assert "系统出错" in response.content.decode()
    assert english_in(response.content.decode()) == set()


def test_a_bad_request_is_chinese(visit: Visit, shiju: User) -> None:
    response = visit(shiju).get("/admin/scenes/scene/", {"q": "a\x00"})
    assert response.status_code == 400
    assert english_in(response.content.decode()) == set()


@pytest.mark.parametrize("path", ["/no/such/page/", "/dashboard/none/500103/", "/admin/none/"])
def test_error_pages_are_chinese(visit: Visit, shiju: User, path: str) -> None:
    response = visit(shiju).get(path)
    assert response.status_code == 404
    assert "没有找到" in response.content.decode()
    assert english_in(response.content.decode()) == set()


def test_a_refusal_is_chinese(visit: Visit, shiju: User) -> None:
    response = visit(shiju).get("/admin/scenes/scene/add/")
    assert response.status_code == 403
    assert "没有权限" in response.content.decode()
    assert english_in(response.content.decode()) == set()


def test_a_wrong_password_is_answered_in_chinese(client: Client, shiju: User) -> None:
    page = client.post("/admin/login/", {"username": "shiju", "password": "falsch"})
    assert english_in(page.content.decode()) == set()


def test_logging_out_is_chinese(visit: Visit, quji: User) -> None:
    page = visit(quji).post("/admin/logout/", follow=True)
    assert english_in(page.content.decode()) == set()


def test_the_check_itself_finds_english() -> None:
    assert english_in("<p>文本 <b>Select all rows</b></p>") == {"Select all rows"}
    assert english_in("<p>共 Records 条</p>") == {"Records"}
    assert english_in('<button aria-label="Close">关</button>') == {"Close"}
    assert english_in('<i class="material-symbols-outlined">add circle</i>') == set()
    assert english_in('<input placeholder="Type to search">') == {"Type to search"}
    assert english_in("<template><p>Loading</p></template>") == {"Loading"}


def test_the_check_itself_lets_codes_units_and_user_names_pass() -> None:
    for text in (
        "yuzhong-2026",
        "51500103MJ1234561J",
        "台账.xlsx",
        "3.5 MB",
        "quji 提交",
        "wa****",
    ):
        assert english_in(f"<p>{text}</p>") == set(), text
