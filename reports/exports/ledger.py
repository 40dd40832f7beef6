"""The workbook of an export: one ledger sheet, its rows streamed from one database snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import User
from reports.columns import Column, is_summed
from reports.exports.columns import columns_of, related_of
from reports.models.exports import Export
from reports.paper.sheets import BODY, CENTRE, LEFT, TITLE, head_row, merged, new_sheet
from reports.paper.stream import MOST_ROWS, laid, save
from reviews.downloads import marked_for
from reviews.models import Submission
from reviews.querysets import SubmissionQuerySet
from running.db_snapshot import read_snapshot

#: Rows above the records: title, description, heads. One row with totals follows them.
_HEAD = 3
_MOST = MOST_ROWS - _HEAD - 1
_WIDTHS = {"money": 16, "count": 12, "day": 13}

#: Called with a step in Chinese, the rows done, and the rows in all (0: not known).
OnProgress = Callable[[str, int, int], None]


class Refused(ValueError):
    """The file cannot be made; the Chinese message is for the user."""


def write_ledger(export: Export, target: IO[bytes], on_progress: OnProgress) -> dict[str, object]:
    """Write the records that the requester may see now; returns the number of rows for the export.

    Refused where the area is no longer in scope, and where a sheet cannot hold all records.
    """
    with read_snapshot():
        user = User.objects.get(pk=export.requested_by_id)
        if not user.covers(export.area_id):
            raise Refused("申请人的账号或管辖区划已有变化，没有生成")
        on_progress("查询记录", 0, 0)
        rows = rows_of(export, user)
        count = rows.count()
        if count > _MOST:
            raise Refused(
                f"共{count:,}条记录，超过一张表能放的{_MOST:,}条；请选择下级地区或较短的日期"
            )
        with marked_for(user):
            _write(export, _with_progress(rows, count, on_progress), count, target)
    return {"row_count": count}


def rows_of(export: Export, user: User) -> SubmissionQuerySet:
    """The records of an export that the user may see, by area and day."""
    model = export.record_kind
    day = model.date_field
    rows = model.objects.visible_to(user).within(export.area_id)
    rows = rows.filter(status=export.status) if export.status else rows.living()
    if export.since:
        rows = rows.filter(**{f"{day}__gte": export.since})
    if export.until:
        rows = rows.filter(**{f"{day}__lte": export.until})
    return rows.select_related(*related_of(model)).order_by("area_id", day, "pk")


def _with_progress(
    rows: SubmissionQuerySet, count: int, on_progress: OnProgress
) -> Iterator[Submission]:
    """Read the records in blocks and report the progress."""
    for number, record in enumerate(rows.iterator(chunk_size=1000)):
        if number % 200 == 0:
            on_progress("写入记录", number, count)
        yield record


def _write(export: Export, records: Iterator[Submission], count: int, target: IO[bytes]) -> None:
    columns = columns_of(export.record_kind)
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = new_sheet(book, f"台账-{export.kind_name}", [7, *map(_width, columns)])
    _heading(sheet, export, columns, count)
    kinds = [column.kind for column in columns]
    values = [column.value for column in columns]
    rows = ([value(record) for value in values] for record in records)
    stream = laid(sheet, _HEAD + 1, kinds, rows, count, is_summed=is_summed(export.record_kind))
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
    """The width of a column in characters."""
    return _WIDTHS.get(column.kind, 36 if column.is_wide else 16)
