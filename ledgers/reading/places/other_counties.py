"""The county that a sheet names in its title although it is imported for another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from areas.codes import COUNTY_LEVEL
from areas.services import county_names
from ledgers.reading.places.area_names import AreaNames

#: What ends in 区, 县, 旗 or 市 and is no county: 社区, 辖区, 全市; 城区 is both.
_COMMON = re.compile(
    r"(?:社|片|辖|园|校|街|全|各|本|我|小|地|城|郊|矿|市|山|新|发|景|库)区|市辖区|[全各本我城]市|[全各本我]县|[全各本我]旗|超市|门市"
)
_LONGEST = 15


def other_county(lines: Sequence[str], names: AreaNames) -> str:
    """Return the question about a sheet whose name, title or 填报单位 is that of another county; "" for
    none, or where its own county is named, too."""
    if names.root.level < COUNTY_LEVEL:
        return ""
    found = _named_in("\n".join(lines), names.counties)
    own = names.counties[-1]
    return f"工作表写的是“{found}”，本次导入“{own}”的台账，请核对是否传错了文件" if found else ""


def _named_in(text: str, own: Sequence[str]) -> str:
    if own[-1] in text:
        return ""
    for name in (*own, *_COMMON.findall(text)):
        text = text.replace(name, "\n")
    for end in re.finditer(r"[区县旗市]", text):
        for start in range(max(0, end.end() - _LONGEST), end.start()):
            if (name := text[start : end.end()]) in county_names():
                return name
    return ""
