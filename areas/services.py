"""Services that change the tree: importing areas, registering and withdrawing successions."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, RestrictedError
from python_calamine import CalamineWorkbook

from areas.codes import COUNTY_LEVEL, ancestors_of, is_within, level_of
from areas.models import Area, AreaKind, AreaSuccession
from areas.naming import normalise_name
from areas.querysets import within_q
from areas.signals import tree_changed
from audit.acts import Act
from audit.events import record

#: Columns code,name; 665,276 areas published by the National Bureau of Statistics (as of
#: 2023-06-30).
NATIONAL_TABLE = Path(__file__).parent / "data" / "areas-nbs-2023.csv.gz"

_KIND_BY_LEVEL = {1: AreaKind.PROVINCE, 2: AreaKind.PREFECTURE, 3: AreaKind.COUNTY}
_KIND_BY_SUFFIX = (
    ("街道", AreaKind.STREET),
    ("苏木", AreaKind.SUMU),
    ("镇", AreaKind.TOWN),
    ("乡", AreaKind.TOWNSHIP),
    ("嘎查", AreaKind.GACHA),
    ("社区", AreaKind.COMMUNITY),
    ("村", AreaKind.VILLAGE),
)
_TOWNSHIP_KINDS = {AreaKind.STREET, AreaKind.TOWN, AreaKind.TOWNSHIP, AreaKind.SUMU}
_COMMUNITY_KINDS = {AreaKind.COMMUNITY, AreaKind.VILLAGE, AreaKind.GACHA}
_FLAGS = dict.fromkeys(("是", "√", "1", "有", "true", "yes"), True) | dict.fromkeys(
    ("否", "×", "0", "无", "false", "no"), False
)


class AreaTableError(ValueError):
    """The table cannot be imported; the message names the row and says what would be right."""


@dataclass(frozen=True)
class AreaRow:
    """One row of an area table; a None value is derived from code and name."""

    code: str
    name: str
    kind: str | None = None
    is_counted: bool | None = None
    is_urban: bool | None = None


def area_from(row: AreaRow) -> Area:
    """Build an unsaved area; derive the kind, 纳入考核 and 城镇社区 where the row leaves them open."""
    level, short = level_of(row.code), normalise_name(row.name)
    kind = row.kind or _kind_of(level, short)
    proper = level <= 3 or (kind in (_TOWNSHIP_KINDS if level == 4 else _COMMUNITY_KINDS))
    counted = proper and "虚拟" not in row.name if row.is_counted is None else row.is_counted
    # Statistical codes 001–199 are urban (居委会); the bureau corrects the flag where it differs.
    urban = level == 5 and row.code[9] in "01" if row.is_urban is None else row.is_urban
    return Area(
        code=row.code,
        name=row.name,
        short_name=short,
        level=level,
        kind=kind,
        is_counted=counted,
        is_urban=urban,
    )


def _kind_of(level: int, short_name: str) -> AreaKind:
    if level in _KIND_BY_LEVEL:
        return _KIND_BY_LEVEL[level]
    allowed = _TOWNSHIP_KINDS if level == 4 else _COMMUNITY_KINDS
    for suffix, kind in _KIND_BY_SUFFIX:
        if kind in allowed and short_name.endswith(suffix):
            return kind
    return AreaKind.OTHER


@lru_cache(maxsize=1)
def county_names() -> frozenset[str]:
    """Return the names of all counties of the shipped table; reads it once per process (half a second)."""
    with gzip.open(NATIONAL_TABLE, "rt", encoding="utf-8", newline="") as lines:
        table = csv.reader(lines)
        header = next(table)
        code_at, name_at = header.index("code"), header.index("name")
        return frozenset(line[name_at] for line in table if level_of(line[code_at]) == COUNTY_LEVEL)


def national_rows(root: str) -> Iterator[AreaRow]:
    """Yield the rows of the shipped table for `root`, its ancestors and its descendants."""
    above = {*ancestors_of(root)}
    with gzip.open(NATIONAL_TABLE, "rt", encoding="utf-8", newline="") as lines:
        table = csv.reader(lines)  # half as dear as a `DictReader`, for 660,000 rows
        header = next(table)
        code_at, name_at = header.index("code"), header.index("name")
        for line in table:
            code = line[code_at]
            if code in above or is_within(code, root):
                yield AreaRow(code, line[name_at])


def file_rows(path: Path) -> Iterator[AreaRow]:
    """Yield the rows of a bureau's own table: 代码, 名称, optional 类别, 纳入考核, 城镇社区.

    AreaTableError when a required column is missing or a row is invalid.
    """
    lines = _table(path)
    header = [str(cell).strip() for cell in next(lines, [])]
    if "代码" not in header or "名称" not in header:
        raise AreaTableError("第1行应为表头，至少有“代码”和“名称”两列")
    for number, line in enumerate(lines, start=2):
        cells = dict(zip(header, line, strict=False))
        if not any(str(value or "").strip() for value in cells.values()):
            continue
        yield _file_row(number, cells)


def _table(path: Path) -> Iterator[Sequence[object]]:
    if path.suffix.lower() == ".csv":
        yield from csv.reader(io.StringIO(_decoded(path.read_bytes()), newline=""))
    else:
        yield from CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()


def _decoded(raw: bytes) -> str:
    """Decode UTF-8, or GB18030, which Chinese Excel saves; AreaTableError for any other encoding."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AreaTableError("文件编码无法识别，请存为 UTF-8 编码的 CSV 或 Excel 文件")


