"""Which donors may be private persons (个人信息保护法 art. 51)."""

from __future__ import annotations

from typing import Protocol

from django.db.models import Q

#: What stands in place of a donor who is not named.
ANONYMOUS = "匿名"
#: How the names of organisations end.
_ENDS_OF_ORGANISATIONS = (
    "公司",
    "集团",
    "中心",
    "联盟",
    *"会厂店校院所局部社站队馆行处办委府团组室台军园场",
)
#: The type of a person, and the types that do not say what a donor is.
_PERSON, _UNSAID = "person", ("", "other")
#: Gifts of donors that are surely no persons: everybody may search for their names.
IS_NO_PERSON = ~Q(donor_type__in=(_PERSON, *_UNSAID))


class Donor(Protocol):
    """A gift, or a stored version of one."""

    donor_name: str
    donor_type: str


def may_be_person(name: str) -> bool:
    """Return whether a name of unknown type may be a person's, or those of several."""
    return name != ANONYMOUS and not name.endswith(_ENDS_OF_ORGANISATIONS)


def names_a_person(gift: Donor) -> bool:
    """Return whether the donor of a gift is a person, or may be one."""
    if gift.donor_type in _UNSAID:
        return may_be_person(gift.donor_name)
    return gift.donor_type == _PERSON and gift.donor_name != ANONYMOUS
