"""Which donors may be private persons (个人信息保护法 art. 51)."""

from __future__ import annotations

#: The usual length limit of a person's name, and the endings of organisations' names.
_LONGEST_NAME = 4
_ENDS_OF_ORGANISATIONS = ("公司", "集团", "中心", *"会厂店校院所局部社站队馆行处办委")


def may_be_person(name: str) -> bool:
    """Return whether a name of unknown type may be a person's."""
    return len(name) <= _LONGEST_NAME and not name.endswith(_ENDS_OF_ORGANISATIONS)
