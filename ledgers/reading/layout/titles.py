"""Titles of columns: which field each column of a header fills, and how surely."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ledgers.declaration import Column, Ledger, normalise_title, without_explanation
from ledgers.units.stated import stated_in_cell

NUMBERING = frozenset({"序号", "编号序号", "行号", "序", "项次", "No", "NO", "No.", "NO."})
#: Lower titles that say nothing without the group above them.
_GENERIC = {
    *("姓名", "名称", "单位", "电话", "手机", "联系电话", "联系方式", "日期", "时间", "编号"),
    *("类型", "类别", "级别", "状态", "金额", "人数", "人次", "内容", "对象", "用途", "说明"),
}
#: Lower titles that only repeat what the group says.
_NAMED = frozenset({"姓名", "名称", "名字", "全称"})
#: Groups that fit every title.
_NEUTRAL = re.compile(
    r".{0,6}(情况|信息|资料|内容|概况|数据)|所在地|地址|位置|六有|资金|收支|时间|日期|起止(时间|日期)"
)
#: What stands before a title and belongs to no word: `*`, `1.`, `(2)`, `一、`.
_MARKS = re.compile(r"^[*★☆▲●◆#]+|^\(?\d{1,2}[).、]\)?|^[一二三四五六七八九十]+、")
_HINT = re.compile(
    r"\(?(必填|选填|非必填|必选|可选|必填项|选填项|下拉选择|请选择|文本|数字|日期|整数|年月日|年/月/日)\)?"
    r"|填?[“\"]?是[”\"]?(或|/)[“\"]?否[”\"]?|yyyy.mm.dd|[/—-]+|(计量|金额)?单位",
    re.IGNORECASE,
)
#: A numbered column: 1, (2), ③, 甲, (3)=(1)+(2), 4=2-3.
_NUMBERED = re.compile(r"\(?([1-9]\d?|[①-⑳]|[甲乙丙丁戊己庚辛壬癸A-Z])\)?(=[\d()+\-*/×÷%]+)?")
_NUMBERED_LINE = ("栏次", "行次", "列次", "栏目", "甲")


def variants(title: str) -> list[str]:
    """Return a normalised title, and what it says without marks and without explanations."""
    bare = normalise_title(_MARKS.sub("", title))
    found = [title, bare, without_explanation(title), without_explanation(bare)]
    return [each for each in dict.fromkeys(found) if each]


def is_hint(text: str) -> bool:
    """Return whether a normalised text under a title only says how to fill it in: 万元, 必填."""
    return bool(_HINT.fullmatch(text) or stated_in_cell(text).units)


def are_hints(texts: Sequence[str]) -> bool:
    """Return whether a row under the titles holds units or hints only."""
    return all(map(is_hint, texts)) and any(stated_in_cell(text).units for text in texts) | (
        len(texts) > 1
    )


def are_numbers(texts: Sequence[str]) -> bool:
    """Return whether a row under the titles numbers the columns: 栏次 1 2 3, 甲 乙 1 2, (3)=(1)+(2)."""
    numbered = [text for text in texts if text not in _NUMBERED_LINE]
    if len(numbered) < 2 or not all(map(_NUMBERED.fullmatch, numbered)):
        return False
    digits = [int(found.group()) for text in numbered if (found := re.search(r"\d+", text))]
    digits += [ord(text) - ord("①") + 1 for text in numbered if "①" <= text <= "⑳"]
    letters = [text for text in numbered if not re.search(r"[\d①-⑳]", text)]
    follow = all(later == earlier + 1 for earlier, later in pairwise(digits))
    return follow and len(set(letters)) == len(letters) and len(digits) + len(letters) > 2


@dataclass(frozen=True)
class Titles:
    """The titles that a ledger knows."""

    ledger: Ledger
    #: Normalised title → its column, and whether it is the column's own title.
    known: Mapping[str, tuple[Column, bool]]
    ignored: frozenset[str]

    @classmethod
    def of(cls, ledger: Ledger) -> Titles:
        """Return the titles of a ledger."""
        known = {
            title: (column, title == normalise_title(column.title))
            for column in ledger.columns
            for title in column.titles
        }
        return cls(ledger, known, frozenset(map(normalise_title, ledger.ignored)))

    def claims(self, at: int, parts: Sequence[str]) -> Iterator[Claim]:
        """Yield what a column may be, by the texts of its header from the top down."""
        for start in range(len(parts)):
            group = "".join(parts[:start])
            for step, title in enumerate(variants("".join(parts[start:]))):
                if title in self.known:
                    column, is_own = self.known[title]
                    distance = self._distance(group, title, column)
                    rank = (distance, start, step, not is_own)
                    yield Claim(rank, at, group, title, column)
        if len(parts) > 1 and parts[-1] in _NAMED:
            group = "".join(parts[:-1])
            if group in self.known:
                yield Claim((0, 1, 0, True), at, "", group, self.known[group][0])

    def is_ignored(self, parts: Sequence[str]) -> bool:
        """Return whether a column holds what the platform counts itself."""
        return any(title in self.ignored for title in _readings(parts))

    def _distance(self, group: str, title: str, column: Column) -> int:
        """Return how far a group is from the column whose title stands below it: 0 when a title of
        the column names it, 2 when they have nothing in common."""
        if not group or title not in _GENERIC or any(group in each for each in column.titles):
            return 0
        pairs = {group[at : at + 2] for at in range(len(group) - 1)}
        texts = [*column.titles, self.ledger.name]
        is_near = any(pair in text for pair in pairs for text in texts)
        return 1 if is_near or _NEUTRAL.fullmatch(group) else 2


@dataclass(frozen=True)
class Claim:
    """A column that may fill a field; the lowest rank is the surest."""

    #: Distance of the group above, rows left out from above, spelling, alias.
    rank: tuple[int, int, int, bool]
    at: int
    group: str
    title: str
    column: Column

    @property
    def is_doubtful(self) -> bool:
        """Whether the title stands under a group that has nothing to do with the field."""
        return self.rank[0] > 1


def is_numbering(parts: Sequence[str]) -> bool:
    """Return whether a column numbers the rows."""
    return any(title in NUMBERING for title in _readings(parts))


def _readings(parts: Sequence[str]) -> Iterable[str]:
    for start in range(len(parts)):
        yield from variants("".join(parts[start:]))
