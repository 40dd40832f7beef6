"""Inspections, and the steps that follow: rectification and referral, each a record of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from typing_extensions import override

from funds.models import Fund
from orgs.models import Charity
from reviews.models import KindDeclaration, Status, Submission, at_most_one, days_in_order
from reviews.privacy import SensitiveText
from supervision.life import Case, Finding, Step, StepKind, state_on
from supervision.models.complaints import Complaint
from supervision.models.guidance import GuidanceVisit


class InspectionKind(models.TextChoices):
    """How an inspection is made."""

    SPOT = "spot", "抽查"
    AUDIT = "audit", "专项审计"
    JOINT = "joint", "联合检查"
    OTHER = "other", "其他"


class Inspection(Submission):
    """A spot check or audit (抽查审计) of a fund, a charity, or a street's charity work.

    云南 方案 三（四）: regular spot checks, problems are put right, violations are referred. At least two
    inspectors (慈善法 art. 104). What follows are records of their own (`Rectification`, `Referral`);
    where the inspection stands is derived from them (`supervision.life`). State machine of the
    record itself: see `reviews.models.Submission`.
    """

    fund = models.ForeignKey(
        Fund, models.PROTECT, null=True, blank=True, related_name="inspections", verbose_name="基金"
    )
    charity = models.ForeignKey(
        Charity,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inspections",
        verbose_name="慈善组织",
    )
    number = models.CharField("抽查编号", max_length=60)
    kind = models.CharField("检查方式", max_length=10, choices=InspectionKind)
    noticed_on = models.DateField("通知日期", null=True, blank=True)
    inspected_on = models.DateField("检查日期")
    inspectors = SensitiveText("检查人员", max_length=200)
    facts = models.CharField("检查情况", max_length=500)
    finding = models.CharField("检查结果", max_length=10, choices=Finding)
    demands = models.CharField("整改要求", max_length=500, blank=True)
    rectify_by = models.DateField("整改期限", null=True, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="inspections",
        icon="fact_check",
        example={
            "area": "500103001003",
            "number": "渝中民查2026第1号",
            "kind": "spot",
            "noticed_on": "2026-03-01",
            "inspected_on": "2026-03-05",
            "inspectors": "王某、李某",
            "facts": "抽查2025年度收支凭证20份",
            "finding": "problems",
            "demands": "补齐支出决议3份",
            "rectify_by": "2026-04-05",
        },
        sealed=("number", "fund", "charity", "kind", "inspected_on", "finding", "rectify_by"),
        sheet=155,
        exported=(
            "number",
            "fund",
            "charity",
            "kind",
            "noticed_on",
            "inspected_on",
            "facts",
            "finding",
            "demands",
            "rectify_by",
            ("stage", "办理阶段"),
        ),
        wide=("number", "fund", "charity", "facts", "demands"),
        searched=("facts",),
        prose=("inspectors", "facts", "demands", "note"),
        not_copied=("number", "facts", "demands", "note"),
        persons_until="inspected_on",
    )
    area_from: ClassVar[tuple[str, ...]] = ("fund",)
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "fund", "charity")
    likeness: ClassVar[tuple[str, ...]] = (
        "area_id",
        "inspected_on",
        "fund_id",
        "charity_id",
        "number",
    )
    numbers: ClassVar[tuple[str, ...]] = ("number",)
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("number",),)
    title_field: ClassVar[str] = "number"
    date_field: ClassVar[str] = "inspected_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "抽查审计"
        indexes = [
            models.Index(fields=("inspected_on",), name="supervision_inspected_on"),
            models.Index(fields=("rectify_by",), name="supervision_rectify_by"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            at_most_one(
                "fund",
                "charity",
                name="supervision_inspection_one_object",
                message="“基金”“慈善组织”只能选填一项",
            ),
            days_in_order(
                "noticed_on",
                "inspected_on",
                name="supervision_inspection_notice_in_order",
                message="检查日期不能早于通知日期",
                is_first_optional=True,
            ),
            days_in_order(
                "inspected_on",
                "rectify_by",
                name="supervision_inspection_dates_in_order",
                message="整改期限不能早于检查日期",
            ),
        ]

    @property
    def case(self) -> Case | None:
        """What its steps depend on; None while its day or its finding is missing."""
        if not (self.inspected_on and self.finding):
            return None
        name = f"抽查“{self.number}”"
        return Case(name, self.inspected_on, Finding(self.finding), self.rectify_by)

    @property
    def stage(self) -> str:
        """Where an approved inspection stands today, in Chinese; empty for one that is no fact."""
        return self.stage_after(steps_of(Inspection, [self.pk]).get(self.pk, ()))

    def stage_after(self, steps: Iterable[Step]) -> str:
        """Return the stage after these approved steps."""
        case = self.case if self.status == Status.APPROVED else None
        return str(state_on(case, steps, timezone.localdate()).label) if case else ""

    @classmethod
    @override
    def export_values(cls) -> Mapping[str, Callable[[Self], object]]:
        """Read the steps of all inspections at once."""
        steps = steps_of(Inspection)
        return {"stage": lambda record: record.stage_after(steps.get(record.pk, ()))}


class Acceptance(models.TextChoices):
    """Whether a rectification was accepted."""

    PASSED = StepKind.PASSED.value, "验收合格"
    FAILED = StepKind.FAILED.value, "验收不合格"


class Rectification(Submission):
    """How the problems of an inspection or a guidance visit were put right (整改), and its acceptance.

    云南 方案 三（四）: problems are to be put right in time. One that was not accepted is followed by
    another one, or by a `Referral`. State machine: see `reviews.models.Submission`.
    """

    inspection = models.ForeignKey(
        Inspection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rectifications",
        verbose_name="抽查审计",
    )
    visit = models.ForeignKey(
        GuidanceVisit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rectifications",
        verbose_name="工作指导",
    )
    measures = models.CharField("整改措施", max_length=500)
    rectified_on = models.DateField("整改完成日期")
    accepted_on = models.DateField("验收日期")
    result = models.CharField("验收结果", max_length=10, choices=Acceptance)
    acceptor_name = models.CharField("验收单位", max_length=100, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="rectifications",
        icon="build",
        example={
            "inspection": 1,
            "measures": "补齐支出决议3份，重新公示",
            "rectified_on": "2026-03-20",
            "accepted_on": "2026-03-25",
            "result": "passed",
            "acceptor_name": "渝中区民政局",
        },
        sealed=("inspection", "visit", "measures", "rectified_on", "accepted_on", "result"),
        sheet=160,
        exported=(
            "inspection",
            "visit",
            "measures",
            "rectified_on",
            "accepted_on",
            "result",
            "acceptor_name",
        ),
        wide=("inspection", "visit", "measures"),
        searched=("acceptor_name",),
        prose=("measures", "note"),
        not_copied=("measures", "note"),
    )
    area_from: ClassVar[tuple[str, ...]] = ("inspection", "visit")
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "inspection", "visit")
    likeness: ClassVar[tuple[str, ...]] = ("inspection_id", "visit_id", "rectified_on", "measures")
    title_field: ClassVar[str] = "measures"
    date_field: ClassVar[str] = "rectified_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "整改"
        indexes = [
            models.Index(fields=("rectified_on",), name="supervision_rectified_on"),
            models.Index(fields=("accepted_on",), name="supervision_accepted_on"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            at_most_one(
                "inspection",
                "visit",
                name="supervision_rectification_one_case",
                message="“抽查审计”“工作指导”只能选填一项",
            ),
            days_in_order(
                "rectified_on",
                "accepted_on",
                name="supervision_rectification_dates_in_order",
                message="验收日期不能早于整改完成日期",
            ),
        ]

    @property
    def step(self) -> Step | None:
        """The step of its case; None while a day or the result is missing."""
        if not (self.rectified_on and self.accepted_on and self.result):
            return None
        return Step(StepKind(self.result), self.accepted_on, self.rectified_on, key=self)


class Referral(Submission):
    """The referral (移交) of a violation to the authority that handles it.

    云南 方案 三（四）: violations are referred to the departments in charge. State machine: see
    `reviews.models.Submission`.
    """

    inspection = models.ForeignKey(
        Inspection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="referrals",
        verbose_name="抽查审计",
    )
    complaint = models.ForeignKey(
        Complaint,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="referrals",
        verbose_name="投诉举报",
    )
    receiver_name = models.CharField("接收部门", max_length=100)
    referred_on = models.DateField("移交日期")
    number = models.CharField("移交文号", max_length=60, blank=True)
    reason = models.CharField("移交事由", max_length=500)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="referrals",
        icon="forward_to_inbox",
        example={
            "complaint": 1,
            "receiver_name": "渝中区公安分局",
            "referred_on": "2026-04-20",
            "number": "渝中民移2026第1号",
            "reason": "涉嫌挪用善款",
        },
        sealed=("inspection", "complaint", "receiver_name", "referred_on", "number"),
        sheet=165,
        exported=("inspection", "complaint", "receiver_name", "referred_on", "number", "reason"),
        wide=("inspection", "complaint", "receiver_name", "reason"),
        searched=("number", "reason"),
        prose=("reason", "note"),
        not_copied=("number", "reason", "note"),
    )
    area_from: ClassVar[tuple[str, ...]] = ("inspection", "complaint")
    related_for_checks: ClassVar[tuple[str, ...]] = ("area", "inspection", "complaint")
    likeness: ClassVar[tuple[str, ...]] = (
        "inspection_id",
        "complaint_id",
        "referred_on",
        "receiver_name",
    )
    numbers: ClassVar[tuple[str, ...]] = ("number",)
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("number",),)
    title_field: ClassVar[str] = "receiver_name"
    date_field: ClassVar[str] = "referred_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "移交"
        indexes = [models.Index(fields=("referred_on",), name="supervision_referred_on")]
        constraints = [
            *Submission.Meta.constraints,
            at_most_one(
                "inspection",
                "complaint",
                name="supervision_referral_one_case",
                message="“抽查审计”“投诉举报”只能选填一项",
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"移交{self.receiver_name}（{self.referred_on}）"

    @property
    def step(self) -> Step | None:
        """The step of its case; None while its day is missing."""
        return Step(StepKind.REFERRED, self.referred_on, key=self) if self.referred_on else None


CaseKind = type[Inspection | GuidanceVisit | Complaint]

#: Kind of case → the kinds of its steps, with the reference to the case.
STEPS: dict[CaseKind, tuple[tuple[type[Rectification | Referral], str], ...]] = {
    Inspection: ((Rectification, "inspection"), (Referral, "inspection")),
    GuidanceVisit: ((Rectification, "visit"),),
    Complaint: ((Referral, "complaint"),),
}


def steps_of(
    kind: CaseKind,
    pks: Collection[int] | None = None,
    statuses: Collection[Status] = (Status.APPROVED,),
) -> dict[int, list[Step]]:
    """Return the steps of cases by the case's key: of some cases or of all; one query per kind of
    step."""
    found: dict[int, list[Step]] = defaultdict(list)
    for step_kind, link in STEPS[kind]:
        wanted = {f"{link}__isnull": False} if pks is None else {f"{link}__in": list(pks)}
        for record in step_kind._default_manager.filter(status__in=statuses, **wanted):
            if (step := record.step) is not None:
                found[getattr(record, f"{link}_id")].append(step)
    return found
