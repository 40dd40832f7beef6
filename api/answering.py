"""Turns exceptions into responses: DRF's exception handler, and faults outside of any API view.

A module apart from `api.faults`, because it imports DRF's views, and they import the parsers, which
import the faults.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from api.faults import Conflict, Fault, of_transition
from reviews.services import TransitionError


def handle_exception(error: Exception, context: Mapping[str, object]) -> Response | None:
    """Return the response to an exception in the one shape of faults; None for an unknown exception."""
    error = _api_exception(error)
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    return Response(_body(error), status=error.status_code, headers=headers)


def _api_exception(error: Exception) -> Exception:
    """Convert exceptions of Django, the database and the services into DRF's."""
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, TransitionError):
        return of_transition(error)
    if isinstance(error, OperationalError) and _is_a_race(error):
        return Conflict("同时有其他操作正在处理这些数据，没有保存；请稍后再试", "faster")
    if isinstance(error, IntegrityError):
        return Conflict("刚有相同的记录存入，没有保存；请核对后再试", "faster")
    if isinstance(error, RequestDataTooBig):
        return Fault("请求过大", "too_large", status_code=413)
    return error


def _is_a_race(error: OperationalError) -> bool:
    """Return whether the error is a deadlock, a serialisation failure or SQLite's write lock
    timeout."""
    code = getattr(error.__cause__, "pgcode", "")
    return code in ("40P01", "40001") or "database is locked" in str(error)


_MESSAGES: dict[type[exceptions.APIException], str] = {
    exceptions.NotFound: "没有找到，或不在您的管辖范围",
    exceptions.PermissionDenied: "您的角色不能执行该操作",
    exceptions.NotAuthenticated: "请先登录，或在 Authorization 中提供接口凭证",
    exceptions.MethodNotAllowed: "该地址不支持这种请求",
    exceptions.NotAcceptable: "不能按 Accept 要求的格式提供",
    exceptions.UnsupportedMediaType: "请求内容应为 JSON（Content-Type: application/json）",
    exceptions.ParseError: "请求内容不是有效的 JSON",
}


def _body(error: exceptions.APIException) -> dict[str, object]:
    if isinstance(error, Fault):
        return _shape(str(error.get_codes()), str(error.detail), error.problems)
    if isinstance(error, exceptions.ValidationError):
        return _shape("invalid", "请求内容有误", list(_flat(error.detail)))
    return _shape(str(error.get_codes()), _message(error), [])


def _message(error: exceptions.APIException) -> str:
    """Return the Chinese message: the one that was raised, or the usual one of the exception class."""
    detail = str(error.detail)
    if wait := getattr(error, "wait", None):
        return f"请求过于频繁，请在{math.ceil(wait)}秒后再试"
    if detail.startswith("CSRF"):
        return "页面已失效（缺少 CSRF 令牌），请刷新页面后再试"
    if isinstance(error, exceptions.NotFound | exceptions.PermissionDenied):
        return _MESSAGES[type(error)] if detail == str(error.default_detail) else detail
    return _MESSAGES.get(type(error), detail)


def _shape(code: str, message: str, problems: Sequence[Mapping[str, object]]) -> dict[str, object]:
    return {"code": code, "message": message, "problems": problems}


def _flat(detail: object, path: tuple[str, ...] = ()) -> Iterator[dict[str, object]]:
    """Yield every message of a nested detail with its path, such as `records.3.name`."""
    if isinstance(detail, Mapping):
        for name, each in detail.items():
            more = () if name == "non_field_errors" else (str(name),)
            yield from _flat(each, (*path, *more))
    elif isinstance(detail, list):
        for each in detail:
            yield from _flat(each, path)
    else:
        yield {
            "field": ".".join(path),
            "code": getattr(detail, "code", "invalid"),
            "message": str(detail),
            "is_warning": False,
        }


def plain_fault(request: HttpRequest, status_code: int, code: str, message: str) -> JsonResponse:
    """Return a fault where no API view was reached."""
    return JsonResponse(_shape(code, message, []), status=status_code)
