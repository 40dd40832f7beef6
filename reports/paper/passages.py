"""The parts of a report that consist of figures: tables, filing from below, corrections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from areas.codes import level_of
from dates.text import day_text, month_text
from indicators.rules.answers.values import plain
from reports.paper.blocks import Block, Paragraph, Table
from reports.schema.content import (
    ChildFiling,
    CorrectedFigure,
    EarlierPeriod,
    EditionContent,
    ReportContent,
    SealedDuty,
    SealedIndicator,
    SealedTask,
)

# --- duties ---------------------------------------------------------------------------------

_NAMED = 10


def duties(content: ReportContent) -> Iterator[Block]:
    """Yield 履责情况表 and who is overdue; nothing where nothing was owed."""
    found = content.duties
    if not found:
        return
    rows = tuple(
        (
            f"{each.name}（{each.who}，{each.when}）",
            *(str(n) for n in (each.owed, each.done, each.late, each.overdue, each.excused)),
        )
        for each in found
    )
    since = day_text(found[0].since)
    note = f"{since}至{day_text(content.as_of)}到期的事项，次；完成数不含迟办，免除含已移交的。"
    assumed = "、".join(f"{each.name}的{each.assumed}" for each in found if each.assumed)
    if assumed:
        note += f"平台默认（文件未规定）：{assumed}。"
    heads = ("履责事项", "应办", "完成", "迟办", "逾期", "免除")
    yield Table("履责情况表", heads, rows, (50, 10, 10, 10, 10, 10), note)
    for each in found:
        if each.behind:
            yield Paragraph(_behind(each))


def _behind(duty: SealedDuty) -> str:
    """Return a sentence that names who is overdue, the first ten of them."""
    named = "、".join(f"{each.name}（{each.period}）" for each in duty.behind[:_NAMED])
    more = "等" if len(duty.behind) > _NAMED else ""
    before = f"，其中以前年度{duty.overdue_before}次" if duty.overdue_before else ""
    return f"{duty.name}逾期未办{len(duty.behind)}次{before}：{named}{more}。"


def tasks(content: ReportContent) -> Iterator[Block]:
    """Yield 任务清单; nothing where no task is owed."""
    if not content.tasks:
        return
    rows = tuple(
        (f"{each.name}（{each.clause}）", each.owed_by, _progress(each)) for each in content.tasks
    )
    note = f"任务进展以{month_text(content.due_on)}报送期审核通过的为准。"
    yield Table("任务清单", ("工作任务", "责任主体", "进展"), rows, (52, 20, 28), note)


def _progress(task: SealedTask) -> str:
    return f"{task.state}；评定{task.verdict}" if task.verdict else task.state


# --- figures --------------------------------------------------------------------------------


def figures(content: ReportContent) -> Iterator[Block]:
    """Yield 指标完成情况表 with the indicators of the workbook's first sheet."""
    rows = [
        (
            item.name,
            item.measured_in,
            item.target_text,
            item.value_text,
            "—" if item.rate is None else f"{plain(Decimal(item.rate) * 100, 2)}%",
            item.status_label,
        )
        for item in content.leading_indicators
    ]
    yield Table(
        "指标完成情况表",
        ("指标", "单位", "年度目标", "完成", "完成率", "状态"),
        tuple(rows),
        (34, 10, 14, 14, 14, 14),
        f"数据来源：{_source(content)}，截至{day_text(content.as_of)}；目标为{content.year}年目标。",
    )


def _source(content: ReportContent) -> str:
    is_summed = content.consolidation.is_from_editions
    return "下级已上报的报告和本级审核通过的台账" if is_summed else "审核通过的台账"


def comparison(content: ReportContent) -> Iterator[Block]:
    """Yield 与往期比较表 for the earlier periods that have any value; nothing without one."""
    items = content.leading_indicators
    periods = [
        period
        for period in content.comparison
        if any(period.values.get(item.code) is not None for item in items)
    ]
    if not periods:
        return
    heads = ["指标", "单位", "本期"]
    for period in periods:
        heads += [period.label.replace("（", "\n（"), "增减"]
    rows = tuple(_compared(item, periods) for item in items)
    shares = (34, 9, 15, 24, 18) if len(periods) == 1 else (25, 9, 13, *(14, 12) * len(periods))
    yield Table("与往期比较表", tuple(heads), rows, shares, _origin(periods))


def _compared(item: SealedIndicator, periods: Sequence[EarlierPeriod]) -> tuple[str, ...]:
    cells = [item.name, item.measured_in, item.value_text]
    for period in periods:
        then = period.values.get(item.code)
        cells += [_value(item, then), _change(item, item.value, then)]
    return tuple(cells)


