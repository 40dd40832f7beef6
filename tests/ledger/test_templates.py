"""The templates of every kind: each column can be filled in, and the filled-in file can be read."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from accounts.models import User
from ledgers.files.template import template_of
from ledgers.reading.layout.headers import HeaderFinder
from ledgers.reading.layout.rows import EXAMPLE
from ledgers.reading.sheets import OPTIONS_SHEET, read_workbook
from ledgers.registry import KINDS
from tests.ledger.workbooks import read

pytestmark = pytest.mark.once  # reads files; storing is tested on both databases


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("name", ["quji", "jiedao"])
def test_every_column_is_found_again_and_the_example_is_never_imported(
    request: pytest.FixtureRequest, kind: str, name: str
) -> None:
    clerk: User = request.getfixturevalue(name)
    assert clerk.area
    content = template_of(KINDS[kind], clerk.area)
    grids, hidden = read_workbook(content)
    assert hidden == []
    for grid, ledger in zip(grids, KINDS[kind], strict=True):
        ((header, _),) = [
            (one.header, one.ledger) for one in HeaderFinder(grid, [ledger]).first(0, 9)
        ]
        offered = {column.field for column in ledger.columns if column.is_offered}
        assert set(header.columns) == offered
        assert header.unknown == []
        assert grid.rows[2][0] == EXAMPLE
    found = read(kind, content, clerk)
    assert found.records == []
    assert ["没有找到任何可导入的数据行" in one.message for one in found.problems] == [True]


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_example_row_is_right_but_for_its_names(quji: User, kind: str) -> None:
    """The values pass every parser; only the invented names are not found."""
    assert quji.area
    book = load_workbook(io.BytesIO(template_of(KINDS[kind], quji.area)))
    for sheet in book.worksheets:
        if sheet.title != OPTIONS_SHEET:
            sheet["A3"] = 1
    buffer = io.BytesIO()
    book.save(buffer)
    messages = [one.message for one in read(kind, buffer.getvalue(), quji).problems]
    assert not [message for message in messages if "无法识别" in message or "不是" in message]
    assert not [message for message in messages if "核对街道" in message]


def test_the_drop_downs_hold_the_streets_and_communities_of_the_place_only(
    quji: User, jiedao: User
) -> None:
    for clerk, streets, communities in ((quji, 11, 79), (jiedao, 1, None)):
        assert clerk.area
        book = load_workbook(io.BytesIO(template_of(KINDS["funds"], clerk.area)))
        options = book[OPTIONS_SHEET]
        assert options.sheet_state == "veryHidden"
        pairs = [(row[0], row[1]) for row in options.iter_rows(values_only=True) if row[1]]
        assert len({street for street, _ in pairs}) == streets
        assert communities is None or len(pairs) >= communities
        if clerk is jiedao:
            assert {street for street, _ in pairs} == {"七星岗街道"}


def test_every_needed_column_is_marked_and_every_title_has_a_note(quji: User) -> None:
    assert quji.area
    for kind, ledgers in KINDS.items():
        book = load_workbook(io.BytesIO(template_of(ledgers, quji.area)))
        for ledger in ledgers:
            cells = list(book[ledger.name[:31]][2])[1:]
            columns = [column for column in ledger.columns if column.is_offered]
            for cell, column in zip(cells, columns, strict=True):
                assert cell.comment is not None, (kind, column.title)
                assert cell.comment.text.startswith("必填" if column.required else "选填")
