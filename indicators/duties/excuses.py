"""Whether an excuse names something that is owed: its duty, its debtor and its period."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Q
from django.utils import timezone

from areas.codes import level_of
from areas.successions import Successions, homes_of
from indicators.duties.fulfilment import period_of
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
    owed = {key: _owed_by(duty, key, excuses.values()) for key, duty in duties.items()}
    debtors = [found.debtors.areas for found in owed.values() if found is not None]
    registered = {str(code) for areas in debtors for code in areas.tolist()}
    homes = homes_of(registered, timezone.localdate(), Successions.stored())
    for at, excuse in excuses.items():
        if not (excuse.plan_code and excuse.duty_code):
            continue
        key = (excuse.plan_code, excuse.duty_code)
        for problem in _problems(excuse, duties.get(key), owed.get(key), homes):
            yield at, problem


def _owed_by(duty: Duty, key: tuple[str, str], excuses: Iterable[DutyExcuse]) -> Instances | None:
    """All that the debtors of these excuses owe of a duty, of all periods; None without any."""
    own = [each for each in excuses if (each.plan_code, each.duty_code) == key and each.area_id]
    debtors = {each.debtor for each in own if each.debtor}
    if not debtors:
        return None
    return owed_instances(duty, _Anywhere(), datetime.date.min, datetime.date.max, only=debtors)


@dataclass(frozen=True)
class _Anywhere:
    """The whole tree, in which records count where they are registered; approved ones are facts."""

    @property
    def tops(self) -> Sequence[str]:
        """None: proofs are not read."""
        return []

    @property
    def successions(self) -> Successions:
        """None: nothing has moved."""
        return Successions([])

    def areas(self, field: str) -> Q:
        """Any area."""
        return Q()

    def records(self, field: str) -> Q:
        """Any record."""
        return Q()

    def facts(self, model: type) -> Q:
        """Approved records alone."""
        return Q(status="approved")


def _problems(
    excuse: DutyExcuse, duty: Duty | None, owed: Instances | None, homes: Mapping[str, str]
) -> Iterator[Problem]:
    """`homes`: by the area in which a debtor is registered, the one for which it counts today."""
    if duty is None:
        message = f"方案“{excuse.plan_code}”没有履责事项“{excuse.duty_code}”"
        yield Problem("duty", "duty_code", message)
    elif not duty.is_excusable:
        yield Problem("duty", "duty_code", f"“{duty.name}”不得免除")
    elif excuse.debtor and excuse.area_id and owed is not None:
        yield from _debtor_problems(excuse, owed, homes)


def _debtor_problems(
    excuse: DutyExcuse, owed: Instances, homes: Mapping[str, str]
) -> Iterator[Problem]:
    who, place = owed.terms.who, level_of(excuse.area_id)
    keys = [str(key) for key in owed.debtors.keys.tolist()]
    at = keys.index(excuse.debtor) if excuse.debtor in keys else None
    if who.is_area and excuse.debtor != excuse.area_id:
        message = f"履责主体是地区的，“履责主体编号”应与所属地区一致，填{excuse.area_id}"
        yield Problem("debtor", "debtor", message)
    elif who.is_area and place != who.level:
        message = f"该事项由{who.level}级地区办理，所属地区是{place}级"
        yield Problem("debtor", "area", message)
    elif at is None or excuse.area_id not in (code := str(owed.debtors.areas[at]), homes[code]):
        name = "区划" if who.is_area else str(who.kind._meta.verbose_name)
        message = f"所属地区没有编号为“{excuse.debtor}”、须办理该事项的{name}（应为已通过的档案）"
        yield Problem("debtor", "debtor", message)
    elif excuse.period not in (codes := _periods(owed, at)):
        known = "、".join(codes[-_NAMED:]) or "（没有）"
        message = f"该主体没有期次“{excuse.period}”，可填：{known}"
        yield Problem("period", "period", message)


def _periods(owed: Instances, debtor: int) -> list[str]:
    """The codes of the periods that one debtor owes, by its position among the debtors."""
    return [period_of(owed, at) for at in np.flatnonzero(owed.debtor == debtor).tolist()]
