"""A cell on its way to a value: its raw value, its normalised text, and what every parser refuses."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from areas.spelling import half_width
from guards.invisible import without_invisible
from ledgers.workbooks.errors import is_error
from ledgers.workbooks.grids import UNCALCULATED_TEXT
from reviews.fields import yes_no

#: Texts that mean an empty cell.
_EMPTY = {"", "无", "/", "\\", "—", "——", "-", "--", "－", "暂无", "N/A", "n/a", "空", "*"}
#: Signs and words that repeat the cell above, without blanks, brackets and dashes.
_DITTO_WORDS = '同上 同前 上同 同上行 以上同 do ditto idem ″ ′′ ＂ 〃 〞 々 ↑ " \'\' “ ” “” ""'
_DITTO = frozenset(_DITTO_WORDS.split())
_AROUND_DITTO = re.compile(r"[\s()<>\[\]\-—–。.]")
_DITTO_PHRASE = re.compile(
    r"[同如见照][上前]一?[行栏格条项列面者述]?|[与和同]?[上前]一?[行栏格条项列]?(?:[一]?样|一致|相同)|以上|前同|同[左右]?"
    r"|同第\d+[行条项]|[″′＂〃〞々↑⇑⬆\"'“”‘’〝]+"
)
#: What is left where a file was read in a wrong encoding.
_BROKEN = re.compile("\ufffd|锟斤拷|烫烫烫")
#: A text that is clean as it stands: common ideographs and visible ASCII, without blanks.
_CLEAN = re.compile("[\u4e00-\u9fff!-~]*")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class CellError(ValueError):
    """The cell is invalid; the Chinese message says what is wrong and what would be right."""


@dataclass
class Cell:
    """The raw value of a cell, the unit of its column, and what the column measures."""

    value: Any
    #: The unit that the sheet names for the column: 万元, 万人次; "" when it names none.
    unit: str = ""
    remarks: list[str] = field(default_factory=list)
    #: The code of the cell's number format where it says something: `0.00"万元"`, `0.00,`.
    number_format: str = ""
    #: Whether the workbook counts days from 1904.
    is_1904: bool = False
    #: The unit in which the column's values are kept: 元, 人, 人次; "" where nothing is declared.
    measure: str = ""
    #: Whether the value was taken for yuan though neither sheet nor cell names a unit.
    is_unit_assumed: bool = False
    #: The value as text: half-width, trimmed, with single blanks; whole numbers without `.0`.
    text: str = field(init=False)
    #: Whether the cell is empty or holds a text that means empty.
    is_empty: bool = field(init=False)

    def __post_init__(self) -> None:
        self.text = as_text(self.value)
        self.is_empty = self.text in _EMPTY

    @property
    def is_number(self) -> bool:
        """Whether Excel stores a number, as opposed to a text of digits."""
        return isinstance(self.value, int | float) and not isinstance(self.value, bool)

    @property
    def is_moment(self) -> bool:
        """Whether Excel stores a day, a time or a length of time."""
        return isinstance(self.value, datetime.date | datetime.time | datetime.timedelta)


Parser = Callable[[Cell], Any]


@dataclass(frozen=True, eq=False)
class TextParser:
    """A parser of texts; one that matches `plain` is what it reads as, and nothing is to be said of it."""

    parse: Parser
    plain: re.Pattern[str]

    def __call__(self, cell: Cell) -> Any:
        """Parse a cell."""
        return self.parse(cell)


#: Ideographs of plain texts: without those of a text that was read in a wrong encoding.
IDEOGRAPHS = "\u4e00-烪烬-锞锠-\u9fff"


def as_text(value: object) -> str:
    """Return any cell value as normalised text."""
    if isinstance(value, str):
        return value if _CLEAN.fullmatch(value) else _cleaned(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d")
    return _cleaned(str(value))


def texts_of(values: Iterable[object]) -> list[str]:
    """Return the values of a row as normalised texts; most rows are clean, which one look tells."""
    texts = [value if type(value) is str else as_text(value) for value in values]
    return texts if _CLEAN.fullmatch("".join(texts)) else [as_text(text) for text in texts]


@lru_cache(maxsize=10_000)
def _cleaned(text: str) -> str:
    """Return the text half-width, without control characters and with single blanks.

    Cached, because the names of streets and choices recur.
    """
    return as_written(half_width(text))


def as_written(text: str) -> str:
    """Return the text as it was written, without control and invisible characters and with single
    blanks."""
    if _CLEAN.fullmatch(text):
        return text
    if not text.isprintable():
        text = _CONTROLS.sub("", text)
    return " ".join(without_invisible(text).split())


def checked(cell: Cell) -> str:
    """Return the text of a cell. CellError for formulas without a value, and for 同上 and its signs."""
    text = cell.text
    if not isinstance(cell.value, str) or not text:
        return text
    if not text.isalnum():
        if text == UNCALCULATED_TEXT:
            raise CellError("公式没有计算结果，请先在 Excel 或 WPS 中打开并保存，再重新上传")
        if is_error(text):
            raise CellError(f"单元格是公式错误（{text}），请改正公式或直接填写内容")
    if len(text) <= 8 and is_ditto(text):
        raise CellError(f"“{text}”指上一行的内容，请写出完整内容")
    if not text.isascii() and _BROKEN.search(text):
        raise CellError(f"“{text}”中有乱码，请对照原件重新填写")
    if len(text) > 1 and not text.strip("#"):
        raise CellError("只有“#”号，是列宽不够时显示的样子：请加宽原文件的列，再重新保存上传")
    return text


def is_ditto(text: str) -> bool:
    """Return whether a text only repeats the cell above: 同上, （同上）, 〃, do."""
    bare = _AROUND_DITTO.sub("", text).casefold()
    return bare in _DITTO or bool(_DITTO_PHRASE.fullmatch(bare))


def written(cell: Cell) -> str:
    """Return the text of a cell as it was written: `（` stays `（`."""
    read = checked(cell)
    return as_written(cell.value) if isinstance(cell.value, str) else read