def _file_row(number: int, cells: dict[str, object]) -> AreaRow:
    code = cells["代码"]
    if isinstance(code, float):  # a float represents 12 digits exactly
        code = f"{code:.0f}"
    text = str(code or "").strip()
    name = str(cells["名称"] or "").strip()
    try:
        level_of(text)
    except ValueError as error:
        raise AreaTableError(f"第{number}行“代码”：{error}") from None
    if not name:
        raise AreaTableError(f"第{number}行“名称”为空")
    kind = str(cells.get("类别") or "").strip()
    if kind and kind not in AreaKind.labels:
        raise AreaTableError(
            f"第{number}行“类别”“{kind}”无法识别，应为：{'、'.join(AreaKind.labels)}"
        )
    labels = {label: value for value, label in AreaKind.choices}
    return AreaRow(
        text,
        name,
        labels.get(kind),
        _flag(number, "纳入考核", cells),
        _flag(number, "城镇社区", cells),
    )


def _flag(number: int, column: str, cells: dict[str, object]) -> bool | None:
    value = cells.get(column)
    text = str(value if value is not None else "").strip().lower().removesuffix(".0")
    if text and text not in _FLAGS:
        raise AreaTableError(f"第{number}行“{column}”“{value}”应填“是”或“否”")
    return _FLAGS.get(text)


def import_areas(root: str, rows: Iterable[AreaRow]) -> int:
    """Create the missing areas above and below `root`; existing areas keep the bureau's settings.

    Returns the number of areas created. AreaTableError when the table lacks `root` or the parent of
    one of its areas.
    """
    level_of(root)
    wanted = [row for row in rows if is_within(row.code, root) or is_within(root, row.code)]
    with transaction.atomic():
        known = set(Area.objects.values_list("code", flat=True))
        codes = known | {row.code for row in wanted}
        if root not in codes:
            raise AreaTableError(f"区划表中没有代码 {root}")
        for row in wanted:
            missing = [code for code in ancestors_of(row.code) if code not in codes]
            if missing:
                raise AreaTableError(f"{row.name}（{row.code}）的上级 {missing[-1]} 不在区划表中")
        fresh = {row.code: area_from(row) for row in wanted if row.code not in known}
        Area.objects.bulk_create(fresh.values(), batch_size=2000)
        if fresh:
            tree_changed.send(Area)
            record(Act.AREAS_IMPORTED, area=root, after={"新增": len(fresh)})
    return len(fresh)


class SuccessionError(ValueError):
    """The succession cannot be registered or withdrawn; the message says what would be right."""


