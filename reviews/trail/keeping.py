"""How long personal data are kept: by kind, from the end of their matter; announced, then erased at night.

个人信息保护法 arts. 19, 47. Nothing is erased while the bureau has set no years (`PERSONS_YEARS`,
`PERSONS_YEARS_BY_KIND`), nor what was not announced `PERSONS_NOTICE_DAYS` before.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from audit.acts import Act
from audit.events import record as record_event
from reviews.kinds import sound_kinds
from reviews.models import PersonalNotice, Status, Submission
from reviews.privacy import persons_q, sees_persons
from reviews.querysets import SubmissionQuerySet
from reviews.trail.erasure.replacing import replace_texts
from reviews.trail.erasure.swaps import Swaps
from reviews.trail.erasure.texts import personal_texts

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)
#: How many records of a kind one night announces, and erases.
_A_NIGHT = 200
#: How many years a reviewer keeps announced data longer at once.
_LONGER = 1
_LEAST_REASON, _MOST_REASON = 2, 300


class NotKept(Exception):
    """An announced erasure cannot be put off; the Chinese message says why."""


def years_of(kind: type[Submission]) -> int:
    """Return for how many years the personal data of a kind are kept; 0: for ever."""
    by_kind: dict[str, int] = settings.PERSONS_YEARS_BY_KIND
    years: int = by_kind.get(kind.declaration.address, settings.PERSONS_YEARS)
    return years if kind.declaration.persons_until else 0


def keeps_by_years() -> bool:
    """Return whether any personal data are erased after some years."""
    return bool(settings.PERSONS_YEARS or any(settings.PERSONS_YEARS_BY_KIND.values()))


def setting_faults() -> Iterator[str]:
    """Yield in Chinese each kind of the settings that holds no personal data."""
    known = {
        kind.declaration.address: kind._meta.verbose_name
        for kind in sound_kinds()
        if kind.declaration.persons_until
    }
    for address in settings.PERSONS_YEARS_BY_KIND:
        if address not in known:
            names = "、".join(f"{each}（{name}）" for each, name in known.items())
            yield f"环境变量 PERSONS_YEARS_BY_KIND 中没有“{address}”这一类别，应为：{names}"


def announce_ending() -> int:
    """Announce the erasures of the next weeks; return the number of records. Idempotent."""
    return sum(map(_announce, filter(years_of, sound_kinds())))


@transaction.atomic
def _announce(kind: type[Submission]) -> int:
    today = timezone.localdate()
    first = today + datetime.timedelta(days=settings.PERSONS_NOTICE_DAYS)
    content = ContentType.objects.get_for_model(kind)
    made = []
    for each in _ending(kind, first)[:_A_NIGHT]:
        holds = bool(personal_texts(each))
        made.append(
            PersonalNotice(
                content_type=content,
                object_id=each.pk,
                area_id=each.area_id,
                announced_on=today,
                due_on=max(first, end_of(each)),
                # What holds nothing is done, so that no later night looks at it again.
                done_at=None if holds else timezone.now(),
            )
        )
    PersonalNotice.objects.bulk_create(made)
    told = [notice for notice in made if notice.done_at is None]
    if told:
        numbers = "、".join(str(notice.object_id) for notice in told)
        after = {"记录类别": kind._meta.verbose_name, "条数": len(told), "编号": numbers}
        record_event(Act.PERSONAL_ANNOUNCED, after=after, detail=_reason(kind))
    return len(told)


def end_of(record: Submission) -> datetime.date:
    """Return the day on which the keeping of a record's personal data ends, by the settings of today.

    The years count from the end of the matter, of a void record from its last change, and never from
    before it was entered: an old ledger that is imported today is kept as long. `date.max` where the
    matter has not ended, or nothing ends.
    """
    years = years_of(type(record))
    entered = timezone.localdate(record.created_at)
    if record.status == Status.VOID:
        since: datetime.date | None = timezone.localdate(record.updated_at)
    else:
        since = cast("datetime.date | None", getattr(record, record.declaration.persons_until))
    return _years_after(max(since, entered), years) if years and since else datetime.date.max


def _ending(kind: type[Submission], until: datetime.date) -> SubmissionQuerySet:
    """Return the records whose keeping ends by a day and that no notice names."""
    before = _years_after(until, -years_of(kind)) + datetime.timedelta(days=1)
    moment = timezone.make_aware(datetime.datetime.combine(before, datetime.time()))
    over = ~Q(status=Status.VOID) & Q(**{f"{kind.declaration.persons_until}__lt": before})
    void = Q(status=Status.VOID, updated_at__lt=moment)
    content = ContentType.objects.get_for_model(kind)
    named = PersonalNotice.objects.filter(content_type=content, object_id=models.OuterRef("pk"))
    rows: SubmissionQuerySet = kind._default_manager.filter(over | void, created_at__lt=moment)
    return rows.filter(~models.Exists(named)).order_by("pk")


def _years_after(day: datetime.date, years: int) -> datetime.date:
    """Return the same day in another year; 29 February becomes 28 February."""
    year = min(max(day.year + years, 1), 9998)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def erase_ended() -> int:
    """Erase the personal data whose announced day has come; return the number of records. Idempotent.

    A record that cannot be erased is logged and does not hold up the others.
    """
    due = PersonalNotice.objects.filter(done_at=None, due_on__lte=timezone.localdate())
    number = 0
    for pk in list(due.order_by("due_on", "pk").values_list("pk", flat=True)[:_A_NIGHT]):
        try:
            number += _end(pk)
        except Exception:
            logger.exception("could not erase the personal data that notice %s announces", pk)
    return number


@transaction.atomic
def _end(pk: int) -> bool:
    """Erase what a notice announced, if its keeping has ended by the settings of today, too."""
    notice = PersonalNotice.objects.select_for_update(of=("self",)).get(pk=pk)
    record = cast("Submission | None", notice.record)
    if record is None or end_of(record) > timezone.localdate():
        notice.delete()  # a longer keeping, or another day: it will be announced again
        return False
    if texts := personal_texts(record):
        reason = _reason(type(record))
        replace_texts(record, Swaps({text.value: "" for text in texts}), reason=reason)
        labels = "、".join(dict.fromkeys(text.label for text in texts))
        record_event(Act.PERSONAL_ERASED, about=record, after={"项目": labels}, detail=reason)
    notice.done_at = timezone.now()
    notice.save(update_fields=["done_at"])
    return True


def _reason(kind: type[Submission]) -> str:
    return f"个人信息保存期限（{years_of(kind)}年）届满，自动删除"


def open_notices(user: User) -> models.QuerySet[PersonalNotice]:
    """Return what is announced to a user: of the records whose personal data the user may see."""
    rows = PersonalNotice.objects.filter(done_at=None)
    if not sees_persons(user, user.area_id or ""):
        return rows.none()
    return rows.filter(persons_q(user))


@transaction.atomic
def keep_longer(pk: int, *, by: User, reason: str) -> PersonalNotice:
    """Put an announced erasure off by a year, for a reason; NotKept where the user may not."""
    reason = " ".join(reason.split())
    notice = open_notices(by).select_for_update(of=("self",)).filter(pk=pk).first()
    if notice is None or not by.is_reviewer:
        raise NotKept("没有这条预告，或您不能暂缓")
    if not _LEAST_REASON <= len(reason) <= _MOST_REASON:
        raise NotKept(f"请填写暂缓的理由，{_LEAST_REASON}至{_MOST_REASON}字，如 案件未结，依法保留")
    before, notice.due_on = notice.due_on, _years_after(notice.due_on, _LONGER)
    notice.save(update_fields=["due_on"])
    record_event(
        Act.PERSONAL_KEPT,
        about=cast("Submission | None", notice.record),
        area=notice.area_id,
        before={"删除日期": before},
        after={"删除日期": notice.due_on},
        detail=reason,
        user=by,
    )
    return notice
