"""Reports that areas owe, and the sealed editions that they filed."""

from __future__ import annotations

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.webhooks.events import declare_event
from areas.models import Area
from audit.chain.protected import declare_append_only
from dates.due_items import DueItem
from dates.text import month_text
from indicators.models import Plan
from reports.schema.content import Draft, EditionContent
from reports.schema.formats import read, read_draft
from reviews.querysets import AreaScopedQuerySet

#: Sent to other systems as a webhook event (`accounts.webhooks`).
REPORT_FILED = declare_event("report.filed", "报告上报")
EDITION_SEALED = declare_event("edition.sealed", "报告封存")
#: The kind under which a report is a due item; stored with every reminder.
REPORT_DUE = "reports.report"
#: The longest name of a recipient; several that shared one reception are joined.
RECIPIENT_LENGTH = 400


class ReportState(models.TextChoices):
    """The stored state of a report; 逾期 is derived from its due day (`FilingStatus`)."""

    DUE = "due", "待报"
    FILED = "filed", "已报"
    RETURNED = "returned", "已退回"
    RECEIVED = "received", "已接收"
    #: The plan no longer requires the report, and nothing was filed.
    DROPPED = "dropped", "不再报送"

    @classmethod
    def done(cls) -> frozenset[ReportState]:
        """The states in which the report is filed and not returned."""
        return frozenset({cls.FILED, cls.RECEIVED})


class FilingStatus(models.TextChoices):
    """The state of a report on a day, with 逾期."""

    OPEN = "open", "待报"
    OVERDUE = "overdue", "逾期"
    RETURNED = "returned", "已退回"
    FILED = "filed", "已报"
    RECEIVED = "received", "已接收"
    DROPPED = "dropped", "不再报送"
    #: A compilation, which is filed to nobody, before and after it is sealed.
    UNSEALED = "unsealed", "待汇总"
    SEALED = "sealed", "已汇总"

    @classmethod
    def of(
        cls, state: str, file_by: datetime.date, day: datetime.date, *, is_compilation: bool = False
    ) -> FilingStatus:
        """Derive the status: a report that is owed after its own due day is 逾期."""
        if is_compilation and state in (ReportState.DUE, ReportState.FILED):
            return cls.UNSEALED if state == ReportState.DUE else cls.SEALED
        if state != ReportState.DUE:
            return cls(state)
        return cls.OVERDUE if file_by < day else cls.OPEN


class ReportAction(models.TextChoices):
    """The kinds of events in the life of a report; each occurrence is a `ReportEvent`."""

    PREPARE = "prepare", "准备"
    EDIT = "edit", "修改文稿"
    FILE = "file", "上报"
    CORRECT = "correct", "更正上报"
    RETURN = "return", "退回"
    RECEIVE = "receive", "接收"
    URGE = "urge", "催报"


class ReportQuerySet(AreaScopedQuerySet):
    """Reports selected by their state."""

    def unsealed(self) -> Self:
        """Reports still to be filed or compiled, of areas that exist on the due day."""
        exists = Q(area__valid_from__isnull=True) | Q(area__valid_from__lte=F("due_on"))
        exists &= Q(area__valid_to__isnull=True) | Q(area__valid_to__gt=F("due_on"))
        return self.filter(exists, state__in=(ReportState.DUE, ReportState.RETURNED))

    def owed(self) -> Self:
        """Reports still to be filed: compilations are owed to nobody."""
        return self.unsealed().filter(is_compilation=False)

    def late(self, day: datetime.date) -> Self:
        """Reports still to be filed although their own due day is past."""
        return self.owed().filter(file_by__lt=day)


