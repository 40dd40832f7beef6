"""Records for the permission walk: one in every state at every place, and bodies for new ones."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction

from api.records import RecordViewSet
from funds.models import Donation, Fund
from indicators.models import Task
from reviews.fields import field_of
from reviews.models import Status, Submission
from reviews.privacy import sensitive_fields
from reviews.services import approve, submit
from tests.api.places import Office, ground_of
from tests.records.examples import is_owed, references
from tests.records.kinds import RECORD_KINDS, owed_task, sound
from tests.types import Json
from work.models import TaskProgress

WHY = "测试权限"


class Records:
    """The records of one kind: `found[area][status]`, and `bodies[area]` for a new record."""

    def __init__(self, office: Office, prefix: str, viewset: type[RecordViewSet]) -> None:
        self.office, self.prefix, self.viewset = office, prefix, viewset
        self.kind = viewset.queryset.model
        self.ground = ground_of(self.kind)
        self.sources = {area: self._sources(area) for area in self.ground.areas}
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

    def _sources(self, area: str) -> dict[str, Submission]:
        """Return records there for the references that a record of the kind must have."""
        made: dict[str, Submission] = {}
        for field in references(self.kind):
            if field.related_model is Task:
                continue
            other = next(each for each in RECORD_KINDS if each is field.related_model)
            if other is Fund:
                made[field.name] = fund_at(self.office, area)
            elif is_owed(self.kind, field):
                made[field.name] = sound(self.office.make, other, area_id=area)
        return made

    def _sound(self, area: str, **referred: object) -> Submission:
        """Return a sound draft there, of records of its own: a case takes one step."""
        values: dict[str, object] = {"area_id": area, **self._sources(area), **referred}
        if self.kind is Fund:
            values["level"] = "street" if len(area) == 9 else "community"
        return sound(self.office.make, self.kind, **values)

    def _body(self, area: str) -> Json:
        """Return the body with which a client creates a record there."""
        referred: dict[str, object] = dict(self.sources[area])
        if self.kind is TaskProgress:
            referred["task"] = owed_task(area)
        with transaction.atomic():
            body = body_of(self.viewset, self._sound(area, **referred))
            transaction.set_rollback(True)
        return body


def fund_at(office: Office, area: str) -> Fund:
    """Return a fund with money in it."""
    found = office.make(Fund, area_id=area)
    office.make(Donation, fund=found)
    return found


def _another(kind: type[Submission]) -> Json:
    """Values that distinguish a second record of a nameless kind from the stored one."""
    fields = [field_of(kind, name.removesuffix("_id")) for name in kind.likeness]
    for field in fields:
        if isinstance(field, models.IntegerField):
            return {field.name: 777}
        if isinstance(field, models.DecimalField):
            return {field.name: "777.00"}
    texts = [
        field.name for field in fields if isinstance(field, models.CharField) and not field.choices
    ]
    return {texts[-1]: "另一笔"} if texts else {}


def body_of(viewset: type[RecordViewSet], record: Submission) -> Json:
    """A record as a client would send it."""
    serializer: Any = viewset.serializer_class(record)
    writable = [name for name, each in serializer.fields.items() if not each.read_only]
    body = {name: serializer.data[name] for name in writable}
    body |= {name: getattr(record, name) for name in sensitive_fields(type(record))}
    return body | _another(viewset.queryset.model)
