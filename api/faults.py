"""The faults of the API: one shape, Chinese messages, stable codes.

`{"code": "invalid", "message": "…", "problems": [{"field", "code", "message", "is_warning"}]}`; in
bulk requests each problem also has the `index` of its item.

400 does not match the schema, 401 not authenticated, 403 visible but not allowed, 404 missing or
out of scope, 409 not in this state, 412 changed since it was read, 422 against the bureau's rules,
428 without If-Match.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rest_framework import exceptions, status

from reviews.checks import Problem
from reviews.services import ProblemsFound, Refusal, TransitionError


class Fault(exceptions.APIException):
    """A refused request with its problems."""

    status_code: int = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "rules"
    default_detail = "内容不符合填报要求"

    def __init__(
        self,
        message: str = "",
        code: str = "",
        problems: Sequence[Mapping[str, object]] = (),
        status_code: int | None = None,
    ) -> None:
        super().__init__(message or self.default_detail, code or self.default_code)
        self.problems = list(problems)
        if status_code is not None:
            self.status_code = status_code


class Conflict(Fault):
    """The request is not possible in the record's present state (409)."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "state"


class Changed(Fault):
    """The record was changed after the client read it (412)."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "changed"
    default_detail = "记录在您读取之后已有变化，没有保存；请重新读取后再改"


class MatchRequired(Fault):
    """The change names no version of the record (428)."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "if_match"
    default_detail = "修改须带 If-Match，其值为读取该记录时得到的 ETag"


def problem_json(problem: Problem, index: int | None = None) -> dict[str, object]:
    """Return a finding of the checks as JSON."""
    shown = {
        "field": problem.field,
        "code": problem.code,
        "message": problem.message,
        "is_warning": problem.is_warning,
    }
    return shown if index is None else {"index": index, **shown}


def fault_of(found: Iterable[tuple[int, Problem]], *, is_bulk: bool = False) -> Fault:
    """Return a fault (422) with these problems; `is_bulk` adds the index of each item."""
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
    Refusal.LEVEL: status.HTTP_403_FORBIDDEN,
    Refusal.SCOPE: status.HTTP_404_NOT_FOUND,
    Refusal.CHANGED: status.HTTP_412_PRECONDITION_FAILED,
}


def of_transition(error: TransitionError, positions: Mapping[int, int] | None = None) -> Fault:
    """Return the fault of a refused transition; `positions` maps primary keys to indexes in bulk."""
    if isinstance(error, ProblemsFound):
        found = [((positions or {}).get(record.pk, 0), each) for record, each in error.found]
        return fault_of(found, is_bulk=positions is not None)
    return Fault(str(error), error.refusal.value, status_code=_STATUS[error.refusal])
