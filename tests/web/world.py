"""One object of every kind in 七星岗街道, with a marker in every text that a page could show."""

from __future__ import annotations

import datetime
import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import models
from django.test import override_settings
from django.utils import timezone

from accounts.access.models import CountKind, LoginCount
from accounts.api.models import ApiToken
from accounts.models import Role, User
from accounts.webhooks.models import Webhook, WebhookDelivery
from areas.models import Area, AreaSuccession
from audit.models import AuditEvent
from funds.models import Fund, FundMember
from indicators.models import Duty, Indicator, Plan, Target, TargetAllocation, Task
from indicators.plan.proposing.making import target_proposal
from proposals.models import PendingChange
from proposals.services import propose
from reports.editions.content import draft_of
from reports.editions.period import PeriodContext
from reports.editions.sealing import seal
from reports.models import Edition, Report
from reports.models.exports import Delivery, Export, FileState, Subscription
from reports.schema.formats import draft_json
from reviews.models import (
    Attachment,
    ImportBatch,
    ImportJob,
    JobState,
    ReviewEvent,
    Status,
    Submission,
)
from reviews.services import approve, submit
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.persons import probes_of
from tests.records.kinds import RECORD_KINDS, sound
from tests.types import Make

#: The marker in texts of records; users of other areas must never see it.
MARK = "标记甲乙丙"
#: The marker in texts of logs, which the auditor may see.
LOG_MARK = "日志标记丁戊己"

_LATER = datetime.date(2050, 1, 1)
_TEXTS = {
    "name": f"{MARK}互助会",
    "content": MARK,
    "purpose": MARK,
    "donor_name": MARK,
    "evidence": MARK,
    "note": MARK,
    "leader": MARK,
    "title": MARK,
    "auditor": MARK,
    "matter": MARK,
    "facts": MARK,
    "measures": MARK,
    "handling": MARK,
    "receiver_name": MARK,
    "publisher_name": MARK,
}


@dataclass
class World:
    """The created objects by model."""

    objects: dict[type[models.Model], models.Model] = field(default_factory=dict)

    def __getitem__(self, model: type[models.Model]) -> Any:
        return self.objects[model]


def texts_of(model: type[models.Model]) -> dict[str, str]:
    """Return marked texts for the text fields of a model."""
    names = {each.name for each in model._meta.fields}
    names -= probes_of(model).keys()
    return {name: text for name, text in _TEXTS.items() if name in names}


def build_world(
    make: Make,
    quji: User,
    shiju: User,
    yuzhong: Plan,
    states: Sequence[Status] = (Status.APPROVED,),
) -> World:
    """Create one object of every kind in 七星岗街道; the kinds take turns in the states."""
    world = World()
    for kind, state in zip(RECORD_KINDS, itertools.cycle(states), strict=False):
        record = sound(make, kind, area_id=HUAYIPO, **texts_of(kind), **probes_of(kind))
        record.save()  # the marker is in the history, too
        if state != Status.DRAFT:
            submit(record, by=quji, reason=LOG_MARK)
        if state == Status.APPROVED:
            approve(record, by=shiju)
        world.objects[kind] = record
    world.objects[LoginCount] = LoginCount.objects.create(
        kind=CountKind.ADDRESS, subject="10.0.0.5", failures=1
    )
    world[Fund].members.create(kind="resident", **probes_of(FundMember))
    world.objects[ReviewEvent] = ReviewEvent.objects.latest("pk")
    world.objects[ImportBatch] = ImportBatch.objects.create(
        kind="funds",
        file_name=f"{LOG_MARK}.xlsx",
        sha256="0" * 64,
        area_id=QIXINGGANG,
        created_by=quji,
        row_count=1,
        warnings=[LOG_MARK],
    )
    world.objects[ImportJob] = ImportJob.objects.create(
        kind="funds",
        file_name=f"{MARK}.xlsx",
        content=b"",
        area_id=QIXINGGANG,
        created_by=quji,
        state=JobState.CHECKED,
    )
    world.objects |= _files(quji, yuzhong)
    world.objects[Attachment] = _evidence(world[Fund], quji)
    world.objects[Area] = Area.objects.get(code=HUAYIPO)
    world.objects[AreaSuccession] = AreaSuccession.objects.create(
        predecessor_id=HUAYIPO, successor_id=MINSHENGLU, on=_LATER, carries_records=False
    )
    world.objects[User] = quji
    world.objects |= _plan_with_a_share(yuzhong)
    report = Report.objects.create(
        file_by=datetime.date(2026, 6, 30),
        plan=yuzhong,
        area_id=DISTRICT,
        due_on=datetime.date(2026, 6, 30),
        prepared_at=timezone.now(),
    )
    context = PeriodContext.of(report, report.due_on)
    report.draft = draft_json(draft_of(report, context))
    report.draft["indicators"][0] |= {"name": MARK, "value_text": MARK}
    report.save()
    world.objects[Report] = report
    world.objects[Edition] = seal(report, by=shiju, on=datetime.date(2026, 6, 30))
    world.objects |= _told(quji)
    world.objects[ApiToken] = _token(quji)
    world.objects[PendingChange] = _change(world, shiju)
    world.objects[AuditEvent] = AuditEvent.objects.latest("pk")
    return world


