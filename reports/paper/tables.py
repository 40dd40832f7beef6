"""The table sheets of an edition's workbook: figures, areas below, filing, comparison, corrections."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from dates.text import day_text, month_text
from reports.paper.sheets import (
    BODY,
    CENTRE,
    HEAD,
    LEFT,
    MARK,
    NOTE,
    STATUS_FONTS,
    TITLE,
    CellValue,
    head_row,
    merged,
    new_sheet,
    number_of,
    number_style,
    pace_style,
    put,
)
from reports.schema.content import (
    CorrectedFigure,
    Corrections,
    EditionContent,
    FigureDifference,
    SealedIndicator,
)

# --- sheets ---------------------------------------------------------------------------------


def indicator_sheet(
    book: Workbook,
    content: EditionContent,
    name: str,
    items: Sequence[SealedIndicator],
    sha256: str,
) -> None:
    """Add a table of indicators: target, actual, rate, pace, status; the digest is in its note."""
    year = content.year
    heads = [
        "序号",
        "指标名称",
        "单位",
        f"{year}年目标",
        "完成数",
        "完成率",
        "时序应达",
        "状态",
        "出处",
    ]
    widths = [6, 36, 8, 12, 12, 12, 12, 12, 20]
    sheet = new_sheet(book, name, widths)
    title = "核心绩效指标完成情况表" if name == "核心绩效指标" else "工作目标完成情况表"
    first = heading(
        sheet,
        content,
        f"{content.area.name}{content.subject.removesuffix('工作')}{title}",
        len(heads),
    )
    head_row(sheet, first, heads)
    for row, item in enumerate(items, start=first + 1):
        unit = "" if item.is_percentage else item.unit
        style = number_style(item)
        cells: list[tuple[CellValue, str | None, Alignment]] = [
            (row - first, "0", CENTRE),
            (item.name, None, LEFT),
            (unit or "%", None, CENTRE),
            (item.target_text, None, CENTRE),
            (number_of(item.value), style, CENTRE),
            (number_of(item.rate, "—"), "0.00%", CENTRE),
            (number_of(item.expected, "—"), pace_style(item), CENTRE),
            (item.status_label, None, CENTRE),
            (item.clause, None, CENTRE),
        ]
        for column, (value, number_format, alignment) in enumerate(cells, start=1):
            put(sheet, row, column, value, number_format, alignment)
        colour = STATUS_FONTS.get(item.status)
        if colour:
            sheet.cell(row, 8).font = Font(name="黑体", size=11, color=colour)
        sheet.row_dimensions[row].height = 34
    last = first + len(items)
    signatures(sheet, last + 1, len(heads))
    note = (
        f"说明：1.完成数截至{day_text(content.as_of)}；时序应达为从上一目标（或起算时基数）到本年目标按时间"
        f"推算的应达数。2.本表由封存的第{content.seal.number}版数据生成，摘要（SHA-256）{sha256}。"
    )
    if content.seal.reason:
        note += f"3.更正理由：{content.seal.reason}。"
    merged(sheet, last + 2, len(heads), note, NOTE, LEFT, 42)
    sheet.freeze_panes = f"C{first + 1}"


def children_sheet(
    book: Workbook, content: EditionContent, items: Sequence[SealedIndicator]
) -> None:
    """Add the table of areas below × `items`; its last row is the area itself."""
    if not content.children:
        return
    missing = {each.code for each in content.filing.missing}
    is_filed = content.consolidation.is_from_editions
    label = content.area.child_label
    heads = ["序号", label]
    heads += [f"{item.name}（{item.unit}）" for item in items]
    sheet = new_sheet(book, "下级地区明细", [7, 16, *([15] * len(items))])
    title = f"{content.area.name}{content.subject}指标分{label}明细表"
    first = heading(sheet, content, title, len(heads))
    head_row(sheet, first, heads, height=58)
    for number, child in enumerate(content.children, start=1):
        row = first + number
        put(sheet, row, 1, number, "0", CENTRE)
        put(sheet, row, 2, child.name, None, CENTRE)
        word = "未报" if is_filed and child.code in missing else "无数据"
        for column, item in enumerate(items, start=3):
            value = number_of(child.values[item.code], word)
            put(sheet, row, column, value, number_style(item), CENTRE)
        sheet.row_dimensions[row].height = 22
    row = first + len(content.children) + 1
    put(sheet, row, 1, "", None, CENTRE)
    put(sheet, row, 2, content.area.name, None, CENTRE, HEAD)
    for column, item in enumerate(items, start=3):
        put(sheet, row, column, number_of(item.value), number_style(item), CENTRE, HEAD)
    sheet.row_dimensions[row].height = 24
    signatures(sheet, row + 1, len(heads))
    sheet.freeze_panes = f"C{first + 1}"


def readings_sheet(book: Workbook, content: EditionContent) -> None:
    """Add the sheet that explains how each figure was counted."""
    heads = ["序号", "指标名称", "计算口径", "口径说明", "出处"]
    sheet = new_sheet(book, "口径说明", [7, 38, 14, 66, 24])
    first = heading(sheet, content, f"{content.plan.title}指标口径说明", len(heads))
    head_row(sheet, first, heads)
    for number, item in enumerate(content.indicators, start=1):
        values: tuple[CellValue, ...] = (
            number,
            item.name,
            item.counting_label,
            item.reading,
            item.clause,
        )
        for column, value in enumerate(values, start=1):
            put(sheet, first + number, column, value, None, LEFT if column in (2, 4) else CENTRE)
        sheet.row_dimensions[first + number].height = 32
    sheet.freeze_panes = f"C{first + 1}"


# --- parts ----------------------------------------------------------------------------------


def heading(sheet: Worksheet, content: EditionContent, title: str, width: int) -> int:
    """Write 附件, the title and the 填报单位 row; return the row of the column heads."""
    merged(sheet, 1, width, "附件", MARK, LEFT, 20)
    merged(sheet, 2, width, title, TITLE, CENTRE, 38)
    line = (
        f"填报单位（盖章）：{content.reporting_unit}        截至日期：{day_text(content.as_of)}"
        f"        报送期：{month_text(content.due_on)}"
    )
    merged(sheet, 3, width, line, BODY, LEFT, 22)
    sheet.print_title_rows = "1:4"
    return 4


def signatures(sheet: Worksheet, row: int, width: int) -> None:
    """Write the line to be signed on paper."""
    line = "单位负责人：                    审核人：                    填表人：                    联系电话："
    merged(sheet, row, width, line, BODY, LEFT, 30)


# --- tables of rows ---------------------------------------------------------------------------

_CHANGES = {"last": "比上期增减", "year": "比上年同期增减"}

#: A column: head, width in characters, alignment of its cells.
Column = tuple[str, int, Alignment]


def table_sheet(
    book: Workbook,
    content: EditionContent,
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[tuple[CellValue, str | None]]],
    note: str = "",
) -> Worksheet:
    """Add a sheet of numbered rows; each cell is a value and its number format."""
    sheet = new_sheet(book, name, [7, *(width for _, width, _ in columns)])
    first = heading(sheet, content, f"{content.area.name}{title}", len(columns) + 1)
    head_row(sheet, first, ["序号", *(head for head, _, _ in columns)])
    for number, cells in enumerate(rows, start=1):
        row = first + number
        put(sheet, row, 1, number, "0", CENTRE)
        for at, ((value, style), column) in enumerate(zip(cells, columns, strict=True), start=2):
            put(sheet, row, at, value, style, column[2])
        sheet.row_dimensions[row].height = 24
    if note:
        merged(sheet, first + len(rows) + 1, len(columns) + 1, note, NOTE, LEFT, 34)
    sheet.freeze_panes = f"C{first + 1}"
    return sheet


def comparison_sheet(book: Workbook, content: EditionContent) -> None:
    """Add the comparison with earlier periods; no sheet where there is none."""
    compared = content.comparison
    if not compared:
        return
    columns: list[Column] = [("指标名称", 38, LEFT), ("单位", 9, CENTRE), ("本期", 14, CENTRE)]
    for each in compared:
        columns += [(each.label, 20, CENTRE), (_CHANGES[each.key], 18, CENTRE)]
    rows = []
    for item in content.indicators:
        style = number_style(item)
        now = number_of(item.value)
        cells = [(item.name, None), (item.measured_in, None), (now, style)]
        for each in compared:
            then = number_of(each.values.get(item.code), "—")
            cells += [(then, style), (_difference(now, then), style)]
        rows.append(cells)
    told = "；".join(
        f"{each.label}截至{day_text(each.as_of)}"
        + ("，为当期封存数" if each.source == "edition" else "，当期未封存报告，按现有审核台账统计")
        for each in compared
    )
    table_sheet(
        book,
        content,
        "与往期比较",
        f"{content.subject}指标与往期比较表",
        columns,
        rows,
        f"说明：{told}；比例的增减为百分点。",
    )


def _difference(now: Decimal | str, then: Decimal | str) -> Decimal | str:
    """Return the difference of two numbers; a dash where one is a text instead."""
    if isinstance(now, str) or isinstance(then, str):
        return "—"
    return now - then


def filing_sheet(book: Workbook, content: EditionContent) -> None:
    """Add the list of filed and missing reports below; no sheet where no area files."""
    filing, reason = content.filing, content.seal.missing_reason
    if not filing.children:
        return
    columns: list[Column] = [
        (content.area.child_label, 20, CENTRE),
        ("报送情况", 14, CENTRE),
        ("期限", 14, CENTRE),
        ("首次上报", 14, CENTRE),
        ("版次", 8, CENTRE),
        ("数据截至", 14, CENTRE),
        ("所依据版次的摘要（SHA-256）", 70, LEFT),
    ]
    rows: list[list[tuple[CellValue, str | None]]] = [
        [
            (each.name, None),
            (each.label + ("（零报告）" if each.is_zero else ""), None),
            (each.file_by, "yyyy-mm-dd"),
            (each.first_filed_on or "—", "yyyy-mm-dd"),
            (each.number or "—", "0"),
            (each.as_of or "—", "yyyy-mm-dd"),
            (each.sha256 or "缺报", None),
        ]
        for each in filing.children
    ]
    missing = filing.missing
    note = "说明：应报单位均已报送。"
    if missing:
        names = "、".join(each.name for each in missing)
        note = f"未报名单（{len(missing)}个）：{names}。说明：{reason}"
    elif reason:
        note += f"说明：{reason}"
    table_sheet(book, content, "下级报送与未报名单", "下级报送情况表", columns, rows, note)


def consolidation_sheet(book: Workbook, content: EditionContent) -> None:
    """Add the filed sums of the areas below beside the records; no sheet where no area files."""
    found = content.consolidation
    if not found.sums:
        return
    columns: list[Column] = [
        ("指标名称", 38, LEFT),
        ("单位", 9, CENTRE),
        ("下级已报合计", 16, CENTRE),
        ("本级及其他登记", 16, CENTRE),
        ("汇总数", 16, CENTRE),
        ("审核台账数", 16, CENTRE),
        ("相差", 14, CENTRE),
    ]
    style = "#,##0.######"
    rows = [
        [
            (each.name + ("（分子）" if each.is_percentage else ""), None),
            ("" if each.is_percentage else each.unit, None),
            *((number_of(part), style) for part in (each.reported, each.direct, each.summed)),
            (number_of(each.live), style),
            (number_of(each.difference), style),
        ]
        for each in found.sums
    ]
    source = "下级封存的报告汇总" if found.is_from_editions else "审核台账"
    table_sheet(
        book,
        content,
        "汇总核对",
        "下级报告汇总与审核台账核对表",
        columns,
        rows,
        f"说明：本报告的完成数取自{source}。“本级及其他登记”为本级和不列入报送的地区登记的数；未报地区不计入“下级已报合计”。",
    )
    if found.differences:
        _difference_sheet(book, content, found.differences)


def _difference_sheet(
    book: Workbook, content: EditionContent, rows: Sequence[FigureDifference]
) -> None:
    columns: list[Column] = [
        (content.area.child_label, 20, CENTRE),
        ("指标名称", 40, LEFT),
        ("下级所报", 16, CENTRE),
        ("下级数据截至", 16, CENTRE),
        ("审核台账", 16, CENTRE),
        ("相差", 16, CENTRE),
    ]
    cells = [[(text or "—", None) for text in _difference_line(each)] for each in rows]
    table_sheet(book, content, "核对差异", "下级报告与审核台账差异表", columns, cells)


def _difference_line(found: FigureDifference) -> Sequence[str]:
    texts = (
        found.sealed_amount,
        found.as_of.isoformat(),
        found.live_amount,
        found.difference_text,
    )
    return (found.name, found.indicator, *texts)


def correction_sheet(book: Workbook, content: EditionContent) -> None:
    """Add 数据更正: old and new figures, and the records that changed them; no sheet without any.

    An edition that does not name the units of its records keeps the sheet that it was sealed with.
    """
    found = content.corrections
    if found is None:
        return
    columns: list[Column] = [
        ("指标名称", 34, LEFT),
        ("单位", 8, CENTRE),
        ("原数", 12, CENTRE),
        ("更正数", 12, CENTRE),
        ("变动", 10, CENTRE),
        ("记录类别", 18, CENTRE),
        ("记录", 44, LEFT),
        ("所属地区", 16, CENTRE),
        ("计入单位", 10, CENTRE),
        ("原计入", 12, CENTRE),
        ("现计入", 12, CENTRE),
    ]
    lines = _correction_lines(found)
    if not _names_units(found):
        del columns[_UNIT_AT]
        for line in lines:
            del line[_UNIT_AT]
    rows = [[(value, None) for value in line] for line in lines]
    others = "；".join(found.others)
    note = f"说明：与第{found.against}版相比。更正理由：{content.seal.reason}。"
    if others:
        note += f"其他变化：{others}。"
    sheet = table_sheet(book, content, "数据更正", "数据更正表", columns, rows, note)
    sheet.row_dimensions[4 + len(rows) + 1].height = 60


#: The position of 计入单位 in 数据更正.
_UNIT_AT = 8


def _names_units(found: Corrections) -> bool:
    """Return whether the units of the records were sealed; they are since 0.8.0."""
    return any(figure.quantity_unit for figure in found.figures)


def _correction_lines(found: Corrections) -> list[list[str]]:
    """Return a line for each record, area or target that changed a figure; at least one each."""
    lines = []
    for figure in found.figures:
        unit = _unit_of(figure)
        head = [figure.name, unit, figure.old, figure.new]
        more = [
            [
                each.change,
                each.kind_name,
                each.name,
                each.area,
                figure.quantity_unit,
                each.old,
                each.new,
            ]
            for each in figure.records
        ]
        more += [
            ["下级更正", "下级报告", "", each.name, unit, each.old, each.new]
            for each in figure.editions
        ]
        if figure.old_target != figure.new_target:
            targets = [figure.old_target, figure.new_target]
            more.append(["目标调整", "目标", "", "", unit, *targets])
        lines += [head + line for line in more or [["分母等变化", "", "", "", "", "", ""]]]
    return lines


def _unit_of(figure: CorrectedFigure) -> str:
    """Return the unit of the figure; `%` where a value is a percentage.

    Editions that do not name the units of their records leave it out there.
    """
    if not figure.quantity_unit:
        return "" if figure.new.endswith("%") else figure.unit
    is_percentage = any(text.endswith("%") for text in (figure.old, figure.new))
    return "%" if is_percentage else figure.unit
