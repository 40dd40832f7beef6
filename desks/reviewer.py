"""The reviewer's desk: the queue by street and kind, inactive streets, and changed figures."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Count, Max, Min
from django.db.models.functions import Substr
from django.utils import timezone

from accounts.models import User
from areas.codes import LENGTHS, TOWNSHIP_LEVEL
from areas.models import Area
from dates.months import end_of_month, month_number
from desks.shared import (
    Board,
    Kind,
    Tally,
    boards,
    contract_context,
    dues,
    kind_name,
    newest,
    open_context,
    running_plans,
    tallies,
)
from duties.desk import owed_duties
from indicators.progress.progress import progress_of
from indicators.rules.answers.values import value_text
from reports.pages.calendar import waiting_reports
from reviews.addresses import list_address, record_address
from reviews.competence import Competence, Standing, all_competences
from reviews.models import Action, ReviewEvent, Status

_LISTED = 20
#: Streets without a submission in this many days are listed.
_SILENT_DAYS = 30


def reviewer_desk(user: User) -> dict[str, object]:
    """Build the context of `desks/reviewer.html`."""
    today, rules = timezone.localdate(), all_competences()
    counted = [_own(tally, user, rules) for tally in tallies(user)]
    waiting = [tally for tally in counted if tally.of(Status.PENDING)]
    oldest = newest(user, waiting, Status.PENDING, "submitted_at", _LISTED)
    number = sum(tally.of(Status.PENDING) for tally in waiting)
    plans = running_plans(user, today)
    found = boards(plans, user)
    return {
        "title": "工作台",
        "sentence": f"{user.area}：{number}条待审核。"
        if number
        else f"{user.area}：没有待审核的记录。",
        "kinds": [{"name": tally.name, "link": _queue(tally.kind)} for tally in waiting],
        "streets": _by_street(user, waiting),
        "oldest": [
            {
                "record": record,
                "kind": kind_name(type(record)),
                "link": record_address(record),
                "days": (today - timezone.localdate(record.submitted_at)).days,
            }
            for record in oldest
        ],
        "waiting_count": number,
        "silent": _silent(user, today),
        "silent_days": _SILENT_DAYS,
        "moved": [line for board in found for line in _moved(board, today)],
        "since": end_of_month(month_number(today) - 1),
        "filed": waiting_reports(user),
        "dues": dues(user, plans, today),
        "owed": owed_duties(user, today),
        "area_code": user.area_id,
        "boards": found,
        **open_context(user, today),
        **contract_context(user, today),
    }


def _own(tally: Tally, user: User, rules: Sequence[Competence]) -> Tally:
    """Leave out of a tally the records that another level decides on."""
    standing = Standing.of(tally.kind, user, rules)
    if not standing.rules or not tally.of(Status.PENDING):
        return tally
    number = standing.own(tally.kind._default_manager.visible_to(user).pending()).count()
    pending = {Status.PENDING.value: number}
    return replace(tally, by_status={**tally.by_status, **pending}, narrow=standing.own)


def _queue(kind: Kind, **query: str) -> str:
    """Return the address of a kind's list of pending records."""
    return list_address(kind, status__exact=Status.PENDING.value, **query)


def _by_street(user: User, waiting: list[Tally]) -> list[dict[str, object]]:
    """Build one row per street (or area above) with a number per kind; the longest waiting comes
    first."""
    width = LENGTHS[TOWNSHIP_LEVEL - 1]
    numbers: dict[str, dict[Kind, int]] = defaultdict(dict)
    since: dict[str, datetime.datetime] = {}
    for tally in waiting:
        rows = tally.narrow(tally.kind._default_manager.visible_to(user).pending()).order_by()
        groups = rows.values(street=Substr("area_id", 1, width)).annotate(
            number=Count("pk"), first=Min("submitted_at")
        )
        for group in groups:
            street = group["street"]
            numbers[street][tally.kind] = group["number"]
            since[street] = min(since.get(street, group["first"]), group["first"])
    names = Area.objects.in_bulk(list(numbers))
    return [
        {
            "name": str(names[street]),
            "since": since[street],
            "cells": [
                {
                    "number": numbers[street].get(tally.kind, 0),
                    "link": _queue(tally.kind, street=street),
                }
                for tally in waiting
            ],
        }
        for street in sorted(numbers, key=lambda street: since[street])
    ]


def _silent(user: User, today: datetime.date) -> list[dict[str, object]]:
    """Return the counted streets without a recent submission, with the time of their last one."""
    width = LENGTHS[TOWNSHIP_LEVEL - 1]
    events = ReviewEvent.objects.visible_to(user).filter(action=Action.SUBMIT).order_by()
    last = dict(
        events.values(street=Substr("area_id", 1, width))
        .annotate(last=Max("at"))
        .values_list("street", "last")
    )
    limit = timezone.now() - datetime.timedelta(days=_SILENT_DAYS)
    streets = Area.objects.within(user.area_id or "").existing_on(today)
    return [
        {"name": str(street), "last": last.get(street.code)}
        for street in streets.filter(level=TOWNSHIP_LEVEL, is_counted=True)
        if street.code not in last or last[street.code] < limit
    ]


def _moved(board: Board, today: datetime.date) -> list[dict[str, str]]:
    """Return the figures that differ from their value at the end of last month."""
    code = board.area_code
    before = progress_of(board.plan, [code], end_of_month(month_number(today) - 1), today.year)[
        code
    ]
    was = {item.indicator.pk: item.value for item in before}
    return [
        {
            "name": item.indicator.name,
            "before": value_text(item.indicator, was[item.indicator.pk]),
            "after": value_text(item.indicator, item.value),
            "unit": "" if item.indicator.is_percentage else item.indicator.unit,
            "link": goal.link,
        }
        for item, goal in zip(board.items, board.goals, strict=True)
        if was[item.indicator.pk] != item.value
    ]
