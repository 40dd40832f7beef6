"""Describes in sentences how a transition would change the figures that its reviewer sees."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import User
from areas.codes import is_within
from areas.successions import Successions, homes_of
from indicators.models import Plan
from indicators.progress.impact import effects_of
from indicators.progress.lineage import places_of
from indicators.progress.sentences import effect_sentence
from indicators.progress.services import seen_at


def effect_sentences(
    model: type[models.Model], records: models.QuerySet[Any], user: User, *, is_gain: bool
) -> list[str]:
    """One sentence for each of the user's figures that approving or reopening the records changes.

    For each plan that holds there: at its own area where the user covers it, else at the user's.
    Where several plans are concerned each sentence names its own.
    """
    today, felt = timezone.localdate(), list[tuple[Plan, str]]()
    for plan in _plans_over(places_of(model, records), today):
        if code := seen_at(plan, user):
            found = effects_of(plan, [code], today, (model, records), is_gain=is_gain)
            felt += [(plan, effect_sentence(effect)) for effect in found if effect.is_felt]
    if len({plan.pk for plan, _ in felt}) == 1:
        return [sentence for _, sentence in felt]
    return [f"《{plan.title}》{sentence}" for plan, sentence in felt]


def _plans_over(places: set[str], today: datetime.date) -> list[Plan]:
    """The running plans whose area contains one of these areas, today or by succession."""
    homes = homes_of(places, today, Successions.stored()).values()
    return [
        plan
        for plan in Plan.objects.filter(ends_on__gte=today).order_by("pk")
        if any(is_within(home, plan.area_code) for home in homes)
    ]
