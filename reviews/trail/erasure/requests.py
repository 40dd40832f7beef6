"""A person's request about own data: entered by one, confirmed by another, applied and recorded.

个人信息保护法 arts. 46, 47, 50. The log and the change name columns and hold masked values only.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from typing_extensions import override

from accounts.models import User
from audit.acts import Act
from audit.events import record as record_event
from audit.macs import is_valid, mac_of
from proposals.kinds import ChangeKind, Line, Outcome, Payload, Proposal, ProposalRefused, declare
from proposals.models import PendingChange
from proposals.services import propose
from reviews.models import Asker, Basis, PersonalAct, PersonalRequest, Submission
from reviews.privacy import ERASED, masked, masked_name, persons_q, sees_persons
from reviews.trail.erasure.replacing import replace_texts
from reviews.trail.erasure.swaps import Swaps, TooLong, changed_texts
from reviews.trail.erasure.texts import PersonalText, holds_personal_texts, personal_texts, rows_of

if TYPE_CHECKING:
    from proposals.kinds import Person

_LOST = "申请所列的内容已不在记录中，没有生效；请退回，由提出人重新登记"
_OTHER = "其他文字中的内容"


@dataclass(frozen=True)
class Asked:
    """What a clerk or reviewer enters of a request; see `PersonalRequest`."""

    act: PersonalAct
    texts: tuple[PersonalText, ...]
    other: str
    new: str
    asker: str
    standing: Asker
    asked_on: datetime.date
    basis: Basis
    reason: str


def may_ask(user: User, record: Submission) -> bool:
    """Return whether a user may enter a request about a record: who may see its personal data."""
    return holds_personal_texts(type(record)) and sees_persons(user, record.area_id)


@transaction.atomic
def ask(
    record: Submission, asked: Asked, *, by: User
) -> tuple[PersonalRequest, PendingChange, Outcome | None]:
    """Enter a request and propose what it asks; it takes effect at once where one person may.

    ProposalRefused with a Chinese message where it cannot be done.
    """
    request = _entered(record, asked)
    payload = {"request": request.pk, "mac": mac_of(_content(request))}
    done = "删除" if asked.act == PersonalAct.ERASE else "更正"
    proposal = Proposal(
        PersonalChange.key,
        f"reviews.personal:{record._meta.label_lower}:{record.pk}",
        f"{done}个人信息：{record._meta.verbose_name}第{record.pk}号，{_labels(asked.texts, asked.other)}",
        payload,
        list(_lines(asked)),
        record.area_id,
    )
    change, outcome = propose(proposal, by=by, reason=asked.reason)
    request.refresh_from_db()
    request.change = change
    request.save(update_fields=["change"])
    _record_asked(record, request, asked, by)
    return request, change, outcome


def _entered(record: Submission, asked: Asked) -> PersonalRequest:
    return PersonalRequest.objects.create(
        content_type=ContentType.objects.get_for_model(type(record)),
        object_id=record.pk,
        area_id=record.area_id,
        act=asked.act,
        keys=[text.key for text in asked.texts],
        other=asked.other,
        new=asked.new,
        asker=asked.asker,
        standing=asked.standing,
        asked_on=asked.asked_on,
        basis=asked.basis,
    )


def _record_asked(record: Submission, request: PersonalRequest, asked: Asked, by: User) -> None:
    told = {
        "申请编号": request.pk,
        "处理": PersonalAct(request.act).label,
        "项目": _labels(asked.texts, asked.other),
        "申请人身份": Asker(request.standing).label,
        "申请日期": request.asked_on.isoformat(),
        "依据": Basis(request.basis).label,
    }
    record_event(Act.PERSONAL_ASKED, about=record, after=told, detail=asked.reason, user=by)


def _labels(texts: Sequence[PersonalText], other: str) -> str:
    labels = [text.label for text in texts] + ([_OTHER] if other else [])
    return "、".join(dict.fromkeys(labels))


def _lines(asked: Asked) -> Iterator[Line]:
    """Yield what a second person compares: masked, as everybody reads it."""
    after = masked(asked.new) if asked.act == PersonalAct.CORRECT else ERASED
    for text in asked.texts:
        yield Line(text.label, text.shown, after, is_personal=True)
    if asked.other:
        yield Line(_OTHER, masked(asked.other), after, is_personal=True)
    yield Line(
        "申请人", "—", f"{masked_name(asked.asker)}（{asked.standing.label}）", is_personal=True
    )
    yield Line("申请日期", "—", asked.asked_on.isoformat())
    yield Line("依据", "—", asked.basis.label)


def _content(request: PersonalRequest) -> list[object]:
    """Return what the mac of a request covers: all that is applied."""
    names = (
        *("pk", "content_type_id", "object_id", "act", "keys", "other", "new"),
        *("asker", "standing", "asked_on", "basis"),
    )
    return ["reviews.personal", *(getattr(request, name) for name in names)]


def wanted_of(request: PersonalRequest) -> tuple[list[PersonalText], Swaps]:
    """Return the texts of an open request that the record still holds, and what takes their place."""
    record = cast("Submission", request.record)
    texts = [text for text in personal_texts(record) if text.key in request.keys]
    wanted = {text.value: request.new for text in texts}
    if request.other:
        wanted[request.other] = request.new
    return texts, Swaps(wanted)


class PersonalChange(ChangeKind):
    """更正、删除个人信息: another reviewer who may see the record's personal data confirms it."""

    key, title = "reviews.personal", "更正、删除个人信息"

    @override
    def may_propose(self, user: Person, area: str) -> bool:
        return sees_persons(cast(User, user), area)

    @override
    def may_confirm(self, user: Person, area: str) -> bool:
        own = cast(User, user)
        return own.is_reviewer and sees_persons(own, area)

    @override
    def readers(self, user: Person) -> Q | None:
        own = cast(User, user)
        return persons_q(own) if own.is_reviewer and own.area_id else None

    @override
    def state(self, payload: Payload) -> object:
        request = _request(payload)
        if request.record is None:
            return None
        texts, _ = wanted_of(request)
        return sorted({text.key for text in texts})

    @override
    def apply(self, change: PendingChange, *, by: Person) -> Outcome:
        request = _request(change.payload)
        if not is_valid(str(change.payload["mac"]), _content(request)):
            raise ProposalRefused("该申请的内容与登记时不符，不能确认；请退回并告知审计员")
        record = cast("Submission | None", request.record)
        if record is None:
            raise ProposalRefused(_LOST)
        texts, swaps = wanted_of(request)
        if not _is_all_there(request, record, texts, swaps):
            raise ProposalRefused(_LOST)
        is_erasure = request.act == PersonalAct.ERASE
        done = "删除" if is_erasure else "更正"
        try:
            replace_texts(record, swaps, reason=f"按个人信息申请第{request.pk}号{done}")
        except TooLong as fault:
            raise ProposalRefused(str(fault)) from fault
        _close(request)
        act = Act.PERSONAL_ERASED if is_erasure else Act.PERSONAL_CORRECTED
        told = {"项目": _labels(texts, request.other), "申请编号": request.pk}
        record_event(act, about=record, after=told, detail=change.reason, user=by)
        return Outcome(f"个人信息已{done}")

    @override
    def dropped(self, change: PendingChange) -> None:
        _close(_request(change.payload))


