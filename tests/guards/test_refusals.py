"""A request that is refused or fails gets a Chinese sentence and the id by which the log names it."""

from __future__ import annotations

import logging

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from accounts.models import User
from guards.refusals import bad_request, not_found, permission_denied, refusal, server_error
from guards.request_ids import request_id

pytestmark = [pytest.mark.once, pytest.mark.django_db]

_STATUSES = {
    400: "请求有误",
    403: "没有权限",
    404: "没有找到",
    405: "请求有误",
    411: "请求有误",
    413: "内容过大",
    429: "操作过于频繁",
    500: "系统出错",
    503: "系统暂时不能使用",
}


@pytest.mark.parametrize("status", _STATUSES)
def test_every_refusal_has_a_page_and_a_json_form(status: int) -> None:
    page = refusal(RequestFactory().get("/board/"), status)
    assert page.status_code == status
    assert f"<h1>{_STATUSES[status]}</h1>" in page.content.decode()
    assert "<style" not in page.content.decode()
    answer = refusal(RequestFactory().get("/api/v1/areas/"), status)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"


def test_the_page_shows_the_id_of_the_header(client: Client) -> None:
    answer = client.get("/nirgends")
    assert answer.status_code == 404
    assert answer["X-Request-ID"] in answer.content.decode()
    assert client.get("/nirgends")["X-Request-ID"] != answer["X-Request-ID"]


def test_an_id_that_the_caller_sends_is_not_taken(client: Client) -> None:
    answer = client.get("/nirgends", headers={"X-Request-ID": "eigene"})
    assert answer["X-Request-ID"] != "eigene"


def test_outside_of_a_request_there_is_no_id() -> None:
    assert request_id() == ""


@pytest.mark.parametrize(
    ("error", "status"), [(ValueError("x"), 500), (OperationalError("x"), 503)]
)
def test_an_error_is_logged_with_the_id_that_the_page_shows(
    client: Client,
    quji: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    client.force_login(quji)
    client.raise_request_exception = False
    monkeypatch.setattr("desks.views.page", fail)
    with caplog.at_level(logging.ERROR, logger="guards.refusals"):
        answer = client.get("/?geheim=1")
    assert answer.status_code == status
    logged = next(each for each in caplog.records if each.name == "guards.refusals")
    assert logged.getMessage() == f"request {answer['X-Request-ID']} failed: GET /"
    assert logged.exc_info
    assert answer["X-Request-ID"] in answer.content.decode()


def test_a_form_without_its_token_is_told_to_load_the_page_again(quji: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(quji)
    answer = strict.post("/exports/", {})
    assert answer.status_code == 403
    assert "页面已失效" in answer.content.decode()


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "DELETE", "COPY"])
def test_no_page_is_handed_out_under_another_method(quji: User, method: str) -> None:
    client = Client()
    client.force_login(quji)
    for address in ("/", "/funds/list.xlsx", "/admin/login/"):
        answer = client.generic(method, address)
        assert answer.status_code == 405
        assert answer["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("address", ["/api/v1/areas/", "/api/v1/docs/"])
def test_the_api_echoes_nothing(quji: User, address: str) -> None:
    client = Client()
    client.force_login(quji)
    answer = client.generic("TRACE", address)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/json")


def test_the_handlers_are_those_of_this_room() -> None:
    request = RequestFactory().get("/x")
    error = Exception()
    statuses = [
        each(request, error).status_code for each in (bad_request, permission_denied, not_found)
    ]
    assert statuses == [400, 403, 404]
    assert server_error(request).status_code == 500
