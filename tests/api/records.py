"""Records for the permission walk: one in every state at every place, and bodies for new ones."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from api.records import RecordViewSet
from funds.models import Donation, Expenditure, Fund
from orgs.models import Training
from projects.models import Aid
from reviews.models import Status, Submission
from reviews.services import approve, submit
from scenes.models import Activity
from tests.api.places import Office, ground_of
from tests.records.kinds import sound
from tests.types import Json

WHY = "测试权限"


class Records:
    """The records of one kind: `found[area][status]`, and `bodies[area]` for a new record."""

    def __init__(self, office: Office, prefix: str, viewset: type[RecordViewSet]) -> None:
        self.office, self.prefix, self.viewset = office, prefix, viewset
        self.kind = viewset.queryset.model
        self.ground = ground_of(self.kind)
        self.funds = {area: fund_at(office, area) for area in self.ground.areas}
        self.found = {area: self._in_every_state(area) for area in self.ground.areas}
        self.bodies = {area: self._body(area) for area in self.ground.areas}

    def _in_every_state(self, area: str) -> dict[Status, Submission]:
        states = (Status.DRAFT, Status.PENDING, Status.APPROVED)
        return {state: self._record(area, state) for state in states}

    def _record(self, area: str, state: Status) -> Submission:
        record = self._sound(area)
        if state != Status.DRAFT:
            submit(record, by=self.office.clerk, reason=WHY)
        if state == Status.APPROVED:
            approve(record, by=self.office.reviewer)
        return record

    def _sound(self, area: str) -> Submission:
        values: dict[str, object] = {"area_id": area}
        if self.kind is Fund:
            values["level"] = "street" if len(area) == 9 else "community"
        if self.kind in (Donation, Expenditure):
            values["fund"] = self.funds[area]
        return sound(self.office.make, self.kind, **values)

    def _body(self, area: str) -> Json:
        """Return the body with which a client creates a record there."""
        with transaction.atomic():
            body = body_of(self.viewset, self._sound(area))
            transaction.set_rollback(True)
        return body


def fund_at(office: Office, area: str) -> Fund:
    """Return a fund with money in it."""
    found = office.make(Fund, area_id=area)
    office.make(Donation, fund=found)
    return found


#: Kinds without a name need another value, or they are refused as stored already.
_OTHERS: dict[type[Submission], Json] = {
    Aid: {"person_times": 777},
    Training: {"person_times": 777},
    Activity: {"person_times": 777},
    Donation: {"amount_yuan": "777.00"},
    Expenditure: {"purpose": "另一笔"},
}


def body_of(viewset: type[RecordViewSet], record: Submission) -> Json:
    """A record as a client would send it."""
    serializer: Any = viewset.serializer_class(record)
    writable = [name for name, each in serializer.fields.items() if not each.read_only]
    return {name: serializer.data[name] for name in writable} | _OTHERS.get(
        viewset.queryset.model, {}
    )
