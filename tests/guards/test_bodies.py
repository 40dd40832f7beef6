"""What is too large for its address, or has no length, is refused before any of it is read."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from guards.bodies import MOST_OF_A_STRANGER, MOST_OF_JSON
from reviews.models import Submission
from scenes.models import Scene
from tests.types import Make

pytestmark = [pytest.mark.once, pytest.mark.django_db]

_MB = 1024 * 1024
Send = Callable[..., tuple[int, str]]


class _Unread(BytesIO):
    def read(self, *_: object) -> bytes:
        raise AssertionError("the body was read")


@pytest.fixture
def send(client: Client, monkeypatch: pytest.MonkeyPatch) -> Send:
    """Tell a body of some length that must never be read; returns the status and the sentence."""
    monkeypatch.setattr(WSGIRequest, "_load_post_and_files", lambda _: pytest.fail("it was read"))

    def call(
        address: str, length: int, kind: str = "multipart/form-data; boundary=x"
    ) -> tuple[int, str]:
        answer = client.post(
            address, data=b"", content_type=kind, headers={"Content-Length": str(length)}
        )
        return answer.status_code, answer.content.decode()

    return call


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/exports/", 5 * _MB),
        ("/admin/scenes/scene/add/", 256 * _MB),
        ("/admin/indicators/plan/load_file/", 512 * 1024 + 64 * 1024),
        ("/api/v1/imports/", 30 * _MB + 64 * 1024),
        ("/api/v1/scenes/", MOST_OF_JSON),
    ],
)
def test_each_address_has_its_own_bound(
    client: Client, jiedao: User, send: Send, address: str, most: int
) -> None:
    client.force_login(jiedao)
    status, text = send(address, most + 1)
    assert status == 413
    size = f"{most // _MB}兆" if most >= _MB else f"{most // 1024}KB"
    assert f"超过{size}，没有接收" in text
    assert text.startswith("{") is address.startswith("/api/")


@pytest.mark.parametrize(
    ("address", "most", "told"),
    [
        ("/imports/", 30, "文件超过30兆，请分成几个文件导入"),
        ("/verify/", 50, "文件超过50兆，不能核验；请改填文件的摘要"),
    ],
)
def test_what_is_sent_as_one_file_is_told_in_words_of_its_own(
    client: Client, jiedao: User, send: Send, address: str, most: int, told: str
) -> None:
    client.force_login(jiedao)
    status, text = send(address, most * _MB + 64 * 1024 + 1)
    assert status == 413
    assert told in text


@pytest.mark.parametrize("address", ["/imports/", "/admin/scenes/scene/add/", "/admin/login/"])
def test_a_stranger_sends_a_login_form_and_no_more(send: Send, address: str) -> None:
    status, _ = send(address, MOST_OF_A_STRANGER + 1)
    assert status == (413 if address == "/admin/login/" else 302)


def test_the_form_of_an_unknown_address_is_not_looked_at(send: Send) -> None:
    assert send("/nirgends", 10**12)[0] == 404


def test_a_list_takes_no_files(client: Client, jiedao: User, send: Send, make: Make) -> None:
    client.force_login(jiedao)
    assert send("/admin/scenes/scene/", 5 * _MB + 1)[0] == 413
    record: Submission = make(Scene)
    assert send(f"/admin/scenes/scene/{record.pk}/delete/", 5 * _MB + 1)[0] == 413


@pytest.mark.parametrize("address", ["/admin/login/", "/api/v1/scenes/", "/verify/", "/nirgends"])
def test_a_body_in_chunks_without_a_length_is_refused(client: Client, address: str) -> None:
    refused = client.generic("POST", address, headers={"Transfer-Encoding": "chunked"})
    assert refused.status_code == 411
    assert "Content-Length" in refused.content.decode()


def test_what_is_within_the_bound_is_read(client: Client, jiedao: User, settings: Settings) -> None:
    client.force_login(jiedao)
    assert client.post("/imports/", {"kind": "x" * 6000}).status_code == 400
