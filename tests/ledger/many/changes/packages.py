"""The same workbook in other spellings of the package: what other programs write, and what repairs leave."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable

Parts = dict[str, bytes]
_SHEET, _BOOK, _STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = {
    _MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    _OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def edited(content: bytes, edit: Callable[[Parts], None], *, is_stored: bool = False) -> bytes:
    """Return a package whose parts were edited."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    edit(parts)
    buffer = io.BytesIO()
    method = zipfile.ZIP_STORED if is_stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def _replaced(
    parts: Parts, name: str, pattern: str, by: str | Callable[[re.Match[str]], str]
) -> None:
    text = parts[name].decode()
    changed = re.sub(pattern, by, text, flags=re.DOTALL)
    parts[name] = changed.encode()


def _without_styles(parts: Parts) -> None:
    """Leave the styles out, as some small writers do; a day is then a bare serial."""
    del parts[_STYLES]
    _replaced(parts, "xl/_rels/workbook.xml.rels", r'<Relationship [^>]*styles"[^>]*/>', "")
    _replaced(parts, "[Content_Types].xml", r'<Override [^>]*styles\+xml"[^>]*/>', "")


def _styles_out_of_range(parts: Parts) -> None:
    _replaced(parts, _SHEET, r'(<c r="[A-Z]+1")', r'\1 s="99"')


_INLINE = r't="inlineStr"><is><t([^>]*)>([^<]*)</t></is></c>'


def _shared_texts(parts: Parts) -> None:
    """Move the texts to the table of shared strings, where most programs keep them."""
    texts: list[str] = []

    def number(match: re.Match[str]) -> str:
        texts.append(f'<si><t xml:space="preserve">{match[2]}</t></si>')
        return f't="s"><v>{len(texts) - 1}</v></c>'

    _replaced(parts, _SHEET, _INLINE, number)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{"".join(texts)}</sst>'.encode()
    related = f'<Relationship Id="rId9" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    _replaced(parts, "xl/_rels/workbook.xml.rels", r"(</Relationships>)", related + r"\1")


def _plain_texts(parts: Parts) -> None:
    """Write texts as results of formulas are written: t="str"."""
    _replaced(parts, _SHEET, _INLINE, r't="str"><v>\2</v></c>')


def _phonetic(parts: Parts) -> None:
    _shared_texts(parts)
    reading = '<rPh sb="0" eb="1"><t>pinyin</t></rPh><phoneticPr fontId="0"/></si>'
    _replaced(parts, "xl/sharedStrings.xml", r"</si>", reading)


def _split_runs(parts: Parts) -> None:
    """Split each text into two runs of rich text."""
    runs = (
        r'<r><t xml:space="preserve">\2</t></r><r><rPr><b/></rPr><t xml:space="preserve">\3</t></r>'
    )
    pattern = r"<is><t([^>]*)>((?:&#\d+;|[^&<])?)([^<]*)</t></is>"
    _replaced(parts, _SHEET, pattern, rf"<is>{runs}</is>")


def _prefixed(parts: Parts) -> None:
    for name in (_SHEET, _BOOK):
        _replaced(parts, name, r"<(/?)([A-Za-z])", r"<\1x:\2")
        _replaced(parts, name, f'xmlns="{_MAIN}"', f'xmlns:x="{_MAIN}"')


def _strict(parts: Parts) -> None:
    for name, part in parts.items():
        for old, new in _STRICT.items():
            part = part.replace(old.encode(), new.encode())
        parts[name] = part


def _relative_targets(parts: Parts) -> None:
    _replaced(parts, "xl/_rels/workbook.xml.rels", r'Target="/?(?:xl/)?', 'Target="')


def _lying_dimension(area: str) -> Callable[[Parts], None]:
    def edit(parts: Parts) -> None:
        _replaced(parts, _SHEET, r'<dimension ref="[^"]*"', f'<dimension ref="{area}"')

    return edit


def _other_quotes(parts: Parts) -> None:
    _replaced(parts, _SHEET, r'="([^"\']*)"', r"='\1'")


def _pretty(parts: Parts) -> None:
    _replaced(parts, _SHEET, r"(<row|<c |</row>|<mergeCell|</sheetData>)", r"\n  \1")


def _commented(parts: Parts) -> None:
    _replaced(parts, _SHEET, r"(<sheetData>)", r"<!-- c --><?app data?>\1<!-- d -->")


def _in_utf16(parts: Parts) -> None:
    text = parts[_SHEET].decode()
    text = re.sub(r"^<\?xml[^>]*\?>", "", text)
    parts[_SHEET] = ('<?xml version="1.0" encoding="UTF-16"?>' + text).encode("utf-16")


def _with_mark(parts: Parts) -> None:
    parts[_SHEET] = b"\xef\xbb\xbf" + parts[_SHEET]


def _iso_days(parts: Parts) -> None:
    """Write the days in cells of type d, as ISO 29500 allows."""
    _replaced(
        parts,
        _SHEET,
        r'(<c r="[A-Z]+\d+" s="\d+") t="n"><v>(46\d\d\d)</v>',
        lambda match: f'{match[1]} t="d"><v>{_iso(int(match[2]))}</v>',
    )


def _iso(serial: int) -> str:
    return str(datetime.date(1899, 12, 30) + datetime.timedelta(days=serial))


def _moved(parts: Parts) -> None:
    """Name the parts otherwise; only relationships say where they are."""
    parts["xl/worksheets/ledger-a.xml"] = parts.pop(_SHEET)
    _replaced(
        parts, "xl/_rels/workbook.xml.rels", r"worksheets/sheet1\.xml", "worksheets/ledger-a.xml"
    )
    _replaced(parts, "[Content_Types].xml", r"worksheets/sheet1\.xml", "worksheets/ledger-a.xml")


def _whole_as_exponent(parts: Parts) -> None:
    _replaced(parts, _SHEET, r"<v>(\d+)0000</v>", r"<v>\1E4</v>")


def _long_fractions(parts: Parts) -> None:
    _replaced(parts, _SHEET, r"<v>(46\d\d\d)</v>", r"<v>\1.000000000001</v>")


PACKAGE_CHANGES: dict[str, Callable[[Parts], None]] = {
    "没有样式部件": _without_styles,
    "样式号越界": _styles_out_of_range,
    "文字写在公共表": _shared_texts,
    "文字写成公式结果": _plain_texts,
    "文字带拼音": _phonetic,
    "文字分成两段": _split_runs,
    "命名空间有前缀": _prefixed,
    "严格格式": _strict,
    "部件用相对路径": _relative_targets,
    "范围写得太小": _lying_dimension("A1"),
    "范围写得偏大": _lying_dimension("A1:Z200"),
    "单引号": _other_quotes,
    "缩进排版": _pretty,
    "夹注释": _commented,
    "UTF-16": _in_utf16,
    "部件带 BOM": _with_mark,
    "日期为 ISO 单元格": _iso_days,
    "部件改名": _moved,
    "数字用指数": _whole_as_exponent,
    "序列数带零头": _long_fractions,
}