def _change(world: World, by: User) -> PendingChange:
    """Propose another value of a target, which waits for its confirmation."""
    target = world[Target]
    assert isinstance(target, Target)
    wanted = target_proposal(
        target, value=target.value + 1, operator=">=", at_least=None, document_number=""
    )
    with override_settings(SECOND_PERSON=True):
        return propose(wanted, by=by, reason="调整")[0]


def _token(by: User) -> ApiToken:
    """Create a token of an integration of 七星岗街道."""
    user = User.objects.create_user(
        "jiekou-0001", display_name="区级数据平台", role=Role.OBSERVER, area_id=QIXINGGANG
    )
    return ApiToken.objects.create(
        user=user,
        role=user.role,
        area_id=user.area_id,
        digest="0" * 64,
        hint="sqcs_0000",
        expires_on=_LATER,
        created_by=by,
    )


def _plan_with_a_share(plan: Plan) -> dict[type[models.Model], models.Model]:
    """Return the plan, an indicator and its target, and the part allocated to one community."""
    indicator = plan.indicators.get(code="funds")
    target = indicator.targets.first()
    assert target
    share = TargetAllocation.objects.create(target=target, area_id=HUAYIPO, value=1)
    duty = plan.duties.first()
    assert duty
    return {
        Plan: plan,
        Indicator: indicator,
        Target: target,
        TargetAllocation: share,
        Duty: duty,
        Task: plan.tasks.get(code="fund-setup"),
    }


def _told(by: User) -> dict[type[models.Model], models.Model]:
    """Create a webhook with a delivery that failed."""
    webhook = Webhook.objects.create(
        name="市级数据平台",
        url="https://hook.example.gov.cn/in",
        area_id=QIXINGGANG,
        events=["record.approved"],
        created_by=by,
    )
    delivery = WebhookDelivery.objects.create(
        webhook=webhook,
        event="record.approved",
        area_code=QIXINGGANG,
        payload={"kind": "funds.fund", "records": [{"id": 1, "area": HUAYIPO}]},
        state="dead",
        last_error="连接不上接收方",
        settled_at=timezone.now(),
    )
    return {Webhook: webhook, WebhookDelivery: delivery}


def _files(by: User, plan: Plan) -> dict[type[models.Model], models.Model]:
    """Create an export and a subscription with one period; their files do not exist."""
    made = {"state": FileState.DONE, "file_name": "none.xlsx", "message": MARK, "size": 1}
    export = Export.objects.create(
        kind="funds.fund", area_id=QIXINGGANG, requested_by=by, row_count=1, **made
    )
    subscription = Subscription.objects.create(user=by, plan=plan, area_id=QIXINGGANG, day=1)
    delivery = Delivery.objects.create(subscription=subscription, due_on=_LATER, **made)
    return {Export: export, Subscription: subscription, Delivery: delivery}


def _evidence(record: Submission, by: User) -> Attachment:
    """Attach a file with a marked name to a record."""
    content = f"%PDF-1.4 {MARK}".encode()
    return Attachment.objects.create(
        content_type=ContentType.objects.get_for_model(type(record)),
        object_id=record.pk,
        file=ContentFile(content, name="a"),
        file_name=f"{MARK}.pdf",
        kind="application/pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        note=MARK,
        added_by=by,
    )
