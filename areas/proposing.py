"""Changes of the tree that move figures: proposed by a 系统管理员, confirmed by another person."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, cast

from django.core.exceptions import ValidationError
from django.db.models import Q
from typing_extensions import override

from areas.models import Area, AreaKind, AreaSuccession
from areas.querysets import Viewer
from areas.services import SuccessionError, lock_tree, register_succession, withdraw_succession
from areas.signals import tree_changed
from audit.acts import Act
from audit.events import record
from proposals.kinds import ChangeKind, Line, Outcome, Payload, Proposal, ProposalRefused, declare

if TYPE_CHECKING:
    from proposals.kinds import Person
    from proposals.models import PendingChange

#: The fields of an area that decide which denominators it is in.
MOVING = ("kind", "is_counted", "is_urban")
_FIELDS = ("name", *MOVING)


class TreeChange(ChangeKind):
    """Base of the changes of the tree: another 系统管理员 or a 安全管理员 confirms them."""

    @override
    def may_propose(self, user: Person, area: str) -> bool:
        return cast(Viewer, user).is_administrator

    @override
    def may_confirm(self, user: Person, area: str) -> bool:
        return cast(Viewer, user).is_administrator or cast(Viewer, user).manages_accounts

    @override
    def readers(self, user: Person) -> Q | None:
        return Q() if self.may_confirm(user, "") else None


class AreaChange(TreeChange):
    """A new area, or another kind, 纳入考核 or 城镇社区 of one."""

    key, title = "areas.area", "区划"

    @override
    def state(self, payload: Payload) -> object:
        rows = Area.objects.filter(code=payload["code"])
        return list(rows.values_list("code", *_FIELDS))

    @override
    def apply(self, change: PendingChange, *, by: Person) -> Outcome:
        """Store the area and count the figures anew."""
        lock_tree()
        values = dict(change.payload)
        stored = Area.objects.filter(code=values["code"]).first()
        area = stored or Area(code=values["code"])
        before = {name: getattr(area, name) for name in _FIELDS} if stored else None
        for name in _FIELDS:
            setattr(area, name, values[name])
        _check(area)
        area.save()
        after = {name: getattr(area, name) for name in _FIELDS}
        record(Act.AREA_CHANGED, about=area, area=area.code, before=before, after=after, user=by)
        tree_changed.send(Area, area_codes={area.code})
        return Outcome(f"区划“{area}”已保存", area.code)


class SuccessionChange(TreeChange):
    """A merger, split or renaming of areas."""

    key, title = "areas.succession", "区划变更"

    @override
    def state(self, payload: Payload) -> object:
        codes = [payload["predecessor"], payload["successor"]]
        areas = Area.objects.filter(code__in=codes).values_list("code", "name", "valid_to")
        rows = AreaSuccession.objects.filter(predecessor__in=codes).values_list("pk", flat=True)
        return [list(areas), list(rows)]

    @override
    def apply(self, change: PendingChange, *, by: Person) -> Outcome:
        """Register the succession."""
        given = dict(change.payload)
        try:
            row = register_succession(
                given["predecessor"],
                given["successor"],
                datetime.date.fromisoformat(given["on"]),
                document_number=given["document_number"],
                name=given["name"],
                carries_records=given["carries_records"],
            )
        except (SuccessionError, ValidationError) as error:
            raise ProposalRefused(_words(error)) from None
        _record_succession(row, by, "登记")
        return Outcome(f"区划变更“{row}”已登记", str(row.pk))


class SuccessionWithdrawal(TreeChange):
    """Taking a wrong succession back."""

    key, title = "areas.withdrawal", "撤回区划变更"

    @override
    def state(self, payload: Payload) -> object:
        rows = AreaSuccession.objects.filter(pk=payload["succession"])
        return list(rows.values_list("predecessor", "successor", "on", "carries_records"))

    @override
    def apply(self, change: PendingChange, *, by: Person) -> Outcome:
        """Withdraw the succession."""
        row = AreaSuccession.objects.filter(pk=change.payload["succession"]).first()
        if row is None:
            raise ProposalRefused("该区划变更已撤回")
        name = str(row)
        _record_succession(row, by, "撤回")
        try:
            withdraw_succession(row)
        except SuccessionError as error:
            raise ProposalRefused(str(error)) from None
        return Outcome(f"区划变更“{name}”已撤回")


def area_proposal(area: Area, stored: Area | None) -> Proposal:
    """Return the proposal of an area's new values; `stored` is None for a new area."""
    lines = [
        Line(_label(name), _shown(stored, name) if stored else "—", _shown(area, name))
        for name in _FIELDS
        if stored is None or getattr(stored, name) != getattr(area, name)
    ]
    what = f"修改区划“{stored}”" if stored else f"新增区划“{area.name}”"
    return Proposal(
        AreaChange.key,
        f"areas.area:{area.code}",
        f"{what}（{area.code}）",
        {"code": area.code} | {name: getattr(area, name) for name in _FIELDS},
        lines,
        area.code,
    )


def succession_proposal(
    old: Area,
    successor: str,
    on: datetime.date,
    *,
    name: str,
    document_number: str,
    carries_records: bool,
) -> Proposal:
    """Return the proposal that an area is followed by another one from a day on."""
    found = Area.objects.filter(code=successor).first()
    to = f"{found.name if found else name or old.name}（{successor}{'' if found else '，新设'}）"
    inside = Area.objects.within(old.code).existing_on(on).count() - 1
    below = f"，连同下级{inside}个区划" if inside else ""
    lines = [
        Line("区划", f"{old.name}（{old.code}）{below}", to),
        Line("生效日期", "—", on.isoformat()),
        Line("批复文号", "—", document_number or "未填"),
        Line("承接记录", "—", "是" if carries_records else "否"),
    ]
    payload = {
        "predecessor": old.code,
        "successor": successor,
        "on": on.isoformat(),
        "name": name,
        "document_number": document_number,
        "carries_records": carries_records,
    }
    title = f"区划变更：{old.name}自{on}起由{to}承接"
    return Proposal(
        SuccessionChange.key, f"areas.succession:{old.code}", title, payload, lines, old.code
    )


def withdrawal_proposal(row: AreaSuccession) -> Proposal:
    """Return the proposal to take a succession back."""
    return Proposal(
        SuccessionWithdrawal.key,
        f"areas.succession:{row.predecessor_id}",
        f"撤回区划变更“{row}”",
        {"succession": row.pk},
        [Line("区划变更", f"{row}，自{row.on}起", "撤回")],
        row.predecessor_id,
    )


def _check(area: Area) -> None:
    try:
        area.full_clean()
    except ValidationError as error:
        raise ProposalRefused(_words(error)) from None


def _words(error: Exception) -> str:
    return "；".join(error.messages) if isinstance(error, ValidationError) else str(error)


def _label(name: str) -> str:
    return next(str(field.verbose_name) for field in Area._meta.fields if field.name == name)


def _shown(area: Area, name: str) -> str:
    value = getattr(area, name)
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(AreaKind(value).label) if name == "kind" else str(value)


def _record_succession(row: AreaSuccession, by: Person, act: str) -> None:
    after = {"原区划": row.predecessor_id, "承接区划": row.successor_id, "生效日期": row.on}
    record(
        Act.AREA_CHANGED,
        about=row,
        area=row.predecessor_id,
        after=after,
        user=by,
        detail=f"{act}区划变更",
    )


for _kind in (AreaChange(), SuccessionChange(), SuccessionWithdrawal()):
    declare(_kind)
