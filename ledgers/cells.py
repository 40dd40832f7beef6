"""Cell parsers: each turns one cell, as bureaus fill it in, into a value.

A parser takes a `Cell` and returns the value, or None for an empty cell. It raises CellError with a
Chinese message for the clerk; it may also add a remark, which does not block the import.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.db.models import TextChoices

from areas.spelling import without_invisible
from ledgers.workbooks.errors import is_error
from ledgers.workbooks.grids import UNCALCULATED_TEXT
from ledgers.workbooks.serials import SHIFT_1904, whole_day
from reviews.fields import yes_no

#: Texts that mean an empty cell.
_EMPTY = {"", "无", "/", "\\", "—", "——", "-", "--", "－", "暂无", "N/A", "n/a", "空", "*"}
_OPEN_END = {"进行中", "至今", "长期", "在建", "持续", "未结束", "长期有效"}
_YES = {"√", "✓", "✔", "☑", "是", "有", "1", "Y", "YES", "TRUE", "具有", "已", "具备", "对"}
_NO = {
    "否",
    "无",
    "0",
    "N",
    "NO",
    "FALSE",
    "×",
    "✗",
    "✘",
    "X",
    "没有",
    "不具有",
    "不具备",
    "未",
    "☐",
}
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_EPOCH = datetime.date(1899, 12, 30)
_SERIALS = range(18264, 73051)  # 1950-01-01 … 2099-12-31 as Excel serials


class CellError(ValueError):
    """The cell is invalid; the Chinese message says what is wrong and what would be right."""


@dataclass
class Cell:
    """The raw value of a cell and the unit of its column."""

    value: Any
    unit: str = ""
    remarks: list[str] = field(default_factory=list)
    #: The code of the cell's number format where it says something: `0.00"万元"`, `0.00,`.
    number_format: str = ""
    #: Whether the workbook counts days from 1904.
    is_1904: bool = False
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


Parser = Callable[[Cell], Any]


def as_text(value: object) -> str:
    """Return any cell value as normalised text."""
    if isinstance(value, str):
        return _cleaned(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d")
    return _cleaned(str(value))


@lru_cache(maxsize=10_000)
def _cleaned(text: str) -> str:
    """Return the text half-width, without control characters and with single blanks.

    Cached, because the names of streets and choices recur.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", without_invisible(text))
    return as_written(text)


def as_written(text: str) -> str:
    """Return the text as it was written, without control and invisible characters and with single
    blanks."""
    if not text.isprintable():
        text = _CONTROLS.sub("", text)
    return " ".join(without_invisible(text).split())


def refuse_failed(cell: Cell) -> None:
    """Raise CellError where a formula failed or was never calculated."""
    if cell.text == UNCALCULATED_TEXT:
        raise CellError("公式没有计算结果，请先在 Excel 或 WPS 中打开并保存，再重新上传")
    if is_error(cell.text):
        raise CellError(f"单元格是公式错误（{cell.text}），请改正公式或直接填写内容")


def _checked(cell: Cell) -> str:
    refuse_failed(cell)
    return cell.text


def _written(cell: Cell) -> str:
    """Return the text of a cell as it was written: `（` stays `（`."""
    read = _checked(cell)
    return as_written(cell.value) if isinstance(cell.value, str) else read


def text(max_length: int = 100) -> Parser:
    """Return a parser of texts up to a length; what is kept is what was written."""

    def parse(cell: Cell) -> str:
        value = "" if cell.is_empty else _written(cell)
        if len(value) > max_length:
            raise CellError(f"内容过长（{len(value)}字），不应超过{max_length}字")
        return value

    return parse


def name(max_length: int = 100) -> Parser:
    """Return a parser of names: it removes inner blanks, so that two spellings of a name are equal."""
    parse_text = text(max_length)

    def parse(cell: Cell) -> str:
        return re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", str(parse_text(cell)))

    return parse


def identifier(max_length: int) -> Parser:
    """Return a parser of codes, which must be stored as text: Excel keeps only 15 digits of a
    number."""

    def parse(cell: Cell) -> str:
        if cell.is_empty:
            return ""
        if cell.is_number:
            raise CellError(
                "编号以数字格式保存，末尾数字可能已失真：请将单元格设为“文本”格式，再按证书重新填写"
            )
        value = _checked(cell).replace(" ", "").upper()
        if len(value) > max_length:
            raise CellError(f"编号过长（{len(value)}位），不应超过{max_length}位")
        return value

    return parse


