"""The clerk's desk: returned records with reasons, unfinished records, due reports, figures."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from accounts.models import User
from desks.shared import (
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
from reviews.addresses import list_address, page_address, record_address
from reviews.kinds import record_kinds
from reviews.models import ImportJob, JobState, Status
from work.desk import owed_tasks

_RETURNED = 20


def clerk_desk(user: User) -> dict[str, object]:
    """Build the context of `desks/clerk.html`."""
    today, counted = timezone.localdate(), tallies(user)
    plans = running_plans(user, today)
    returned = newest(user, counted, Status.RETURNED, "-reviewed_at", _RETURNED)
    owed, tasks = owed_duties(user, today), owed_tasks(user, plans)
    return {
        "title": "工作台",
        "sentence": _sentence(user, counted, owed.total, sum(len(each.tasks) for each in tasks)),
        "returned": [
            {"record": record, "kind": kind_name(type(record)), "link": record_address(record)}
            for record in returned
        ],
        "returned_count": sum(tally.of(Status.RETURNED) for tally in counted),
        "unfinished": [
            {
                "name": tally.name,
                "drafts": tally.of(Status.DRAFT),
                "draft_link": list_address(tally.kind, status__exact=Status.DRAFT.value),
                "pending": tally.of(Status.PENDING),
                "pending_link": list_address(tally.kind, status__exact=Status.PENDING.value),
            }
            for tally in counted
            if tally.of(Status.DRAFT) or tally.of(Status.PENDING)
        ],
        "jobs": ImportJob.objects.filter(created_by=user)
        .exclude(state__in=(JobState.IMPORTED, JobState.REFUSED))
        .defer("content", "found"),
        "dues": dues(user, plans, today),
        "owed": owed,
        "area_code": user.area_id,
        "owed_tasks": tasks,
        "boards": boards(plans, user),
        **open_context(user, today),
        **contract_context(user, today),
        "entries": [
            {"name": kind_name(kind), "link": page_address(kind, "add")}
            for kind in record_kinds()
            if not kind.declaration.is_figure
        ],
    }


def _sentence(user: User, counted: Sequence[Tally], duties: int, tasks: int) -> str:
    """Sum up the clerk's work: `七星岗街道：2条被退回待修改，3条草稿待提交，1项履责事项逾期或将到期。`."""
    parts = [
        f"{number}条{state}"
        for status, state in (
            (Status.RETURNED, "被退回待修改"),
            (Status.DRAFT, "草稿待提交"),
            (Status.PENDING, "等待审核"),
        )
        if (number := sum(tally.of(status) for tally in counted))
    ]
    parts += [f"{duties}项履责事项逾期或将到期"] if duties else []
    parts += [f"{tasks}项任务进展待填报"] if tasks else []
    return f"{user.area}：{'，'.join(parts) or '没有待办事项'}。"
