"""Names of private persons, masked for lists (个人信息保护法 art. 51; the usual form 张*、欧阳**)."""

from __future__ import annotations

#: Surnames of two characters that are in use.
_DOUBLE = frozenset(
    [
        "欧阳",
        "上官",
        "司马",
        "诸葛",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "夏侯",
        "司徒",
        "端木",
        "南宫",
        "宇文",
        "长孙",
        "东方",
        "独孤",
        "申屠",
        "轩辕",
        "钟离",
        "闻人",
        "呼延",
        "濮阳",
        "太史",
        "澹台",
        "公冶",
        "宗政",
        "淳于",
        "单于",
        "仲孙",
        "鲜于",
        "闾丘",
        "司空",
        "赫连",
        "百里",
        "东郭",
        "南门",
        "西门",
    ]
)


def masked_name(name: str) -> str:
    """The surname, and a star for every other character: 张三 → 张*."""
    kept = 2 if len(name) > 2 and name[:2] in _DOUBLE else 1
    return name[:kept] + "*" * len(name[kept:])


#: Characters of a person's name, as a rule, and how organisations' names end.
_LONGEST_NAME = 4
_ENDS_OF_ORGANISATIONS = tuple(
    "公司 集团 中心 会 厂 店 校 院 所 局 部 社 站 队 馆 行 处 办 委".split()
)


def may_be_person(name: str) -> bool:
    """Whether a name of which nobody said whose it is may be a person's."""
    return len(name) <= _LONGEST_NAME and not name.endswith(_ENDS_OF_ORGANISATIONS)
