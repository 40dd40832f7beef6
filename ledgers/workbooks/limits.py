"""The bounds of the sheets in a file, and the refusal of a file that cannot be read."""

from __future__ import annotations

#: Sheets of a workbook, hidden ones included.
MOST_SHEETS = 255
#: Rows down to the last cell with content.
MOST_ROWS = 200_000
#: Columns up to the last cell with content.
MOST_COLUMNS = 1_000
#: Cells in the rectangles of all sheets, from A1 to the last cell with content.
MOST_CELLS = 5_000_000
#: Merged ranges of a sheet, and the cells in them.
MOST_MERGES, MOST_MERGED_CELLS = 50_000, 500_000
#: Bytes of XML in one row, or between two parts that are read.
MOST_BETWEEN = 8_000_000
#: Characters of a web page, whose whole tree is held in memory.
MOST_PAGE = 10_000_000


class UnusableFile(ValueError):
    """The file cannot be read; the Chinese message names its fault and the way out."""


def broken(detail: str = "") -> UnusableFile:
    """Return the refusal of a damaged file."""
    hint = f"（{detail}）" if detail else ""
    return UnusableFile(
        f"无法读取：文件已损坏或不完整{hint}；请在 Excel 或 WPS 中打开，另存为 .xlsx 后重新上传"
    )


def locked() -> UnusableFile:
    """Return the refusal of a file that is protected by a password."""
    return UnusableFile(
        "无法读取：文件已加密（设有打开密码）；请在 Excel 或 WPS 中打开，取消“用密码进行加密”，保存后重新上传"
    )


def another_kind(name: str) -> UnusableFile:
    """Return the refusal of a file of another kind, such as a PDF."""
    return UnusableFile(
        f"无法读取：不是有效的 Excel 文件，而是{name}；请上传 Excel 或 WPS 表格，"
        "或把内容粘贴到表格中另存为 .xlsx"
    )


def check_between(size: int) -> None:
    """Refuse XML that holds a single row or another part of absurd length."""
    if size > MOST_BETWEEN:
        raise UnusableFile(
            f"无法读取：文件中有一行或一项内容超过{MOST_BETWEEN // 1_000_000}兆；"
            "请把台账复制到新建的工作簿，保存后重新上传"
        )


def check_page(size: int) -> None:
    """Refuse a web page that is too long."""
    if size > MOST_PAGE:
        raise UnusableFile(
            f"无法读取：网页表格超过{MOST_PAGE // 10_000}万字；请在 Excel 或 WPS 中打开，另存为 .xlsx 后重新上传"
        )


def check_sheets(count: int) -> None:
    """Refuse a workbook with too many sheets."""
    if count > MOST_SHEETS:
        raise UnusableFile(f"无法读取：文件有{count}个工作表，超过{MOST_SHEETS}个；请分成几个文件")


def check_merges(sheet: str, count: int) -> None:
    """Refuse a sheet with too many merged ranges."""
    if count > MOST_MERGES:
        raise UnusableFile(
            f"无法读取：工作表“{sheet}”有{count}处合并单元格，超过{MOST_MERGES}处；请取消合并后重新上传"
        )


def check_merged_area(sheet: str, cells: int) -> None:
    """Refuse merged ranges over too many cells; ranges over each other count twice."""
    if cells > MOST_MERGED_CELLS:
        raise UnusableFile(
            f"无法读取：工作表“{sheet}”的合并单元格共有{cells}格，超过{MOST_MERGED_CELLS}格；"
            "请取消合并后重新上传"
        )


def check_position(sheet: str, row: int, column: int, cell: str) -> None:
    """Refuse content too far from A1; row and column count from 0."""
    if row >= MOST_ROWS:
        raise UnusableFile(
            f"无法读取：工作表“{sheet}”的内容一直到{cell}，超过{MOST_ROWS}行；"
            "请删除下方多余的内容，或分成几个文件"
        )
    if column >= MOST_COLUMNS:
        raise UnusableFile(
            f"无法读取：工作表“{sheet}”的内容一直到{cell}，超过{MOST_COLUMNS}列；请删除右侧多余的内容"
        )


def check_area(sheet: str, cells: int, last: str) -> None:
    """Refuse sheets whose areas hold too many cells; `last` is the last cell of this sheet."""
    if cells > MOST_CELLS:
        raise UnusableFile(
            f"无法读取：工作表“{sheet}”的内容一直到{last}，全部工作表超过{MOST_CELLS // 10_000}万个单元格；"
            "请删除右侧和下方多余的内容，或分成几个文件"
        )
