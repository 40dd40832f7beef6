"""Rows below a header: which hold a record, and what the others are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from ledgers.cells import Cell, as_text, day
from ledgers.declaration import PLACES, normalise_title
from ledgers.reading.layout.headers import Header
from ledgers.workbooks.grids import Grid

#: The text in column 序号 of a template's example row.
EXAMPLE = "示例"
_EXAMPLES = {EXAMPLE, "样例", "例", "例:", "例如", "例如:", "示例:", "填写示例"}
_SUM = "合计|小计|总计|共计|累计|汇总|总数|总额"
#: Words that make a row a total wherever they stand.
_UNIT = r"(\((单位)?[::]?[千万亿]?[元人户支个次场天件份队家]次?\))?"
_STRICT_TOTAL = re.compile(
    rf"((本[日月季年期页]|全年|上年|截至本[月季]|累计)?({_SUM})|(grand|sub)?[-_]?totals?(amounts?|numbers?|sum)?|sum|[ΣƩ∑]"
    rf"|[年月季日人户次]?(平均|均)(值|数|额|金额)?(每[年月季日人户次个支场])?|(average|avg|mean)[.]?){_UNIT}[::]?",
    re.IGNORECASE,
)
#: What is computed from the rows above and is no sum of them.
_STATISTIC = (
    r"最[大小高低多少](值|数|额|金额)?[::]?|中位数[::]?|占比[::]?|(所占)?(比例|比重)[::]?|(同比|环比)(增[长减幅]|变化)?率?[::]?"
    r"|(增长|完成|达标)率[::]?|增[减幅][::]?|(比|较)(上年|去年|上月|上期|上季度?|同期)(同期)?(增[长减加]|变化)?(数|额|率)?[::]?|(max|min|median)(imum)?[.::]?"
)
#: Words that make a row a total where it lacks what a record must have.
_TOTAL = re.compile(
    rf".{{0,12}}({_SUM})(数|额|金额)?{_UNIT}[::]?(\(?\d+[^\d]{{0,3}}\)?)?|其中[::、,]?.{{0,12}}"
    r"|(共|总共|一共)\d+.{0,3}"
    rf"|{_STATISTIC}"
)
#: Totals of some of the rows above them.
_SUBTOTAL = re.compile(r"小计|累计|本[日月季年期页]|sub", re.IGNORECASE)
#: What is no sum of the rows above it.
_PARTIAL = re.compile(rf"其中|上年|均|average|avg|mean|^(?:{_STATISTIC})$", re.IGNORECASE)
_FOOTER_WORD = (
    r"填表人|填报人|制表人?|审核人|复核人|审批人|负责人|单位负责人|主要负责人|分管领导|经办人|联系电话|联系人|填报单位|"
    r"填报日期|填表日期|填报时间|制表日期|制表时间|打印日期|打印时间|备注|注|说明|填表说明|单位\(盖章\)|填报单位\(盖章\)"
)
_FOOTER = re.compile(rf"({_FOOTER_WORD})\s*(\([^)]*\))?\s*[::]")
_SIGNED = re.compile(rf"({_FOOTER_WORD})\s*(签字|签名|\([^)]*\))?[::]?")
#: 经办：张三, 复核：
_LABELLED = re.compile(r"[\u4e00-\u9fff]{2,8}\s*:")
_PAGE = re.compile(
    r"第\s*\d+\s*页\s*[,,、/]?\s*(共\s*\d+\s*页)?|共\s*\d+\s*页\s*[,,、/]?\s*(第\s*\d+\s*页)?"
    r"|[-—]\s*\d+\s*[-—]|\d+\s*/\s*\d+|page\s*\d+(\s*of\s*\d+)?",
    re.IGNORECASE,
)
_DATE_LINE = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|二[〇○零]..年.{1,3}月.{1,3}日"
)
_NOTE = re.compile(
    r"盖章|公章|签字|签章|以上(数据|内容|合计)|本表|数据截[至止]|特此|填表说明|^(备?注|说明)\d?[::、.]|以下空白|^※|^★"
)
_SECTION = re.compile(
    r"^\(?[一二三四五六七八九十]+\)?[、..]|^第[一二三四五六七八九十]+(部分|类)|^\([一二三四五六七八九十]+\)"
)
_LONG_NOTE = 25
#: With what a word for a total begins, unless it has a sign of its own further on.
_BEGINNINGS = frozenset("共总一最中占所比较同环增完达tTsSgGaAmMｔＴｓＳｇＧａＡｍＭΣƩ∑")
#: What no list of texts without a word for a total has: quicker to find than `_mentions_sum` of each.
_MENTIONS = re.compile(rf"计|汇|总|其中|均|(?:^|\n)\s*[{''.join(_BEGINNINGS)}]")
#: The word for a total stands in one of so many first cells, or in a column of texts.
_FIRST = 4
#: With what a text begins that may say nothing.
_NIL_SIGNS = frozenset("无没本当上年月季期周暂零空不未/\\—-－–Nn*0123456789 \t\n\r　")
#: What a clerk writes into a row without anything to report.
_NIL = re.compile(
    r"无|没有|(本|当|上)?(年度?|月份?|季度?|期|周)?(暂?无|没有|无新增|未发生|未开展|未新增|没有发生)"
    r"(新增|变动|变化|数据|内容|记录|活动|项目|支出|收入|捐赠|情况|此项|发生)*|暂?无(新增|变动|变化|数据|内容|记录|此项|情况)*"
    r"|零(报告|报送|上报)|空白?|无此类?(情况|事项)|不涉及|未开展|\d+月(份)?(暂?无|零报告).{0,4}"
)
_ZERO = {"0", "0.0", "0.00"}
#: The number of different texts of a table of which it is remembered that they are no total.
_REMEMBERED = 2_000


class RowRole(StrEnum):
    """What a row below a header is."""

    RECORD = "record"
    BLANK = "blank"
    #: Repeats the header, or a line above it, on the next printed page.
    HEAD = "head"
    PAGE = "page"
    EXAMPLE = "example"
    TOTAL = "total"
    #: Sums up the rows since another total, or all so far.
    SUBTOTAL = "subtotal"
    #: An average, or a part of what stands above.
    PARTIAL_TOTAL = "partial total"
    FOOTER = "footer"
    NOTE = "note"
    #: A line of its own within the table, such as a street's name.
    SECTION = "section"
    #: Says that there is nothing to report.
    NIL = "nil"
    #: Holds nothing but a place.
    PLACE_ONLY = "place only"


class RowReader:
    """Says what each row of a table is."""

    def __init__(self, grid: Grid, header: Header) -> None:
        self.grid, self.header = grid, header
        above = grid.rows[: header.first_data_row]
        self._heads = [[normalise_title(value) for value in self._cut(row)] for row in above]
        self._first_heads = {head[0] for head in self._heads if head}
        self._places = [at for name, (at, _) in header.columns.items() if name in PLACES]
        columns = [
            (at, column) for name, (at, column) in header.columns.items() if name not in PLACES
        ]
        self._content = [at for at, _ in columns]
        self._days = {at for at, column in columns if column.parse is day}
        self._needed = [at for at, column in columns if column.required]
        labelled = {at for at, column in columns if column.field != "note"}
        self._label_places = sorted({*range(header.left, header.left + _FIRST), *labelled})
        #: Whether no other table stands beside this one.
        self.is_whole = header.left == 0 and header.right >= len(grid.rows[0])
        #: Texts of which it is known that they are no word for a total.
        self._unlabelled = {""}
        self._wide = {
            row
            for (row, left), (bottom, right) in grid.merges
            if row == bottom and right - left > 1 and row >= header.first_data_row
        }

    def _cut(self, row: Sequence[object]) -> Sequence[object]:
        return row[self.header.left : self.header.right]

    def rows(self) -> Iterator[tuple[int, Sequence[object], RowRole]]:
        """Yield each row below the header with its role; cells of other tables are empty."""
        header = self.header
        for number in range(header.first_data_row, header.end):
            values = self.grid.rows[number]
            if not self.is_whole:
                values = [None] * header.left + list(self._cut(values))
            yield number, values, self.role(number, values)

    def role(self, number: int, values: Sequence[object]) -> RowRole:
        """Return what a row is."""
        if number in self.header.repeated:
            return RowRole.HEAD
        if not self._is_telling(values):
            return self._role_of_few(number, values)
        if label := self._total_label(values):
            return _role_of_total(label)
        if self._is_head(values):
            return RowRole.HEAD
        at = next(at for at, value in enumerate(values) if value not in (None, ""))
        if type(values[at]) is not str:
            return RowRole.RECORD
        first = as_text(values[at])
        if first in _EXAMPLES and at not in self._places:
            return RowRole.EXAMPLE
        is_footer = _FOOTER.match(first) or (_SIGNED.fullmatch(first) and _is_signed(values))
        return RowRole.FOOTER if is_footer else RowRole.RECORD

    def _is_telling(self, values: Sequence[object]) -> bool:
        """Return whether two of the cells that every record has are filled."""
        is_first = False
        for at in self._needed:
            if _says_something(_get(values, at)):
                if is_first:
                    return True
                is_first = True
        return False

    # --- rows that lack what tells a record ---------------------------------------------------

    def _role_of_few(self, number: int, values: Sequence[object]) -> RowRole:
        texts = {at: text for at, value in enumerate(values) if (text := as_text(value))}
        words = {at: text for at, text in texts.items() if at != self.header.numbering}
        numbered = texts.get(self.header.numbering) if self.header.numbering is not None else None
        if numbered and not numbered.replace(".", "").isdigit():
            words = texts
        if not words:
            return RowRole.BLANK
        if label := self._total_label(values):
            return _role_of_total(label)
        if self._is_head(values):
            return RowRole.HEAD
        if numbered in _EXAMPLES:
            return RowRole.EXAMPLE
        if number in self.grid.traits and self._has_failed_formulas_only(number, words):
            return RowRole.BLANK
        joined = " ".join(words.values())
        if _PAGE.fullmatch(joined):
            return RowRole.PAGE
        is_labelled = all(_LABELLED.match(text) for text in words.values())
        if is_labelled or _FOOTER.match(joined) or all(map(_SIGNED.fullmatch, words.values())):
            return RowRole.FOOTER
        if all(map(_is_note, words.values())):
            return RowRole.NOTE
        if self._is_nil(words):
            return RowRole.NIL
        if set(words) <= set(self._places):
            is_section = len(words) == 1 and number in self._wide
            return RowRole.SECTION if is_section else RowRole.PLACE_ONLY
        return self._role_of_line(number, words) if len(words) == 1 else RowRole.RECORD

    def _has_failed_formulas_only(self, number: int, words: dict[int, str]) -> bool:
        """Return whether a row holds nothing but formulas without a value outside the known columns."""
        known = {*self._places, *self._content}
        return all(at not in known and self.grid.trait(number, at).kind is not None for at in words)

    def _role_of_line(self, number: int, words: dict[int, str]) -> RowRole:
        """Return what a row with one text is: a record that lacks the rest, or a line of its own."""
        ((at, text),) = words.items()
        is_elsewhere = at == self.header.numbering or at not in self._content
        if _SECTION.match(text) or number in self._wide:
            return RowRole.SECTION
        return RowRole.NOTE if is_elsewhere or len(text) > _LONG_NOTE else RowRole.RECORD

    def _is_nil(self, words: dict[int, str]) -> bool:
        apart = {*self._places, *self._days}
        content = [text for at, text in words.items() if at not in apart]
        is_nil = [bool(_NIL.fullmatch(text)) or Cell(text).is_empty for text in content]
        told = [text in _ZERO or nil for text, nil in zip(content, is_nil, strict=True)]
        return any(is_nil) and all(told)

    # --- rows of words ------------------------------------------------------------------------

    def _total_label(self, values: Sequence[object]) -> str:
        """Return the word that makes a row a total; "" for any other row."""
        fresh = [each for each in values if type(each) is str and each not in self._unlabelled]
        if not _MENTIONS.search("\n".join(fresh)):
            if len(self._unlabelled) < _REMEMBERED:
                self._unlabelled.update(fresh)
            return ""
        for at in self._label_places:
            value = values[at] if at < len(values) else None
            if type(value) is not str or not ("计" in value or _mentions_sum(value)):
                continue
            text = as_text(value).replace(" ", "")
            if _STRICT_TOTAL.fullmatch(text):
                return text
            is_first = at < self.header.left + _FIRST
            if is_first and _TOTAL.fullmatch(text) and not self._has_all_else(values, at):
                return text
        return ""

    def _has_all_else(self, values: Sequence[object], label: int) -> bool:
        """Return whether a row with a word for a total has all that a record needs, too."""
        others = [at for at in self._needed if at != label]
        return bool(others) and all(_says_something(_get(values, at)) for at in others)

    def _is_head(self, values: Sequence[object]) -> bool:
        """Return whether the row repeats a row of the header; its first cell rules most rows out."""
        cut = self._cut(values)
        if not cut or (type(cut[0]) is not str and cut[0] is not None):
            return False
        first = normalise_title(cut[0]) if cut[0] else ""
        if first not in self._first_heads:
            return False
        return [normalise_title(value) for value in cut] in self._heads


def _get(values: Sequence[object], at: int) -> object:
    return values[at] if at < len(values) else None


def _says_something(value: object) -> bool:
    if type(value) is not str:
        return value not in (None, 0)
    if not value:
        return False
    if value[0] not in _NIL_SIGNS:
        return True
    text = as_text(value)
    return not (text in _ZERO or Cell(value).is_empty or _NIL.fullmatch(text))


def _role_of_total(label: str) -> RowRole:
    if _PARTIAL.search(label):
        return RowRole.PARTIAL_TOTAL
    return RowRole.SUBTOTAL if _SUBTOTAL.search(label) else RowRole.TOTAL


def _mentions_sum(value: str) -> bool:
    is_begun = value.lstrip()[:1] in _BEGINNINGS
    return is_begun or "汇" in value or "总" in value or "其中" in value or "均" in value


def is_footer(values: Sequence[object]) -> bool:
    """Return whether the row is a footer such as `填表人： 审核人：`."""
    first = next((text for text in map(as_text, values) if text), "")
    return bool(_FOOTER.match(first))


def _is_signed(values: Sequence[object]) -> bool:
    return all(_SIGNED.fullmatch(text) for text in map(as_text, values) if text)


def _is_note(text: str) -> bool:
    return bool(_DATE_LINE.fullmatch(text) or _NOTE.search(text) or _FOOTER.match(text))


def data_rows(grid: Grid, header: Header) -> Iterator[tuple[int, Sequence[object]]]:
    """Yield the rows that hold a record."""
    for number, values, role in RowReader(grid, header).rows():
        if role == RowRole.RECORD:
            yield number, values


#: Roles of rows whose content is left out, and the reason that the clerk is told.
LEFT_OUT: dict[RowRole, str] = {
    RowRole.NOTE: "是说明文字",
    RowRole.SECTION: "是分段标题",
    RowRole.PARTIAL_TOTAL: "是平均数、其中项、上年数等统计数，没有核对",
    RowRole.NIL: "只写了“无”或零报告",
    RowRole.PLACE_ONLY: "只填了所在地",
}
