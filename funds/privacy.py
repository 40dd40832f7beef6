"""Names of private persons, masked for lists (个人信息保护法 art. 51; usual form 张*、欧阳**)."""

from __future__ import annotations

#: Common surnames of two characters.
_DOUBLE = (
    "欧阳上官司马诸葛皇甫尉迟公孙慕容令狐夏侯司徒端木南宫宇文长孙东方独孤申屠轩辕"
    "钟离闻人呼延濮阳太史澹台公冶宗政淳于单于仲孙鲜于闾丘司空赫连百里东郭南门西门"
)
_SURNAMES = {_DOUBLE[at : at + 2] for at in range(0, len(_DOUBLE), 2)}
#: The usual length limit of a person's name, and the endings of organisations' names.
_LONGEST_NAME = 4
_ENDS_OF_ORGANISATIONS = ("公司", "集团", "中心", *"会厂店校院所局部社站队馆行处办委")


def masked_name(name: str) -> str:
    """Return the surname and a star for every other character: 张三 → 张*."""
    kept = 2 if len(name) > 2 and name[:2] in _SURNAMES else 1
    return name[:kept] + "*" * len(name[kept:])


def may_be_person(name: str) -> bool:
    """Return whether a name of unknown type may be a person's."""
    return len(name) <= _LONGEST_NAME and not name.endswith(_ENDS_OF_ORGANISATIONS)
