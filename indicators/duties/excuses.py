"""Whether an excuse names something that is owed: its duty, its debtor and its period."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from areas.codes import level_of
from areas.successions import Successions
from indicators.duties.fulfilment import period_of
from indicators.duties.reach import Subtree
from indicators.duties.table import Instances, owed_instances
from indicators.models import Duty, DutyExcuse
from reviews.checks import CheckedRecord, Problem

_NAMED = 8


def excuse_fits(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """An excuse must name an excusable duty of a plan, a debtor of its own area, and a period."""
    excuses = {at: each for at, each in enumerate(records) if isinstance(each, DutyExcuse)}
    if not excuses:
        return
    codes = {each.plan_code for each in excuses.values()}
    duties = {
        (duty.plan.code, duty.code): duty
        for duty in Duty.objects.filter(plan__code__in=codes).select_related("plan")
    }
    for at, excuse in excuses.items():
        if not (excuse.plan_code and excuse.duty_code):
            continue
        duty = duties.get((excuse.plan_code, excuse.duty_code))
        for problem in _problems(excuse, duty):
            yield at, problem


def _problems(excuse: DutyExcuse, duty: Duty | None) -> Iterator[Problem]:
    if duty is None:
        message = f"方案“{excuse.plan_code}”没有履责事项“{excuse.duty_code}”"
        yield Problem("duty", "duty_code", message)
    elif not duty.is_excusable:
        yield Problem("duty", "duty_code", f"“{duty.name}”不得免除")
    elif excuse.debtor and excuse.area_id:
        yield from _debtor_problems(excuse, owed_by(duty, excuse.area_id, excuse.debtor))


def owed_by(duty: Duty, area: str, debtor: str) -> Instances:
    """All that one debtor of an area owes of a duty, of all periods."""
    reach = Subtree(area, datetime.date.max, Successions([]))  # where they are registered
    return owed_instances(duty, reach, datetime.date.min, datetime.date.max, only=debtor)


def _debtor_problems(excuse: DutyExcuse, owed: Instances) -> Iterator[Problem]:
    who, place = owed.terms.who, level_of(excuse.area_id)
    if who.is_area and excuse.debtor != excuse.area_id:
        message = f"履责主体是地区的，“履责主体编号”应与所属地区一致，填{excuse.area_id}"
        yield Problem("debtor", "debtor", message)
    elif who.is_area and place != who.level:
        message = f"该事项由{who.level}级地区办理，所属地区是{place}级"
        yield Problem("debtor", "area", message)
    elif not len(owed.debtors) or int(owed.debtors.areas[0]) != int(excuse.area_id):
        name = "区划" if who.is_area else str(who.kind._meta.verbose_name)
        message = f"所属地区没有编号为“{excuse.debtor}”、须办理该事项的{name}（应为已通过的档案）"
        yield Problem("debtor", "debtor", message)
    elif excuse.period not in (codes := [period_of(owed, at) for at in range(len(owed))]):
        known = "、".join(codes[-_NAMED:]) or "（没有）"
        message = f"该主体没有期次“{excuse.period}”，可填：{known}"
        yield Problem("period", "period", message)
