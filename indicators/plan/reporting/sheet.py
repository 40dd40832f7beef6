"""What a plan asks of reports, line by line, with the lines that stand in no document marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from areas.codes import level_of
from dates.text import day_text
from indicators.models import Plan
from indicators.models.offices import Office
from indicators.plan.files import REPORT_KEYS
from indicators.rules.answers.values import plain


@dataclass(frozen=True)
class ReportLine:
    """A line of the plan's page; `is_default`: the platform sets the value, no document does."""

    label: str
    value: str
    is_default: bool


def report_lines(plan: Plan) -> list[ReportLine]:
    """Return what the plan asks of reports; nothing where it asks for none."""
    if not plan.report_due:
        return []
    return [
        ReportLine(label, value, any(_is_default(plan, key) for key in keys))
        for label, value, *keys in _lines(plan)
        if value
    ]


def _is_default(plan: Plan, name: str) -> bool:
    """Whether a key is marked as the platform's, or left to it."""
    key = next(each for each in REPORT_KEYS if each.name == name)
    return name in plan.report_assumed or getattr(plan, key.attribute) == key.default


def _lines(plan: Plan) -> Iterator[Sequence[str]]:
    """Yield label, value and the keys that set it."""
    days = (each.split("-") for each in plan.report_due)
    yield "报送日", "每年" + "、".join(f"{int(m)}月{int(d)}日" for m, d in days), "due"
    first = plan.report_schedule.next_due(plan.report_schedule.starts_on)
    yield "首次报送日", day_text(first) if first else "", "first_due"
    yield "报送层级", _levels(plan), "levels"
    yield "报送对象", "；".join(_office(each) for each in plan.recipient_offices), "recipients"
    yield "报告标题", plan.report_name, "subject"
    yield "报告首句", plan.report_opening, "opening"
    yield "签署单位", _signatories(plan), "signatories"
    yield "会签", "各签署单位都签了才能封存" if plan.report_joint else "", "joint"
    yield "提前准备", f"报送日前{plan.report_prepare_days}天准备草稿", "prepare_days"
    leads = plan.report_lead_days.items()
    lead = "、".join(f"{plan.label_of(int(level))}提前{days}天" for level, days in leads)
    yield "下级期限", lead, "lead_days"
    cutoff = plan.report_cutoff_days
    yield "数据截至", f"报送日前{cutoff}天" if cutoff else "报送日当天", "cutoff_days"
    yield "提醒", _reminders(plan.report_reminders), "reminders"


def _levels(plan: Plan) -> str:
    own = level_of(plan.area_code)
    below = "、".join(plan.label_of(level) for level in sorted({*plan.report_levels} - {own}))
    top = f"{plan.label_of(own)}级{'报送' if plan.top_files else '只汇总，不报送'}"
    return f"{below}报送，{top}" if below else top


def _office(office: Office) -> str:
    """`云南省委社会工作部五处（社会工作部的审核员、观察员接收）`: the office and who acts for it."""
    labels = {"reviewer": "审核员", "observer": "观察员"}
    roles = "、".join(labels[role] for role in office.roles)
    of = f"{office.department}的" if office.department else ""
    is_plain = office == Office(office.name)
    return office.name if is_plain else f"{office.name}（{of}{roles}接收）"


def _signatories(plan: Plan) -> str:
    words = {"{area}": "××", "{office}": "本级民政部门（街道办事处、乡镇政府）"}
    found = []
    for level, offices in sorted(plan.report_signatories.items()):
        names = "、".join(Office.read(each).name for each in offices)
        for placeholder, word in words.items():
            names = names.replace(placeholder, word)
        found.append(f"{plan.label_of(int(level))}：{names}")
    return "；".join(found) or words["{office}"]


def _reminders(marks: Sequence[int]) -> str:
    before = "、".join(str(mark) for mark in marks if mark > 0)
    after = "、".join(str(-mark) for mark in marks if mark < 0)
    parts = (before and f"期限前{before}天", 0 in marks and "当天", after and f"逾期{after}天")
    return "，".join(part for part in parts if part)


def pace_words(plan: Plan) -> str:
    """The line between 滞后 and 严重滞后 in words; the platform's own unless the plan sets another."""
    line = plain(plan.lagging_from * 100, 1)
    default = Plan._meta.get_field("lagging_from").default
    source = "平台默认，文件没有规定" if plan.lagging_from == default else "由方案文件设定"
    return f"未达到应达数但在其{line}%以上的为“滞后”，不足的为“严重滞后”（{source}）。"
