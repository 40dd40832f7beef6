"""Files that are no workbook: read where they hold a table, else refused with the fault and the way out."""

from __future__ import annotations

import pytest

from ledgers.workbooks.grids import UNCALCULATED_TEXT, CellKind
from ledgers.workbooks.limits import UnusableFile
from ledgers.workbooks.opening import open_sheets
from tests.ledger.worksheets import WRITERS, cell_of, grid_of, parts_of, zipped

pytestmark = pytest.mark.once

TABLE = "街道,基金名称,起始资金\n七星岗街道,甲基金,500\n"
ROWS = [["街道", "基金名称", "起始资金"], ["七星岗街道", "甲基金", "500"]]
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def rows_of(content: bytes) -> list[list[object]]:
    return [list(row) for row in grid_of(content).rows]


# --- text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb2312", "gb18030", "utf-16", "utf-16-le"]
)
def test_a_csv_is_read_in_every_encoding_of_chinese(encoding: str) -> None:
    content = TABLE.encode(encoding)
    assert rows_of(b"\xff\xfe" + content if encoding == "utf-16-le" else content) == ROWS


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "，"])
@pytest.mark.parametrize("line", ["\n", "\r\n", "\r"])
def test_a_csv_is_read_with_every_delimiter_and_line_end(delimiter: str, line: str) -> None:
    assert rows_of(TABLE.replace(",", delimiter).replace("\n", line).encode()) == ROWS


def test_quotes_and_commas_in_a_cell_stay_in_it() -> None:
    content = '街道,金额,说明\n七星岗街道,"1,200.50","他说""好""\n第二行"\n'.encode("gbk")
    assert rows_of(content)[1] == ["七星岗街道", "1,200.50", '他说"好"\n第二行']


def test_a_code_that_excel_keeps_as_text_keeps_its_zeros_and_a_formula_has_no_value() -> None:
    grid = grid_of('编号,金额\n="0012",=A1*2\n'.encode())
    assert (grid.at(1, 0), grid.at(1, 1)) == ("0012", UNCALCULATED_TEXT)
    assert cell_of(grid, "B2").kind == CellKind.UNCALCULATED


# --- web pages and XML --------------------------------------------------------------------------

PAGE = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="{}"><style>td{{}}</style>'
    "</head><body><h3>基金台账</h3><p>单位：万元</p><table><thead><tr><th colspan=2>基金<th rowspan=2>起始资金</tr>"
    "<tr><th>街道</th><th>名称</th></tr></thead><tbody><tr><td>七星岗街道<td>甲<br>基金<td>5"
    "<tr style='display:none'><td>石油路街道<td><s>乙基金</s><td x:fmla='=1+1'></tbody></table></body></html>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_web_page_named_xls_is_read_with_the_lines_above_its_table(encoding: str) -> None:
    grid = grid_of(PAGE.format(encoding).encode(encoding))
    assert [list(row) for row in grid.rows] == [
        ["基金台账", None, None],
        ["单位：万元", None, None],
        ["基金", None, "起始资金"],
        ["街道", "名称", None],
        ["七星岗街道", "甲\n基金", "5"],
        ["石油路街道", "乙基金", UNCALCULATED_TEXT],
    ]
    assert grid.merges == [((2, 0), (2, 1)), ((2, 2), (3, 2))]
    assert grid.hidden_rows == {5}
    assert cell_of(grid, "B6").is_struck_out


def test_a_page_may_be_a_bare_table_and_hold_tables_in_cells() -> None:
    page = (
        "<table><tr><td>甲</td><td><table><tr><td>乙</td><td>丙</td></tr></table></td></tr></table>"
    )
    assert rows_of(page.encode()) == [["甲", "乙丙"]]


