"""What a correction changed of the duties and the tasks of a report, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from reports.schema.content import ReportContent, SealedDuty, SealedTask

#: Field → its name in a sentence.
_DUTY = {
    "owed": "应办",
    "done": "完成",
    "late": "迟办",
    "overdue": "逾期",
    "excused": "免除",
    "overdue_before": "此前逾期",
}
_TASK = {
    "owing": "承担地区",
    "done": "已完成",
    "under_way": "推进中",
    "not_started": "未启动",
    "pending": "待审核",
    "silent": "未报",
}


def changed_duties(old: ReportContent, new: ReportContent) -> Iterator[str]:
    """Yield a sentence for each duty whose numbers, or whose list of who is overdue, changed.

    An edition that tells of no duties at all was sealed before reports did.
    """
    before = {each.code: each for each in old.duties}
    if not before:
        return
    for each in new.duties:
        if (was := before.pop(each.code, None)) is None:
            yield f"新增履责事项“{each.name}”"
        elif told := _moved(was, each, _DUTY):
            yield f"履责事项“{each.name}”{told}"
        elif _behind(was) != _behind(each):
            yield f"履责事项“{each.name}”的逾期名单有变化"
    yield from (f"不再列履责事项“{each.name}”" for each in before.values())


def changed_tasks(old: ReportContent, new: ReportContent) -> Iterator[str]:
    """Yield a sentence for each task whose numbers, words or verdict changed."""
    before = {(each.name, each.clause): each for each in old.tasks}
    if not before:
        return
    for each in new.tasks:
        if (was := before.pop((each.name, each.clause), None)) is None:
            yield f"新增任务“{each.name}”"
        elif told := _moved(was, each, _TASK):
            yield f"任务“{each.name}”{told}"
        elif was.verdict != each.verdict:
            yield f"任务“{each.name}”的评定由“{was.verdict or '未评定'}”改为“{each.verdict or '未评定'}”"
        elif (was.state, was.measures, was.results) != (each.state, each.measures, each.results):
            yield f"任务“{each.name}”的进展有改动"
    yield from (f"不再列任务“{each.name}”" for each in before.values())


def _moved(
    was: SealedDuty | SealedTask, now: SealedDuty | SealedTask, names: dict[str, str]
) -> str:
    pairs = ((label, getattr(was, name), getattr(now, name)) for name, label in names.items())
    return "，".join(f"{label}由{old}改为{new}" for label, old, new in pairs if old != new)


def _behind(duty: SealedDuty) -> list[tuple[str, str]]:
    return sorted((each.name, each.period) for each in duty.behind)
