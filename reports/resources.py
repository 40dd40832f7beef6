"""Files of reports and exports that clerks upload by mistake, and exported ledgers that come back."""

from __future__ import annotations

from ledgers.own_files import OwnFile, Texts, has_row
from reports.exports.shown import shown_rows

_WAY = "数据由已审核的记录生成，不能导入；要改数请修改原记录，或重报台账"


def _is_edition(texts: Texts) -> bool:
    """Return whether a sheet belongs to the workbook of a sealed report."""
    first = [row[0] for row in texts if row]
    return any(text.endswith("进展情况报表") for text in first) or (
        first[:1] == ["附件"] and any(text.startswith("填报单位(盖章)") for text in first)
    )


def _is_list(texts: Texts) -> bool:
    """Return whether a sheet is a list of the API: its first titles are 编号 and another field."""
    head = texts[0] if texts else []
    return head[:1] == ["编号"] or (head[:2] == ["序号", "编号"] and len(head) > 8)


OWN_FILES = (
    OwnFile(_is_edition, f"这是平台封存报告的附表，{_WAY}"),
    OwnFile(
        has_row("指标名称", "单位", "完成数", "完成率", "时序应达"), f"这是平台的指标看板，{_WAY}"
    ),
    OwnFile(
        lambda texts: any(
            row and row[0].startswith("方案:") and "截至日期" in row[0] for row in texts
        ),
        f"这是平台指标看板中的一页，{_WAY}",
    ),
    OwnFile(_is_list, "这是平台接口给出的记录清单，不是台账；需要台账的，请在“导出与订阅”中导出"),
)
SHOWN_ROWS = shown_rows
