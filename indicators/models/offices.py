"""Offices that receive or sign reports: as a plan file names them, and by an area's level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from areas.codes import COMMUNITY_LEVEL, TOWNSHIP_LEVEL
from areas.models import Area, AreaKind

#: An office in a plan file: its name, or a table with the accounts that act for it.
Named = str | Mapping[str, object]

#: The municipalities directly under the State Council have a 民政局, provinces a 民政厅.
_MUNICIPALITIES = ("11", "12", "31", "50")
_BY_KIND = {
    AreaKind.STREET: "办事处",
    AreaKind.TOWN: "人民政府",
    AreaKind.TOWNSHIP: "人民政府",
    AreaKind.SUMU: "人民政府",
    AreaKind.COMMUNITY: "居民委员会",
    AreaKind.VILLAGE: "村民委员会",
    AreaKind.GACHA: "村民委员会",
}


@dataclass(frozen=True)
class Office:
    """An office (单位或处室), and which accounts act for it.

    `area` is the code of the accounts' area, empty: any area above the one that reports.
    `department` is the accounts' own (`User.department`), empty: accounts whose department acts for
    no other office. `roles` are those that may act.
    """

    name: str
    area: str = ""
    department: str = ""
    roles: tuple[str, ...] = ("reviewer",)

    @classmethod
    def read(cls, named: Named) -> Office:
        """Return the office that a plan file names; the file has been checked."""
        if isinstance(named, str):
            return cls(named)
        roles = named.get("roles", cls.roles)
        return cls(
            name=str(named["name"]),
            area=str(named.get("area", "")),
            department=str(named.get("department", "")),
            roles=tuple(map(str, roles)) if isinstance(roles, (list, tuple)) else cls.roles,
        )

    def as_json(self) -> dict[str, object]:
        """Return the office as `Report.recipients` stores it."""
        return {
            "name": self.name,
            "area": self.area,
            "department": self.department,
            "roles": list(self.roles),
        }


def authority_of(area: Area) -> str:
    """Return the office that speaks for an area: 昆明市民政局, 七星岗街道办事处, 东门社区居民委员会."""
    name = area.short_name
    if area.level in (TOWNSHIP_LEVEL, COMMUNITY_LEVEL):
        return name + _BY_KIND.get(AreaKind(area.kind), "")
    is_province = area.level == 1 and area.code not in _MUNICIPALITIES
    return f"{name}民政{'厅' if is_province else '局'}"


def filled(template: str, area: Area) -> str:
    """Return a signatory's name for an area: `{area}` is its name, `{office}` its authority."""
    return template.replace("{area}", area.short_name).replace("{office}", authority_of(area))
