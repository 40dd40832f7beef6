"""The figures of the five documents: each clause counts what it says, beside a plain loop over the records.

Each test names its clause: Z 渝中, N 云南, E 鄂尔多斯, B 渝北, T 烟台.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal

import pytest

from areas.models import Area
from funds.models import Donation, Fund
from indicators.measures import MEASURES
from indicators.models import OpeningBalance, Plan
from indicators.plan.loading import SHIPPED, load_plans
from indicators.store.series import differences, recompute_all
from orgs.models import CommunityOrg
from projects.models import Aid, Project
from reviews.models import Status, Submission
from scenes.models import NAMED_TYPES, SIX_HAVES, Activity, Scene, SceneType
from tests.indicators.conftest import item_of
from tests.types import Make

pytestmark = pytest.mark.once
Day = datetime.date
_TREES: dict[str, dict[str, tuple[str, str]]] = {
    "yantai-2025": {
        "37": ("山东省", "province"),
        "3706": ("烟台市", "prefecture"),
        "370602": ("芝罘区", "county"),
        "370602001": ("向阳街道", "street"),
        "370602001001": ("厚安社区", "community"),
    },
    "yubei-2021": {
        "50": ("重庆市", "province"),
        "5001": ("重庆市", "prefecture"),
        "500112": ("渝北区", "county"),
        "500112001": ("双龙湖街道", "street"),
        "500112001001": ("白果社区", "community"),
    },
    "yunnan-2024": {
        "53": ("云南省", "province"),
        "5301": ("昆明市", "prefecture"),
        "530102": ("五华区", "county"),
        "530102001": ("华山街道", "street"),
        "530102001001": ("翠湖社区", "community"),
    },
}

Facts = Callable[..., Plan]


def _tree(name: str) -> None:
    for code, (words, kind) in _TREES[name].items():
        area = Area(code=code, name=words, kind=kind, is_counted=True, is_urban=kind == "community")
        area.derive()
        area.save()


@pytest.fixture
def plan_of(db: None, make: Make) -> Facts:
    """`plan_of(name, (Fund, {…}), …)`: a shipped plan in a small tree, with these approved records."""

    def load(name: str, *records: tuple[type[Submission], dict[str, object]]) -> Plan:
        _tree(name)
        place = max(_TREES[name], key=len)
        for model, values in records:
            make(model, **{"area_id": place} | values)
            model._default_manager.update(status=Status.APPROVED)
        plan = load_plans([SHIPPED / f"{name}.toml"])[0]
        recompute_all()
        return plan

    return load


def _value(plan: Plan, code: str, day: Day) -> Decimal | None:
    value = item_of(plan, code, plan.area_code, day).value
    assert list(differences()) == []
    return value


def test_b24_only_activities_of_the_four_series_count(plan_of: Facts) -> None:
    on = {"held_on": Day(2023, 5, 4)}
    plan = plan_of(
        "yubei-2021",
        (Activity, on | {"form": "activity", "series": "neighbours"}),
        (Activity, on | {"form": "both", "series": "culture"}),
        (Activity, on | {"form": "activity", "series": "other"}),
        (Activity, on | {"form": "activity", "series": ""}),
        (Activity, on | {"form": "publicity", "series": "safety"}),
    )
    four = ("neighbours", "consultation", "safety", "culture")
    told = [each for each in Activity.objects.all() if each.series in four]
    assert len(told) == 3
    assert _value(plan, "activities", Day(2023, 12, 31)) == 2


def test_t08_the_beneficiaries_are_those_of_micro_projects(plan_of: Facts) -> None:
    begun = {"starts_on": Day(2025, 5, 1)}
    baseline = {"area_id": "3706", "as_of": Day(2025, 2, 19), "covers": "all"}
    plan = plan_of(
        "yantai-2025",
        (Project, begun | {"is_micro": True, "person_times": 500}),
        (Project, begun | {"is_micro": True, "person_times": None}),
        (Project, begun | {"is_micro": False, "person_times": 70}),
        (Project, {"starts_on": Day(2025, 1, 15), "is_micro": True, "person_times": 9}),
        (Aid, {"helped_on": Day(2025, 6, 1), "person_times": 30}),
        (OpeningBalance, baseline | {"measure": "micro_person_times", "quantity": 200_000}),
    )
    assert _value(plan, "aided", Day(2025, 12, 31)) == 200_500


def test_t06_what_the_baseline_holds_does_not_count_twice(plan_of: Facts) -> None:
    """目前 (2025-02-19): 150. What began up to that day is in it; the first day after it is not."""
    days = (Day(2025, 1, 15), Day(2025, 2, 19), Day(2025, 2, 20), Day(2025, 2, 28))
    baseline = {"as_of": Day(2025, 2, 19), "covers": "all", "measure": "micro_projects"}
    plan = plan_of(
        "yantai-2025",
        *((Project, {"starts_on": day, "is_micro": True}) for day in days),
        (OpeningBalance, baseline | {"area_id": "3706", "quantity": 150}),
    )
    assert plan.starts_on <= Day(2025, 2, 19)
    assert _value(plan, "micro_projects", Day(2025, 2, 19)) == 150
    assert _value(plan, "micro_projects", Day(2025, 2, 20)) == 151
    assert _value(plan, "micro_projects", Day(2025, 12, 31)) == 152


def test_n17_donation_points_and_walls_are_no_bases(plan_of: Facts) -> None:
    opened = {"opened_on": Day(2025, 3, 1)}
    plan = plan_of("yunnan-2024", *((Scene, opened | {"type": each}) for each in SceneType))
    others = {"wall", "alley", "window", "donation_point", "donation_platform", *NAMED_TYPES}
    bases = [each for each in Scene.objects.all() if each.type not in others]
    assert _value(plan, "bases", Day(2025, 12, 31)) == len(bases) == len(SceneType) - 11
    assert _value(plan, "bases_each_county", Day(2025, 12, 31)) == 1
    usual = [each for each in Scene.objects.all() if each.type not in NAMED_TYPES]
    assert Scene.objects.filter(MEASURES["scenes"].condition).count() == len(usual)
    named = Scene.objects.filter(MEASURES["scenes:market+wall"].condition)
    assert {each.type for each in named} == {"market", "wall"}


def test_n17_five_of_the_other_types_do_not_make_a_county_reach_five(plan_of: Facts) -> None:
    full = {"opened_on": Day(2025, 3, 1), **dict.fromkeys(SIX_HAVES, True)}
    types = ("wall", "alley", "window", "donation_point", "donation_platform")
    plan = plan_of("yunnan-2024", *((Scene, full | {"type": each}) for each in types))
    assert _value(plan, "bases_each_county", Day(2025, 12, 31)) == 0
    assert _value(plan, "full_bases", Day(2025, 12, 31)) == 0


def test_z07_the_growth_is_that_of_money_raised_into_funds(
    yuzhong: Plan, approved: Make, district: Area
) -> None:
    fund = approved(Fund, established_on=Day(2025, 3, 1), initial_yuan=Decimal(100))
    later = approved(Fund, established_on=Day(2026, 3, 1), initial_yuan=Decimal(30))
    approved(Fund, established_on=Day(2025, 4, 1), initial_yuan=None)
    for day, amount, of in (
        (Day(2025, 5, 1), 100, fund),
        (Day(2026, 5, 1), 200, later),
        (Day(2026, 5, 2), 9999, None),
    ):
        place = {} if of else {"area_id": district.code}
        approved(Donation, fund=of, donated_on=day, amount_yuan=Decimal(amount), **place)
    item = item_of(yuzhong, "raised_growth", district.code, Day(2026, 12, 31))
    assert (item.figure.numerator, item.figure.denominator) == (30, 200)
    assert item_of(yuzhong, "raised", district.code, Day(2026, 12, 31)).value == Decimal("1.0199")


def _org(approved: Make, **values: object) -> CommunityOrg:
    made = {"area_id": "500103001003", "category": "charity", "registered_on": Day(2020, 1, 1)}
    return approved(CommunityOrg, **made | values)


def test_z08_only_organisations_on_file_count_for_each_community(
    yuzhong: Plan, approved: Make
) -> None:
    _org(approved, tier="street")
    _org(approved, tier="registered", number="", credit_code="")
    community, day = "500103001003", Day(2026, 12, 31)
    assert item_of(yuzhong, "charity_orgs", community, day).value == 2
    assert item_of(yuzhong, "orgs_each_community", community, day).value == 0
    _org(approved, tier="community")
    assert item_of(yuzhong, "orgs_each_community", community, day).value == 1


@pytest.mark.parametrize(
    ("closed_on", "valid_until", "last"),
    [
        (None, Day(2023, 6, 30), Day(2023, 6, 30)),
        (None, Day(2023, 6, 15), Day(2023, 6, 15)),
        (Day(2023, 7, 1), Day(2023, 6, 30), Day(2023, 6, 30)),
        (Day(2023, 6, 30), Day(2023, 6, 30), Day(2023, 6, 29)),
        (Day(2023, 5, 10), Day(2023, 6, 30), Day(2023, 5, 9)),
        (Day(2023, 8, 1), Day(2023, 6, 30), Day(2023, 6, 30)),
        (None, Day(9999, 12, 31), None),
    ],
)
def test_z08_a_filing_counts_until_it_expires_or_is_closed(
    yuzhong: Plan, approved: Make, closed_on: Day | None, valid_until: Day, last: Day | None
) -> None:
    _org(approved, closed_on=closed_on, valid_until=valid_until)

    def number(day: Day) -> Decimal | None:
        return item_of(yuzhong, "charity_orgs", "500103001003", day).value

    assert number(Day(2026, 12, 31)) == (0 if last else 1)
    if last:
        assert number(last) == 1
        assert number(last + datetime.timedelta(1)) == 0
    assert list(differences()) == []


def test_z22_the_indicator_bears_the_name_of_the_annex(yuzhong: Plan) -> None:
    name = yuzhong.indicators.get(code="aid_projects").name
    assert name == "开展“一老一小”“一困一残”特殊困难对象慈善帮扶项目"
