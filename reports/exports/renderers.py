"""A whole list of the API as CSV or Excel, row by row."""

from __future__ import annotations

import csv
import datetime
import tempfile
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from openpyxl import Workbook
from rest_framework import serializers
from rest_framework.fields import get_attribute
from rest_framework.renderers import BaseRenderer

from api.faults import Fault
from api.fields import Amount, Key
from api.serializers import RowsField
from indicators.store.db_snapshot import read_snapshot
from reports.columns import Column
from reports.paper.sheets import head_row, new_sheet
from reports.paper.stream import laid, save
from reviews.downloads import headers_of, type_of

_CHUNK = 1000
_HEAD = 1
#: More would keep the site's process busy too long; pages, or an export, take over.
MOST_ROWS = 50_000
_WIDTHS = {"money": 16, "count": 12, "day": 13, "text": 20}
#: A spreadsheet takes a text that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def columns_of(serializer: Any) -> list[Column]:
    """What the JSON of a list tells, as columns in Chinese."""
    return [_column(field) for field in serializer.fields.values()]


def _column(field: Any) -> Column:
    title = "编号" if field.field_name == "id" else str(field.label or field.help_text)
    return Column(title, _kind(field), _value(field))


def _kind(field: Any) -> str:
    if isinstance(field, Amount | serializers.DecimalField):
        return "money"
    if isinstance(field, serializers.IntegerField) and not isinstance(field, Key):
        return "count"
    return "day" if isinstance(field, serializers.DateField) else "text"


def _value(field: Any) -> Callable[[Any], Any]:
    if isinstance(field, RowsField):
        return lambda row: "、".join(_row_text(item) for item in field.rows.representation(row))
    if isinstance(field, serializers.RelatedField):
        return _related(field)
    labels = dict(getattr(field, "choices", None) or {})
    path = field.source_attrs

    def value(row: Any) -> Any:
        found = get_attribute(row, path) if path else row
        return labels.get(found, found) if labels else _plain(found)

    return value


def _related(field: Any) -> Callable[[Any], Any]:
    """As the JSON tells it: a key without asking for the row it is of."""
    *way, name = field.source_attrs
    if isinstance(field, serializers.PrimaryKeyRelatedField):
        return lambda row: get_attribute(row, [*way, f"{name}_id"])

    def value(row: Any) -> Any:
        found = get_attribute(row, [*way, name])
        return None if found is None else field.to_representation(found)

    return value


def _row_text(item: Any) -> str:
    return " ".join(item.values()) if isinstance(item, dict) else str(item)


def _plain(value: Any) -> Any:
    """As a bureau writes it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    is_plain = value is None or isinstance(value, str | int | Decimal | datetime.date)
    return value if is_plain else str(value)


class FileRenderer(BaseRenderer):
    """Base: only whole lists are files; what is refused is JSON (`ListViewSet.finalize_response`)."""

    def stream(self, rows: QuerySet[Any], serializer: Any, name: str) -> HttpResponseBase:
        """The answer."""
        raise NotImplementedError


class CsvRenderer(FileRenderer):
    """UTF-8 with a mark at the start, so that Excel reads Chinese; no text becomes a formula."""

    media_type, format, charset = "text/csv", "csv", "utf-8"

    def stream(self, rows: QuerySet[Any], serializer: Any, name: str) -> HttpResponseBase:
        """Row by row, as they come from the database."""
        _counted(rows)
        lines = _lines(columns_of(serializer), rows.iterator(chunk_size=_CHUNK))
        return StreamingHttpResponse(
            lines, content_type="text/csv; charset=utf-8", headers=headers_of(f"{name}.csv")
        )


def _counted(rows: QuerySet[Any]) -> int:
    """How many; Fault where they are too many for one answer."""
    count = rows.count()
    if count > MOST_ROWS:
        message = f"共{count:,}条，超过一个文件的{MOST_ROWS:,}条；请缩小范围，或按页读取"
        raise Fault(message, "too_many")
    return count


class _Line:
    """What the writer wrote last."""

    def write(self, text: str) -> str:
        return text


def _lines(columns: list[Column], rows: Iterable[Any]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([column.title for column in columns])  # type: ignore[operator]
    for row in rows:
        yield writer.writerow([_cell(column, row) for column in columns])  # type: ignore[misc]


def _cell(column: Column, row: Any) -> Any:
    value = column.value(row)
    is_formula = isinstance(value, str) and value.startswith(_FORMULA)
    return f"'{value}" if is_formula else value


class XlsxRenderer(FileRenderer):
    """One sheet; codes stay texts."""

    media_type, format = type_of("x.xlsx"), "xlsx"

    def stream(self, rows: QuerySet[Any], serializer: Any, name: str) -> HttpResponseBase:
        """Through a file that is gone with the answer; 422 where a sheet cannot hold it."""
        file = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the answer)
        with read_snapshot():
            count = _counted(rows)
            _write(columns_of(serializer), rows, count, name, file)
        file.seek(0)
        return FileResponse(file, content_type=self.media_type, headers=headers_of(f"{name}.xlsx"))


def _write(columns: list[Column], rows: QuerySet[Any], count: int, name: str, file: Any) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = new_sheet(book, name, [7, *(_WIDTHS[column.kind] for column in columns)])
    head_row(sheet, _HEAD, ["序号", *(column.title for column in columns)])
    sheet.freeze_panes = sheet.cell(_HEAD + 1, 3)
    kinds, values = [column.kind for column in columns], [column.value for column in columns]
    told = ([value(row) for value in values] for row in rows.iterator(chunk_size=_CHUNK))
    stream = laid(sheet, _HEAD + 1, kinds, told, count, is_summed=False)
    save(book, timezone.now(), [stream], file)
