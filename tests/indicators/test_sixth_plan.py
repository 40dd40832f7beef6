"""The plan of docs/writing-a-plan.md, read from the guide: it loads and gives its figures."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import Role, User
from areas.models import Area
from funds.models import Donation, Fund
from indicators.measures import MEASURES
from indicators.models import ManualFigure, OpeningBalance, Plan
from indicators.plan.files import INDICATOR_KEYS, PLAN_KEYS, REPORT_KEYS, TARGET_KEYS
from indicators.plan.loading import export_plan, load_plans
from indicators.plan.sections import SECTIONS
from indicators.plan.targets import allocate, disagreements, milestones, suggest_allocation
from indicators.rules import RULES
from indicators.store.series import differences
from orgs.models import Training
from projects.models import Aid
from reviews.models import Submission
from reviews.services import approve, submit
from scenes.models import Activity, Scene
from tests.indicators.conftest import item_of
from tests.types import Make
from tests.worlds import share

pytestmark = pytest.mark.once
Day = datetime.date
GUIDE = (Path(settings.BASE_DIR) / "docs" / "writing-a-plan.md").read_text(encoding="utf-8")
COUNTY, ON = "980101", Day(2026, 6, 30)
CHENGGUAN, HEDONG, SHANKOU = f"{COUNTY}001", f"{COUNTY}100", f"{COUNTY}101"
DONGMEN, XIMEN, HEDONG_COMMUNITY = f"{CHENGGUAN}001", f"{CHENGGUAN}002", f"{HEDONG}001"
LIUSHU, SHANGSHAN = f"{HEDONG}200", f"{SHANKOU}200"
_TREE = {
    "98": ("示例省", "province"),
    "9801": ("示例市", "prefecture"),
    COUNTY: ("示例县", "county"),
    CHENGGUAN: ("城关街道", "street"),
    DONGMEN: ("东门社区", "community"),
    XIMEN: ("西门社区", "community"),
    f"{CHENGGUAN}003": ("北门社区", "community"),
    f"{CHENGGUAN}004": ("城关工作站", "other"),
    HEDONG: ("河东镇", "town"),
    HEDONG_COMMUNITY: ("河东社区", "community"),
    LIUSHU: ("柳树村", "village"),
    f"{HEDONG}201": ("石桥村", "village"),
    SHANKOU: ("山口镇", "town"),
    SHANGSHAN: ("上山村", "village"),
    f"{SHANKOU}201": ("下山村", "village"),
}


def _toml() -> str:
    return re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)[-1]


@pytest.fixture
def county(db: None) -> None:
    for code, (name, kind) in _TREE.items():
        area = Area(code=code, name=name, kind=kind, is_urban=kind == "community")
        area.is_counted = kind != "other"
        area.derive()
        area.save()


@pytest.fixture
def plan(county: None, tmp_path: Path) -> Plan:
    path = tmp_path / "shili.toml"
    path.write_text(_toml(), encoding="utf-8")
    return load_plans([path])[0]


@pytest.fixture
def reviewer(county: None) -> User:
    return User.objects.create_user("shenhe", role=Role.REVIEWER, area_id=COUNTY)


@pytest.fixture
def fact(county: None, make: Make, reviewer: User) -> Callable[..., None]:
    clerk = User.objects.create_user("tianbao", role=Role.CLERK, area_id=COUNTY)

    def approved(model: type[Submission], area: str, **values: object) -> None:
        record = make(model, area_id=area, **values)
        submit(record, by=clerk, reason="测试")
        approve(record, by=reviewer)

    return approved


@pytest.fixture
def records(plan: Plan, fact: Callable[..., None], make: Make) -> None:
    """The records that the last table of the guide lists."""
    fact(Fund, CHENGGUAN, level="street", established_on=Day(2025, 5, 1))
    fact(Fund, DONGMEN, established_on=Day(2026, 2, 10))
    fact(Fund, XIMEN, established_on=Day(2026, 3, 1), closed_on=Day(2026, 6, 15))
    make(Fund, area_id=HEDONG_COMMUNITY)
    for day, number in ((Day(2025, 11, 20), 30), (Day(2026, 3, 5), 12), (Day(2026, 5, 6), 8)):
        fact(Training, CHENGGUAN, held_on=day, person_times=number)
    fact(OpeningBalance, COUNTY, measure="aided", as_of=Day(2025, 12, 31), quantity=100)
    for day, number in ((Day(2025, 12, 31), 5), (Day(2026, 1, 1), 7), (Day(2026, 6, 1), 6)):
        fact(Aid, LIUSHU, helped_on=day, person_times=number)
    for day, amount in (
        (Day(2025, 3, 10), "20000"),
        (Day(2025, 9, 1), "30000"),
        (Day(2026, 2, 2), "15000.50"),
        (Day(2026, 6, 30), "10000"),
    ):
        fact(Donation, COUNTY, donated_on=day, amount_yuan=Decimal(amount))
    _scenes_and_activities(fact)
    named = {"plan_code": plan.code, "indicator_code": "satisfaction"}
    for day, yes, of in ((Day(2026, 3, 31), 80, 100), (Day(2026, 6, 15), 172, 200)):
        fact(ManualFigure, COUNTY, as_of=day, numerator=yes, denominator=of, **named)


share(__name__, "plan", "records")


def _scenes_and_activities(fact: Callable[..., None]) -> None:
    opened = Day(2026, 2, 1)
    fact(Scene, CHENGGUAN, type="wall", opened_on=opened)
    for area in (DONGMEN, HEDONG_COMMUNITY, LIUSHU):
        fact(Scene, area, type="donation_point", opened_on=opened)
    fact(Scene, SHANGSHAN, type="wall", opened_on=opened)
    fact(Scene, f"{SHANKOU}201", type="wall", opened_on=opened, closed_on=ON)
    for day, reached in (
        (Day(2025, 12, 30), [SHANGSHAN]),
        (Day(2026, 4, 1), [DONGMEN, XIMEN]),
        (Day(2026, 5, 1), [DONGMEN, LIUSHU]),
    ):
        fact(Activity, COUNTY, held_on=day, reached=reached)
    fact(Activity, HEDONG, held_on=Day(2026, 6, 10), form="activity", reached=[])


_BY_HAND: dict[str, tuple[str, str]] = {
    "funds": ("2", "1"),
    "trained": ("20", "1"),
    "trained_quarter": ("8", "1"),
    "aided": ("113", "1"),
    "raised": ("2.50005", "1"),
    "raised_growth": ("5000.50", "20000"),
    "trained_growth": ("-10", "30"),
    "scenes_each_township": ("2", "3"),
    "points_each_urban": ("2", "4"),
    "reached": ("3", "1"),
    "satisfaction": ("172", "200"),
    "monthly_activity": ("1", "3"),
}


@pytest.mark.parametrize("code", _BY_HAND)
def test_the_figures_are_those_worked_out_by_hand(plan: Plan, records: None, code: str) -> None:
    figure = item_of(plan, code, COUNTY, ON).figure
    numerator, denominator = map(Decimal, _BY_HAND[code])
    assert (figure.numerator, figure.denominator) == (numerator, denominator)


def test_other_days_and_places(plan: Plan, records: None) -> None:
    def value(code: str, day: Day, area: str = COUNTY) -> Decimal | None:
        return item_of(plan, code, area, day).value

    assert value("funds", Day(2026, 6, 14)) == 3
    assert value("funds", ON, CHENGGUAN) == 2
    assert value("funds", ON, HEDONG) == 0
    assert value("scenes_each_township", Day(2026, 6, 29)) == 1
    assert value("satisfaction", Day(2026, 6, 14)) == Decimal("0.8")
    assert value("aided", Day(2025, 12, 31)) == 100
    assert value("trained", Day(2025, 12, 31)) == 30
    assert value("reached", Day(2025, 12, 31)) == 1
    assert list(differences()) == []


def test_progress_and_what_the_document_leaves_open(plan: Plan, records: None) -> None:
    item = item_of(plan, "funds", COUNTY, ON)
    assert item.target and (item.target.value, item.rate) == (4, Decimal("0.5"))
    funds = plan.indicators.get(code="funds")
    assert disagreements(funds) == ["2026年底：附件4支，正文5支，相差1支"]
    assert [(row.year, row.value) for row in milestones(funds)] == [(2027, 6)]
    assert milestones(plan.indicators.get(code="scenes_each_township")) == []
    ten = item_of(plan, "raised_growth", COUNTY, ON)
    assert (ten.value, ten.state) == (Decimal("0.250025"), "achieved")


def test_a_threshold_of_a_later_year_is_its_own(plan: Plan, records: None) -> None:
    figure = item_of(plan, "scenes_each_township", COUNTY, Day(2028, 3, 31)).figure
    assert (figure.numerator, figure.denominator) == (0, 3)


def test_its_targets_can_be_shared_out(plan: Plan, reviewer: User) -> None:
    target = plan.indicators.get(code="trained").targets.get()
    shares = suggest_allocation(target, "communities")
    assert shares == {CHENGGUAN: 23, HEDONG: 22, SHANKOU: 15}  # 60 × 3/8, 3/8, 2/8
    allocate(target, shares, by=reviewer, reason="分解")
    item = item_of(plan, "trained", SHANKOU, ON)
    assert item.target and item.target.value == 15


def test_it_survives_its_own_export(plan: Plan, tmp_path: Path) -> None:
    path, text = tmp_path / "again.toml", export_plan(plan)
    path.write_text(text, encoding="utf-8")
    assert export_plan(load_plans([path])[0]) == text
    assert tomllib.loads(text) == tomllib.loads(_toml()) | tomllib.loads(text)


def test_the_plan_uses_every_rule_and_every_key() -> None:
    data = tomllib.loads(_toml())
    indicators = data["indicator"]
    assert {each["counting"] for each in indicators} == {rule.code for rule in RULES}
    assert {each["within"] for each in indicators if "within" in each} == {"year"}
    assert {each["against"] for each in indicators if "against" in each} == {
        "same_day",
        "whole_year",
    }
    used = {
        "plan": (set(data["plan"]), PLAN_KEYS),
        "report": (set(data["plan"]["report"]), REPORT_KEYS),
        "indicator": (set().union(*indicators), INDICATOR_KEYS),
        "target": (set().union(*(t for each in indicators for t in each["target"])), TARGET_KEYS),
    }
    used |= {each.name: (set().union(*data[each.name]), each.keys) for each in SECTIONS}
    for name, (found, keys) in used.items():
        assert {key.name for key in keys} - found == set(), name


def test_the_guide_names_every_key_measure_and_rule() -> None:
    prose = GUIDE.split("```toml")[0]
    keys = (*PLAN_KEYS, *REPORT_KEYS, *INDICATOR_KEYS, *TARGET_KEYS)
    keys += tuple(key for section in SECTIONS for key in section.keys)
    wanted = {key.name for key in keys} | set(MEASURES) | {rule.code for rule in RULES}
    assert {
        name for name in wanted if f"`{name}`" not in prose and f"plan.{name}" not in prose
    } == set()


def test_what_the_guide_calls_stock_and_flow_is_so() -> None:
    cells = dict(re.findall(r"`([a-z_]+)` \| [^|]+ \| (stock|flow) \|", GUIDE))
    del cells["urban_communities"]  # the last of four areas' measures in one cell
    assert {code: kind == "stock" for code, kind in cells.items()} == {
        code: measure.is_stock for code, measure in MEASURES.items() if measure.record is not None
    }
