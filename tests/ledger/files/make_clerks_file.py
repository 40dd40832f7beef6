"""Makes `clerks_file.xlsx`: a ledger of organisations with all that clerks put into a workbook.

Run it with XlsxWriter (group `bench`): `python tests/ledger/files/make_clerks_file.py`.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

FILE = Path(__file__).with_name("clerks_file.xlsx")
TITLES = (
    "序号", "街道", "社区", "组织名称", "类别", "管理层级", "登记（备案）编号",
    "登记（备案）日期", "成员数", "是否六有",
)  # fmt: skip
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
CELL_IMAGES = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<etc:cellImages xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" \
xmlns:r="{OFFICE}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" \
xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"><etc:cellImage><xdr:pic><xdr:nvPicPr>\
<xdr:cNvPr id="2" name="ID_7F2C"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/>\
<a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr><a:xfrm><a:off x="0" y="0"/>\
<a:ext cx="304800" cy="304800"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr>\
</xdr:pic></etc:cellImage></etc:cellImages>"""
CELL_IMAGE_RELATIONS = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{OFFICE}/image" \
Target="media/image9.png"/></Relationships>"""


THREAD = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">\
<threadedComment ref="A1" dT="2026-03-01T09:00:00.00" personId="{0C8A2B5D-5D5E-4F6A-9B0E-2A6C0B1D7E11}" \
id="{4B7E9C11-2A3D-4D5E-8F60-718293A4B5C6}"><text>请勿删除本表</text></threadedComment></ThreadedComments>"""
PERSONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">\
<person displayName="王会计" id="{0C8A2B5D-5D5E-4F6A-9B0E-2A6C0B1D7E11}" userId="王会计" \
providerId="None"/></personList>"""
#: Part → (part that refers to it, type of the relationship, content type, content).
MORE_PARTS = {
    "xl/cellimages.xml": (
        "xl/_rels/workbook.xml.rels",
        "http://www.wps.cn/officeDocument/2020/cellImage",
        "application/vnd.wps-officedocument.cellimage+xml",
        CELL_IMAGES,
    ),
    "xl/threadedComments/threadedComment1.xml": (
        "xl/worksheets/_rels/sheet2.xml.rels",
        "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment",
        "application/vnd.ms-excel.threadedcomments+xml",
        THREAD,
    ),
    "xl/persons/person.xml": (
        "xl/_rels/workbook.xml.rels",
        "http://schemas.microsoft.com/office/2017/10/relationships/person",
        "application/vnd.ms-excel.person+xml",
        PERSONS,
    ),
}


def main() -> None:
    """Write the file."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("台账")
    _fill(book, sheet)
    _decorate(book, sheet)
    notes = book.add_worksheet("填表说明")
    notes.write("A1", "按街道填写，一行一个组织")
    notes.write_comment("A1", "请勿删除本表", {"author": "王会计"})
    hidden = book.add_worksheet("底稿")
    hidden.write("A1", "往年数据")
    hidden.hide()
    book.define_name("成员", "=台账!$I$3:$I$7")
    book.close()
    FILE.write_bytes(_with_more_parts(stream.getvalue()))


def _fill(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
    title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
    body = book.add_format({"border": 1, "font_name": "仿宋"})
    day = book.add_format({"border": 1, "num_format": 'yyyy"年"m"月"d"日"'})
    yellow = book.add_format({"border": 1, "bg_color": "#FFFF00", "italic": True})
    sheet.merge_range("A1:J1", "七星岗街道社区社会组织台账", title)
    sheet.write_row("A2", TITLES, head)
    sheet.merge_range("B3:B7", "七星岗街道", body)
    for row in range(2, 7):
        number = row - 1
        sheet.write_number(row, 0, number, body)
        sheet.write_row(row, 2, ["华一坡社区", f"华一坡社区互助会{number}", "公益慈善类"], body)
        sheet.write_row(row, 5, ["街道管理", f"渝中社备{number:06}"], body)
        sheet.write_number(row, 7, 45717 + number, day)
        sheet.write_number(row, 8, 20 * number, body)
        sheet.write(row, 9, "是", body)
    sheet.write(3, 7, "2026.2.30", yellow)
    sheet.write(4, 8, -1, body)
    sheet.write(5, 4, "互助", body)
    sheet.write_rich_string(
        6, 3, "华一坡", book.add_format({"bold": True, "color": "red"}), "邻里帮", body
    )
    sheet.write_formula(8, 8, "=SUM(I3:I7)", body, 279)
    sheet.write(8, 0, "合计", body)


def _decorate(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
    sheet.write_comment("H4", "电话核对过", {"author": "李主任", "width": 240, "height": 60})
    sheet.write_comment("D3", "去年更名", {"author": "李主任"})
    sheet.data_validation("E3:E20", {"validate": "list", "source": ["公益慈善类", "生活服务类"]})
    sheet.conditional_format("I3:I7", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format(
        "J3:J7",
        {
            "type": "cell",
            "criteria": "==",
            "value": '"否"',
            "format": book.add_format({"bg_color": "#FF0000"}),
        },
    )
    sheet.insert_image("L2", "章.png", {"image_data": io.BytesIO(_picture(200, 30, 30))})
    sheet.insert_textbox("L9", "盖章处", {"width": 120, "height": 40})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=台账!$I$3:$I$7", "categories": "=台账!$D$3:$D$7"})
    sheet.insert_chart("A12", chart, {"x_scale": 0.8, "y_scale": 0.6})
    sheet.set_column("D:E", 22)
    sheet.set_column("H:H", 18)
    sheet.freeze_panes(2, 0)
    sheet.autofilter("A2:J7")
    sheet.set_landscape()
    sheet.set_header(
        "&L&G", {"image_left": "章.png", "image_data_left": io.BytesIO(_picture(30, 30, 200))}
    )
    sheet.write_url("D6", "https://example.org/", string="华一坡社区互助会4")


def _picture(*colour: int) -> bytes:
    """Return a PNG of 32 × 32 pixels in one colour."""
    lines = (b"\0" + bytes(colour) * 32) * 32
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def _with_more_parts(content: bytes) -> bytes:
    """Add the pictures that WPS keeps within cells, and a threaded comment."""
    source, stream = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name).decode("latin-1")
            for number, (part, (referrer, kind, content_type, _)) in enumerate(MORE_PARTS.items()):
                if name == "[Content_Types].xml":
                    new = f'<Override PartName="/{part}" ContentType="{content_type}"/></Types>'
                    data = data.replace("</Types>", new)
                if name == referrer:
                    new = f'<Relationship Id="rId9{number}" Type="{kind}" Target="/{part}"/>'
                    data = data.replace("</Relationships>", f"{new}</Relationships>")
            target.writestr(name, data.encode("latin-1"))
        for part, (*_, xml) in MORE_PARTS.items():
            target.writestr(part, xml)
        target.writestr("xl/_rels/cellimages.xml.rels", CELL_IMAGE_RELATIONS)
        target.writestr("xl/media/image9.png", _picture(30, 160, 30))
    return stream.getvalue()


if __name__ == "__main__":
    main()