def _origin(periods: Sequence[EarlierPeriod]) -> str:
    """Return the note on where earlier values come from; percentages differ by 百分点."""
    words = {"edition": "为封存数", "records": "未封存，按现有台账统计"}
    told = [
        f"{period.label}截至{day_text(period.as_of)}，{words[period.source]}" for period in periods
    ]
    return f"{'；'.join(told)}。百分比指标的增减为百分点。"


def _number(item: SealedIndicator, value: str | None) -> Decimal | None:
    """Return a value rounded as it is written, in per cent for a percentage."""
    factor = 100 if item.is_percentage else 1
    text = plain(Decimal(value) * factor, 2) if value is not None else None
    return None if text is None else Decimal(text)


def _value(item: SealedIndicator, value: str | None) -> str:
    number = _number(item, value)
    if number is None:
        return "无数据"
    return f"{number:f}{'%' if item.is_percentage else ''}"


def _change(item: SealedIndicator, now: str | None, then: str | None) -> str:
    """Return the difference of the written values; a dash where one is missing."""
    new, old = _number(item, now), _number(item, then)
    if new is None or old is None:
        return "—"
    if new == old:
        return "持平"
    return f"{'+' if new > old else '-'}{plain(abs(new - old), 2)}"


# --- filing and corrections -----------------------------------------------------------------


def filing(content: ReportContent) -> Iterator[Block]:
    """Yield paragraphs on filed and missing reports below; nothing where no area below files."""
    missing = content.filing.missing
    filed = [each for each in content.filing.children if not each.is_missing]
    if not filed and not missing:
        return
    label = _below(content, [*filed, *missing])
    zero = sum(1 for each in filed if each.is_zero)
    text = f"本期应报送{len(filed) + len(missing)}个{label}，已报送{len(filed)}个"
    text += f"（其中零报告{zero}个）" if zero else ""
    stated = content.seal.missing_reason if isinstance(content, EditionContent) else ""
    reason = _sentence(stated) if stated else ""
    if not missing:
        yield Paragraph(f"{text}，无缺报。")
        if reason:  # the editions below differ from the records
            yield Paragraph(f"下级所报与审核台账不一致的说明：{reason}")
        return
    yield Paragraph(f"{text}，缺报{len(missing)}个。缺报的为：{_missing(missing)}。")
    if reason:
        yield Paragraph(f"缺报原因：{reason}")


def _missing(missing: Sequence[ChildFiling]) -> str:
    """Return the missing areas by state, e.g. `A、B（以上逾期）；C（已退回）`."""
    states = dict.fromkeys(each.label for each in missing)
    groups = ([each.name for each in missing if each.label == state] for state in states)
    return "；".join(
        f"{'、'.join(names)}（{'以上' if len(names) > 1 else ''}{state}）"
        for state, names in zip(states, groups, strict=True)
    )


def _below(content: ReportContent, areas: Sequence[ChildFiling]) -> str:
    """Return the name of the filing level (街道 …); 地区 where a level is skipped."""
    area = content.area
    is_next = all(level_of(each.code) == area.level + 1 for each in areas)
    return area.child_label if is_next else "地区"


def corrections(content: EditionContent) -> Iterator[Block]:
    """Yield what a correction changes and why; nothing for a first edition."""
    corrected, seal = content.corrections, content.seal
    if not corrected and not seal.reason:
        return
    against = f"，更正第{corrected.against}版" if corrected else ""
    reason = f"更正理由：{_sentence(seal.reason)}" if seal.reason else ""
    yield Paragraph(f"本报告为第{seal.number}版{against}。{reason}")
    if not corrected:
        return
    rows = tuple(_corrected(figure) for figure in corrected.figures)
    if rows:
        heads = ("指标", "单位", "更正前", "更正后", "涉及")
        yield Table("数据更正表", heads, rows, (32, 10, 18, 18, 22))
    for other in corrected.others:
        yield Paragraph(_sentence(other))


def _corrected(figure: CorrectedFigure) -> tuple[str, ...]:
    """Return a table row: a figure before and after, with a changed target, and the causes."""
    old, new = figure.old, figure.new
    if figure.old_target != figure.new_target:
        old, new = f"{old}（目标{figure.old_target}）", f"{new}（目标{figure.new_target}）"
    counted = ((len(figure.records), "条记录"), (len(figure.editions), "份下级报告"))
    causes = [f"{number}{word}" for number, word in counted if number]
    return figure.name, figure.unit, old, new, "、".join(causes) or "—"


def _sentence(text: str) -> str:
    """Return a typed text on one line, ended with a full stop."""
    text = " ".join(text.split())
    return text if text.endswith(("。", "！", "？")) else f"{text.rstrip('.;；，,')}。"
