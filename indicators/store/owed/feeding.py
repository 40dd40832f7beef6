"""Which duties a record changes, and the areas of the debtors whose duties it fulfils."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from indicators.duties.terms import Terms, terms_of
from indicators.models import Duty, DutyExcuse
from indicators.store.engine import SeriesKey
from indicators.store.owed.series import DUTY, duties_behind


def fed_by(model: type[models.Model], names: Iterable[str]) -> set[str]:
    """Those of the series (by name) that records of a kind change: debtors, proofs, excuses, referrals."""
    names = list(names)
    duties = duties_behind(names)
    fed = {
        code
        for code, duty in duties.items()
        if model is DutyExcuse or model in _kinds(terms_of(duty))
    }
    return {name for name in names if name.rsplit("/", 1)[0] in fed}


def _kinds(terms: Terms) -> list[type[models.Model]]:
    """The kinds of the debtors of a duty and of the records that fulfil or end it."""
    return [terms.who.kind, *(each.kind for each in (terms.done, terms.referred) if each)]


def places_of_debtors(model: type[Any], rows: QuerySet[Any], duties: Iterable[Duty]) -> set[str]:
    """The codes of the areas of the debtors whose duties these records fulfil or end."""
    found: set[str] = set()
    links: dict[str, None] = {}
    for duty in duties:
        terms = terms_of(duty)
        for done in (terms.done, terms.referred):
            if done and done.kind is model and done.link not in ("", "pk"):
                links[done.link] = None
    for link in links:
        place = f"{link}__area_id"
        found |= set(
            rows.order_by().filter(**{f"{place}__isnull": False}).values_list(place, flat=True)
        )
    return found


def debtors_reached(
    model: type[Any], area_codes: Collection[str], keys: Iterable[SeriesKey]
) -> set[str]:
    """The areas of other debtors whose duties records of `model` in these areas may fulfil."""
    names = [key.measure for key in keys if key.kind == DUTY]
    duties = list(duties_behind(names).values())
    if not duties or not area_codes:
        return set()
    inside = Q(area_id__in=list(area_codes))
    return places_of_debtors(model, model._default_manager.filter(inside), duties)
