"""Plans and their revisions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from areas.models import Area
from audit.chain.protected import declare_append_only
from dates.recurrence import DaysOfYear
from dates.schedule import Schedule
from dates.text import day_text
from indicators.models.offices import Office, filled
from indicators.models.report_form import ReportForm


def default_reminders() -> list[int]:
    """Return days before the due day.

    A negative number is after it and also goes to the level above.
    """
    return [30, 14, 7, 1, -1, -7]


class Plan(ReportForm):
    """A policy document whose targets are counted.

    It is written as a file, see docs/writing-a-plan.md.
    """

    code = models.CharField("编号", max_length=40, unique=True)
    title = models.CharField("文件名称", max_length=200)
    document_number = models.CharField("文号", max_length=60, blank=True)
    issuer = models.CharField("发文机关", max_length=200)
    issued_on = models.DateField("成文日期", null=True, blank=True, help_text="空：文件未载明")
    issued_note = models.CharField(
        "成文日期说明", max_length=100, blank=True, help_text="如：据2025年2月19日报道，日前印发"
    )
    area_code = models.CharField("适用地区代码", max_length=12)
    starts_on = models.DateField("起算日期", help_text="累计类指标自该日所在月起计")
    ends_on = models.DateField("截止日期")
    level_labels = models.JSONField("层级名称", default=dict, blank=True)
    based_on = models.JSONField("依据文件", default=list, blank=True)
    work_kinds = models.JSONField("工作记录类别", default=list, blank=True)
    lagging_from = models.DecimalField(
        "滞后线",
        max_digits=4,
        decimal_places=3,
        default=Decimal("0.8"),
        help_text="完成数达到应达数的这一比例以上为“滞后”，以下为“严重滞后”",
    )
    report_due = models.JSONField("报送日", default=list, blank=True, help_text="月-日，如 06-30")
    report_prepare_days = models.PositiveSmallIntegerField("提前准备天数", default=30)
    report_first_due = models.DateField("首次报送日", null=True, blank=True)
    report_levels = models.JSONField(
        "报送层级", default=list, blank=True, help_text="逐级报送的层级，如 [3, 4]；空为仅本级"
    )
    report_lead_days = models.JSONField(
        "下级提前天数",
        default=dict,
        blank=True,
        help_text="层级→比报送日提前几天报上级，如 {4: 10}",
    )
    report_cutoff_days = models.PositiveSmallIntegerField(
        "数据截至提前天数", default=0, help_text="数据截至报送日前几天；0为报送日当天"
    )
    report_reminders = models.JSONField(
        "提醒天数",
        default=default_reminders,
        blank=True,
        help_text="期限前几天提醒；负数为逾期几天后催报并告知上级",
    )
    source_sha256 = models.CharField("文件摘要", max_length=64, editable=False)
    edited_at = models.DateTimeField(
        "在线修改时间", null=True, blank=True, editable=False, help_text="此后不再被方案文件覆盖"
    )

    class Meta:
        verbose_name = verbose_name_plural = "工作方案"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.title

    @property
    def report_schedule(self) -> Schedule:
        """When the plan's reports are due; no due day where the plan requires no reports."""
        return Schedule(
            recurrence=DaysOfYear.parse(self.report_due),
            starts_on=self.report_first_due or self.starts_on,
            ends_on=self.ends_on,
            prepare_days=self.report_prepare_days,
            lead_days={int(level): days for level, days in self.report_lead_days.items()},
            cutoff_days=self.report_cutoff_days,
            reminders=tuple(self.report_reminders),
        )

    @property
    def issued_text(self) -> str:
        """成文日期 in words: `2026年4月28日`, or why there is none (`文件未载明`)."""
        if self.issued_on is None:
            return self.issued_note or "文件未载明"
        note = f"（{self.issued_note}）" if self.issued_note else ""
        return f"{day_text(self.issued_on)}{note}"

    @property
    def issuers(self) -> list[str]:
        """The bodies that issued the document together."""
        return self.issuer.split("、")

    @property
    def recipient_offices(self) -> list[Office]:
        """The offices that the plan names as recipients, of whichever level reports highest."""
        return [Office.read(named) for named in self.report_recipients]

    @property
    def top_files(self) -> bool:
        """Whether the plan's own area files its report, and does not only compile those below.

        Nobody files to itself: without a word on it, the area files where the recipients are no
        offices of the issuers.
        """
        if self.report_top_files is not None:
            return self.report_top_files
        named = self.recipient_offices
        return bool(named) and not any(self._is_own(office) for office in named)

    def _is_own(self, office: Office) -> bool:
        return office.name.startswith(tuple(self.issuers))

    def recipients_of(self, area: Area, above: Area | None) -> list[Office]:
        """Return who receives the report of an area; `above` is the area that it files to.

        The plan's own area and those that file to it write to the plan's recipients (the latter
        to its issuers, where the recipients are above these); areas further down to the first
        signatory of the area above. Nobody receives what is only compiled.
        """
        if area.code == self.area_code:
            return self.recipient_offices if self.top_files else []
        if above is not None and above.code != self.area_code:
            return self.signatories_of(above)[:1]
        named = self.recipient_offices
        if named and (not self.top_files or any(self._is_own(office) for office in named)):
            return named
        return [Office(name) for name in self.issuers]

    def signatories_of(self, area: Area) -> list[Office]:
        """Return the offices that sign an area's report."""
        named = self.report_signatories.get(str(area.level))
        if named is None and area.code == self.area_code:
            return [Office(name) for name in self.issuers]
        offices = [Office.read(each) for each in named or ["{office}"]]
        return [replace(each, name=filled(each.name, area)) for each in offices]

    def label_of(self, level: int) -> str:
        """Return the plan's name for areas of a level (旗区, 苏木乡镇…)."""
        default = {1: "省", 2: "市州", 3: "区县", 4: "乡镇街道", 5: "村社区"}
        return str(self.level_labels.get(str(level), default[level]))


class Revision(models.Model):
    """A change of a plan on the site: old and new value, by whom, when and why; never changed.

    Editions that were sealed before keep their content.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="revisions", verbose_name="方案")
    indicator_code = models.CharField("指标编号", max_length=40, blank=True)
    subject = models.CharField("修订内容", max_length=100)
    before = models.JSONField("原值")
    after = models.JSONField("新值")
    reason = models.CharField("修订理由", max_length=500)
    document_number = models.CharField("依据文号", max_length=60, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="修订人"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="确认人",
    )
    at = models.DateTimeField("修订时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "修订记录"
        ordering = ("-at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="indicators_revision_has_reason",
                violation_error_message="修订须写明理由",
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan}：{self.subject}"


declare_append_only(Revision)
