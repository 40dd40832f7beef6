"""How a plan has its reports titled, addressed and signed ([plan.report] of the plan file)."""

from __future__ import annotations

from typing import Final

from django.db import models

#: What the reports are about, where the plan does not say.
SUBJECT: Final = "社区慈善工作"
#: The first sentence of a report, where the plan gives none.
OPENING: Final = "按照{basis}要求，现将{area}截至{day}的{title}如下。"


class ReportForm(models.Model):
    """The part of a plan that says how its reports look; abstract."""

    report_subject = models.CharField(
        "报告事项", max_length=60, blank=True, help_text=f"报告所报的工作；空为“{SUBJECT}”"
    )
    report_title = models.CharField(
        "报告标题",
        max_length=60,
        blank=True,
        help_text="不含地区名；空为“报告事项”加“进展情况报告”",
    )
    report_opening = models.CharField(
        "报告首句",
        max_length=300,
        blank=True,
        help_text="可用 {basis}（依据文件）、{area}、{day}、{title}",
    )
    report_recipients = models.JSONField("报送对象", default=list, blank=True)
    report_top_files = models.BooleanField(
        "本级向上报送",
        null=True,
        blank=True,
        help_text="空：报送对象是发文机关以外的单位才报送，否则只汇总",
    )
    report_signatories = models.JSONField(
        "签署单位", default=dict, blank=True, help_text="层级→单位；空为该级民政部门、街道办事处等"
    )
    report_joint = models.BooleanField(
        "须各签署单位会签", default=False, help_text="签署单位都签了才能封存"
    )
    report_assumed = models.JSONField(
        "平台默认的报送要求", default=list, blank=True, help_text="文件没有规定、由平台设定的项目"
    )

    class Meta:
        abstract = True

    @property
    def subject(self) -> str:
        """The work that the reports are about: 社区基金会服务工作."""
        return self.report_subject or SUBJECT

    @property
    def report_name(self) -> str:
        """The title of its reports, without area and period: 社区基金会服务工作进展情况报告."""
        return self.report_title or f"{self.subject}进展情况报告"
