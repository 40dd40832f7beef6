"""The communities an activity reached (覆盖社区) as tick boxes; each ticked one is a row."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import DateField
from django.forms.formsets import DELETION_FIELD_NAME, INITIAL_FORM_COUNT, TOTAL_FORM_COUNT
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from typing_extensions import override

from accounts.requests import user_of
from areas.codes import COMMUNITY_LEVEL, COUNTY_LEVEL, TOWNSHIP_LEVEL, cut_to, level_of
from areas.models import Area
from conflicts.rows import ComparedRows
from scenes.models import Activity, ActivityReach

#: More boxes than these get a search field.
_AT_A_GLANCE = 15


@dataclass(frozen=True)
class Street:
    """A street's communities, each with whether it is ticked."""

    name: str
    boxes: Sequence[tuple[Area, bool]]

    @property
    def ticked(self) -> int:
        """The number of ticked communities."""
        return sum(is_ticked for _, is_ticked in self.boxes)


class ReachFormSet(ComparedRows):
    """Tick boxes as rows. The page sets `offered`; with None there are too many and rows are used.

    The form sends `…-was` (ticked when the page was made) and `…-tick`, so communities ticked by
    another user meanwhile stay ticked. Rows of an older page are accepted, too.
    """

    offered: QuerySet[Area] | None = None

    def __init__(
        self,
        *args: Any,
        data: QueryDict | None = None,
        instance: Activity | None = None,
        prefix: str | None = None,
        **kwargs: Any,
    ) -> None:
        start = prefix or self.get_default_prefix()
        if data is not None and f"{start}-ticks" in data:
            rows: object = _as_rows(data, instance, start)
        else:
            rows = data
        super().__init__(*args, data=rows, instance=instance, prefix=prefix, **kwargs)

    @override
    def clean(self) -> None:
        """Require newly ticked communities to exist on the day of the activity."""
        super().clean()
        day = self.instance.held_on
        for form in self.extra_forms:
            area = getattr(form, "cleaned_data", {}).get("area")
            if area is not None and day is not None and not area.exists_on(day):
                raise ValidationError(f"“{area}”在活动日期{day}不存在，不能列为覆盖社区")

    @property
    def streets(self) -> list[Street]:
        """The boxes by street; stored communities are among them even if they no longer exist."""
        ticked, stored = self._ticked(), Area.objects.filter(pk__in=self._stored())
        areas = stored if self.offered is None else self.offered | stored
        by_street: dict[str, list[tuple[Area, bool]]] = {}
        for area in areas.order_by("code"):
            street = cut_to(area.code, TOWNSHIP_LEVEL)
            by_street.setdefault(street, []).append((area, area.code in ticked))
        names = dict(Area.objects.filter(pk__in=by_street).values_list("code", "short_name"))
        return [Street(names.get(code, ""), boxes) for code, boxes in by_street.items()]

    @property
    def was(self) -> list[str]:
        """The codes stored when the page is made."""
        return sorted(self._stored())

    @property
    def is_long(self) -> bool:
        """Whether there are enough boxes for a search field."""
        return self.offered is not None and self.offered.count() > _AT_A_GLANCE

    @property
    def faults(self) -> list[str]:
        """The errors of all rows in one list, because the page shows no rows."""
        found = [str(error) for error in self.non_form_errors()] if self.is_bound else []
        rows = (form.errors for form in self.forms) if self.is_bound else ()
        found += [
            str(error) for errors in rows for messages in errors.values() for error in messages
        ]
        return list(dict.fromkeys(found))

    def _stored(self) -> set[str]:
        return {row.area_id for row in self.get_queryset()}

    def _ticked(self) -> set[str]:
        return {
            str(form["area"].value())
            for form in self.forms
            if not (self.is_bound and form[DELETION_FIELD_NAME].value())
        }


def _as_rows(data: QueryDict, instance: Activity | None, start: str) -> dict[str, object]:
    """Convert the ticks of a form into Django's form data of rows, stored ones first with their
    keys."""
    ticked, was = data.getlist(f"{start}-tick"), set(data.getlist(f"{start}-was"))
    key = instance.pk if instance else None
    stored = ActivityReach.objects.filter(activity=key) if key else ()
    held = {row.area_id: row.pk for row in stored}
    rows: list[dict[str, object]] = []
    for code, pk in held.items():
        rows.append({"id": pk, "activity": key, "area": code})
        if code in was and code not in ticked:
            rows[-1][DELETION_FIELD_NAME] = "on"
    rows += [{"area": code} for code in dict.fromkeys(ticked) if code not in held]
    sent = {
        f"{start}-{number}-{name}": value
        for number, row in enumerate(rows)
        for name, value in row.items()
    }
    counts = {TOTAL_FORM_COUNT: len(rows), INITIAL_FORM_COUNT: len(held)}
    return {**data.dict(), **{f"{start}-{name}": n for name, n in counts.items()}, **sent}


def offered_to(request: HttpRequest, activity: Activity | None) -> QuerySet[Area] | None:
    """Return the communities of the clerk's area on the activity's day; None above a county."""
    user = user_of(request)
    if not user.area_id or level_of(user.area_id) < COUNTY_LEVEL:
        return None
    rows = Area.objects.visible_to(user).filter(level=COMMUNITY_LEVEL)
    return rows.existing_on(_day_of(request, activity))


def _day_of(request: HttpRequest, activity: Activity | None) -> datetime.date:
    """Return the typed or stored day of the activity; today without one."""
    try:
        typed = DateField(required=False).clean(request.POST.get("held_on"))
    except ValidationError:
        typed = None
    return typed or (activity.held_on if activity else None) or timezone.localdate()