@transaction.atomic
def register_succession(
    predecessor: str,
    successor: str,
    on: datetime.date,
    *,
    document_number: str = "",
    name: str = "",
    carries_records: bool = True,
) -> AreaSuccession:
    """End `predecessor` and its whole subtree on the day `on`, followed by `successor`.

    Creates the successor when it does not exist (named `name`, or like the predecessor). With
    `carries_records` the predecessor's areas are created below the successor with the same code
    suffixes. Areas below that go elsewhere must be registered first: the deepest succession
    applies. No record is changed. SuccessionError when the succession is refused.
    """
    lock_tree()
    old = Area.objects.filter(code=predecessor).first()
    if old is None:
        raise SuccessionError(f"没有区划{predecessor}")
    row = AreaSuccession(
        predecessor=old,
        successor=_successor(old, successor, on, name),
        on=on,
        document_number=document_number,
        carries_records=carries_records,
    )
    _check(row)
    ended = _leaving(old, on)
    if carries_records:
        _give_subtree(old, successor, on, ended)
    Area.objects.filter(code__in=[area.code for area in ended]).update(valid_to=on)
    row.save()
    tree_changed.send(Area, area_codes={predecessor, successor})
    return row


def lock_tree() -> None:
    """Lock all areas for update, in the same order as an approval does, so the two cannot deadlock."""
    list(Area.objects.select_for_update(no_key=True).order_by("code").values_list("code"))


def _successor(old: Area, code: str, on: datetime.date, name: str) -> Area:
    """Return the successor area; create it when it does not exist. SuccessionError when it cannot
    follow."""
    try:
        level = level_of(code)
    except ValueError as error:
        raise SuccessionError(str(error)) from None
    if level != old.level or code == old.code:
        raise SuccessionError(f"承接区划应与“{old}”同级且不是它本身")
    if old.valid_from and on <= old.valid_from:
        raise SuccessionError(f"生效日期应晚于“{old}”的设立日期{old.valid_from}")
    if old.valid_to and on != old.valid_to:
        raise SuccessionError(f"“{old}”已于{old.valid_to}撤销，生效日期应为该日")
    _refuse_out_of_order(old, on)
    found = Area.objects.filter(code=code).first()
    if found is None:
        return _copy(old, code, on, name or old.name)
    if not found.exists_on(on) or found.valid_to:
        raise SuccessionError(f"承接区划“{found}”在{on}尚未设立，或已登记撤销，不能承接")
    return found


def _refuse_out_of_order(old: Area, on: datetime.date) -> None:
    """Refuse a succession when an area below begins, ends or takes another over on or after its
    day.

    Records of that later change would otherwise have no area to count for.
    """
    _refuse_part_of_whole(old, on)
    inside = Area.objects.within(old.code)
    changed = inside.filter(models.Q(valid_from__gte=on) | models.Q(valid_to__gt=on)).first()
    if changed is not None:
        raise SuccessionError(f"“{changed}”在{on}或以后另有变更，请按先后顺序登记")
    received = AreaSuccession.objects.filter(within_q("successor_id", old.code), on__gte=on).first()
    if received is not None:
        raise SuccessionError(
            f"“{received.successor}”自{received.on}起承接“{received.predecessor}”，请直接登记最终的承接区划"
        )


def _refuse_part_of_whole(old: Area, on: datetime.date) -> None:
    """Refuse when an area above changes on the same day: parts are registered first, withdrawn last."""
    around = AreaSuccession.objects.filter(predecessor__in=old.ancestor_codes, on=on).first()
    if around is not None:
        raise SuccessionError(f"“{around.predecessor}”同日整体变更，请先撤回“{around}”")


def _copy(old: Area, code: str, on: datetime.date, name: str) -> Area:
    missing = [above for above in ancestors_of(code) if not Area.objects.filter(code=above)]
    if missing:
        raise SuccessionError(f"承接区划的上级{missing[-1]}不存在，请先登记上级")
    area = Area(
        code=code,
        name=name,
        kind=old.kind,
        is_counted=old.is_counted,
        is_urban=old.is_urban,
        valid_from=on,
    )
    _check(area)
    area.save(force_insert=True)
    return area


