"""What the dashboard shows, in words and numbers ready for the page."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from areas.models import Area
from indicators.figures import Progress, State, plain, progress_of, trend_of
from indicators.models import Place, Plan
from indicators.services import plans_of_area
from indicators.snapshots import views_of
from indicators.tables import rate_text, target_text, value_text
from indicators.view import View, month_end
from indicators.what_if import keys_of_plan
from indicators.wording import outlook

_TREND_MONTHS = 12


def build_dashboard(
    plan: Plan, area: Area, day: datetime.date, user: User, year: int | None = None
) -> dict[str, Any]:
    """The template's context for one plan at one area on one day, against one year's targets."""
    children = list(Area.objects.children_of(area.code, day))
    codes = [area.code, *(child.code for child in children)]
    views = views_of(codes, day, area.code, keys_of_plan(plan))
    rows = progress_of(plan, codes, day, year, views=views)
    items = rows[area.code]
    annex = [item for item in items if item.indicator.place == Place.ANNEX] or items
    return {
        "plan": plan,
        "plans": plans_of_area(area.code),
        "area": area,
        "day": day,
        "trail": Area.objects.visible_to(user).filter(code__in=area.ancestor_codes),
        "sentence": _sentence(area, day, annex),
        "annex_cards": [_card(item, day) for item in annex],
        "text_cards": [_card(item, day) for item in items if item not in annex],
        "child_label": plan.label_of(min(area.level + 1, 5)),
        "columns": [item.indicator for item in annex],
        "table": [_row(child, rows[child.code], annex) for child in children],
        "total": [value_text(item.indicator, item.value) for item in annex],
        "trend": _trend(area, views, annex),
        "year": year,
    }


def _sentence(area: Area, day: datetime.date, items: list[Progress]) -> str:
    """九项指标：5项已完成，2项正常，2项滞后；数据截至… ."""
    counts = [
        f"{count}项{state.label}"
        for state in State
        if (count := sum(item.state == state for item in items))
    ]
    when = f"{day.year}年{day.month}月{day.day}日"
    return f"{area.short_name}{len(items)}项指标：{'，'.join(counts)}；数据截至{when}。"


def _card(item: Progress, day: datetime.date) -> dict[str, Any]:
    indicator = item.indicator
    ahead = next((target for target in indicator.targets.all() if target.due_on > day), None)
    share = min(max(item.rate or Decimal(0), Decimal(0)), Decimal(1))
    return {
        "indicator": indicator,
        "value": value_text(indicator, item.value),
        "unit": "" if indicator.is_percentage else indicator.unit,
        "target": target_text(indicator, item.target),
        "has_target": item.target is not None,
        "due": item.target.due_on if item.target else None,
        "rate": rate_text(item),
        "width": plain(share * 100, 1),
        "expected": value_text(indicator, item.expected) if item.expected is not None else "",
        "gap": value_text(indicator, item.gap) if item.gap is not None else "",
        "parts": _parts(item),
        "outlook": outlook(item),
        "next": target_text(indicator, ahead) if ahead else "",
        "next_due": ahead.due_on if ahead else None,
        "state": item.state,
    }


def _parts(item: Progress) -> str:
    """64/79 behind a share of areas."""
    if not item.indicator.is_share:
        return ""
    return f"{plain(item.figure.numerator, 0)}/{plain(item.figure.denominator, 0)}"


def _row(child: Area, items: list[Progress], annex: list[Progress]) -> dict[str, Any]:
    shown = {item.indicator.pk for item in annex}
    values = [
        value_text(item.indicator, item.value) for item in items if item.indicator.pk in shown
    ]
    return {"area": child, "values": values}


def _trend(area: Area, views: tuple[View, View], items: list[Progress]) -> dict[str, Any]:
    """Labels, and per indicator the last twelve month ends with the target, for the chart.

    Months in which the area did not exist are blank.
    """
    now, before = views
    months = [divmod(now.span.last - back, 12) for back in range(_TREND_MONTHS - 1, -1, -1)]
    ends = [month_end(datetime.date(year, month + 1, 1)) for year, month in months]
    is_there = [area.exists_on(min(end, now.day)) for end in ends]
    series = []
    for item in items:
        indicator = item.indicator
        scale = 100 if indicator.is_percentage else 1
        figures = trend_of(indicator, area.code, now, _TREND_MONTHS, before, item.at_least)
        values: list[float | None] = [
            float(plain(figure.value * scale, 2) or 0)
            if there and figure.value is not None
            else None
            for figure, there in zip(figures, is_there[-len(figures) :], strict=True)
        ]
        series.append(
            {
                "name": indicator.name,
                "unit": indicator.unit,
                "values": [*([None] * (_TREND_MONTHS - len(values))), *values],
                "target": float(item.target.value * scale) if item.target else None,
                "year": item.target.due_on.year if item.target else None,
            }
        )
    labels = [f"{year}年{month + 1}月" for year, month in months]
    return {"labels": labels, "years": [year for year, _ in months], "series": series}
