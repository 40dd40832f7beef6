"""A plan is a file: loading it again changes nothing, and a changed file changes the figures."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Model

from areas.models import Area
from funds.models import Donation
from indicators.models import AreaSeries, Indicator, Plan, SeriesLayout, Target
from indicators.plan.loading import PlanError, load_plans, shipped_files
from indicators.store.series import differences
from orgs.models import CommunityOrg
from tests.conftest import DISTRICT
from tests.indicators.conftest import HEAD, indicator_text, item_of
from tests.types import Make

pytestmark = pytest.mark.once  # reads files; storing is tested on both databases

Day = datetime.date
ON = Day(2026, 6, 30)
YEAR = 'counting = "year"\nmeasure = "raised"'
COVERAGE = 'counting = "coverage"\nmeasure = "charity_orgs"\nlevel = 5'
TARGET = 'target = [{ due_on = 2026-12-31, value = "1" }]'


def _everything() -> list[list[dict[str, object]]]:
    kinds: tuple[type[Model], ...] = (Plan, Indicator, Target, SeriesLayout, AreaSeries)
    return [list(kind._default_manager.order_by("pk").values()) for kind in kinds]


def test_loading_the_shipped_plans_again_changes_nothing(district: Area) -> None:
    load_plans(shipped_files())
    before = _everything()
    load_plans(shipped_files())
    assert _everything() == before


def test_a_year_made_cumulative_counts_the_years_before(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    plan = own_plan(indicator_text(YEAR, unit="元"))
    indicator = plan.indicators.get()
    approved(Donation, amount_yuan=100)
    day = Day(2027, 6, 30)
    assert item_of(plan, "one", DISTRICT, day).value == 0
    plan = own_plan(indicator_text(YEAR.replace("year", "cumulative"), unit="元"))
    assert plan.indicators.get() == indicator
    assert item_of(plan, "one", DISTRICT, day).value == 100
    assert list(differences()) == []


def test_a_new_threshold_is_counted_at_once(own_plan: Callable[..., Plan], approved: Make) -> None:
    plan = own_plan(indicator_text(COVERAGE))
    for _ in range(4):
        approved(CommunityOrg)
    assert item_of(plan, "one", DISTRICT, ON).value == 1
    four = COVERAGE + "\nat_least = 4\n"
    five = four + 'target = [{ due_on = 2026-12-31, value = "1", at_least = 5 }]\n'
    found = []
    for rule in (four, five):
        plan = own_plan(indicator_text(rule))
        found.append(item_of(plan, "one", DISTRICT, ON).value)
        assert list(differences()) == []
    assert found == [1, 0]


def test_what_the_file_no_longer_has_is_gone(own_plan: Callable[..., Plan]) -> None:
    own_plan(indicator_text(f"{YEAR}\n{TARGET}"), indicator_text(COVERAGE, code="two"))
    plan = own_plan(indicator_text(YEAR))
    assert list(plan.indicators.values_list("code", flat=True)) == ["one"]
    assert not Target.objects.exists()
    assert list(differences()) == []


def test_an_earlier_plan_widens_the_stored_years(
    own_plan: Callable[..., Plan], approved: Make
) -> None:
    own_plan(indicator_text(YEAR))
    approved(Donation, donated_on=Day(2021, 9, 1), amount_yuan=7)
    head = HEAD.replace("starts_on = 2026-01-01", "starts_on = 2021-07-01")
    plan = own_plan(indicator_text(YEAR.replace("year", "cumulative"), unit="元"), head=head)
    assert SeriesLayout.objects.get().first_year == 2020
    assert item_of(plan, "one", DISTRICT, Day(2021, 9, 30)).value == 7
    assert list(differences()) == []


_ERRORS = {
    "unknown key": (indicator_text(YEAR + "\nmesure = 1"), "第1项指标“one指标”：不认识的项目 mesure"),
    "missing key": (indicator_text(YEAR).replace("clause", "claus"), "第1项指标“one指标”：缺少“clause”"),
    "wrong type": (indicator_text(YEAR + '\nlevel = "5"'), "第1项指标“one指标”：“level”应为整数"),
    "yes for a number": (indicator_text(YEAR + "\nat_least = true"), "第1项指标.*“at_least”"),
    "less than none": (indicator_text(COVERAGE + "\nat_least = -1"), "第1项指标.*“?at_least”?"),
    "unknown measure": (indicator_text('counting = "year"\nmeasure = "rised"'), "第1项指标.*没有计量“rised”"),
    "stock by year": (indicator_text('counting = "year"\nmeasure = "funds"'), "第1项指标.*：measure：“社区慈善基金”是时点数，不能按“当年累计”计"),
    "flow as stock": (indicator_text('counting = "stock"\nmeasure = "raised"'), "第1项指标.*：measure：“筹集款物”是发生数，不能按“时点数”计"),
    "unknown rule": (indicator_text('counting = "yearly"\nmeasure = "raised"'), "第1项指标.*counting：应为 stock、year"),
    "unknown place": (indicator_text(YEAR).replace("annex", "margin"), "第1项指标.*place 应为"),
    "no level": (indicator_text(COVERAGE.replace("5", "2")), "第1项指标.*level：覆盖层级应为3（区县）"),
    "urban streets": (indicator_text(COVERAGE.replace("5", "4") + "\nurban_only = true"), "“仅城镇社区”只用于5"),
    "stock within a year": (indicator_text(COVERAGE + '\nwithin = "year"'), "第1项指标.*within：时点数的覆盖按“截至当日”计"),
    "against what": (indicator_text(YEAR + '\nagainst = "last"'), "第1项指标.*against：应为 same_day、whole_year"),
    "wrong operator": (
        indicator_text(YEAR + "\n" + TARGET.replace("value", 'operator = "<", value')),
        "第1项指标“one指标” 的第1个目标：operator 应为",
    ),
    "target no number": (indicator_text(YEAR + "\n" + TARGET.replace('"1"', '"一"')), "第1个目标：“一”不是数"),
    "target not a number": (indicator_text(YEAR + "\n" + TARGET.replace('"1"', '"NaN"')), "第1个目标.*NaN"),
    "target key": (indicator_text(YEAR + "\n" + TARGET.replace("value", "valu")), "第1个目标：缺少“value”"),
    "two targets a day": (
        indicator_text(YEAR + "\n" + TARGET.replace("}", '}, { due_on = 2026-12-31, value = "2" }')),
        "第1项指标“one指标”：同一天、同一出处有两个目标",
    ),
    "target place": (
        indicator_text(YEAR + "\n" + TARGET.replace("value", 'place = "margin", value')),
        "第1个目标：place 应为 annex、text",
    ),
    "each none": (
        indicator_text(COVERAGE + "\n" + TARGET.replace("value", "at_least = 0, value")),
        "第1个目标：“at_least”应不小于1",
    ),
    "target a number": (indicator_text(YEAR + "\ntarget = [5]"), "“target”的各项应写在花括号里"),
    "a time for a day": (
        indicator_text(YEAR + "\n" + TARGET.replace("12-31", "12-31T08:00:00")),
        "第1个目标：“due_on”应为日期，如 2026-01-01，不加引号",
    ),
    "alternatives": (indicator_text(YEAR + "\nalternatives = [5]"), "“alternatives”的各项应为文字"),
    "no character": (indicator_text(YEAR + '\nreading = "\\u0000"'), "“reading”含有不能保存的字符"),
    "duplicate code": (indicator_text(YEAR) * 2, "指标编号重复"),
    "second entry": (indicator_text(YEAR) + indicator_text("x = 1", code="two"), "第2项指标“two指标”"),
    "unit too long": (indicator_text(YEAR, unit="个" * 11), "第1项指标“one指标”"),
}  # fmt: skip


@pytest.mark.parametrize("case", _ERRORS)
def test_an_error_names_file_and_entry(load_text: Callable[..., Plan], case: str) -> None:
    text, message = _ERRORS[case]
    with pytest.raises(PlanError, match=rf"own\.toml.*{message}"):
        load_text(text)
    assert not Plan.objects.exists()


_HEAD_ERRORS = {
    "due in February": ('\n[plan.report]\ndue = ["02-30"]\n', r"\[plan.report\]：报送日“02-30”"),
    "due with a year": ('\n[plan.report]\ndue = ["2026-06-30"]\n', r"\[plan.report\]：报送日"),
    "due as a week": ('\n[plan.report]\ndue = ["W26"]\n', r"\[plan.report\]：报送日“W26”"),
    "a level above the plan's": (
        "\n[plan.report]\nlevels = [2, 3]\n",
        r"\[plan.report\]：“levels”应为3至5的层级",
    ),
    "a level in words": ('\n[plan.report]\nlevels = ["3"]\n', r"“levels”应为3至5的层级"),
    "days ahead of a level that does not file": (
        "\n[plan.report]\nlevels = [3]\nlead_days = { 4 = 5 }\n",
        r"“lead_days”应为“levels”中的层级",
    ),
    "too many days ahead": (
        "\n[plan.report]\nlevels = [4]\nlead_days = { 4 = 99 }\n",
        r"“lead_days”应为",
    ),
    "a cut-off after the day": ("\n[plan.report]\ncutoff_days = -1\n", r"“cutoff_days”应为0至60"),
    "a preparation for years": (
        "\n[plan.report]\nprepare_days = 400\n",
        r"“prepare_days”应为0至180",
    ),
    "a reminder in words": ('\n[plan.report]\nreminders = ["30"]\n', r"“reminders”应为-90至90"),
    "a reminder that is true": ("\n[plan.report]\nreminders = [true]\n", r"“reminders”应为"),
    "report key": ("\n[plan.report]\ndays = 3\n", r"\[plan.report\]：不认识的项目 days"),
    "plan key": ('colour = "red"\n', r"\[plan\]：不认识的项目 colour"),
    "lagging": ('lagging_from = "八成"\n', r"\[plan\]：“八成”不是数"),
    "area": (HEAD.replace("500103", "50010"), r"\[plan\]：“50010”不是区划代码"),
    "end before start": (HEAD.replace("2029-12-31", "2025-12-31"), "“ends_on”早于“starts_on”"),
    "level of labels": (HEAD + '\n[plan.level_labels]\n6 = "组"\n', "“level_labels”的层级应为1至5"),
    "label": (HEAD + "\n[plan.level_labels]\n4 = 4\n", "“level_labels”的各项应为文字"),
    "recipients": ("\n[plan.report]\nrecipients = [1]\n", "“recipients”第1项：应为单位名称"),
    "a recipient without a name": (
        '\n[plan.report]\nrecipients = [{ area = "50" }]\n',
        "“recipients”第1项：缺少单位名称",
    ),
    "a recipient elsewhere": (
        '\n[plan.report]\nrecipients = [{ name = "局", area = "53" }]\n',
        "“recipients”第1项：“area”应为方案适用地区500103或其上级",
    ),
    "a recipient who may only enter": (
        '\n[plan.report]\nrecipients = [{ name = "局", roles = ["clerk"] }]\n',
        "“recipients”第1项：“roles”应为 reviewer、observer",
    ),
    "a recipient twice": (
        '\n[plan.report]\nrecipients = ["局", { name = "局", department = "处" }]\n',
        "“recipients”中有两项同名",
    ),
    "a misspelt key of a recipient": (
        '\n[plan.report]\nrecipients = [{ name = "局", role = "x" }]\n',
        "“recipients”第1项：不认识的项目 role",
    ),
    "filing to nobody": ("\n[plan.report]\ntop_files = true\n", "须在“recipients”中写明报送对象"),
    "a signatory of a level above": (
        '\n[plan.report.signatories]\n2 = ["局"]\n',
        "“signatories”的2级：层级应为3至5",
    ),
    "a signatory that is no list": (
        '\n[plan.report.signatories]\n3 = "局"\n',
        "“signatories”的3级：应为单位的列表",
    ),
    "an unknown word of a signatory": (
        '\n[plan.report.signatories]\n3 = ["{city}局"]\n',
        "“signatories”的3级第1项：“{city}”不认识",
    ),
    "an unknown word of the opening": (
        '\n[plan.report]\nopening = "现将{who}的情况报告如下。"\n',
        "“opening”中的“{who}”不认识",
    ),
    "a default that is no key": (
        '\n[plan.report]\nassumed = ["dues"]\n',
        "“assumed”中的“dues”不是",
    ),
    "date": (HEAD.replace("2026-01-01", '"2026"'), r"\[plan\]：“starts_on”应为日期"),
    "not toml": ("x\n", "不是有效的 TOML 文件"),
}


@pytest.mark.parametrize("case", _HEAD_ERRORS)
def test_an_error_in_the_head_names_it(load_text: Callable[..., Plan], case: str) -> None:
    text, message = _HEAD_ERRORS[case]
    head = text if text.startswith("[plan]") else HEAD + text
    with pytest.raises(PlanError, match=rf"own\.toml.*{message}"):
        load_text(indicator_text(YEAR), head=head)


def test_indicators_are_a_list_of_tables(load_text: Callable[..., Plan]) -> None:
    with pytest.raises(PlanError, match=r"own\.toml：“indicator”应为列表"):
        load_text(head="indicator = 3\n" + HEAD)


def test_each_indicator_is_a_table(load_text: Callable[..., Plan]) -> None:
    with pytest.raises(PlanError, match=r"own\.toml：“indicator”应写成 \[\[indicator\]\]"):
        load_text(head="indicator = [3]\n" + HEAD)


def test_a_file_from_a_windows_editor_is_read(db: None, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(HEAD + indicator_text(YEAR), encoding="utf-8-sig")
    assert load_plans([path])[0].code == "own"


_BOTH = f"""{YEAR}
target = [
    {{ due_on = 2026-12-31, value = "5" }},
    {{ due_on = 2026-12-31, place = "text", value = "4", document = "某通知", clause = "三" }},
]"""


def test_annex_and_text_may_speak_of_the_same_day(load_text: Callable[..., Plan]) -> None:
    fields = ("place", "value", "document", "clause")
    for _ in range(2):
        plan = load_text(indicator_text(_BOTH))
        assert list(Target.objects.values_list(*fields)) == [
            ("annex", 5, "", "一"),
            ("text", 4, "某通知", "三"),
        ]
    load_text(indicator_text(f"{YEAR}\n{TARGET}"))
    assert plan.indicators.get().targets.get().place == "annex"


def test_one_wrong_file_loads_none(db: None, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(HEAD + indicator_text(YEAR), encoding="utf-8")
    bad.write_text("[plan]\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"bad\.toml"):
        call_command("load_plans", good, bad)
    assert not Plan.objects.exists()


def test_a_missing_file_is_said(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.toml"):
        call_command("load_plans", tmp_path / "absent.toml")
