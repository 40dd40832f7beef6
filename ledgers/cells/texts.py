"""Parsers of texts, names, lists, ticks and choices."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from django.db.models import TextChoices

from guards.invisible import without_invisible
from ledgers.cells.cell import (
    IDEOGRAPHS,
    Cell,
    CellError,
    Parser,
    TextParser,
    checked,
    written,
)

_YES = {"√", "✓", "✔", "☑", "是", "有", "1", "Y", "YES", "TRUE", "具有", "已", "具备", "对"}
#: What programs write for an empty value.
_PROGRAM_NULLS = frozenset(("null", "none", "nan", "nat", "undefined", "<na>", "[object object]"))
#: Signs of the private use areas: each computer may show another one.
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
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


def text(max_length: int = 100) -> Parser:
    """Return a parser of texts up to a length; what is kept is what was written."""

    def parse(cell: Cell) -> str:
        value = "" if cell.is_empty else written(cell)
        _warn_of_conversion(cell)
        _warn_of_signs(cell, value)
        if len(value) > max_length:
            raise CellError(f"内容过长（{len(value)}字），不应超过{max_length}字")
        return value

    return TextParser(parse, _plain(max_length))


def _plain(max_length: int) -> re.Pattern[str]:
    """Return the pattern of texts that are longer than a sign for 同上 and clean in every respect."""
    more = f"{{8,{max_length - 1}}}" if max_length > 8 else "(?!)"
    return re.compile(f"[{IDEOGRAPHS}][{IDEOGRAPHS}0-9A-Za-z]{more}")


def _warn_of_signs(cell: Cell, value: str) -> None:
    """Remark on a text without any letter, and on signs that only its writer's computer shows.

    CellError for what a program wrote for nothing.
    """
    if value.casefold() in _PROGRAM_NULLS:
        raise CellError(f"“{value}”像是程序写出的空值，请清空单元格或填写内容")
    if value and not re.search(r"\w", value):
        cell.remarks.append(f"“{value}”只有符号，没有文字，请核对")
    if private := _PRIVATE.search(value):
        code = f"U+{ord(private.group()):04X}"
        cell.remarks.append(f"“{value}”中有自造字（{code}），别的电脑显示不出来，请核对")


def _warn_of_conversion(cell: Cell) -> None:
    """Remark on a text that Excel has made a day, a time, a truth value or a share of."""
    if cell.is_moment:
        cell.remarks.append(
            f"Excel 把内容当成了日期或时间（现为{cell.text}），请核对；如有误请设为“文本”格式重新填写"
        )
    elif isinstance(cell.value, bool):
        cell.remarks.append(f"Excel 把内容当成了是或否（现为{cell.text}），请核对")
    elif cell.is_number and cell.number_format:
        cell.remarks.append(f"单元格的数字格式显示的与存储的（{cell.text}）不同，请核对")


def name(max_length: int = 100) -> Parser:
    """Return a parser of names: it removes inner blanks, so that two spellings of a name are equal."""
    parse_text = text(max_length)

    def parse(cell: Cell) -> str:
        return re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", str(parse_text(cell)))

    return TextParser(parse, _plain(max_length))


def flag(cell: Cell) -> bool:
    """Parse a tick: √, 是, 有, 1 mean yes; an empty cell, 否, 无, × mean no."""
    value = checked(cell).upper()
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
        value = self._known.get(_bare(checked(cell)))
        if value is None:
            raise CellError(f"“{cell.text}”无法识别，应为：{'、'.join(self.labels)}")
        return value


class Words:
    """A parser of some words out of known ones, in the order in which those are offered."""

    def __init__(self, words: Iterable[str], *, most: int = 0) -> None:
        """Take the known words, and how many a cell may name (0: any number)."""
        self._words, self._most = list(words), most
        self._known = {_bare(word): word for word in self._words}

    def __call__(self, cell: Cell) -> str:
        """Return the words joined by `、`, or "" for an empty cell."""
        said = word_list(cell)
        unknown = [word for word in said if _bare(word) not in self._known]
        if unknown:
            raise CellError(f"“{'、'.join(unknown)}”无法识别，可选：{'、'.join(self._words)}")
        if self._most and len(said) > self._most:
            raise CellError(f"“{cell.text}”有{len(said)}项，只能填{self._most}项")
        found = {self._known[_bare(word)] for word in said}
        return "、".join(word for word in self._words if word in found)


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
    return [word for word in re.split(r"[、,,;;/\s]+", checked(cell)) if word]
