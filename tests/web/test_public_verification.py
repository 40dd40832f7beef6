"""The public page answers "genuine" or "not found" for a digest or a file, and reveals nothing
else.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from areas.models import Area
from indicators.models import Plan
from reports.models import Edition, Report
from reports.pages import verify
from tests.types import Response
from tests.worlds import share

pytestmark = [
    pytest.mark.once,
    pytest.mark.usefixtures("may_tamper"),
]  # pages; `test_every_page_opens` opens each on PostgreSQL

WORKBOOK, DOCUMENT, CONTENT = b"workbook", b"document", b"content"
GENUINE = "属实：与本平台封存的内容一致"
UNKNOWN = "未找到：本平台没有封存过这样的内容"
MINUTE = datetime.datetime(2026, 6, 30, 1, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _own_minute() -> Iterator[None]:
    """Fix the time and clear the cache, since questions are counted per minute."""
    cache.clear()
    with time_machine.travel(MINUTE, tick=False):
        yield


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def edition(yuzhong: Plan, district: Area, shiju: User) -> Edition:
    day = datetime.date(2026, 6, 30)
    report = Report.objects.create(
        plan=yuzhong, area=district, due_on=day, file_by=day, prepared_at=timezone.now()
    )
    return Edition.objects.create(
        report=report,
        number=1,
        content="{}",
        as_of=day,
        sha256=_sha(CONTENT),
        workbook_sha256=_sha(WORKBOOK),
        document_sha256=_sha(DOCUMENT),
        sealed_by=shiju,
        sealed_at=timezone.now(),
    )


share(__name__, "edition")


def _ask(
    text: str = "", content: bytes | None = None, *, secure: bool = False, **more: Any
) -> Response:
    sent: dict[str, Any] = {"sha256": text}
    if content is not None:
        sent["file"] = SimpleUploadedFile("报告.xlsx", content)
    return Client().post("/verify/", sent, secure=secure, **more)


def _said(response: Response) -> str:
    return str(response.context["answer"].text)


@pytest.mark.parametrize("content", [WORKBOOK, DOCUMENT, CONTENT])
def test_what_was_sealed_is_genuine_by_digest_and_by_file(edition: Edition, content: bytes) -> None:
    digest = _sha(content)
    spelt = (digest, digest.upper(), f"  {digest}\n", f"{digest[:32]} {digest[32:]}")
    assert {_said(_ask(text)) for text in spelt} == {GENUINE}
    assert _said(_ask(content=content)) == GENUINE
    assert _said(_ask("nonsense", content)) == GENUINE  # a file takes precedence over the text


def test_one_byte_of_difference_is_not_found(edition: Edition) -> None:
    assert _said(_ask(content=WORKBOOK + b" ")) == UNKNOWN
    digest = _sha(WORKBOOK)
    assert _said(_ask(digest[:-1] + ("0" if digest[-1] != "0" else "1"))) == UNKNOWN


def test_an_edition_without_a_document_matches_nothing_empty(edition: Edition) -> None:
    Edition.objects.update(document_sha256="", workbook_sha256="")
    assert _said(_ask(_sha(b""))) == UNKNOWN
    assert _ask("").status_code == 400
    assert _said(_ask(_sha(CONTENT))) == GENUINE


def test_it_says_nothing_of_what_it_found(edition: Edition) -> None:
    page = _ask(_sha(WORKBOOK)).content.decode()
    missing = _ask(_sha(b"x")).content.decode()
    for telling in ("渝中", "2026", "版", "shiju", edition.sha256, edition.workbook_sha256):
        assert telling not in page
    strip = {GENUINE: "", UNKNOWN: "", "achieved": "", "behind": ""}
    for words, nothing in strip.items():
        page, missing = page.replace(words, nothing), missing.replace(words, nothing)
    lines = [[line for line in text.splitlines() if "csrf" not in line] for text in (page, missing)]
    assert lines[0] == lines[1]


@pytest.mark.parametrize(
    ("sent", "message", "status"),
    [
        ({"text": ""}, "请填写摘要，或选择要核验的文件", 400),
        ({"text": "0" * 63}, "摘要应为64位的数字和字母", 400),
        ({"text": "g" * 64}, "摘要应为64位的数字和字母", 400),
        ({"text": "０" * 64}, "摘要应为64位的数字和字母", 400),
        ({"text": "' OR 1=1 --"}, "摘要应为64位的数字和字母", 400),
        ({"content": b""}, "文件是空的，请重新选择", 400),
    ],
)
def test_what_cannot_be_looked_for_is_told(
    edition: Edition, sent: dict[str, Any], message: str, status: int
) -> None:
    response = _ask(**sent)
    assert response.status_code == status
    assert message in response.content.decode()


def test_a_file_too_large_is_told(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "MOST_BYTES", 10)
    over = _ask(content=b"x" * 11)
    assert (over.status_code, "文件超过50兆" in over.content.decode()) == (413, True)


def test_it_needs_no_login_keeps_no_session_and_asks_once(edition: Edition) -> None:
    client = Client()
    with CaptureQueriesContext(connection) as looking:
        page = client.get("/verify/")
    assert (page.status_code, len(looking)) == (200, 0)
    assert set(client.cookies) == {"csrftoken"}
    for digest in (_sha(WORKBOOK), _sha(b"unknown")):
        with CaptureQueriesContext(connection) as asking:
            client.post("/verify/", {"sha256": digest})
        assert len(asking) == 1
    assert set(client.cookies) == {"csrftoken"}
    assert "no-store" in page["Cache-Control"]


def test_a_form_from_elsewhere_is_refused(edition: Edition) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/verify/", {"sha256": "0" * 64}).status_code == 403
    client.get("/verify/")
    token = client.cookies["csrftoken"].value
    sent = {"sha256": _sha(WORKBOOK), "csrfmiddlewaretoken": token}
    assert _said(client.post("/verify/", sent)) == GENUINE


def test_an_address_may_ask_so_often_in_a_minute(edition: Edition) -> None:
    for _ in range(verify.MOST_A_MINUTE):
        assert _ask(_sha(WORKBOOK), REMOTE_ADDR="10.0.0.1").status_code == 200
    refused = _ask(_sha(WORKBOOK), REMOTE_ADDR="10.0.0.1")
    assert (refused.status_code, _said(refused)) == (429, "查询过于频繁，请一分钟后再试")
    assert _ask(_sha(WORKBOOK), REMOTE_ADDR="10.0.0.2").status_code == 200
    with time_machine.travel(MINUTE + datetime.timedelta(seconds=60), tick=False):
        assert _ask(_sha(WORKBOOK), REMOTE_ADDR="10.0.0.1").status_code == 200


def test_of_ipv6_a_whole_network_is_one_asker(
    edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "MOST_A_MINUTE", 1)
    answers = {
        address: _ask(_sha(WORKBOOK), REMOTE_ADDR=address).status_code
        for address in ("2001:db8:1:1::1", "2001:db8:1:1:ffff::2", "2001:db8:1:2::1", ":nonsense")
    }
    assert list(answers.values()) == [200, 429, 200, 200]


def test_behind_a_proxy_the_address_is_the_one_the_proxy_saw(
    edition: Edition, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "MOST_A_MINUTE", 1)

    def ask(forwarded_for: str, *, is_secure: bool = False) -> int:
        known = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded_for}
        return _ask(_sha(WORKBOOK), None, secure=is_secure, **known).status_code

    assert ask("1.1.1.1") == 200
    assert ask("2.2.2.2") == 429  # without a proxy, anybody can set the header
    settings.IS_SECURE = True
    assert ask("9.9.9.9, 3.3.3.3", is_secure=True) == 200
    assert ask("8.8.8.8, 3.3.3.3", is_secure=True) == 429
    assert ask("3.3.3.3, 4.4.4.4", is_secure=True) == 200


def test_other_methods_are_refused(edition: Edition) -> None:
    assert Client().delete("/verify/").status_code == 405
    assert Client().head("/verify/").status_code == 200


def test_the_login_page_leads_there(edition: Edition) -> None:
    page = Client().get("/admin/login/").content.decode()
    assert '<a href="/verify/">核验报告真伪</a>' in page
