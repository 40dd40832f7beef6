"""Answers to requests that are refused or fail: a page with a sentence and the request's id, JSON below /api/.

Requests of unknown methods are refused here, before a view sees them.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from guards.request_ids import request_id

_log = logging.getLogger(__name__)

#: Status → code in JSON, title of the page, and what is said where the refusal has no sentence of its own.
_KINDS: dict[int, tuple[str, str, str]] = {
    400: ("invalid", "请求有误", "浏览器发来的请求无法处理，请返回重试。"),
    403: (
        "permission_denied",
        "没有权限",
        "您的账号不能执行此操作。如确有需要，请联系系统管理员。",
    ),
    404: ("not_found", "没有找到", "该页面不存在，或不在您的管辖范围。"),
    405: ("method_not_allowed", "请求有误", "该页面不支持这种请求方法。"),
    411: ("length_required", "请求有误", "请求没有写明长度（Content-Length），没有接收。"),
    413: ("too_large", "内容过大", "上传的内容过大，没有接收。"),
    429: ("throttled", "操作过于频繁", "操作过于频繁，请稍后再试。"),
    500: ("error", "系统出错", "操作没有完成，数据未被改动。请稍后再试，或联系系统管理员。"),
    503: ("unavailable", "系统暂时不能使用", "数据库暂时没有应答，操作没有完成。请稍后再试。"),
}


def is_of_the_api(request: HttpRequest) -> bool:
    """Return whether the address is one of the API, which answers in JSON."""
    return request.path.startswith("/api/")


def refusal(request: HttpRequest, status: int, message: str = "", code: str = "") -> HttpResponse:
    """Return the answer to a request that is refused; KeyError for a status that is never answered.

    Neither session nor database is asked: they may be what has failed.
    """
    usual, title, sentence = _KINDS[status]
    said = message or sentence
    if is_of_the_api(request):
        body = {"code": code or usual, "message": said.rstrip("。"), "problems": []}
        return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    shown = {"title": title, "message": said, "request_id": request_id()}
    return HttpResponse(render_to_string("refusal.html", shown), status=status)


_OF_PAGES = ("GET", "HEAD", "POST")
_OF_THE_API = (*_OF_PAGES, "PUT", "PATCH", "DELETE", "OPTIONS")


class KnownMethods:
    """Refuses with 405 every method that pages, or the API, do not know.

    A page asks whether a form was sent and answers everything else as if it were read: under another method
    it would hand out itself, or a file, echo what was sent, and be logged under no known name.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through, or say which methods there are; the API's views name their own."""
        known = _OF_THE_API if is_of_the_api(request) else _OF_PAGES
        if request.method in known:
            return self.get_response(request)
        answer = refusal(request, 405)
        answer["Allow"] = ", ".join(known)
        return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return refusal(request, 400, "请求内容有误" if is_of_the_api(request) else "")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return refusal(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return refusal(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form without the right token: the page is too old, or another site sent it."""
    return refusal(request, 403, "页面已失效，没有保存。请返回上一页，刷新后重新填写并提交。")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 while the database does not answer, and log the error with the request's id."""
    error = sys.exc_info()[1]
    _log.error(
        "request %s failed: %s %s", request_id(), request.method, request.path, exc_info=error
    )
    told = getattr(error, "told", "")  # what the error itself has to say to the user
    is_down = bool(told) or isinstance(error, OperationalError | InterfaceError)
    return refusal(request, 503 if is_down else 500, told)
