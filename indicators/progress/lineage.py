"""The approved records behind a figure, and what one record adds to it."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from areas.codes import COUNTY_LEVEL, cut_to, is_within
from areas.models import Area
from areas.successions import Successions, homes_of
from indicators.measures import MEASURES
from indicators.models import Duty, Indicator
from indicators.progress.progress import target_for, threshold_for
from indicators.rules import rule_of
from indicators.rules.answers.contributions import Contribution, CountingScope
from indicators.store.owed.feeding import places_of_debtors
from reviews.models import Submission


def lineage(
    indicator: Indicator, root: str, day: datetime.date, at_least: int | None = None
) -> list[Contribution]:
    """Exactly the approved records that make up the figure of `root` on `day`, by area and day.

    `at_least`: the threshold of a coverage (default: that of the target of the day's year).
    """
    if not Area.objects.filter(code=root).existing_on(day).exists():
        return []
    found = _contributions(indicator, CountingScope(root, day, Successions.stored()), at_least)
    return sorted(found, key=lambda item: (item.area_code, item.day))


def counted_quantity(
    indicator: Indicator, record: Submission, day: datetime.date
) -> Decimal | None:
    """What an approved record adds to the figure of the plan's area on a day; None: nothing.

    For a coverage: what it adds to areas that reach the threshold.
    """
    rule, root = rule_of(indicator), indicator.plan.area_code
    if not rule.may_feed(record):
        return None
    if not Area.objects.filter(code=root).existing_on(day).exists():
        return None
    successions = Successions.stored()
    if rule.has_threshold:
        part = _part_with(record, root, day, successions)
        scope = CountingScope(part, day, successions)
    else:
        scope = CountingScope(root, day, successions, record)
    items = _contributions(indicator, scope, None)
    found = [item.quantity for item in items if item.record == record]
    return sum(found, Decimal(0)) if found else None


def _contributions(
    indicator: Indicator, scope: CountingScope, at_least: int | None
) -> list[Contribution]:
    rule = rule_of(indicator)
    if at_least is None and rule.has_threshold:
        target = target_for(indicator, scope.day.year, scope.day)
        at_least = threshold_for(indicator, scope.day, target)
    return list(rule.contributions(scope, at_least or indicator.at_least))


def places_of(model: type[Any], rows: QuerySet[Any]) -> set[str]:
    """The codes of the areas where records count: those that hold them and those they reach."""
    rows = rows.order_by()
    places = set(rows.values_list("area_id", flat=True).distinct())
    for measure in MEASURES.values():
        if measure.record and measure.record_model is model:
            table: Any = measure.model._default_manager
            reached = table.filter(**{f"{measure.record}__in": rows.values("pk")}).order_by()
            places |= set(reached.values_list(measure.area, flat=True).distinct())
        for reference, needed_model in measure.needed_models.items():
            if needed_model is not model:
                continue
            needing: Any = measure.model._default_manager
            needing = needing.filter(**{f"{reference}__in": rows.values("pk")}).order_by()
            places |= set(needing.values_list(measure.area, flat=True).distinct())
    return places | places_of_debtors(model, rows, Duty.objects.select_related("plan"))


def _part_with(record: Submission, root: str, day: datetime.date, successions: Successions) -> str:
    """The county of `root` for which all of a record counts, or `root`.

    Which areas of other counties reach the threshold does not matter for the record.
    """
    model = type(record)
    places = places_of(model, model._default_manager.filter(pk=record.pk))
    homes = homes_of(places, day, successions).values()
    county, *others = {cut_to(home, COUNTY_LEVEL) for home in homes}
    return county if not others and is_within(county, root) else root
