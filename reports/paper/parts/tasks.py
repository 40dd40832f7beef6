"""The sheet of a workbook on tasks (任务清单)."""

from __future__ import annotations

from openpyxl import Workbook

from reports.paper.sheets import CENTRE, LEFT, CellValue
from reports.paper.tables import Column, table_sheet
from reports.schema.content import EditionContent


def task_sheet(book: Workbook, content: EditionContent) -> None:
    """Add 任务清单; no sheet where no task is owed."""
    if not content.tasks:
        return
    columns: list[Column] = [
        ("工作任务", 36, LEFT),
        ("条款", 18, LEFT),
        ("实施阶段", 16, CENTRE),
        ("责任主体", 20, CENTRE),
        *((head, 9, CENTRE) for head in ("应报", "已完成", "推进中", "未启动", "待审核", "未报")),
        ("进展", 26, LEFT),
        ("主要做法", 44, LEFT),
        ("工作成效", 44, LEFT),
        ("评定", 24, LEFT),
    ]
    rows: list[list[tuple[CellValue, str | None]]] = []
    for task in content.tasks:
        counts = (task.owing, task.done, task.under_way, task.not_started, task.pending)
        rows.append(
            [
                *((text or "—", None) for text in (task.name, task.clause, task.stage)),
                (task.owed_by, None),
                *((number, "0") for number in (*counts, task.silent)),
                *((text or "—", None) for text in (task.state, task.measures)),
                *((text or "—", None) for text in (task.results, task.verdict)),
            ]
        )
    note = "说明：只计审核通过的任务进展；主要做法、工作成效为本级所报，下级所报见任务进展台账。"
    table_sheet(book, content, "任务清单", "任务清单", columns, rows, note)
