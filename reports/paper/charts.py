"""The charts of an edition's workbook: rates of completion, states, and a year's trend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.chart import BarChart, DoughnutChart, LineChart, Reference
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import DataPoint
from openpyxl.worksheet.worksheet import Worksheet

from indicators.rules import rule_class
from reports.paper.sheets import (
    CENTRE,
    HEAD,
    HEAD_FILL,
    LEFT,
    UNWRITABLE,
    head_row,
    merged,
    new_sheet,
    number_style,
    put,
)
from reports.paper.sheets import TITLE as TITLE_FONT
from reports.paper.tables import heading
from reports.schema.content import EditionContent, MonthlyTrend, SealedIndicator

NAME, DATA = "图表", "图表数据"
_COLOURS = {
    "已完成": "1E6B34",
    "正常": "0B5CAD",
    "滞后": "D98200",
    "严重滞后": "C00000",
    "未设目标": "A6A6A6",
    "无数据": "D9D9D9",
}
_LINE, _GOAL = "0B5CAD", "C00000"
_HEAD = 4
_MONTH = 'yyyy"年"m"月"'


def chart_sheets(book: Workbook, content: EditionContent, items: Sequence[SealedIndicator]) -> None:
    """Add the sheet of charts and that of their numbers; `items` are the first table's indicators."""
    trend = content.trend
    if not items or trend is None:
        return
    sheet = new_sheet(book, NAME, [12] * 15)
    sheet.page_setup.fitToHeight = 1
    months = len(trend.days)
    data = new_sheet(book, DATA, [40, 14, *([11] * months)])
    merged(sheet, 2, 15, f"{content.area.name}{content.subject}指标图", TITLE_FONT, CENTRE, 38)
    row = _write(data, content, trend, items)
    sheet.add_chart(_rates(data, items, row), "A4")
    sheet.add_chart(_states(data, items, row), "I4")
    for number, item in enumerate(items):
        chart = _trend(data, months, item, number)
        sheet.add_chart(chart, f"{'AFK'[number % 3]}{22 + 15 * (number // 3)}")


def _write(
    data: Worksheet,
    content: EditionContent,
    trend: MonthlyTrend,
    items: Sequence[SealedIndicator],
) -> int:
    """Write values and targets by month, then rates, then states; return the row of the rates."""
    days = trend.days
    first = heading(data, content, f"{content.area.name}图表数据", 2 + len(days))
    head_row(data, first, ["指标名称", "数列", *("" for _ in days)])
    for column, day in enumerate(days, start=3):
        cell = put(data, first, column, day, _MONTH, CENTRE, HEAD)
        cell.fill = HEAD_FILL
    for number, item in enumerate(items):
        row, style = first + 1 + 2 * number, number_style(item)
        values = trend.values[item.code]
        goal = f"{content.year}年目标", [item.target] * len(days)
        for at, (name, numbers) in enumerate((("完成数", values), goal)):
            put(data, row + at, 1, item.name, None, LEFT)
            put(data, row + at, 2, name, None, CENTRE)
            for column, text in enumerate(numbers, start=3):
                _number(data, row + at, column, text, style)
    row = first + 2 * len(items) + 2
    head_row(data, row, ["指标名称", "完成率"])
    for number, item in enumerate(items, start=1):
        put(data, row + number, 1, item.name, None, LEFT)
        _number(data, row + number, 2, item.rate, "0%")
    counted = Counter(item.status_label for item in items)
    last = row + len(items) + 2
    head_row(data, last, ["状态", "项数"])
    for number, label in enumerate(_COLOURS, start=1):
        put(data, last + number, 1, label, None, CENTRE)
        put(data, last + number, 2, counted[label], "0", CENTRE)
    data.freeze_panes = f"C{first + 1}"
    return row


def _number(data: Worksheet, row: int, column: int, text: str | None, style: str) -> None:
    """Write a number; the cell stays empty without one, and charts leave it out."""
    put(data, row, column, None if text is None else Decimal(text), style, CENTRE)


def _rates(data: Worksheet, items: Sequence[SealedIndicator], row: int) -> BarChart:
    chart = BarChart()
    chart.type, chart.style, chart.title = "bar", 10, "各项指标完成率"
    chart.add_data(
        Reference(data, min_col=2, min_row=row, max_row=row + len(items)), titles_from_data=True
    )
    chart.set_categories(Reference(data, min_col=1, min_row=row + 1, max_row=row + len(items)))
    chart.legend = None
    chart.x_axis.scaling.orientation = "maxMin"  # the first indicator on top
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.scaling.min = 0
    chart.y_axis.number_format, chart.y_axis.majorGridlines = "0%", None
    chart.series[0].graphicalProperties.solidFill = _LINE
    chart.dataLabels = DataLabelList(
        showVal=True, showSerName=False, showCatName=False, showLegendKey=False
    )
    chart.gapWidth = 60
    chart.width, chart.height = 20, 9
    return chart


def _states(data: Worksheet, items: Sequence[SealedIndicator], row: int) -> DoughnutChart:
    first = row + len(items) + 2
    chart = DoughnutChart()
    chart.title, chart.holeSize = "指标状态", 55
    chart.add_data(
        Reference(data, min_col=2, min_row=first, max_row=first + len(_COLOURS)),
        titles_from_data=True,
    )
    chart.set_categories(
        Reference(data, min_col=1, min_row=first + 1, max_row=first + len(_COLOURS))
    )
    for at, colour in enumerate(_COLOURS.values()):
        point = DataPoint(idx=at)
        point.graphicalProperties.solidFill = colour
        chart.series[0].data_points.append(point)
    chart.width, chart.height = 14, 9
    return chart


def _trend(data: Worksheet, months: int, item: SealedIndicator, number: int) -> LineChart:
    unit = "" if item.is_percentage else f"（{item.unit}）"
    chart = LineChart()
    chart.title, chart.style = UNWRITABLE.sub("", f"{item.name}{unit}"), 12
    row = _HEAD + 1 + 2 * number
    numbers = Reference(data, min_col=2, max_col=2 + months, min_row=row, max_row=row + 1)
    chart.add_data(numbers, from_rows=True, titles_from_data=True)
    chart.set_categories(
        Reference(data, min_col=3, max_col=2 + months, min_row=_HEAD, max_row=_HEAD)
    )
    chart.x_axis.number_format, chart.x_axis.delete = 'yy"/"m', False
    chart.y_axis.number_format, chart.y_axis.delete = number_style(item), False
    rule = rule_class(item.counting)
    chart.y_axis.scaling.min = None if rule is not None and rule.floor < 0 else 0
    for line, colour in zip(chart.series, (_LINE, _GOAL), strict=True):
        line.graphicalProperties.line.solidFill, line.smooth = colour, False
    chart.series[1].graphicalProperties.line.dashStyle = "dash"
    chart.legend.position = "b"
    chart.width, chart.height = 12.5, 7.5
    return chart