XML_2003 = (
    '<?xml version="1.0" encoding="{}"?><?mso-application progid="Excel.Sheet"?>'
    '<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><ss:Styles>'
    '<ss:Style ss:ID="Default"/><ss:Style ss:ID="a"><ss:Font ss:StrikeThrough="1"/></ss:Style>'
    '<ss:Style ss:ID="b" ss:Parent="a"><ss:NumberFormat ss:Format="0.00&quot;万元&quot;"/></ss:Style>'
    '</ss:Styles><ss:Worksheet ss:Name="台账"><ss:Table><ss:Row ss:Index="2">'
    '<ss:Cell ss:Index="2" ss:MergeAcross="1"><ss:Data ss:Type="String">七星岗街道</ss:Data></ss:Cell>'
    '<ss:Cell ss:StyleID="b"><ss:Data ss:Type="Number">5</ss:Data></ss:Cell>'
    '<ss:Cell ss:Formula="=1/0"><ss:Data ss:Type="Error">#DIV/0!</ss:Data></ss:Cell>'
    '<ss:Cell ss:Formula="=1+1"/></ss:Row></ss:Table></ss:Worksheet></ss:Workbook>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312"])
def test_xml_of_2003_is_read_with_prefixes_and_styles(encoding: str) -> None:
    grid = grid_of(XML_2003.format(encoding).encode(encoding))
    assert [list(row) for row in grid.rows[1:]] == [
        [None, "七星岗街道", None, 5, "#DIV/0!", UNCALCULATED_TEXT]
    ]
    assert (cell_of(grid, "D2").number_format, cell_of(grid, "D2").is_struck_out) == (
        '0.00"万元"',
        True,
    )
    assert grid.merges == [((1, 1), (1, 2))]


# --- what cannot be read ------------------------------------------------------------------------


def _compound(*streams: str) -> bytes:
    """Return a compound file with empty streams of these names."""
    head = COMPOUND + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00\x06\x00" + bytes(10)
    head += b"\x01\0\0\0\x01\0\0\0" + bytes(4) + b"\0\x10\0\0" + b"\xfe\xff\xff\xff" + bytes(4)
    head += b"\xfe\xff\xff\xff" + bytes(4) + bytes(4) + b"\xff\xff\xff\xff" * 108
    table = b"\xfd\xff\xff\xff" + b"\xfe\xff\xff\xff" + b"\xff\xff\xff\xff" * 126
    return head + table + b"".join(_entries(streams))


def _entries(streams: tuple[str, ...]) -> list[bytes]:
    root = _entry("Root Entry", 5, child=1)
    entries = [
        _entry(name, 2, right=at + 2 if at + 1 < len(streams) else -1)
        for at, name in enumerate(streams)
    ]
    return [root, *entries, *[bytes(128)] * (3 - len(streams))]


def _entry(name: str, kind: int, child: int = -1, right: int = -1) -> bytes:
    encoded = name.encode("utf-16-le")
    head = encoded.ljust(64, b"\0") + (len(encoded) + 2).to_bytes(2, "little") + bytes([kind, 1])
    links = b"".join(n.to_bytes(4, "little", signed=True) for n in (-1, right, child))
    return head + links + bytes(36) + b"\xfe\xff\xff\xff" + bytes(8)


OTHERS = {
    "PDF": (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
    "picture": (b"\x89PNG\r\n\x1a\n", "图片"),
    "photo": (b"\xff\xd8\xff\xe0\x00\x10JFIF", "图片"),
    "RAR": (b"Rar!\x1a\x07\x00", "先解压"),
    "Word": (zipped({"word/document.xml": "<w/>"}), "Word"),
    "old Word": (_compound("WordDocument"), "Word"),
    "slides": (zipped({"ppt/presentation.xml": "<p/>"}), "演示文稿"),
    "OFD": (zipped({"OFD.xml": "<o/>"}), "OFD"),
    "Numbers": (zipped({"Index/Document.iwa": "x"}), "Numbers"),
    "text document": (
        zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"}),
        "Word",
    ),
    "other package": (zipped({"readme.txt": "x"}), "压缩文件"),
    "other XML": (b'<?xml version="1.0"?><a/>', "XML"),
    "frames": (b'<html><frameset><frame src="a.htm"></frameset></html>', "网页"),
    "saved page": (b"MIME-Version: 1.0\r\n", "网页"),
    "prose": ("街道慈善工作总结。".encode("gbk"), "没有分成列"),
    "noise": (bytes(range(1, 256)) * 9, "其他文件"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "word"), OTHERS.values(), ids=OTHERS)
def test_another_kind_of_file_is_named_and_the_way_out_told(content: bytes, word: str) -> None:
    with pytest.raises(
        UnusableFile, match=f"^无法读取：不是有效的 Excel 文件，而是.*{word}.*另存为 .xlsx$"
    ):
        open_sheets(content)


@pytest.mark.parametrize("stream", ["EncryptedPackage", "EncryptionInfo"])
def test_a_file_with_a_password_is_told_as_locked(stream: str) -> None:
    with pytest.raises(UnusableFile, match=r"已加密.*取消.*保存后重新上传"):
        open_sheets(_compound(stream))


def test_a_locked_ods_is_told_as_locked() -> None:
    manifest = "<m><encryption-data/></m>"
    with pytest.raises(UnusableFile, match="已加密"):
        open_sheets(zipped({"content.xml": "?", "META-INF/manifest.xml": manifest}))


HALVES = sorted(
    path.name for path in WRITERS.iterdir() if path.suffix in (".xlsx", ".xls", ".ods", ".xlsb")
)


@pytest.mark.parametrize("name", HALVES)
@pytest.mark.parametrize("part", [0.3, 0.7])
def test_a_half_file_is_told_as_incomplete(name: str, part: float) -> None:
    content = (WRITERS / name).read_bytes()
    with pytest.raises(UnusableFile, match=r"不完整.*另存为"):
        open_sheets(content[: int(len(content) * part)])


@pytest.mark.parametrize("content", [b"\0" * 5000, b" \r\n \n", b"\0 \0"])
def test_a_file_without_content_is_told_as_damaged(content: bytes) -> None:
    with pytest.raises(UnusableFile, match=r"没有内容.*重新上传"):
        open_sheets(content)


def test_a_package_whose_workbook_is_empty_is_damaged() -> None:
    with pytest.raises(UnusableFile, match="已损坏"):
        open_sheets(zipped(parts_of("") | {"xl/workbook.xml": ""}))