class Report(models.Model):
    """A progress report of a plan for one area and one due day (云南 通知: 每年6月底、11月底前).

    A daily task prepares it before the due day: `draft` holds the figures of that day. 待报 → 已报
    (filing seals an edition) → 已接收, or 已退回 by the level above and then 已报 again. Each
    recipient receives or returns for itself. A later correction seals another edition, with a
    reason, and waits to be received again. What the plan's own area only compiles (本级汇总) is
    sealed and owed to nobody.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reports", verbose_name="方案")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="报送地区")
    due_on = models.DateField("报送截止日")
    #: The area's own due day; `due_on` is the plan's due day, which names the period.
    file_by = models.DateField("本级期限")
    state = models.CharField("状态", max_length=8, choices=ReportState, default=ReportState.DUE)
    prepared_at = models.DateTimeField("准备时间")
    draft = models.JSONField("草稿数据", default=dict)
    #: Section → edited text; a section that is not here is drafted from the figures.
    narrative = models.JSONField("文稿", default=dict, blank=True)
    first_filed_on = models.DateField("首次上报日期", null=True, blank=True)
    #: Offices as `Office.as_json` writes them, kept from the first filing on.
    recipients = models.JSONField("报送对象", default=list, blank=True, editable=False)
    is_compilation = models.BooleanField(
        "本级汇总", default=False, editable=False, help_text="只汇总下级报告，不向上报送"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "进展报告"
        ordering = ("-due_on", "area")
        constraints = [
            models.UniqueConstraint(
                fields=("plan", "area", "due_on"),
                name="reports_report_once",
                violation_error_message="该报告已准备",
            )
        ]

    def __str__(self) -> str:
        return f"{self.area}{self.period}进展报告"

    @property
    def name(self) -> str:
        """Its full name, by the plan's title of reports: 东胜区2026年6月社区基金会服务工作进展情况报告."""
        return f"{self.area}{self.period}{self.plan.report_name}"

    @property
    def is_done(self) -> bool:
        """Whether the report is filed and not returned."""
        return self.state in ReportState.done()

    @property
    def standing(self) -> FilingStatus:
        """The filing status of the report today."""
        return FilingStatus.of(
            self.state,
            self.file_by,
            timezone.localdate(),
            is_compilation=self.is_compilation,
        )

    @property
    def due_item(self) -> DueItem:
        """The report as a due item: something that its area owes by a day."""
        return DueItem(
            kind=REPORT_DUE,
            key=str(self.pk),
            title=self.name,
            area_code=self.area_id,
            due_on=self.file_by,
            reminders=self.plan.report_schedule.reminders,
            is_done=self.is_done,
        )

    @property
    def period(self) -> str:
        """The month of the due day in Chinese: 2026年6月."""
        return month_text(self.due_on)

    def as_draft(self) -> Draft | None:
        """Return its draft; None where none has been prepared."""
        return read_draft(self.draft)

    def as_of(self, today: datetime.date) -> datetime.date:
        """The day on which its figures are counted: the cut-off, or `today` before it."""
        return min(self.plan.report_schedule.cut_off(self.due_on), today)


class Edition(models.Model):
    """A sealed edition: canonical JSON with its SHA-256 and that of the edition before it.

    A row is written once and never changed. The workbook and the Word document are made from
    `content` alone; making them again gives the same bytes.
    """

    report = models.ForeignKey(
        Report, models.PROTECT, related_name="editions", verbose_name="进展报告"
    )
    number = models.PositiveSmallIntegerField("版次")
    content = models.TextField("封存内容")
    #: Copied from `content`, for pages that do not read all of it.
    as_of = models.DateField("数据截至")
    figures = models.JSONField("指标数值", default=dict)
    #: Indicator code → exact numerator and denominator, which the level above adds up.
    fractions = models.JSONField("分子分母", default=dict)
    sha256 = models.CharField("摘要", max_length=64, unique=True)
    previous_sha256 = models.CharField("上一版摘要", max_length=64, blank=True)
    reason = models.CharField("更正理由", max_length=500, blank=True)
    sealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="封存人"
    )
    sealed_at = models.DateTimeField("封存时间")
    workbook_sha256 = models.CharField("工作簿摘要", max_length=64)
    #: Empty: sealed before Word documents were made.
    document_sha256 = models.CharField("文稿摘要", max_length=64, blank=True)
    is_zero = models.BooleanField("零报告", default=False)
    #: The same digests by SM3 (GB/T 32905-2016); empty: sealed without 国密.
    sm3 = models.CharField("国密摘要", max_length=64, blank=True)
    workbook_sm3 = models.CharField("工作簿国密摘要", max_length=64, blank=True)
    document_sm3 = models.CharField("文稿国密摘要", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "封存版次"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("report", "number"),
                name="reports_edition_number_once",
                violation_error_message="该版次已存在",
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""),
                name="reports_edition_correction_has_reason",
                violation_error_message="更正须写明理由",
            ),
            models.UniqueConstraint(
                fields=("previous_sha256",),
                condition=~Q(previous_sha256=""),
                name="reports_edition_chain_has_no_branch",
                violation_error_message="上一版之后已有新版",
            ),
            models.CheckConstraint(
                condition=~Q(sha256=F("previous_sha256")),
                name="reports_edition_differs",
                violation_error_message="新版与上一版相同",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}第{self.number}版"

    def as_content(self) -> EditionContent:
        """Return what was sealed, read from any format; FormatError where it cannot be read."""
        return read(self.content)


class EditionMember(models.Model):
    """A record behind the figures of an edition; the index from records to editions."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="members")
    kind = models.CharField("记录类别", max_length=60)
    object_id = models.BigIntegerField("记录编号")

    class Meta:
        verbose_name = verbose_name_plural = "封存记录"
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "object_id", "edition"),
                name="reports_editionmember_once",
                violation_error_message="该记录已在该版次中",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}#{self.object_id}"


class ReportEvent(models.Model):
    """One thing that happened to a report; a row is never changed."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="events")
    action = models.CharField("事项", max_length=8, choices=ReportAction)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="经办人",
    )
    at = models.DateTimeField("时间")
    note = models.CharField("说明", max_length=500, blank=True)
    #: For whom it was received or returned: the name of one of the report's recipients.
    recipient = models.CharField("接收单位", max_length=RECIPIENT_LENGTH, blank=True)
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "报告经过"
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.get_action_display()}（{timezone.localtime(self.at):%Y-%m-%d %H:%M}）"


for _model in (Edition, EditionMember, ReportEvent):
    declare_append_only(_model)
