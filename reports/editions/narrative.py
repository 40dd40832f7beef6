"""The text of a report: drafted from the figures, then edited by people, then sealed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypedDict

from areas.models import Area
from dates.text import day_text
from indicators.models import Plan
from indicators.progress.progress import Progress, State, as_json
from indicators.progress.sentences import amount, met_instead_text, pace_sentence
from indicators.progress.target_sentences import deadline_text
from indicators.rules.answers.values import difference_text
from reports.editions.child_reports import ChildReport, missing_of
from reports.editions.parts.tasks import TaskWords
from reports.filers import level_below
from reports.schema.content import NewRecords, SealedDuty, Section

#: Code → title of the sections that every report has, in order (工作进展情况报告).
SECTIONS = {
    "progress": "工作进展",
    "measures": "主要做法",
    "problems": "存在问题",
    "plans": "下一步打算",
}
#: The longest section, in characters.
MOST = 20_000

_ORDINALS = "一二三四五六七八九十"
_NAMED = 5


class EditedSection(TypedDict):
    """A section that a person wrote, beside the draft it was written from (`Report.narrative`)."""

    text: str
    draft: str


@dataclass(frozen=True)
class NarrativeInputs:
    """The data from which the sections are drafted."""

    plan: Plan
    area: Area
    day: datetime.date
    items: Sequence[Progress]
    children: Sequence[Area] = ()
    rows: Mapping[str, Sequence[Progress]] = field(default_factory=dict)
    below: Sequence[ChildReport] = ()
    #: Indicator code → value in the period before, and the label of that period.
    last: Mapping[str, str | None] = field(default_factory=dict)
    last_label: str = ""
    #: Records that are new since the last edition; all of them where none was sealed.
    new: Sequence[NewRecords] = ()
    is_first: bool = False
    #: Whether the report is consolidated from editions below, which name their own new records.
    is_from_editions: bool = False
    duties: Sequence[SealedDuty] = ()
    words: TaskWords = field(default_factory=TaskWords)


def drafted(ground: NarrativeInputs) -> dict[str, str]:
    """Return section code → drafted text; each line is a paragraph."""
    return {
        "progress": "\n".join(_progress(ground)),
        "measures": "\n".join([_measures(ground), *ground.words.measures]),
        "problems": "\n".join(_problems(ground)),
        "plans": "\n".join(_plans(ground)),
    }


def sections(draft: Mapping[str, str], edited: Mapping[str, EditedSection]) -> list[Section]:
    """Return the present sections of the report: as edited, else as drafted."""
    return [
        Section(code, title, edited[code]["text"] if code in edited else draft.get(code, ""))
        for code, title in SECTIONS.items()
    ]


def moved_words(draft: Mapping[str, str], edited: Mapping[str, EditedSection]) -> list[str]:
    """Return the titles of the edited sections whose draft has changed since they were written."""
    return [
        title
        for code, title in SECTIONS.items()
        if code in edited and edited[code]["draft"] != draft.get(code, "")
    ]


# --- 工作进展 --------------------------------------------------------------------------------


def _progress(ground: NarrativeInputs) -> list[str]:
    day = day_text(ground.day)
    lines = [f"截至{day}，{ground.area}{ground.plan.subject}指标完成情况如下："]
    for number, item in enumerate(ground.items, start=1):
        lines.append(f"{number}. {_standing(item)}")
    if ground.last:
        lines.append(_since(ground))
    return lines


def _standing(item: Progress) -> str:
    """Return a sentence on the state of a figure, without the projection."""
    if item.state == State.NO_TARGET:
        return f"{item.indicator.name}为{amount(item.indicator, item.value)}。"
    said = pace_sentence(item).rstrip("。").split("；")[0]
    is_under_way = item.state in (State.ON_TRACK, State.LAGGING, State.BEHIND)
    pace = f"，进度{item.state.label}{met_instead_text(item)}" if is_under_way else ""
    return f"{said}{pace}。"


def _since(ground: NarrativeInputs) -> str:
    changed = [change for item in ground.items if (change := _change(ground, item))]
    if not changed:
        return f"与{ground.last_label}相比，各项指标持平。"
    rest = "" if len(changed) == len(ground.items) else "，其余指标持平"
    return f"与{ground.last_label}相比，{'，'.join(changed)}{rest}。"


def _change(ground: NarrativeInputs, item: Progress) -> str:
    """Return e.g. `社区慈善基金增加3支`; empty if both values are equal as written."""
    then, now = ground.last.get(item.indicator.code), as_json(item)["value"]
    if then is None or now is None or then == now:
        return ""
    change = Decimal(now) - Decimal(then)
    word = "增加" if change > 0 else "减少"
    return f"{item.indicator.name}{word}{difference_text(item.indicator, abs(change))}"


# --- 主要做法 --------------------------------------------------------------------------------


def _measures(ground: NarrativeInputs) -> str:
    if ground.is_from_editions:
        filed = [each for each in ground.below if each.edition]
        zero = sum(each.edition.is_zero for each in filed if each.edition)
        told = f"，其中零报告{zero}份" if zero else ""
        return f"{len(ground.below)}个下级地区已报送本期报告{len(filed)}份{told}，逐级审核后汇总。"
    if not ground.new:
        return "本期没有新登记并经审核的事项。"
    counted = "、".join(f"{new.name}{new.count}项" for new in ground.new)
    return f"{'登记在册' if ground.is_first else '本期新登记'}并经审核：{counted}。"


# --- 存在问题 --------------------------------------------------------------------------------


def _problems(ground: NarrativeInputs) -> list[str]:
    found = [_problem(ground, at) for at in range(len(ground.items))]
    lines = [each for each in found if each]
    lines += [_overdue(each) for each in ground.duties if each.behind]
    lines += ground.words.problems
    missing = missing_of(ground.below)
    if missing:
        names = "、".join(each.area.short_name for each in missing)
        lines.append(f"尚有{len(missing)}个{_below(ground)}未报送本期报告：{names}。")
    if not lines:
        has_target = any(item.target for item in ground.items)
        return ["各项指标均按时序推进，暂无突出问题。" if has_target else "暂无突出问题。"]
    return _listed(lines)


def _overdue(duty: SealedDuty) -> str:
    """Return e.g. `“社区基金”工作指导逾期未办2次：鄂托克旗（2025年第1季度）、…。`."""
    found = [f"{each.name}（{each.period}）" for each in duty.behind[:_NAMED]]
    more = "等" if len(duty.behind) > _NAMED else ""
    return f"{duty.name}逾期未办{len(duty.behind)}次：{'、'.join(found)}{more}。"


def _problem(ground: NarrativeInputs, at: int) -> str:
    item = ground.items[at]
    if item.state == State.NO_DATA:
        return f"{item.indicator.name}暂无可用数据。"
    if item.state not in (State.LAGGING, State.BEHIND):
        return ""
    gap = f"，距目标尚差{difference_text(item.indicator, item.gap)}" if item.gap else ""
    return f"{item.indicator.name}{item.state.label}{gap}{_without(ground, at)}。"


def _without(ground: NarrativeInputs, at: int) -> str:
    """Return a clause on the areas directly below without any figure; empty if none or all."""
    empty = [child for child in ground.children if not ground.rows[child.code][at].value]
    if not empty or len(empty) == len(ground.children):
        return ""
    names = "、".join(child.short_name for child in empty[:_NAMED])
    more = f"等{len(empty)}个{_below(ground)}" if len(empty) > _NAMED else ""
    return f"，其中{names}{more}尚为空白"


def _below(ground: NarrativeInputs) -> str:
    below = level_below(ground.plan, ground.area.level) if ground.below else None
    return ground.plan.label_of(below or min(ground.area.level + 1, 5))


# --- 下一步打算 ------------------------------------------------------------------------------


def _plans(ground: NarrativeInputs) -> list[str]:
    lines = [line for item in ground.items if (line := _next(item))]
    lines += ground.words.next_steps
    if lines:
        return _listed(lines)
    steady = "持续规范运行管理，如实登记、及时审核、按期报送。"
    has_target = any(item.target for item in ground.items)
    return [f"巩固已完成的指标，{steady}" if has_target else steady]


def _next(item: Progress) -> str:
    """Return a sentence on the quantity still needed; empty where the target is met."""
    indicator, target, gap = item.indicator, item.target, item.gap
    if target is None or gap is None:
        return ""
    verb = "再提高" if indicator.is_percentage else "再新增"
    goal = f"{deadline_text(target.due_on)}前{indicator.name}达到{amount(indicator, target.value)}"
    return f"{goal}，还需{verb}{difference_text(indicator, gap)}。"


def _listed(lines: Sequence[str]) -> list[str]:
    """Number the lines: `一是…` to `十是…`, or 1., 2. … where there are more."""
    if len(lines) == 1:
        return list(lines)
    if len(lines) <= len(_ORDINALS):
        return [f"{_ORDINALS[at]}是{line}" for at, line in enumerate(lines)]
    return [f"{number}. {line}" for number, line in enumerate(lines, start=1)]