def phone(cell: Cell) -> str:
    """Parse a telephone number.

    A mobile number stored as a number is complete; any other number may have lost a leading 0.
    """
    if cell.is_empty:
        return ""
    if cell.is_number and not re.fullmatch(r"1[3-9]\d{9}", cell.text):
        raise CellError("电话以数字格式保存，开头的0可能已丢失：请将单元格设为“文本”格式后重新填写")
    value = re.sub(r"[\s]", "", _checked(cell))
    if len(value) > 30:
        raise CellError("电话过长，请只填一个号码")
    return value


_DAY_PATTERNS = (
    re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_MONTH_PATTERN = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")


def day(cell: Cell) -> datetime.date | None:
    """Parse a day: 2026.4.28, 2026/4/28, 2026年4月28日, 20260428, an Excel date or serial number.

    2026年4月 becomes the first of the month, with a remark.
    """
    if cell.is_empty:
        return None
    value = cell.value
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if cell.is_number and (serial := _serial(cell)) in _SERIALS:
        return _EPOCH + datetime.timedelta(days=serial)
    if cell.is_number and re.fullmatch(r"\d{4}\.1", cell.text):
        month = cell.text[:4]
        raise CellError(
            f"“{cell.text}”以数字格式保存，分不清{month}年1月和10月：请写成如 {month}年10月1日"
        )
    return _written_day(cell)


def _serial(cell: Cell) -> int:
    """Return the day of a bare number as a serial of the 1900 system."""
    return whole_day(cell.value) + (SHIFT_1904 if cell.is_1904 else 0)


def _written_day(cell: Cell) -> datetime.date:
    written = re.sub(r"[\sT]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$", "", _checked(cell))
    written = re.sub(r"\s", "", written).rstrip(".。")
    for pattern in _DAY_PATTERNS:
        match = pattern.fullmatch(written)
        if match:
            return _real_day(written, *map(int, match.groups()))
    match = _MONTH_PATTERN.fullmatch(written)
    if match:
        year, month = map(int, match.groups())
        found = _real_day(written, year, month, 1)
        cell.remarks.append(f"只写到月（{written}），按{found}计")
        return found
    raise CellError(f"“{cell.text}”不是日期，应写成如 2026-04-28 或 2026年4月28日")


def _real_day(written: str, year: int, month: int, number: int) -> datetime.date:
    try:
        return datetime.date(year, month, number)
    except ValueError:
        if not 1 <= month <= 12:
            raise CellError(f"“{written}”没有{month}月，请核对日期") from None
        raise CellError(f"“{written}”不存在：{year}年{month}月没有{number}日") from None


def end_day(cell: Cell) -> datetime.date | None:
    """Parse a day; a text like 进行中 or 至今 means no end yet (None)."""
    return None if cell.text in _OPEN_END else day(cell)


def reported_day(line: str) -> datetime.date | None:
    """Return the day in a line like 填报日期：…; None without a readable day."""
    match = re.search(r"填报(?:日期|时间)\s*[::]\s*([\d年月日/.\-]+)", as_text(line))
    if not match:
        return None
    try:
        return day(Cell(match.group(1)))
    except CellError:
        return None


_QUALIFIERS = re.compile(r"^(约|大约|近|超|超过)|(余|多)(?=[^\d]*$)|(左右)$")
_UNIT_WORDS = re.compile(r"(元整|元|人次|人|次|支|只|个|名|户|场|家|项|份|件|岁|平方米|㎡)$")
_SCALES = (("亿", Decimal(100_000_000)), ("万", Decimal(10_000)), ("千", Decimal(1_000)))


#: Money units that a column, a sheet or a cell may name, in yuan.
MONEY_UNITS = {
    "元": Decimal(1),
    "百元": Decimal(100),
    "千元": Decimal(1_000),
    "万元": Decimal(10_000),
    "亿元": Decimal(100_000_000),
}


def _number(cell: Cell) -> tuple[Decimal, Decimal | None]:
    """Return the number and the scale that its own cell names: 10万 → (10, 10000)."""
    if (
        cell.is_number
    ):  # Excel shows 15 digits; further ones are rounding errors of the binary number
        return Decimal(f"{cell.value:.15g}"), None
    rest = re.sub(r"[\s,，¥￥]", "", _checked(cell))
    rest = re.sub(r"^(人民币|RMB|CNY)", "", rest)
    approximate = bool(_QUALIFIERS.search(rest))
    rest = _QUALIFIERS.sub("", _UNIT_WORDS.sub("", _QUALIFIERS.sub("", rest)))
    scale = None
    for word, factor in _SCALES:
        if rest.endswith(word):
            rest, scale = _QUALIFIERS.sub("", rest[:-1]), factor
            break
    try:
        number = Decimal(rest)
    except InvalidOperation:
        raise CellError(f"“{cell.text}”不是数，请只填数字") from None
    if not number.is_finite():
        raise CellError(f"“{cell.text}”不是数，请只填数字")
    if approximate:
        cell.remarks.append(f"“{cell.text}”为约数，按{number * (scale or 1):f}计")
    return number, scale


def whole(cell: Cell) -> int | None:
    """Parse a whole number of things or people: 20, ２０, 20余, 1,200人次."""
    if cell.is_empty:
        return None
    number, scale = _number(cell)
    number *= scale or 1
    if number != number.to_integral_value():
        raise CellError(f"“{cell.text}”应为整数")
    if number < 0:
        raise CellError(f"不能为负数（现为{cell.text}）")
    if number > 2_000_000_000:
        raise CellError(f"“{cell.text}”过大，请核对")
    return int(number)


def yuan(cell: Cell) -> Decimal | None:
    """Parse money into yuan; the unit is the cell's own, else the column's or the sheet's (元, 万元)."""
    if cell.is_empty:
        return None
    number, scale = _number(cell)
    written = re.sub(r"\s", "", cell.text)
    if scale is None and not written.endswith(("元", "元整")):
        scale = MONEY_UNITS.get(cell.unit, Decimal(1))
    amount = number * (scale or 1)
    if amount < 0:
        raise CellError(f"金额不能为负数（现为{cell.text}）")
    if amount >= Decimal(10) ** 13:
        raise CellError(f"“{cell.text}”过大，请核对金额和单位")
    if amount != amount.quantize(Decimal("0.01")):
        raise CellError(f"“{cell.text}”折合{amount:f}元，应精确到分")
    return amount.quantize(Decimal("0.01"))


def flag(cell: Cell) -> bool:
    """Parse a tick: √, 是, 有, 1 mean yes; an empty cell, 否, 无, × mean no."""
    value = _checked(cell).upper()
    if value in _YES:
        return True
    if value in _NO or cell.is_empty:
        return False
    raise CellError(f"“{cell.text}”应填“是”或“否”（也可用√）")


def says_no(cell: Cell) -> bool:
    """Return whether a cell says no in words: 无 and 否 are no empty ticks."""
    return cell.text.upper() in _NO


class Choice:
    """A parser of choices: by label, with or without 类 or 级 at the end, or by alias."""

    def __init__(
        self, choices: type[TextChoices], aliases: Mapping[str, str] | None = None
    ) -> None:
        self.labels = [str(label) for label in choices.labels]
        self._known = {_bare(label): value for value, label in choices.choices}
        self._known |= {_bare(label): value for label, value in (aliases or {}).items()}

    def __call__(self, cell: Cell) -> str:
        """Return the value of the choice, or "" for an empty cell."""
        if cell.is_empty and _bare(cell.text) not in self._known:
            return ""
        value = self._known.get(_bare(_checked(cell)))
        if value is None:
            raise CellError(f"“{cell.text}”无法识别，应为：{'、'.join(self.labels)}")
        return value


def _bare(label: str) -> str:
    return (
        re.sub(r"[\s、,,/和及]", "", unicodedata.normalize("NFKC", without_invisible(label)))
        .removesuffix("类")
        .removesuffix("级")
    )


def word_list(cell: Cell) -> list[str]:
    """Parse a list whose items are separated by 、 , ; / or blanks."""
    if cell.is_empty:
        return []
    return [word for word in re.split(r"[、,,;;/\s]+", _checked(cell)) if word]
