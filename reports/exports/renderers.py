"""Whole lists of the API as CSV and Excel files, written row by row."""

from __future__ import annotations

import csv
import datetime
import tempfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import IO, Any

from django.db.models import Model, QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from openpyxl import Workbook
from rest_framework import serializers
from rest_framework.fields import get_attribute
from rest_framework.renderers import BaseRenderer
from typing_extensions import override

from accounts.requests import user_of
from api.faults import Fault
from api.fields import Amount, Key, PersonalText
from api.serializers import RowsField
from guards.formulas import never_formula
from reports.columns import Column, Value
from reports.paper.sheets import head_row, new_sheet
from reports.paper.stream import laid, save
from reviews.downloads import headers_of, marked_for, type_of
from reviews.fields import yes_no
from running.db_snapshot import read_snapshot

#: Rows that are read from the database at a time.
_CHUNK = 1000
#: The row of the column titles.
_HEAD = 1
#: A longer list would occupy a web process for too long; clients use pages or an export instead.
MOST_ROWS = 50_000
_WIDTHS = {"money": 16, "count": 12, "day": 13, "text": 20}

AnySerializer = serializers.Serializer[Any]
AnyField = serializers.Field[Any, Any, Any, Any]
Rows = QuerySet[Model]


def columns_of(serializer: AnySerializer) -> list[Column]:
    """One column for each field of a list's JSON, with its Chinese title."""
    return [_column(field) for field in serializer.fields.values()]


def _column(field: AnyField) -> Column:
    title = "编号" if field.field_name == "id" else str(field.label or field.help_text)
    return Column(title, _kind(field), _value(field))


def _kind(field: AnyField) -> str:
    if isinstance(field, Amount | serializers.DecimalField):
        return "money"
    if isinstance(field, serializers.IntegerField) and not isinstance(field, Key):
        return "count"
    return "day" if isinstance(field, serializers.DateField) else "text"


def _value(field: AnyField) -> Value:
    if isinstance(field, RowsField):
        return lambda row: "、".join(_row_text(item) for item in field.get_attribute(row))
    if isinstance(field, serializers.RelatedField):
        return _related(field)
    if isinstance(field, PersonalText):
        return field.get_attribute
    labels = dict(getattr(field, "choices", None) or {})
    path = field.source_attrs

    def value(row: Model) -> object:
        found = get_attribute(row, path) if path else row
        return labels.get(found, found) if labels else _plain(found)

    return value


def _related(field: serializers.RelatedField[Any, Any, Any]) -> Value:
    """The related object as the JSON shows it; a primary key is read without loading the object."""
    *path, name = field.source_attrs
    if isinstance(field, serializers.PrimaryKeyRelatedField):
        return lambda row: get_attribute(row, [*path, f"{name}_id"])

    def value(row: Model) -> object:
        found = get_attribute(row, [*path, name])
        return None if found is None else field.to_representation(found)

    return value


def _row_text(item: object) -> str:
    return " ".join(item.values()) if isinstance(item, dict) else str(item)


def _plain(value: object) -> object:
    """A value as a cell holds it: 是 or 否, local time, numbers and days as they are, else text."""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    is_plain = value is None or isinstance(value, str | int | Decimal | datetime.date)
    return value if is_plain else str(value)


class FileRenderer(BaseRenderer):
    """Base class: renders a whole list as a file; errors stay JSON (`ListViewSet.finalize_response`)."""

    def stream(self, rows: Rows, serializer: AnySerializer, name: str) -> HttpResponseBase:
        """Return the response with the file; Fault where the list is too long."""
        raise NotImplementedError


class CsvRenderer(FileRenderer):
    """UTF-8 with a byte order mark, so that Excel reads Chinese; no text becomes a formula."""

    media_type, format, charset = "text/csv", "csv", "utf-8"

    @override
    def stream(self, rows: Rows, serializer: AnySerializer, name: str) -> HttpResponseBase:
        _checked_count(rows)
        lines = csv_lines(columns_of(serializer), rows.iterator(chunk_size=_CHUNK))
        return StreamingHttpResponse(
            lines, content_type="text/csv; charset=utf-8", headers=headers_of(f"{name}.csv")
        )


def _checked_count(rows: Rows) -> int:
    """The number of rows; Fault (422) where they are too many for one response."""
    count = rows.count()
    if count > MOST_ROWS:
        message = f"共{count:,}条，超过一个文件的{MOST_ROWS:,}条；请缩小范围，或按页读取"
        raise Fault(message, "too_many")
    return count


class _LastLine:
    """A file-like object that keeps only the line written last."""

    line = ""

    def write(self, text: str) -> int:
        self.line = text
        return len(text)


def csv_lines(columns: list[Column], rows: Iterable[object]) -> Iterator[str]:
    """Yield the lines of a CSV file; no text becomes a formula."""
    last = _LastLine()
    writer = csv.writer(last)
    writer.writerow([never_formula(column.title) for column in columns])
    yield "\ufeff" + last.line
    for row in rows:
        writer.writerow([never_formula(column.value(row)) for column in columns])
        yield last.line


class XlsxRenderer(FileRenderer):
    """A workbook with one sheet; codes stay texts."""

    media_type, format = type_of("x.xlsx"), "xlsx"

    @override
    def stream(self, rows: Rows, serializer: AnySerializer, name: str) -> HttpResponseBase:
        # The temporary file is deleted when the response closes it.
        file = tempfile.TemporaryFile()  # noqa: SIM115
        with read_snapshot(), marked_for(user_of(serializer.context["request"])):
            count = _checked_count(rows)
            write_rows(columns_of(serializer), rows, count, name, file)
        file.seek(0)
        return FileResponse(file, content_type=self.media_type, headers=headers_of(f"{name}.xlsx"))


def write_rows(columns: list[Column], rows: Rows, count: int, name: str, file: IO[bytes]) -> None:
    """Write a workbook with one sheet of this name; `count` is the number of rows."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = new_sheet(book, name, [7, *(_WIDTHS[column.kind] for column in columns)])
    head_row(sheet, _HEAD, ["序号", *(column.title for column in columns)])
    sheet.freeze_panes = sheet.cell(_HEAD + 1, 3)
    kinds, values = [column.kind for column in columns], [column.value for column in columns]
    cells = ([value(row) for value in values] for row in rows.iterator(chunk_size=_CHUNK))
    stream = laid(sheet, _HEAD + 1, kinds, cells, count, is_summed=False)
    save(book, timezone.now(), [stream], file)
