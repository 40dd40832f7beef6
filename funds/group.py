"""Management groups in a ledger's cell: 王某（居民代表，组长）、李某（捐赠人）."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from funds.models import Fund, FundMember, MemberKind
from ledgers.cells import Cell, CellError
from ledgers.declaration import Pair
from reviews.models import Submission

#: Name, kind and duty of a member, as a cell names them.
Member = tuple[str, str, str]

_MEMBER = re.compile(r"([^()]+)\(([^()]+)\)")
_KINDS = {
    "街道": MemberKind.STREET,
    "乡镇": MemberKind.STREET,
    "苏木": MemberKind.STREET,
    "社区": MemberKind.COMMUNITY,
    "村": MemberKind.COMMUNITY,
    "嘎查": MemberKind.COMMUNITY,
    "机构": MemberKind.HOST,
    "慈善组织": MemberKind.HOST,
    "捐赠": MemberKind.DONOR,
    "居民": MemberKind.RESIDENT,
    "村民": MemberKind.RESIDENT,
}
_WORDS = "街道（乡镇）负责人、社区（村）负责人、机构指定人员、捐赠人、居民代表"


def members_of(cell: Cell) -> tuple[Member, ...]:
    """Parse the members that a cell names; CellError when one of them has no known kind."""
    if cell.is_empty:
        return ()
    text = re.sub(r"\s", "", cell.text).translate(str.maketrans("（），；", "(),;"))
    parts = [part for part in re.split(r"[、,;/]+(?![^()]*\))", text) if part]
    return tuple(dict.fromkeys(map(_member, parts)))


def _member(part: str) -> Member:
    found = _MEMBER.fullmatch(part)
    if found is None:
        raise CellError(f"“{part}”未写身份，应写成“姓名（身份）”，身份为：{_WORDS}")
    name, said = found.groups()
    kind, _, duty = said.partition(",")
    kinds = [value for word, value in _KINDS.items() if kind.startswith(word)]
    # “居民代表” is none of the community's heads, “社区居民代表” is none either.
    if "代表" in kind and ("居民" in kind or "村民" in kind):
        kinds = [MemberKind.RESIDENT]
    if not kinds:
        raise CellError(f"“{part}”的身份“{kind}”无法识别，应为：{_WORDS}")
    if max(len(name), len(duty)) > 50:
        raise CellError(f"“{part}”过长，姓名和职务不应超过50字")
    return name, kinds[0].value, duty


def save_members(funds: Sequence[Submission]) -> None:
    """Store the members that the rows of new funds name."""
    FundMember.objects.bulk_create(
        FundMember(fund=fund, name=name, kind=kind, duty=duty)
        for fund in funds
        if isinstance(fund, Fund)
        for name, kind, duty in fund.members_named
    )


def unlike_members(pairs: Sequence[Pair]) -> Iterator[tuple[int, str, str]]:
    """Yield the rows that name another group than the stored fund has."""
    named = [
        (position, row, stored)
        for position, (row, stored) in enumerate(pairs)
        if isinstance(row, Fund) and row.members_named
    ]
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    members = FundMember.objects.filter(fund__in=[stored.pk for _, _, stored in named])
    for fund_id, name, kind in members.values_list("fund_id", "name", "kind"):
        found[fund_id].add((name, kind))
    for position, row, stored in named:
        if {(name, kind) for name, kind, _ in row.members_named} != found[stored.pk]:
            listed = "、".join(
                f"{name}（{MemberKind(kind).label}）" for name, kind in sorted(found[stored.pk])
            )
            message = f"系统中“{stored}”的管理小组为{listed or '无'}，与本行不同；请在该基金中修改"
            yield position, "group", message
