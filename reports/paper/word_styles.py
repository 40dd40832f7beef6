"""Styles, fonts and settings of a Word document in the layout of GB/T 9704-2012, as WordprocessingML.

Lengths are twips (1/20 pt). The text block is 156 mm wide: 28 characters of 16 pt, set a bit closer.
"""

from __future__ import annotations

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

#: Twips: the text block's width, one of its 28 characters, one of its 22 lines.
WIDTH, CHARACTER, LINE = 8844, 316, 579
#: The grid is of lines only: LibreOffice gives each character two cells of a character grid.
GRID = {"type": "lines", "linePitch": str(LINE)}
#: Body text is 16 pt, set 15.75 pt apart so that 28 characters fill a line.
_TEXT, _CLOSER = 16, '<w:spacing w:val="-5"/>'

#: Font → the name of its substitute where it is not installed.
_FONTS = {
    "方正小标宋简体": "小标宋体",
    "仿宋_GB2312": "仿宋",
    "楷体_GB2312": "楷体",
    "黑体": "SimHei",
    "宋体": "SimSun",
}
_TITLE, _BODY, _KAI, _HEI, _SONG = _FONTS


def _letters(font: str, size: float) -> str:
    """Return run properties with one font for Chinese and Latin; `size` is in points."""
    names = " ".join(f'w:{kind}="{font}"' for kind in ("ascii", "eastAsia", "hAnsi", "cs"))
    half, closer = round(size * 2), _CLOSER if size == _TEXT else ""
    return f'<w:rFonts {names}/>{closer}<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'


def _lines(before: float = 0, after: float = 0, pitch: int = LINE) -> str:
    """Return exact line spacing; `before` and `after` are in lines of the page, `pitch` in twips."""
    above, below = (
        f'{round(n * LINE)}" w:{s}Lines="{round(n * 100)}' for n, s in _sides(before, after)
    )
    return f'<w:spacing w:before="{above}" w:after="{below}" w:line="{pitch}" w:lineRule="exact"/>'


def _sides(before: float, after: float) -> list[tuple[float, str]]:
    return [(before, "before"), (after, "after")]


def _indent(**characters: float) -> str:
    """Return indents by characters (firstLine, left, right, hanging), and the same in twips."""
    pairs = " ".join(
        f'w:{side}Chars="{round(n * 100)}" w:{side}="{round(n * CHARACTER)}"'
        for side, n in characters.items()
    )
    return f"<w:ind {pairs}/>"


def _paragraph(identity: str, name: str, layout: str, letters: str) -> str:
    """Return a paragraph style; an ASCII `name` is a built-in style, which Word translates."""
    custom = "" if name.isascii() else ' w:customStyle="1"'
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{identity}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{layout}</w:pPr>'
        f"<w:rPr>{letters}</w:rPr></w:style>"
    )


def _heading(level: int, font: str) -> str:
    outline = f'<w:outlineLvl w:val="{level - 1}"/>'
    layout = f"<w:keepNext/><w:keepLines/>{_indent(firstLine=2)}{outline}"
    return _paragraph(f"Heading{level}", f"heading {level}", layout, _letters(font, 16))


_CENTRE, _LEFT, _RIGHT = (f'<w:jc w:val="{side}"/>' for side in ("center", "left", "right"))
_OFF_GRID = '<w:adjustRightInd w:val="0"/><w:snapToGrid w:val="0"/>'
_SMALL = _lines(pitch=340)


def _cells(size_name: str, size: float) -> tuple[str, ...]:
    """Return the styles of a table's cells: heads, numbers and names; `size` is in points."""
    of = "Small" if size_name else ""
    layout = f"{_OFF_GRID}{_SMALL}"
    return (
        _paragraph(f"TableHead{of}", f"表头{size_name}", layout + _CENTRE, _letters(_HEI, size)),
        _paragraph(
            f"TableCell{of}", f"表格数值{size_name}", layout + _CENTRE, _letters(_BODY, size)
        ),
        _paragraph(f"TableName{of}", f"表格名称{size_name}", layout + _LEFT, _letters(_BODY, size)),
    )