def _is_all_there(
    request: PersonalRequest, record: Submission, texts: list[PersonalText], swaps: Swaps
) -> bool:
    """Return whether the record still holds everything that the request names."""
    if set(request.keys) - {text.key for text in texts}:
        return False
    return not request.other or any(changed_texts(row, swaps) for row in rows_of(record))


def _request(payload: Payload) -> PersonalRequest:
    return PersonalRequest.objects.select_related("content_type").get(pk=payload["request"])


def _close(request: PersonalRequest) -> None:
    """Keep who asked masked, and nothing else of a person."""
    PersonalRequest.objects.filter(pk=request.pk).update(
        asker=masked_name(request.asker), new="", other=""
    )


def requests_about(record: Submission) -> list[PersonalRequest]:
    """Return the requests about a record, the latest first."""
    kind = ContentType.objects.get_for_model(type(record))
    rows = PersonalRequest.objects.filter(content_type=kind, object_id=record.pk)
    return list(rows.select_related("change").order_by("-pk"))


def faults_of(record: Submission, asked: Asked) -> Iterator[str]:
    """Yield in Chinese what is wrong with a request, beside what its form says."""
    if not asked.texts and not asked.other:
        yield "请勾选要处理的项目，或填写“其他文字中的内容”"
    wanted = Swaps({**{text.value: "" for text in asked.texts}, asked.other: ""})
    if asked.other and not any(
        changed_texts(row, Swaps({asked.other: ""})) for row in rows_of(record)
    ):
        yield "记录中没有“其他文字中的内容”所填的文字，请照原样填写"
    if wanted.are_in(asked.reason):
        yield "“理由”中不要写出要处理的姓名、号码：理由会长期留存"
    if asked.asked_on > timezone.localdate():
        yield "“申请日期”不能晚于今天"
    if (asked.basis == Basis.WRONG) != (asked.act == PersonalAct.CORRECT):
        right = "第四十六条" if asked.act == PersonalAct.CORRECT else "第四十七条中的一项"
        yield f"“依据”与处理方式不符，应选{right}"
    if asked.act == PersonalAct.CORRECT:
        yield from _faults_of_new(asked)


def _faults_of_new(asked: Asked) -> Iterator[str]:
    if len(asked.texts) + bool(asked.other) > 1:
        yield "更正时一次只选一项"
    longest = min((text.longest for text in asked.texts), default=200)
    if not asked.new:
        yield "请填写“更正为”"
    elif len(asked.new) > longest:
        yield f"“更正为”不应超过{longest}字"
    elif asked.new in {*(text.value for text in asked.texts), asked.other}:
        yield "“更正为”与现在的内容相同"


declare(PersonalChange())
