"""The parsers of text, names, codes, phone numbers and ticks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db.models import CharField, IntegerField

from funds.models import Fund, FundLevel
from ledgers.cells import Cell, CellError, Choice, flag, identifier, name, phone, text, word_list
from ledgers.declaration import Column
from ledgers.registry import KINDS
from orgs.models import Charity, CommunityOrg, OrgCategory, Training, VolunteerTeam
from projects.models import Aid, Project
from scenes.models import Activity, Scene


@pytest.mark.parametrize(
    "written",
    ["√", "✓", "☑", "是", "有", "1", 1, 1.0, True, " 是 ", "√ ", "Y", "ｙ", "yes", "具有"],
)
def test_ticks_are_yes(written: object) -> None:
    assert flag(Cell(written)) is True


@pytest.mark.parametrize(
    "written",
    [None, "", "  ", "否", "无", "×", "0", 0, 0.0, False, "N", "／", "—", "没有", "不具备"],
)
def test_crosses_and_blanks_are_no(written: object) -> None:
    assert flag(Cell(written)) is False


@pytest.mark.parametrize("written", ["可能", "2", 2, "待办", "#REF!"])
def test_anything_else_is_neither_yes_nor_no(written: object) -> None:
    with pytest.raises(CellError):
        flag(Cell(written))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("13800001234", "13800001234"),
        (13800001234, "13800001234"),
        (13800001234.0, "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("138 0000 1234", "13800001234"),
        ("023-6376 0000", "023-63760000"),
        ("无", ""),
        (None, ""),
    ],
)
def test_phones(written: object, expected: object) -> None:
    assert phone(Cell(written)) == expected


@pytest.mark.parametrize("written", [2363760000.0, 63760000, 1.38e15, "1" * 31])
def test_a_number_that_may_have_lost_its_zero_is_no_phone(written: object) -> None:
    with pytest.raises(CellError):
        phone(Cell(written))


@pytest.mark.parametrize(
    "typed", [5.150010312345679e17, 51500103123456789, 5.15001031e16, 123456, 12.0]
)
def test_a_code_typed_as_a_number_is_refused_because_digits_may_be_lost(typed: float) -> None:
    with pytest.raises(CellError, match="文本"):
        identifier(18)(Cell(typed))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("51500103mj1234567x", "51500103MJ1234567X"),
        ("５１５００１０３ＭＪ１２３４５６７Ｘ", "51500103MJ1234567X"),
        (" 51500103 MJ1234567X ", "51500103MJ1234567X"),
        ("无", ""),
        ("/", ""),
        (None, ""),
    ],
)
def test_codes_are_half_width_capitals_without_blanks(written: object, expected: object) -> None:
    assert identifier(18)(Cell(written)) == expected


@pytest.mark.parametrize("parse", [text(5), name(5), identifier(5)])
def test_text_longer_than_its_field_is_refused_with_both_lengths(
    parse: Callable[[Cell], object],
) -> None:
    assert parse(Cell("a" * 5))
    with pytest.raises(CellError, match=r"6.*5"):
        parse(Cell("a" * 6))


@pytest.mark.parametrize("parse", [text(), name(), identifier(20), phone, flag, word_list])
@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!"])
def test_a_formula_error_is_named_as_such(parse: Callable[[Cell], object], error: str) -> None:
    with pytest.raises(CellError, match="公式错误"):
        parse(Cell(error))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("张  三", "张三"),
        (" 华一坡\n社区 ", "华一坡社区"),
        ("ABC 公司", "ABC公司"),
        ("ABC DEF", "ABC DEF"),
    ],
)
def test_blanks_inside_a_chinese_name_say_nothing(written: object, expected: object) -> None:
    assert name()(Cell(written)) == expected


def test_a_choice_is_known_by_its_label_with_or_without_its_kind() -> None:
    parse = Choice(OrgCategory, {"公益": "charity"})
    for written in ("公益慈善类", "公益慈善", " 公益 慈善类 ", "公益"):
        assert parse(Cell(written)) == "charity"
    assert Choice(FundLevel)(Cell("街道")) == "street"
    assert parse(Cell("无")) == ""


def test_an_unknown_choice_is_refused_with_all_that_are_known() -> None:
    with pytest.raises(CellError, match=r"街道级、社区级"):
        Choice(FundLevel)(Cell("市级"))


@pytest.mark.parametrize(
    "written", ["一老、一小", "一老,一小", "一老，一小", "一老/一小", "一老 一小", "一老；一小"]
)
def test_lists_are_split_at_any_sign(written: object) -> None:
    assert word_list(Cell(written)) == ["一老", "一小"]


_MODELS = {
    "funds": Fund,
    "orgs": CommunityOrg,
    "charities": Charity,
    "teams": VolunteerTeam,
    "trainings": Training,
    "projects": Project,
    "aids": Aid,
    "scenes": Scene,
    "activities": Activity,
}
_COLUMNS = [
    pytest.param(
        _MODELS[ledger.plural]._meta.get_field(column.field),
        column,
        id=f"{ledger.plural}.{column.field}",
    )
    for ledgers in KINDS.values()
    for ledger in ledgers
    if ledger.plural in _MODELS
    for column in ledger.columns
    if column.field in {field.name for field in _MODELS[ledger.plural]._meta.get_fields()}
]


@pytest.mark.parametrize(
    ("field", "column"), [each for each in _COLUMNS if type(each.values[0]) is CharField]
)
def test_no_column_accepts_more_text_than_the_database_holds(
    field: CharField[str, str], column: Column
) -> None:
    assert field.max_length
    try:
        read = column.parse(Cell("某" * (field.max_length + 1)))
    except CellError:
        return
    assert field.choices or len(read) <= field.max_length


@pytest.mark.parametrize(
    ("field", "column"), [each for each in _COLUMNS if isinstance(each.values[0], IntegerField)]
)
def test_no_column_accepts_a_count_that_the_database_cannot_hold(
    field: IntegerField[int, int], column: Column
) -> None:
    largest = 2**15 - 1 if "Small" in field.get_internal_type() else 2**31 - 1
    with pytest.raises(CellError):
        column.parse(Cell(largest + 1))
