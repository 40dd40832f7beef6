"""The marked copy: the clerk's own file with its faulty cells coloured, and a list of all findings.

Excel packages and OpenDocument spreadsheets are edited in place. Of any other file only the values
can be written anew, and the list says so.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from ledgers.files.marked.excel.workbook import MarkedWorkbook
from ledgers.files.marked.marks import Marks, Unmarkable, lines_of, marks_of
from ledgers.files.marked.opendocument import MarkedDocument
from ledgers.files.marked.values import workbook_of_values
from ledgers.reading.findings import Finding
from ledgers.reading.sheets import read_workbook
from ledgers.workbooks.grids import Grid
from ledgers.workbooks.limits import UnusableFile

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_MACROS = "application/vnd.ms-excel."
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
#: The ending of a file by the type of its workbook; macros only run in a file that admits to them.
_ENDINGS = {
    f"{_SHEET}template.main+xml": (".xltx", f"{_SHEET}template"),
    f"{_MACROS}sheet.macroEnabled.main+xml": (".xlsm", f"{_MACROS}sheet.macroEnabled.12"),
    f"{_MACROS}template.macroEnabled.main+xml": (".xltm", f"{_MACROS}template.macroEnabled.12"),
}
_XLSX = (".xlsx", f"{_SHEET}sheet")
#: Names of files that are usually marked in place; what a file really is shows when it is marked.
_EDITED_ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".ods")
_VALUES_ONLY = (
    "原文件的格式不能直接标注，本表只保留了各工作表的内容和合并单元格，没有保留格式、公式和图片；"
    "也可以在原文件中改正后重新上传"
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MarkedCopy:
    """A file for the clerk, with the ending of its name and its media type."""

    content: bytes
    ending: str
    media_type: str
    #: Whether all but the marks is as the clerk sent it; otherwise only the values are.
    is_own_file: bool


def marked_copy(
    content: bytes, problems: Sequence[Finding], warnings: Sequence[Finding], unlisted: int = 0
) -> MarkedCopy:
    """Return the file with problem cells in red, warning cells in yellow, messages as comments.

    `unlisted` is the number of further findings, which only the list mentions.
    """
    marks = marks_of(problems, warnings)
    notes = [f"还有{unlisted}处没有列出，改正后重新上传可以看到"] if unlisted else []
    lines = lines_of(problems, warnings, notes)
    for edit in (_marked_workbook, _marked_document):
        try:
            return edit(content, marks, lines)
        except Unmarkable as error:
            logger.info("not marked in place: %s", error)
        except Exception:  # the clerk still gets the marks; the log tells what the file has
            logger.exception("could not mark a file in place")
    lines = lines_of(problems, warnings, [*notes, _VALUES_ONLY])
    values, names = workbook_of_values(*_readable(content))
    marks = {names[sheet]: here for sheet, here in marks.items() if sheet in names}
    copy = _marked_workbook(values, marks, lines)
    return MarkedCopy(copy.content, copy.ending, copy.media_type, is_own_file=False)


def _readable(content: bytes) -> tuple[Sequence[Grid], Sequence[str]]:
    """Return the sheets of a file; none of one that was readable for an earlier version only."""
    try:
        return read_workbook(content)
    except UnusableFile as error:
        logger.warning("a checked file cannot be read: %s", error)
        return [], []


def what_is_kept(file_name: str) -> str:
    """Return a sentence on what a marked copy keeps of a file with this name."""
    if file_name.lower().endswith(_EDITED_ENDINGS):
        return "标注的表格就是您的原表：只加了底色、批注和“问题清单”工作表，改好后可以直接上传。"
    return (
        "只有 .xlsx、.xlsm、.ods 文件能在原表上标注；这个文件标注后是 .xlsx，"
        "只保留内容和合并单元格，不保留格式、公式和图片。也可以在原文件中改正后重新上传。"
    )


def _marked_workbook(
    content: bytes, marks: Mapping[str, Marks], lines: Sequence[Sequence[str]]
) -> MarkedCopy:
    with ExitStack() as stack:
        book = MarkedWorkbook(content, stack)
        ending, media_type = _ENDINGS.get(book.content_type, _XLSX)
        return MarkedCopy(book.saved(marks, lines), ending, media_type, is_own_file=True)


def _marked_document(
    content: bytes, marks: Mapping[str, Marks], lines: Sequence[Sequence[str]]
) -> MarkedCopy:
    marked = MarkedDocument(content).saved(marks, lines)
    return MarkedCopy(marked, ".ods", _ODS, is_own_file=True)
