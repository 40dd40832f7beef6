"""Personal data of records: how they are masked, and who may ask to see them whole.

个人信息保护法 arts. 6, 51. A column of this sort is a `SensitiveText` (`reviews.privacy.marks`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db.models import Q

from areas.codes import COUNTY_LEVEL, level_of
from areas.querysets import within_q
from reviews.privacy.erased import BETWEEN_ERASED, ERASED

if TYPE_CHECKING:
    from accounts.models import User

#: Common surnames of two characters.
_DOUBLE = (
    "欧阳上官司马诸葛皇甫尉迟公孙慕容令狐夏侯司徒端木南宫宇文长孙东方独孤申屠轩辕"
    "钟离闻人呼延濮阳太史澹台公冶宗政淳于单于仲孙鲜于闾丘司空赫连百里东郭南门西门"
)
_SURNAMES = {_DOUBLE[at : at + 2] for at in range(0, len(_DOUBLE), 2)}
_NUMBER = re.compile(r"\d[\d\s-]{5,}\d")
_LIST = re.compile(r"[^、，,；;/]+")
_PART = re.compile(r"\S+")


def masked_name(name: str) -> str:
    """Return the surname and a star for every other character: 张三 → 张*."""
    kept = 2 if len(name) > 2 and name[:2] in _SURNAMES else 1
    return name[:kept] + "*" * len(name[kept:])


def _masked_names(text: str) -> str:
    """Return names with blanks between or within them: 张三 李四 → 张* 李*, 张 三 → 张 *."""
    lengths = [len(part) for part in _PART.findall(text)]
    after = iter([0, *lengths])  # a single character and what follows it are one name
    return _PART.sub(
        lambda found: (
            "*" * len(found[0])
            if (before := next(after)) == 1 or (before and len(found[0]) == 1)
            else masked_name(found[0])
        ),
        text,
    )


def masked(text: str) -> str:
    """Return names or a contact with their ends or middle as stars: 张*、李*, 138****5678, 023****5678.

    A contact that is no number of at least seven digits is masked like names; what was erased is said
    to be.
    """
    if ERASED not in text:
        return _masked(text)
    return ERASED.join(_masked_parts(left) for left in BETWEEN_ERASED.split(text))


def _masked_parts(text: str) -> str:
    """Return a text that was partly erased: each name and contact in it for itself."""
    return _LIST.sub(lambda found: _masked(found[0]), text)


def _masked(text: str) -> str:
    if _NUMBER.search(text) is None:
        return _LIST.sub(lambda found: _masked_names(found[0]), text)
    digits = re.sub(r"\D", "", text)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) > 8 else f"****{digits[-3:]}"


def is_masked(text: str) -> bool:
    """Return whether a text was masked: to store it would lose what it stands for."""
    return "*" in text or "＊" in text


def sees_persons(user: User, area_code: str) -> bool:
    """Return whether a user may ask to see the personal data of an area's records.

    These are the clerks and reviewers in whose own area it lies, up to the county, and those of the
    area itself. Nobody else needs them: observers and the levels above only ever read them masked.
    """
    if not (user.is_clerk or user.is_reviewer) or not user.covers(area_code):
        return False
    own = user.area_id or ""
    return own == area_code or level_of(own) >= COUNTY_LEVEL


def persons_q(user: User, field: str = "area") -> Q:
    """Return the condition on the area under which `sees_persons` holds for a clerk or a reviewer."""
    own = user.area_id or ""
    return within_q(field, own) if level_of(own) >= COUNTY_LEVEL else Q(**{field: own})


def sees_all_persons(user: User) -> bool:
    """Return whether a user may ask for the personal data of every record that they see at all."""
    own = user.area_id or ""
    return bool(own) and sees_persons(user, own) and level_of(own) >= COUNTY_LEVEL