def _check(row: models.Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise SuccessionError("；".join(error.messages)) from None


def _leaving(old: Area, on: datetime.date) -> list[Area]:
    """Return the predecessor's subtree as it exists until that day."""
    subtree = Area.objects.within(old.code).exclude(valid_to__lt=on)
    return list(subtree.exclude(valid_from__gte=on).order_by("code"))


def _give_subtree(old: Area, successor: str, on: datetime.date, leaving: list[Area]) -> None:
    """Create the areas that move along below the successor.

    SuccessionError when a code already belongs to another area, or when another succession of the
    same day uses it.
    """
    elsewhere = AreaSuccession.objects.filter(
        within_q("predecessor_id", old.code), on=on, carries_records=True
    )
    ruled = list(elsewhere.values_list("predecessor_id", flat=True))
    there, taken = {area.code: area for area in Area.objects.within(successor)}, _claimed(on)
    fresh = []
    for area in leaving:
        code = successor + area.code[len(old.code) :]
        if code == successor or any(is_within(area.code, root) for root in ruled):
            continue
        if (other := there.get(code)) is None:
            fresh.append(area_from(AreaRow(code, area.name, area.kind)))
            fresh[-1].is_counted, fresh[-1].is_urban = area.is_counted, area.is_urban
            fresh[-1].valid_from = on
        elif other.short_name != area.short_name or code in taken or not other.exists_on(on):
            raise SuccessionError(
                f"代码{code}已是“{other}”，与“{area}”（{area.code}）不是同一地方；"
                f"请先登记“{area}”由哪个区划承接"
            )
    Area.objects.bulk_create(fresh, batch_size=2000)


@transaction.atomic
def withdraw_succession(row: AreaSuccession) -> None:
    """Delete a wrong succession and the areas that it created, as long as nothing uses them.

    The areas that it ended exist again, unless another succession of the same area remains (a
    split). SuccessionError when the areas are in use.
    """
    lock_tree()
    old, successor, on = row.predecessor, row.successor, row.on
    others = AreaSuccession.objects.filter(on=on).exclude(pk=row.pk)
    _refuse_part_of_whole(old, on)
    back = _ended_with(old.code, on)
    moved = _ended_with(old.code, on, carries_records=True)
    row.delete()
    created = _created_by(row, moved)
    try:
        for area in created:
            area.delete()
    except (ProtectedError, RestrictedError):
        raise SuccessionError(_in_use(successor)) from None
    if not others.filter(predecessor=old).exists():
        Area.objects.filter(code__in=back).update(valid_to=None)
    tree_changed.send(Area, area_codes={old.code, successor.code})


def _ended_with(predecessor: str, on: datetime.date, **kind: bool) -> list[str]:
    """Return the codes of the predecessor's areas that ended on the day.

    Leaves out areas with a succession of their own; `kind` filters which successions count as such.
    """
    below = AreaSuccession.objects.filter(within_q("predecessor_id", predecessor), on=on, **kind)
    own = set(below.values_list("predecessor_id", flat=True)) - {predecessor}
    ended = Area.objects.within(predecessor).filter(valid_to=on).values_list("code", flat=True)
    return [code for code in ended if not any(is_within(code, root) for root in own)]


def _claimed(on: datetime.date) -> set[str]:
    """Return the codes of all areas that took over another area on the day."""
    claimed = set()
    for row in AreaSuccession.objects.filter(on=on):
        claimed.add(row.successor_id)
        if row.carries_records:
            cut = len(row.predecessor_id)
            ended = _ended_with(row.predecessor_id, on, carries_records=True)
            claimed |= {row.successor_id + code[cut:] for code in ended}
    return claimed


def _created_by(row: AreaSuccession, ended: Iterable[str]) -> list[Area]:
    """Return the areas that only this (already deleted) succession created, the deepest first.

    SuccessionError when something else needs one of them.
    """
    tails = {code[len(row.predecessor_id) :] for code in ended} if row.carries_records else {""}
    codes = {row.successor_id + tail for tail in tails} - _claimed(row.on)
    created = list(Area.objects.filter(code__in=codes, valid_from=row.on).order_by("-level"))
    left = Area.objects.within(row.successor_id).exclude(code__in=codes)
    others = list(left.values_list("code", flat=True))
    is_needed = any(is_within(code, area.code) for area in created for code in others)
    if is_needed or any(area.valid_to for area in created):
        raise SuccessionError(_in_use(row.successor))
    return created


def _in_use(successor: Area) -> str:
    return f"承接区划“{successor}”已有记录、账号或其他变更，不能撤回；请另行登记新的区划变更"
