"""Applications to be a demonstration: the figures beside their points, who decides, who was chosen."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from areas.codes import COUNTY_LEVEL, level_of
from areas.successions import Successions
from audit.acts import Act
from audit.chain.covers import cover_new
from audit.events import record
from indicators.measures import MEASURES
from indicators.store.engine import SeriesKey
from indicators.store.series_reader import view
from indicators.store.tree_context import TreeContext
from reviews.models import REASON_LENGTH, Status
from reviews.querysets import SubmissionQuerySet
from work.models import (
    DIMENSIONS,
    MOST_POINTS,
    Decision,
    DemonstrationApplication,
    DemonstrationDecision,
)

if TYPE_CHECKING:
    from accounts.models import User

#: The measures that show how far an area is in each dimension: stocks on the day, flows of the year.
MEASURES_OF = {
    "fund_points": ("funds", "fund_raised"),
    "project_points": ("projects", "aided"),
    "scene_points": ("scenes", "full_scenes"),
    "org_points": ("charity_orgs", "teams"),
    "talent_points": ("talents", "trainings", "trained"),
    "culture_points": ("activities", "reached"),
    "service_points": ("service_contracts", "service_contract_yuan"),
}


@dataclass(frozen=True)
class Known:
    """One figure of an area: what it counts, when, how much with its unit."""

    name: str
    when: str
    amount: str


@dataclass(frozen=True)
class Dimension:
    """One of the seven dimensions of an application: points of its own, of the decision, figures."""

    field: str
    name: str
    own: int
    decided: int | None
    figures: tuple[Known, ...]


def day_of(application: DemonstrationApplication, today: datetime.date) -> datetime.date:
    """Return the day of the figures beside an application: the end of its year, at most today.

    A draft may name no year yet.
    """
    if not re.fullmatch(r"[12]\d{3}", application.year, re.ASCII):
        return today
    return min(datetime.date(int(application.year), 12, 31), today)


def dimensions_of(application: DemonstrationApplication, day: datetime.date) -> list[Dimension]:
    """Return the seven dimensions with the figures of the area on a day, counted by the engine."""
    figures, decision = figures_of(application.area_id, day), application.decision
    return [
        Dimension(
            field,
            name,
            getattr(application, field),
            getattr(decision, field) if decision else None,
            tuple(figures[code] for code in MEASURES_OF[field]),
        )
        for field, name in DIMENSIONS.items()
    ]


def figures_of(area: str, day: datetime.date) -> Mapping[str, Known]:
    """Return the figures of an area on a day by measure; flows since 1 January."""
    codes = [code for measures in MEASURES_OF.values() for code in measures]
    keys = {code: SeriesKey("measure", code) for code in codes}
    now = view([area], day, TreeContext(area), list(keys.values()), years=1)
    found = {}
    for code, key in keys.items():
        measure = MEASURES[code]
        number = now.at(area, key) if measure.is_stock else now.year_to_date(area, key, day.year)
        amount = f"{number / 100:,.2f}" if measure.is_money else f"{number:,}"
        when = "截至当日" if measure.is_stock else "当年"
        name = measure.name.removesuffix("（金额）").removesuffix(measure.unit)
        found[code] = Known(name, when, f"{amount}{measure.unit}")
    return found


# --- deciding -----------------------------------------------------------------------------------


class DecisionRefused(Exception):
    """A decision that is refused; the message is for the user."""


def may_decide(user: User, application: DemonstrationApplication) -> bool:
    """Whether the user may decide: a reviewer of the county or above, whose area contains the applicant
    and is not it, and who did not submit the application (渝中 方案 三（二）: 区民政局)."""
    return (
        user.is_reviewer
        and user.covers(application.area_id)
        and user.area_id != application.area_id
        and level_of(user.area_id or "") <= COUNTY_LEVEL
        and application.submitted_by_id != user.pk
    )


def decide(
    application: DemonstrationApplication,
    decision: str,
    points: Mapping[str, str],
    reason: str,
    *,
    by: User,
) -> DemonstrationDecision:
    """Store a decision on an approved application; DecisionRefused says why it is not stored.

    `points`: the text of each of the seven fields.
    """
    reason = reason.strip()
    with transaction.atomic():
        stored = DemonstrationApplication.objects.select_for_update().get(pk=application.pk)
        if not may_decide(by, stored):
            raise DecisionRefused("由区县以上的审核员评定，申报单位和提交人不能评定自己的申报")
        if stored.status != Status.APPROVED:
            raise DecisionRefused("申报尚未通过审核，不能评定")
        if decision not in Decision.values:
            raise DecisionRefused("请选择“评定为示范”或“未评定”")
        if not reason or len(reason) > REASON_LENGTH:
            raise DecisionRefused(f"请填写评定理由，不超过{REASON_LENGTH}字")
        given = DemonstrationDecision.objects.create(
            application=stored, decision=decision, reason=reason, by=by, **_read(points)
        )
        cover_new(given)
        record(
            Act.TRANSITION,
            about=stored,
            user=by,
            after={"操作": "评定", "结果": given.get_decision_display()},
            detail=reason,
        )
        return given


def _read(points: Mapping[str, str]) -> dict[str, int]:
    found = {}
    for field, name in DIMENSIONS.items():
        text = points.get(field, "").strip()
        if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= MOST_POINTS):
            raise DecisionRefused(f"“{name}”得分应为0至{MOST_POINTS}的整数")
        found[field] = int(text)
    return found


# --- the list -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """An approved application in the list, with the decision that stands."""

    application: DemonstrationApplication
    decision: DemonstrationDecision | None
    outcome: str


def standings(area: str, year: str) -> list[Standing]:
    """Return the approved applications of a year below an area, the chosen ones first, then by score."""
    rows = _applications(area).filter(year=year)
    found = [
        Standing(each, each.decision, each.outcome)
        for each in rows.select_related("area").prefetch_related("decisions")
    ]
    return sorted(found, key=_place)


def _place(standing: Standing) -> tuple[bool, bool, float, str]:
    decision = standing.decision
    is_chosen = decision is not None and decision.decision == Decision.CHOSEN
    score = decision.score if decision else standing.application.score
    return not is_chosen, decision is None, -float(score), standing.application.area_id


def years_of(area: str) -> list[str]:
    """Return the years of the approved applications below an area, the last one first."""
    return sorted(set(_applications(area).values_list("year", flat=True)), reverse=True)


def _applications(area: str) -> SubmissionQuerySet:
    """Return the approved applications below an area, and those of areas that followed one another
    into it."""
    counted = Successions.stored().condition("area_id", area, timezone.localdate())
    rows: SubmissionQuerySet = DemonstrationApplication.objects.approved().filter(counted)
    return rows


def sentence_of(year: str, found: Sequence[Standing]) -> str:
    """`2026年示范申报5个：评定为示范2个，未评定1个，待评定2个。`"""
    counts = Counter(each.outcome for each in found)
    parts = [f"{outcome}{counts[outcome]}个" for outcome in (*map(str, Decision.labels), "待评定")]
    return f"{year}年示范申报{len(found)}个：{'，'.join(parts)}。"


def default_year(years: Sequence[str]) -> str:
    """Return the year that is shown without a choice: the last one, or the present one."""
    return years[0] if years else str(timezone.localdate().year)
