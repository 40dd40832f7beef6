"""What a transition would bring to the figures its reviewer sees, in sentences."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import User
from areas.codes import is_within
from areas.models import Area
from areas.successions import Successions
from indicators.models import Plan
from indicators.what_if import effects_of
from indicators.wording import effect_sentence


def effect_sentences(
    model: type[models.Model], records: models.QuerySet[Any], user: User, *, is_gain: bool
) -> list[str]:
    """What the figures that the user sees would be if these records became facts, or ceased to be.

    For each plan that holds there: at its own area where the user covers it, else at the user's.
    """
    places = set(records.order_by().values_list("area_id", flat=True).distinct())
    sentences: list[str] = []
    for plan in _plans_over(places):
        code = plan.area_code if user.covers(plan.area_code) else (user.area_id or "")
        change = (model, records)
        found = effects_of(
            plan, [code], timezone.localdate(), change, is_gain=is_gain, within=places
        )
        sentences += [effect_sentence(effect) for effect in found if effect.is_felt]
    return sentences


def _plans_over(places: set[str]) -> list[Plan]:
    """The plans whose area holds one of these places, today or by succession."""
    successions, today = Successions.stored(), timezone.localdate()
    known = set(Area.objects.values_list("code", flat=True)) if successions else set[str]()
    homes = {successions.destination(place, today, known) for place in places}
    return [
        plan
        for plan in Plan.objects.order_by("pk")
        if plan.ends_on >= today and any(is_within(home, plan.area_code) for home in homes)
    ]