_DEFAULTS = f"""
<w:docDefaults>
  <w:rPrDefault><w:rPr>{_letters(_BODY, 16)}
    <w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>
  <w:pPrDefault/>
</w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>
  <w:pPr><w:widowControl w:val="0"/>{_lines()}<w:jc w:val="both"/></w:pPr>
  <w:rPr>{_letters(_BODY, 16)}</w:rPr></w:style>
<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">
  <w:name w:val="Default Paragraph Font"/><w:semiHidden/></w:style>
<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>
  <w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>
  <w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>
<w:style w:type="character" w:customStyle="1" w:styleId="RunIn"><w:name w:val="段首标题"/>
  <w:qFormat/><w:rPr>{_letters(_KAI, 16)}</w:rPr></w:style>
"""

_EDGES = "".join(
    f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_TABLE = f"""
<w:style w:type="table" w:customStyle="1" w:styleId="ReportTable"><w:name w:val="报告表格"/>
  <w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{_EDGES}</w:tblBorders></w:tblPr></w:style>
"""

_PARAGRAPHS = (
    _paragraph("Title", "Title", f"<w:keepNext/>{_CENTRE}", _letters(_TITLE, 22)),
    _paragraph("Period", "报告期", f"{_lines(after=1)}{_CENTRE}", _letters(_KAI, 16)),
    _paragraph("Addressee", "主送机关", _LEFT, ""),
    _paragraph("Text", "公文正文", _indent(firstLine=2), ""),
    _heading(1, _HEI),
    _heading(2, _KAI),
    _heading(3, _BODY),
    _paragraph(
        "TableTitle", "表题", f"<w:keepNext/>{_lines(before=0.5)}{_CENTRE}", _letters(_HEI, 14)
    ),
    *_cells("", 12),
    *_cells("（小）", 10.5),
    _paragraph(
        "TableNote",
        "表注",
        f"{_OFF_GRID}{_lines(after=0.5, pitch=400)}{_LEFT}",
        _letters(_BODY, 12),
    ),
    _paragraph("TableEnd", "表末", f"{_OFF_GRID}{_lines(pitch=240)}", _letters(_BODY, 10.5)),
    _paragraph("Attachment", "附件说明", f"<w:keepLines/>{_LEFT}", ""),
    _paragraph("Signature", "Signature", f"<w:keepNext/><w:keepLines/>{_RIGHT}", ""),
    _paragraph("Date", "Date", f"{_indent(right=4)}{_RIGHT}", ""),
    _paragraph(
        "Proof",
        "封存说明",
        f"<w:keepLines/>{_OFF_GRID}{_lines(pitch=320)}{_LEFT}",
        _letters(_BODY, 10.5),
    ),
    _paragraph("OddFooter", "奇数页码", f"{_SMALL}{_indent(right=1)}{_RIGHT}", _letters(_SONG, 14)),
    _paragraph("EvenFooter", "偶数页码", f"{_SMALL}{_indent(left=1)}{_LEFT}", _letters(_SONG, 14)),
)

STYLES = f"<w:styles {_W}>{_DEFAULTS}{_TABLE}{''.join(_PARAGRAPHS)}</w:styles>"

_SUBSTITUTES = "".join(
    f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/>'
    f'<w:family w:val="auto"/><w:pitch w:val="default"/></w:font>'
    for name, other in _FONTS.items()
)
FONT_TABLE = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {_W}>{_SUBSTITUTES}</w:fonts>'

_COMPATIBLE = "".join(
    f'<w:compatSetting w:name="{name}" w:uri="http://schemas.microsoft.com/office/word" w:val="{value}"/>'
    for name, value in (("compatibilityMode", 15), ("doNotFlipMirrorIndents", 1))
)
SETTINGS = f"""<w:settings {_W}><w:zoom w:percent="100"/>
<w:defaultTabStop w:val="{2 * CHARACTER}"/><w:evenAndOddHeaders/>
<w:characterSpacingControl w:val="compressPunctuation"/>
<w:compat><w:useFELayout/>{_COMPATIBLE}</w:compat>
<w:themeFontLang w:val="zh-CN" w:eastAsia="zh-CN"/>
<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>"""
