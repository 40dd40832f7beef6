"""The workbook of an export: one ledger sheet, its rows streamed as of one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import User
from indicators.store.db_snapshot import read_snapshot
from reports.columns import Column, is_summed
from reports.exports.columns import columns_of, related_of
from reports.models.exports import Export
from reports.paper.sheets import BODY, CENTRE, LEFT, TITLE, head_row, merged, new_sheet
from reports.paper.stream import MOST_ROWS, laid, save

#: Title, description, heads; a total behind the rows.
_HEAD = 3
_MOST = MOST_ROWS - _HEAD - 1
_WIDTHS = {"money": 16, "count": 12, "day": 13}

OnProgress = Callable[[str, int, int], None]


class Refused(ValueError):
    """A file that is not made; the message is for the user."""


def write_ledger(export: Export, target: IO[bytes], tick: OnProgress) -> dict[str, Any]:
    """Write it for who asked, as they may see it now; returns what the export's row takes from it.

    Refused where they may not any more, and where a sheet cannot hold it.
    """
    with read_snapshot():
        user = User.objects.get(pk=export.requested_by_id)
        if not user.covers(export.area_id):
            raise Refused("申请人的账号或管辖区划已有变化，没有生成")
        tick("查询记录", 0, 0)
        rows = rows_of(export, user)
        count = rows.count()
        if count > _MOST:
            raise Refused(
                f"共{count:,}条记录，超过一张表能放的{_MOST:,}条；请选择下级地区或较短的日期"
            )
        _write(export, _told(rows, count, tick), count, target)
    return {"row_count": count}


def rows_of(export: Export, user: User) -> QuerySet[Any]:
    """The records of an export that the user sees, in the order of places and days."""
    model: Any = apps.get_model(export.kind)
    day = model.date_field
    rows = model._default_manager.visible_to(user).within(export.area_id)
    rows = rows.filter(status=export.status) if export.status else rows.living()
    if export.since:
        rows = rows.filter(**{f"{day}__gte": export.since})
    if export.until:
        rows = rows.filter(**{f"{day}__lte": export.until})
    found: QuerySet[Any] = rows.select_related(*related_of(model)).order_by("area_id", day, "pk")
    return found


def _told(rows: QuerySet[Any], count: int, tick: OnProgress) -> Iterator[Any]:
    """A block of records at a time, telling how far it is."""
    for number, record in enumerate(rows.iterator(chunk_size=1000)):
        if number % 200 == 0:
            tick("写入记录", number, count)
        yield record


def _write(export: Export, records: Iterator[Any], count: int, target: IO[bytes]) -> None:
    model: Any = apps.get_model(export.kind)
    columns = columns_of(model)
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = new_sheet(book, f"台账-{export.kind_name}", [7, *map(_width, columns)])
    _heading(sheet, export, columns, count)
    kinds = [column.kind for column in columns]
    values = [column.value for column in columns]
    rows = ([value(record) for value in values] for record in records)
    stream = laid(sheet, _HEAD + 1, kinds, rows, count, is_summed=is_summed(model))
    book.properties.creator = "社区慈善工作平台"
    book.properties.title = str(export)
    save(book, timezone.now(), [stream], target)


def _heading(sheet: Worksheet, export: Export, columns: list[Column], count: int) -> None:
    width = len(columns) + 1
    merged(sheet, 1, width, f"{export.area.name}{export.kind_name}台账", TITLE, CENTRE, 38)
    made = timezone.localtime()
    line = f"{export.chosen}        共{count:,}条        生成时间：{made:%Y-%m-%d %H:%M}"
    merged(sheet, 2, width, line, BODY, LEFT, 24)
    head_row(sheet, _HEAD, ["序号", *(column.title for column in columns)])
    sheet.print_title_rows = f"1:{_HEAD}"
    sheet.freeze_panes = sheet.cell(_HEAD + 1, 3)
    sheet.auto_filter.ref = f"A{_HEAD}:{get_column_letter(width)}{_HEAD + count}"


def _width(column: Column) -> int:
    """In characters, as Excel counts them."""
    return _WIDTHS.get(column.kind, 36 if column.is_wide else 16)
