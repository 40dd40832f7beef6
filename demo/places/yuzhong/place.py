"""The demonstration of 渝中区 2026."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from accounts.models import Role
from demo.demonstration import applications
from demo.ledgers.draw import DEMO_DAY, Day, Draw
from demo.people import people_records
from demo.place import EVERYWHERE, Account, DemoPlace
from demo.places.yuzhong import ROOT
from demo.places.yuzhong.ledgers import write_ledgers
from demo.policies import policy_documents
from demo.refunds import refunds
from demo.tasks import task_records, work_records
from reviews.models import Submission

_PLAN = "yuzhong-2026"


def _records() -> Sequence[Submission]:
    """Build the progress of the tasks, single pieces of work, assessments, activities, talents."""
    tasks, work = Draw("tasks", place="渝中区"), Draw("work", place="渝中区")
    return [
        *policy_documents(_PLAN, ROOT),
        *applications(ROOT, DEMO_DAY, Draw("demonstration", place="渝中区")),
        *task_records(_PLAN, DEMO_DAY, tasks),
        *work_records(_PLAN, DEMO_DAY, work, 24),
        *people_records(ROOT, DEMO_DAY, Draw("people", 9001), (2025,)),
    ]


def _steps() -> Sequence[Submission]:
    """Build two refunds: a part of this year's gift, and a whole one of last year's."""
    return refunds(
        (Day(2026, 7, 1), Day(2026, 10, 14), Decimal(3000), "项目结余，按协议退还捐赠人"),
        (Day(2025, 11, 1), Day(2026, 3, 18), None, "捐赠人撤回定向捐赠，经管理小组同意退还"),
    )


YUZHONG = DemoPlace(
    plan=_PLAN,
    root=ROOT,
    day=DEMO_DAY,
    accounts=(
        Account("shiju", "渝中区民政局审核员", Role.REVIEWER, ROOT),
        Account("quji", "渝中区填报员", Role.CLERK, ROOT),
        Account("jiedao", "七星岗街道填报员", Role.CLERK, "500103001"),
        Account("jiedao2", "解放碑街道填报员", Role.CLERK, "500103003"),
        Account("shengting", "重庆市观察员", Role.OBSERVER, "50"),
        *EVERYWHERE,
    ),
    write_ledgers=write_ledgers,
    figures=_records,
    steps=_steps,
)
