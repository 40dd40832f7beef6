"""Names follow the rule of their own place's plan, and no other place is asked to (N21, B31)."""

from __future__ import annotations

import datetime

import pytest

from areas.models import Area
from funds.models import Fund
from indicators.models import Plan
from indicators.naming import named_by_rule
from indicators.plan.loading import SHIPPED, export_plan, load_plans
from orgs.models import CommunityOrg
from reviews.checks import find_problems
from reviews.models import Submission
from tests.types import Make

pytestmark = pytest.mark.once
Day = datetime.date
_DAY = Day(2025, 5, 1)
_AREAS = {
    "53": ("云南省", "province"),
    "5301": ("昆明市", "prefecture"),
    "530102": ("五华区", "county"),
    "530102001": ("华山街道", "street"),
    "530102001001": ("翠湖社区", "community"),
    "50": ("重庆市", "province"),
    "5001": ("重庆市", "prefecture"),
    "500112": ("渝北区", "county"),
    "500112001": ("双龙湖街道", "street"),
    "500112001001": ("白果社区", "community"),
    "500103": ("渝中区", "county"),
    "500103001": ("七星岗街道", "street"),
}
STREET, COMMUNITY, BAIGUO = "530102001", "530102001001", "500112001001"


@pytest.fixture(autouse=True)
def _plans(db: None) -> None:
    for code, (name, kind) in _AREAS.items():
        area = Area(code=code, name=name, kind=kind, is_counted=True)
        area.derive()
        area.save()
    load_plans([SHIPPED / f"{name}.toml" for name in ("yunnan-2024", "yubei-2021")])


def _found(record: Submission) -> list[tuple[str, str]]:
    assert all(problem.is_warning for _, problem in named_by_rule([record]))
    return [(problem.field, problem.message) for _, problem in named_by_rule([record])]


def _fund(name: str, level: str, area: str = "", day: Day = _DAY) -> Fund:
    place = area or (STREET if level == "street" else COMMUNITY)
    values = {"name": name, "level": level, "area_id": place, "established_on": day}
    return Fund(host_name="昆明市慈善总会", **values)


@pytest.mark.parametrize(
    ("name", "level", "fault"),
    [
        ("昆明市慈善总会华山街道春风社区基金", "street", ""),
        ("昆明市慈善总会翠湖社区春风基金", "community", ""),
        ("昆明市慈善总会 翠湖社区 春风基金", "community", ""),
        ("昆明市慈善总会华山街道春风基金", "street", "应以“社区基金”结尾"),
        ("昆明市慈善总会华山街道社区基金", "street", "“华山街道”之后应为字号"),
        ("昆明市慈善总会非常好翠湖社区春风基金", "community", "之后应为“翠湖社区”"),
        ("昆明市慈善总会翠湖社区一二三社区慈善专项基金", "community", "应以“基金”结尾"),
        ("昆明市慈善总会翠湖社区春风基金会", "community", "应以“基金”结尾"),
        ("翠湖社区昆明市慈善总会春风基金", "community", "应以“昆明市慈善总会”开头"),
        ("昆明市慈善总会翠湖社区基金", "community", "“翠湖社区”之后应为字号"),
    ],
)
def test_n21_a_fund_in_yunnan_has_its_parts_in_order(name: str, level: str, fault: str) -> None:
    found = _found(_fund(name, level))
    assert (not found) if not fault else (found[0][0] == "name" and fault in found[0][1])
    assert all("二、（四）" in message for _, message in found)


def test_n21_the_rule_holds_in_yunnan_and_from_its_plan_on_only() -> None:
    name = "七星岗街道社区慈善基金"
    assert _found(_fund(name, "street", "500103001")) == []
    assert _found(_fund(name, "street", day=Day(2023, 5, 1))) == []
    assert len(_found(_fund(name, "street"))) == 1


def _org(name: str, form: str, brand: str = "", tier: str = "registered") -> CommunityOrg:
    day = Day(2022, 5, 1)
    values = {"legal_form": form, "brand": brand, "tier": tier, "registered_on": day}
    return CommunityOrg(name=name, area_id=BAIGUO, **values)


@pytest.mark.parametrize(
    ("org", "field", "fault"),
    [
        (_org("渝北区白果社区养老互助协会", "association"), "", ""),
        (_org("渝北区白果社区春风养老服务中心", "service", "春风"), "", ""),
        (_org("渝北区白果社区春风助学基金会", "foundation", "春风"), "", ""),
        (_org("随便什么队", "", tier="street"), "", ""),
        (_org("渝北区白果社区养老互助协会", ""), "legal_form", "未填“组织形式”"),
        (_org("渝北区白果社区养老服务中心", "service"), "name", "未填“字号”"),
        (_org("渝北区白果社区春养老服务中心", "service", "春"), "name", "字号（2至8个汉字）"),
        (_org("渝北区白果社区养老服务春风中心", "service", "春风"), "name", "之后应为字号"),
        (_org("白果社区春风养老服务中心", "service", "春风"), "name", "行政区划“渝北区”开头"),
        (_org("渝北区春风养老服务中心", "service", "春风"), "name", "之后应为“白果社区”"),
        (_org("渝北区白果社区春风爱家超市", "service", "春风"), "name", "组织形式"),
        (_org("渝北区白果社区邻里互助队", "association"), "name", "组织形式"),
        (_org("渝北区白果社区书画社", "association"), "name", "组织形式"),
    ],
)
def test_b31_a_registered_name_has_five_parts(org: CommunityOrg, field: str, fault: str) -> None:
    found = _found(org)
    assert [name for name, _ in found] == ([field] if field else [])
    assert all(fault in message for _, message in found)


def test_the_warning_is_among_the_findings_of_a_record(make: Make) -> None:
    fund = make(Fund, area_id=STREET, name="华山基金", level="street")
    assert "naming" in {problem.code for problem in find_problems(fund)}


def test_the_rules_are_written_back_into_the_file() -> None:
    text = export_plan(Plan.objects.get(code="yubei-2021"))
    assert text.count("[[naming]]") == 3
    assert text.count("[[competence]]") == 3
