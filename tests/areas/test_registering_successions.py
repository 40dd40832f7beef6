"""Registering a succession ends areas and begins others; withdrawing it restores everything."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from accounts.models import Role, User
from areas.models import Area, AreaSuccession
from areas.services import (
    AreaRow,
    SuccessionError,
    import_areas,
    register_succession,
    withdraw_succession,
)
from areas.signals import tree_changed
from orgs.models import Training
from tests.indicators.worlds import seeds

Day = datetime.date
ON, EARLIER, LATER = Day(2026, 1, 25), Day(2024, 7, 1), Day(2026, 9, 1)
YUBEI, BEIBEI, LIANGJIANG, JIANGBEI = "500112", "500109", "500157", "500105"
DAWAN, SHICHUAN, SHUANGLONGHU = "500112135", "500112142", "500112002"
_ROWS = [
    AreaRow("50", "重庆市"),
    AreaRow("5001", "市辖区"),
    AreaRow(YUBEI, "渝北区"),
    AreaRow(SHUANGLONGHU, "双龙湖街道"),
    AreaRow(f"{SHUANGLONGHU}001", "双湖路社区居委会"),
    AreaRow(DAWAN, "大湾镇"),
    AreaRow(f"{DAWAN}001", "大湾社区居委会"),
    AreaRow(f"{DAWAN}200", "杉木村村委会"),
    AreaRow(SHICHUAN, "石船镇"),
    AreaRow(f"{SHICHUAN}001", "石船社区居委会"),
    AreaRow(f"{SHICHUAN}498", "工业园虚拟社区"),
    AreaRow(BEIBEI, "北碚区"),
    AreaRow("500109001", "天生街道"),
    AreaRow(JIANGBEI, "江北区"),
    AreaRow("500105001", "华新街街道"),
    AreaRow("500105002", "江北城街道"),
    AreaRow("500105142", "石船镇"),
]


@pytest.fixture(autouse=True)
def tree(db: None) -> None:
    import_areas("50", _ROWS)


@pytest.fixture
def heard() -> Iterator[list[set[str] | None]]:
    """The areas named by every `tree_changed`."""
    messages: list[set[str] | None] = []

    def listen(sender: object, area_codes: set[str] | None = None, **_: object) -> None:
        messages.append(area_codes)

    tree_changed.connect(listen)
    yield messages
    tree_changed.disconnect(listen)


def _everything() -> tuple[list[object], list[object]]:
    """Return both tables as they are, without the keys of their rows."""
    links = ("predecessor", "successor", "on", "carries_records", "document_number")
    return list(Area.objects.values_list()), list(AreaSuccession.objects.values_list(*links))


def _alive(root: str, day: Day) -> list[str]:
    return list(Area.objects.within(root).existing_on(day).values_list("code", flat=True))


# --- registering --------------------------------------------------------------------------------


def test_a_new_successor_gets_the_areas_under_its_own_code() -> None:
    before = {area.code: area for area in Area.objects.within(YUBEI)}
    row = register_succession(
        YUBEI, LIANGJIANG, ON, name="两江新区", document_number="国函〔2025〕1号"
    )
    assert (row.successor.name, row.document_number) == ("两江新区", "国函〔2025〕1号")
    found = {area.code: area for area in Area.objects.within(LIANGJIANG)}
    assert set(found) == {LIANGJIANG + code[6:] for code in before}
    for code, old in before.items():
        new = found[LIANGJIANG + code[6:]]
        assert (new.kind, new.is_counted, new.is_urban) == (old.kind, old.is_counted, old.is_urban)
        assert new.name == ("两江新区" if code == YUBEI else old.name)
        assert (new.valid_from, new.valid_to) == (ON, None)
    assert not found[f"{LIANGJIANG}142498"].is_counted


def test_the_predecessor_lives_until_the_day_before() -> None:
    there = _alive(YUBEI, ON)
    register_succession(YUBEI, LIANGJIANG, ON)
    day_before = ON - datetime.timedelta(days=1)
    assert (_alive(YUBEI, day_before), _alive(LIANGJIANG, day_before)) == (there, [])
    assert (_alive(YUBEI, ON), len(_alive(LIANGJIANG, ON))) == ([], len(there))
    assert Area.objects.get(code=LIANGJIANG).name == "渝北区"


def test_what_goes_elsewhere_is_registered_first_and_left_out_of_the_rest() -> None:
    register_succession(DAWAN, "500109135", ON)
    register_succession(YUBEI, LIANGJIANG, ON, name="两江新区")
    assert _alive("500109135", ON) == ["500109135", "500109135001", "500109135200"]
    assert _alive(f"{LIANGJIANG}135", ON) == []
    assert _alive(YUBEI, ON) == []
    assert len(_alive(LIANGJIANG, ON)) == 6


def test_a_successor_that_is_there_keeps_its_own_areas_as_they_are() -> None:
    kept = list(Area.objects.within(JIANGBEI).values())
    register_succession(DAWAN, "500105135", ON)
    register_succession(f"{SHUANGLONGHU}001", "500105001001", ON)
    register_succession(SHUANGLONGHU, "500105001", ON)
    assert [
        row for row in Area.objects.within(JIANGBEI).values() if row["valid_from"] is None
    ] == kept
    assert _alive("500105001", ON) == ["500105001", "500105001001"]


def test_areas_that_were_prepared_by_name_are_taken_as_they_are() -> None:
    import_areas(
        "500157", [*_ROWS[:2], AreaRow("500157", "两江新区"), AreaRow("500157135", "大湾镇")]
    )
    register_succession(YUBEI, LIANGJIANG, ON)
    assert Area.objects.get(code="500157135").valid_from is None
    assert Area.objects.get(code="500157135001").valid_from == ON


def test_of_a_splits_successors_only_the_carrier_gets_the_areas() -> None:
    register_succession(DAWAN, "500105135", ON, name="大湾街道", carries_records=False)
    register_succession(DAWAN, "500109135", ON)
    assert _alive("500105135", ON) == ["500105135"]
    assert len(_alive("500109135", ON)) == 3
    assert list(AreaSuccession.objects.values_list("successor", "carries_records")) == [
        ("500105135", False),
        ("500109135", True),
    ]


def test_a_chain_follows_the_areas_from_code_to_code() -> None:
    register_succession(DAWAN, "500109135", EARLIER)
    register_succession(BEIBEI, "500158", ON, name="新区")
    assert _alive("500109135", ON) == []
    assert _alive("500158135", ON) == ["500158135", "500158135001", "500158135200"]


def test_an_abolished_area_is_not_given_on() -> None:
    Area.objects.filter(code=f"{SHICHUAN}001").update(valid_to=EARLIER)
    register_succession(SHICHUAN, "500109142", ON)
    assert _alive("500109142", ON) == ["500109142", "500109142498"]
    assert Area.objects.get(code=f"{SHICHUAN}001").valid_to == EARLIER


def test_whoever_counts_hears_of_it_once(heard: list[set[str] | None]) -> None:
    row = register_succession(YUBEI, LIANGJIANG, ON)
    withdraw_succession(row)
    assert heard == [{YUBEI, LIANGJIANG}, {YUBEI, LIANGJIANG}]


# --- refusals ------------------------------------------------------------------------------------

Arguments = tuple[Any, ...]


@pytest.mark.parametrize(
    ("earlier", "arguments", "message"),
    [
        ([], ("500199", LIANGJIANG, ON), "没有区划500199"),
        ([], (YUBEI, "50015", ON), "“50015”不是区划代码"),
        ([], (YUBEI, "５００１５７", ON), "不是区划代码"),
        ([], (YUBEI, "500109001", ON), "承接区划应与“渝北区”同级且不是它本身"),
        ([], (YUBEI, YUBEI, ON), "承接区划应与“渝北区”同级且不是它本身"),
        ([], (YUBEI, "510157", ON), "承接区划的上级5101不存在，请先登记上级"),
        ([], (DAWAN, "500157135", ON), "承接区划的上级500157不存在，请先登记上级"),
        ([], (YUBEI, JIANGBEI, ON), "代码500105002已是“江北城街道”，与“双龙湖街道”（500112002）"),
        (
            [(DAWAN, "500109135", EARLIER)],
            ("500109135", "500105135", EARLIER),
            "生效日期应晚于“大湾镇”的设立日期2024-07-01",
        ),
        (
            [(DAWAN, "500109135", EARLIER)],
            (DAWAN, "500105135", ON),
            "“大湾镇”已于2024-07-01撤销，生效日期应为该日",
        ),
        ([(DAWAN, "500109135", ON)], (DAWAN, "500109135", ON), "该区划变更已登记"),
        (
            [(DAWAN, "500109135", ON)],
            (DAWAN, "500105135", ON),
            "原区划的记录只能由一个区划承接",
        ),
        # in the order of their days
        (
            [(DAWAN, "500109135", LATER)],
            (YUBEI, LIANGJIANG, ON),
            "“大湾镇”在2026-01-25或以后另有变更，请按先后顺序登记",
        ),
        (
            [(YUBEI, LIANGJIANG, ON)],
            (DAWAN, "500109135", ON),
            "“渝北区”同日整体变更，请先撤回“渝北区→渝北区”",
        ),
        (
            [("500109001", f"{YUBEI}001", ON)],
            (YUBEI, LIANGJIANG, ON),
            "“天生街道”在2026-01-25或以后另有变更",
        ),
        (
            [("500109001", SHICHUAN, ON)],
            (YUBEI, LIANGJIANG, ON),
            "“石船镇”自2026-01-25起承接“天生街道”，请直接登记最终的承接区划",
        ),
        (
            [(YUBEI, LIANGJIANG, EARLIER)],
            ("500109001", SHICHUAN, ON),
            "承接区划“石船镇”在2026-01-25尚未设立，或已登记撤销，不能承接",
        ),
        (
            [(YUBEI, LIANGJIANG, LATER)],
            ("500109001", SHICHUAN, ON),
            "承接区划“石船镇”在2026-01-25尚未设立，或已登记撤销，不能承接",
        ),
        (
            [(YUBEI, LIANGJIANG, LATER)],
            (JIANGBEI, LIANGJIANG, ON),
            "承接区划“渝北区”在2026-01-25尚未设立，或已登记撤销，不能承接",
        ),
        # two places of one name and number are still two places
        (
            [(f"{JIANGBEI}002", "500109009", ON), (YUBEI, LIANGJIANG, ON)],
            (JIANGBEI, LIANGJIANG, ON),
            "代码500157142已是“石船镇”，与“石船镇”（500105142）不是同一地方",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_chinese_and_changes_nothing(
    earlier: list[Arguments], arguments: Arguments, message: str
) -> None:
    for one in earlier:
        register_succession(*one)
    before = _everything()
    with pytest.raises(SuccessionError, match=re.escape(message)) as refusal:
        register_succession(*arguments)
    assert not re.search("[A-Za-z]", str(refusal.value))
    assert _everything() == before


def test_a_name_too_long_is_refused_in_chinese() -> None:
    with pytest.raises(SuccessionError) as refusal:
        register_succession(YUBEI, LIANGJIANG, ON, name="区" * 101)
    assert re.search("[一-龥]", str(refusal.value))
    assert not re.search("[A-Za-z]", str(refusal.value))


def test_a_code_that_an_abolished_area_had_is_not_taken_over() -> None:
    Area.objects.filter(code="500105142").update(valid_to=EARLIER)
    register_succession(SHUANGLONGHU, "500109002", ON)
    with pytest.raises(SuccessionError, match="代码500105142已是“石船镇”"):
        register_succession(YUBEI, JIANGBEI, ON)


# --- withdrawing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", seeds(range(25), 10))
def test_what_was_registered_and_taken_back_was_never_there(seed: int) -> None:
    """Any series of successions, withdrawn from last to first."""
    random, done = Random(seed), list[tuple[Any, AreaSuccession]]()
    for _ in range(12):
        before = _everything()
        codes = [code for code in Area.objects.values_list("code", flat=True) if len(code) > 4]
        old = random.choice(codes)
        parent = old[: {6: 4, 9: 6, 12: 9}[len(old)]]
        near = [code for code in codes if len(code) == len(old)]
        fresh = parent + random.choice(["57", "58"] if len(old) == 6 else ["777", "778"])
        try:
            row = register_succession(
                old,
                random.choice([fresh, fresh, *near]),
                random.choice([EARLIER, EARLIER, ON, LATER]),
                carries_records=random.random() < 0.8,
            )
        except SuccessionError:
            assert _everything() == before
            continue
        done.append((before, row))
    assert done
    for before, row in reversed(done):
        withdraw_succession(row)
        assert _everything() == before


@pytest.mark.parametrize("is_first_taken_back_first", [True, False])
def test_a_merge_is_taken_back_one_by_one(is_first_taken_back_first: bool) -> None:
    """The new street stays while one of the two is still merged into it."""
    start = _everything()
    rows = [register_succession(f"{JIANGBEI}00{n}", f"{JIANGBEI}003", ON) for n in (1, 2)]
    if not is_first_taken_back_first:
        rows.reverse()
    withdraw_succession(rows[0])
    assert f"{JIANGBEI}003" in _alive(JIANGBEI, ON)
    assert rows[0].predecessor_id in _alive(JIANGBEI, ON)
    assert rows[1].predecessor_id not in _alive(JIANGBEI, ON)
    withdraw_succession(rows[1])
    assert _everything() == start


def test_a_split_stays_ended_until_its_last_succession_is_taken_back() -> None:
    start = _everything()
    beside = register_succession(DAWAN, "500105135", ON, carries_records=False)
    carrier = register_succession(DAWAN, "500109135", ON)
    withdraw_succession(carrier)
    assert _alive(DAWAN, ON) == []
    assert _alive("500109135", ON) == []
    withdraw_succession(beside)
    assert _everything() == start


@pytest.fixture
def row() -> AreaSuccession:
    return register_succession(DAWAN, "500109135", ON)


def _record(code: str) -> None:
    user = User.objects.create_user("lin", role=Role.CLERK, area_id=BEIBEI)
    Training.objects.create(area_id=code, name="培训", held_on=ON, person_times=9, created_by=user)


_IN_USE: dict[str, Callable[[], object]] = {
    "a record": lambda: _record("500109135001"),
    "an account": lambda: User.objects.create_user("lin", role=Role.CLERK, area_id="500109135"),
    "a later change of it": lambda: register_succession("500109135", "500105135", LATER),
    "a later change below": lambda: register_succession("500109135001", "500109135009", LATER),
    "a later change above": lambda: register_succession(BEIBEI, "500158", LATER),
    "areas of its own": lambda: import_areas(
        "500109135", [*_ROWS[:2], _ROWS[11], AreaRow("500109135003", "新建社区")]
    ),
}


@pytest.mark.parametrize("use", _IN_USE)
def test_a_succession_in_use_is_not_taken_back(row: AreaSuccession, use: str) -> None:
    _IN_USE[use]()
    before = _everything()
    with pytest.raises(SuccessionError, match="承接区划“大湾镇”已有记录、账号或其他变更，不能撤回"):
        withdraw_succession(AreaSuccession.objects.get(pk=row.pk))
    assert _everything() == before


def test_within_one_day_the_whole_is_taken_back_before_its_parts(row: AreaSuccession) -> None:
    whole = register_succession(YUBEI, LIANGJIANG, ON, name="两江新区")
    with pytest.raises(SuccessionError, match="“渝北区”同日整体变更，请先撤回“渝北区→两江新区”"):
        withdraw_succession(row)
    withdraw_succession(whole)
    withdraw_succession(row)
    assert not AreaSuccession.objects.exists()
    assert not Area.objects.exclude(valid_from=None, valid_to=None).exists()


def test_what_was_taken_back_can_be_registered_anew(row: AreaSuccession) -> None:
    withdraw_succession(row)
    again = register_succession(DAWAN, "500105135", LATER)
    assert again.pk != row.pk
    assert _alive("500105135", LATER) == ["500105135", "500105135001", "500105135200"]
