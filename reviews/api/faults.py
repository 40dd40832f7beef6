"""What the API answers when it refuses: one shape, Chinese words, stable codes.

`{"code": "invalid", "message": "…", "problems": [{"field", "code", "message", "is_warning"}]}`; in
bulk each problem also has the `index` of its item.

400 what is not as the schema says, 401 nobody, 403 seen but not allowed, 404 not there or out of
scope, 409 not in this state, 412 changed since, 422 against the bureau's rules, 428 no If-Match.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import IntegrityError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from reviews.checks import Problem
from reviews.services import ProblemsFound, Refusal, TransitionError


class Fault(exceptions.APIException):
    """A refusal with its problems."""

    status_code: int = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "rules"
    default_detail = "内容不符合填报要求"

    def __init__(
        self,
        message: str = "",
        code: str = "",
        problems: Sequence[Mapping[str, Any]] = (),
        status_code: int | None = None,
    ) -> None:
        super().__init__(message or self.default_detail, code or self.default_code)
        self.problems = list(problems)
        if status_code is not None:
            self.status_code = status_code


class Conflict(Fault):
    """Not in the state it is in."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "state"


class Changed(Fault):
    """Somebody was faster."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "changed"
    default_detail = "记录在您读取之后已有变化，没有保存；请重新读取后再改"


class MatchRequired(Fault):
    """A change that does not say what it changes."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "if_match"
    default_detail = "修改须带 If-Match，其值为读取该记录时得到的 ETag"


def problem_json(problem: Problem, index: int | None = None) -> dict[str, Any]:
    """A finding of the checks, as every answer shows it."""
    shown = {
        "field": problem.field,
        "code": problem.code,
        "message": problem.message,
        "is_warning": problem.is_warning,
    }
    return shown if index is None else {"index": index, **shown}


def refused(found: Iterable[tuple[int, Problem]], *, is_bulk: bool = False) -> Fault:
    """422 with these problems."""
    problems = [problem_json(problem, at if is_bulk else None) for at, problem in found]
    only_warnings = all(each["is_warning"] for each in problems)
    if only_warnings:
        return Fault("有提示须说明，请在 reason 中写明理由后再提交", "unexplained", problems)
    return Fault(problems=problems)


_STATUS = {
    Refusal.ROLE: status.HTTP_403_FORBIDDEN,
    Refusal.FOUR_EYES: status.HTTP_403_FORBIDDEN,
    Refusal.STATE: status.HTTP_409_CONFLICT,
    Refusal.REASON: status.HTTP_422_UNPROCESSABLE_ENTITY,
    Refusal.SCOPE: status.HTTP_404_NOT_FOUND,
}


def of_transition(error: TransitionError, positions: Mapping[int, int] | None = None) -> Fault:
    """What a refused transition answers; `positions`: primary key → index, in bulk."""
    if isinstance(error, ProblemsFound):
        found = [((positions or {}).get(record.pk, 0), each) for record, each in error.found]
        return refused(found, is_bulk=positions is not None)
    return Fault(str(error), error.refusal.value, status_code=_STATUS[error.refusal])


# --- the handler ------------------------------------------------------------------------------


def answer_fault(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler: everything that is refused has the one shape."""
    error = _known(error)
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    headers = {}
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    return Response(_body(error), status=error.status_code, headers=headers)


def _known(error: Exception) -> Exception:
    """What others raise, as what DRF knows."""
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, TransitionError):
        return of_transition(error)
    if isinstance(error, IntegrityError):
        return Conflict("刚有相同的记录存入，没有保存；请核对后再试", "faster")
    if isinstance(error, RequestDataTooBig):
        return Fault("请求过大", "too_large", status_code=413)
    return error


_MESSAGES: dict[type[exceptions.APIException], str] = {
    exceptions.NotFound: "没有找到，或不在您的管辖范围",
    exceptions.PermissionDenied: "您的角色不能执行该操作",
    exceptions.NotAuthenticated: "请先登录，或在 Authorization 中提供接口凭证",
    exceptions.MethodNotAllowed: "该地址不支持这种请求",
    exceptions.NotAcceptable: "不能按 Accept 要求的格式提供",
    exceptions.UnsupportedMediaType: "请求内容应为 JSON（Content-Type: application/json）",
    exceptions.ParseError: "请求内容不是有效的 JSON",
}


def _body(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, Fault):
        return _shape(str(error.get_codes()), str(error.detail), error.problems)
    if isinstance(error, exceptions.ValidationError):
        return _shape("invalid", "请求内容有误", list(_flat(error.detail)))
    message = _MESSAGES.get(type(error), str(error.detail))
    if isinstance(error, exceptions.PermissionDenied) and error.get_codes() != "permission_denied":
        message = str(error.detail)
    return _shape(str(error.get_codes()), message, [])


def _shape(code: str, message: str, problems: list[Any]) -> dict[str, Any]:
    return {"code": code, "message": message, "problems": problems}


def _flat(detail: Any, path: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """Every message of a nested detail with its path: `records.3.name`."""
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


# --- before any view ----------------------------------------------------------------------------


def plain_fault(request: HttpRequest, status_code: int, code: str, message: str) -> JsonResponse:
    """The one shape where no view of the API was reached."""
    return JsonResponse(_shape(code, message, []), status=status_code)
