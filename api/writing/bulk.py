"""Many records in one request: all of them, or none and every problem with its index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from api.faults import Changed, Conflict, Fault, of_transition
from api.fields import Chosen, Key, Text, TrueFalse
from api.serializers import Strict
from api.writing.records import AT_ONCE
from reviews.checks import Problem
from reviews.competence import DECISIONS, Standing
from reviews.fields import choice_labels, field_of
from reviews.models import REASON_LENGTH, Action, Submission, versions_of
from reviews.services import RULES, ProblemsFound, TransitionError, allowed_sources, move_all

if TYPE_CHECKING:
    from accounts.models import User

#: Pattern of a record's ETag.
VERSION = r'\A"[0-9a-f]{32}"\Z'
#: The largest number of records in one request.
MOST = 10_000


def bulk_serializer(
    model: type[Submission], one: type[serializers.Serializer[object]]
) -> type[Strict]:
    """Build the serializer of `{"records": […], "submit": true, "reason": "…"}` of a kind."""
    shape = {
        "records": serializers.ListField(
            child=one(),
            min_length=1,
            max_length=MOST,
            help_text=f"至多{MOST}条，全部存入或全部不存",
        ),
        "submit": TrueFalse(required=False, help_text="存入后提交审核"),
        "reason": Text(
            required=False, allow_blank=True, max_length=REASON_LENGTH, help_text="有提示时的说明"
        ),
        "__doc__": f"{model._meta.verbose_name}，多条。",
    }
    return type(f"{model.__name__}BulkSerializer", (Strict,), shape)


class BulkAnswerSerializer(serializers.Serializer[object]):
    """The stored records, in the order of the request."""

    count = serializers.IntegerField(help_text="存入条数")
    ids = serializers.ListField(child=serializers.IntegerField(), help_text="编号，与请求同序")


class TransitionsSerializer(Strict):
    """Records and the action to take on them."""

    action = Chosen(choices=Action.choices, help_text="操作")
    ids = serializers.ListField(child=Key(), min_length=1, max_length=MOST, help_text="记录编号")
    versions = serializers.ListField(
        child=serializers.RegexField(VERSION, error_messages={"invalid": "应为读取时得到的 ETag"}),
        required=False,
        min_length=1,
        max_length=MOST,
        help_text="各记录读取时的 ETag，与 ids 同序；有一条已变化的，全部不处理（412）",
    )
    reason = Text(
        required=False,
        allow_blank=True,
        max_length=REASON_LENGTH,
        help_text="理由；退回、撤回通过、作废必填",
    )


class TransitionsAnswerSerializer(serializers.Serializer[object]):
    """The number of records that were moved."""

    count = serializers.IntegerField(help_text="处理条数")


def submit_many(
    model: type[Submission], records: Sequence[Submission], *, by: User, reason: str
) -> None:
    """Submit records just stored; Fault (422) by index when a warning has no reason."""
    positions = {record.pk: index for index, record in enumerate(records)}
    _move(model, list(positions), Action.SUBMIT, by, reason, positions)


@transaction.atomic
def move_many(
    model: type[Submission],
    ids: Sequence[int],
    act: Action,
    *,
    by: User,
    reason: str,
    versions: Sequence[str] = (),
) -> int:
    """Take records through a transition: every one, or none; return their number.

    `versions` are the ETags of the records as they were read, in the same order (default: any).
    Fault 403 for the role; 404, 409 or 412 with the missing records, those in another state, or
    those with another version, by index.
    """
    positions = {pk: index for index, pk in reversed(list(enumerate(ids)))}
    if by.role not in RULES[act].roles:
        raise Fault(f"{by.get_role_display()}不能执行“{act.label}”", "role", status_code=403)
    _refuse_immovable(model, positions, act, by)
    if versions:
        _refuse_changed(model, ids, versions)
    return _move(model, list(positions), act, by, reason, positions)


def _move(
    model: type[Submission],
    ids: Sequence[int],
    act: Action,
    by: User,
    reason: str,
    positions: dict[int, int],
) -> int:
    moved = 0
    found: list[tuple[Submission, Problem]] = []
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        rows = model._default_manager.filter(pk__in=part)
        try:
            count = move_all(rows, act, by=by, reason=reason)
        except ProblemsFound as problems:
            found += problems.found
            continue
        except TransitionError as error:
            raise of_transition(error) from None
        if count != len(part):
            raise Conflict("部分记录刚有变化，没有处理；请重新读取后再试", "faster")
        moved += count
    if found:
        raise of_transition(ProblemsFound(found), positions)
    return moved


def _refuse_immovable(
    model: type[Submission], positions: dict[int, int], act: Action, by: User
) -> None:
    sources = allowed_sources(act, by)
    seen: dict[int, tuple[str, int | None]] = {}
    ids = list(positions)
    for start in range(0, len(ids), AT_ONCE):
        rows = model._default_manager.visible_to(by)
        part = rows.filter(pk__in=ids[start : start + AT_ONCE])
        seen |= {
            pk: (state, who) for pk, state, who in part.values_list("pk", "status", "submitted_by")
        }
    gone = [
        _problem(at, "not_found", "没有该记录，或不在您的管辖范围")
        for pk, at in positions.items()
        if pk not in seen
    ]
    if gone:
        raise Fault("部分记录没有找到", "not_found", gone, 404)
    labels = choice_labels(field_of(model, "status"))
    stuck = [
        _problem(positions[pk], "state", f"记录当前为“{labels[state]}”，不能{act.label}")
        for pk, (state, _) in seen.items()
        if state not in sources
    ]
    if RULES[act].is_four_eyes:
        stuck += [
            _problem(positions[pk], "four_eyes", "提交人不能审核自己提交的记录")
            for pk, (_, who) in seen.items()
            if who == by.pk
        ]
    stuck += _decided_above(model, positions, act, by)
    if stuck:
        raise Conflict(
            "部分记录不能这样处理，没有处理任何记录",
            "state",
            sorted(stuck, key=_index_of),
        )


def _decided_above(
    model: type[Submission], positions: dict[int, int], act: Action, by: User
) -> list[dict[str, Any]]:
    """Return the problems of records that are decided above the user's level."""
    standing = Standing.of(model, by)
    too_low = standing.is_too_low() if act in DECISIONS else None
    if too_low is None:
        return []
    ids, found = list(positions), list[int]()
    for start in range(0, len(ids), AT_ONCE):
        rows = model._default_manager.filter(too_low, pk__in=ids[start : start + AT_ONCE])
        found += rows.values_list("pk", flat=True)
    return [_problem(positions[pk], "level", standing.refusal(act)) for pk in found]


def _refuse_changed(model: type[Submission], ids: Sequence[int], versions: Sequence[str]) -> None:
    """Lock the records and raise Changed (412) when some have another version."""
    if len(versions) != len(ids):
        raise ValidationError({"versions": [ErrorDetail("应与 ids 一样多", "invalid")]})
    stored: dict[int, str] = {}
    for start in range(0, len(ids), AT_ONCE):
        rows = model._default_manager.filter(pk__in=ids[start : start + AT_ONCE])
        list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))
        stored |= versions_of(rows)
    changed = [
        _problem(at, "changed", "记录在您读取之后已有变化")
        for at, (pk, version) in enumerate(zip(ids, versions, strict=True))
        if version != f'"{stored.get(pk)}"'
    ]
    if changed:
        raise Changed("部分记录在您读取之后已有变化，没有处理任何记录", problems=changed)


def _problem(index: int, code: str, message: str) -> dict[str, Any]:
    return {"index": index, "field": "ids", "code": code, "message": message, "is_warning": False}


def _index_of(problem: Mapping[str, Any]) -> int:
    return int(problem["index"])
