"""Duties in plan files: what is refused and why, the way back, and the words of changes."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from indicators.models import Duty, Plan
from indicators.plan.changes import find_changes
from indicators.plan.files import plan_tables
from indicators.plan.left_figures import left_figures
from indicators.plan.loading import SHIPPED, PlanError, export_plan, load_plans
from indicators.plan.sheet import duty_lines
from indicators.store.catalogue import catalogue
from tests.indicators.conftest import HEAD, indicator_text
from tests.types import Make

pytestmark = pytest.mark.once
Day = datetime.date
Load = Callable[..., Plan]

SOUND = {
    "code": '"visits"',
    "name": '"每季度工作指导"',
    "clause": '"二"',
    "who": "{ level = 4 }",
    "when": '{ every = "quarter" }',
    "done": '{ kind = "guidance-visits" }',
}


def duty_text(**changes: str) -> str:
    """One `[[duty]]` table; a change to "" leaves the key out."""
    keys = {name: value for name, value in (SOUND | changes).items() if value}
    return "[[duty]]\n" + "\n".join(f"{name} = {value}" for name, value in keys.items()) + "\n"


_CHARITY, _FUND = '{ kind = "charities" }', '{ kind = "funds" }'


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": '"a b"'}, "编号“a b”只能用"),
        ({"who": ""}, "缺少“who”"),
        ({"who": "{ level = 1 }"}, "“who”的“level”应为2至5"),
        ({"who": "{ level = 2 }"}, "高于方案适用地区"),
        ({"who": "{ level = 4, urban = true }"}, "只用于第5级"),
        ({"who": "{ level = 4, kind2 = 1 }"}, "不认识的项目 kind2"),
        ({"who": '{ kind = "cats" }'}, "没有“cats”这类记录"),
        ({"who": '{ kind = "charities", where = { colour = "red" } }'}, "没有“colour”这一项"),
        ({"who": '{ kind = "charities", where = { legal_form = "club" } }'}, "不能是“club”"),
        ({"who": '{ kind = "charities", where = { legal_form = [] } }'}, "应至少写一个值"),
        ({"who": '{ kind = "charities", where = { legal_form = [["foundation"]] } }'}, "应为文字"),
        ({"who": '{ kind = "funds", where = { committee_size = "五" } }'}, "应为整数"),
        ({"who": '{ kind = "funds", where = { established_on = "2024" } }'}, "应为日期"),
        ({"who": '{ kind = "funds", where = { host = "甲会" } }'}, "应为编号"),
        ({"who": "3"}, "“who”应为表，写在花括号里"),
        ({"when": '{ every = ["quarter"] }'}, "“every”应为"),
        (
            {"who": '{ kind = "charities", where = { has_public_fundraising = "yes" } }'},
            "可用：true 或 false",
        ),
        ({"who": '{ kind = "charities", until = "name" }'}, "应为“慈善组织”的日期项"),
        ({"when": "{ }"}, "“when”应写明"),
        ({"when": '{ every = "week" }'}, "“when”的“every”应为year"),
        ({"when": '{ every = "year", due = "02-30" }'}, "应写成 月-日"),
        ({"when": '{ every = "year", of = "next" }'}, "this_year 或 last_year"),
        ({"when": '{ every = "month", due_day = 0 }'}, "“due_day”应为1至31"),
        ({"when": '{ on = "2025-13-01" }'}, "应写成 年-月-日"),
        ({"when": '{ after = "ends_on", days = 3 }'}, "履责主体是地区时，期限不能取自"),
        ({"who": _FUND, "when": '{ after = "name", days = 3 }'}, "应为“社区慈善基金”的日期项"),
        ({"who": _FUND, "when": '{ after = "established_on" }'}, "“days”、“workdays”或“months”"),
        ({"who": _FUND, "when": '{ before = "established_on", days = -1 }'}, "应为0至400的整数"),
        ({"who": _FUND, "when": '{ every_months = 3, from = "established_on" }'}, "缺少“until”"),
        ({"done": '{ kind = "dogs" }'}, "“done”的“kind”中没有“dogs”"),
        ({"done": '{ kind = "guidance-visits", by = "fund" }'}, "履责主体是地区时，“done”不写“by”"),
        ({"who": _CHARITY, "done": '{ kind = "trainings" }'}, "没有指向“慈善组织”的项目"),
        (
            {"who": _CHARITY, "done": '{ kind = "audit-reports", by = "fund" }'},
            "应为指向“慈善组织”的项目，可用：charity",
        ),
        (
            {"done": '{ kind = "guidance-visits", on = "form" }'},
            "“done”的“on”应为“工作指导”的日期项",
        ),
        ({"number": "0"}, "“number”应为1至400"),
        ({"reminders": "[100]"}, "“reminders”应为-90至90"),
        ({"assumed": '["colour"]'}, "“assumed”中不认识的项目 colour"),
        ({"from": "2027-01-01", "until": "2026-01-01"}, "“until”早于“from”"),
    ],
)
def test_what_is_wrong_is_named(load_text: Load, changes: dict[str, str], words: str) -> None:
    with pytest.raises(PlanError, match="第1项履责事项") as caught:
        load_text(duty_text(**changes))
    assert words in str(caught.value)


def test_a_code_stands_once(load_text: Load) -> None:
    with pytest.raises(PlanError, match="履责事项编号“visits”重复"):
        load_text(duty_text(), duty_text())


@pytest.mark.parametrize("unit", ["%", "个"])
def test_an_indicator_names_a_duty_of_its_plan(load_text: Load, unit: str) -> None:
    rule = 'counting = "duty"\nduty = "{}"'
    with pytest.raises(PlanError, match="没有履责事项“other”，现有：visits"):
        load_text(indicator_text(rule.format("other"), unit="%"), duty_text())
    if unit == "%":
        plan = load_text(indicator_text(rule.format("visits"), unit=unit), duty_text())
        assert [key.kind for key in catalogue() if key.kind == "duty"] == ["duty", "duty"]
        assert "当" not in plan.indicators.get().get_counting_display()
    else:
        with pytest.raises(PlanError, match="单位应为 %"):
            load_text(indicator_text(rule.format("visits"), unit=unit), duty_text())


def test_other_terms_are_other_series(load_text: Load) -> None:
    """Or series counted under the old terms would be taken for the new ones."""
    rule = indicator_text('counting = "duty"\nduty = "visits"', unit="%")
    names = set()
    for changes in ({}, {"number": "2"}, {"when": '{ every = "month" }'}, {"from": "2027-01-01"}):
        load_text(rule, duty_text(**changes))
        names |= {key.measure for key in catalogue() if key.kind == "duty"}
    assert len(names) == 8


def test_it_is_written_back(load_text: Load, tmp_path: Path) -> None:
    plan = load_text(
        duty_text(
            who='{ kind = "funds", where = { level = ["street", "community"], host = "*" } }',
            when='{ every_months = 3, from = "established_on", until = "closed_on" }',
            done='{ kind = "disclosures", where = { kind = "money" } }',
            number="2",
            excusable="false",
            assumed='["when", "number"]',
            note='"暂定"',
        ),
        duty_text(code='"once"', when="{ on = 2026-06-30 }"),
    )
    text = export_plan(plan)
    path = tmp_path / "again.toml"
    path.write_text(text, encoding="utf-8")
    assert export_plan(load_plans([path])[0]) == text
    first, second = tomllib.loads(text)["duty"]
    assert first["when"] == {
        "every_months": 3, "from": "established_on", "until": "closed_on"
    }  # fmt: skip
    assert second["when"] == {"on": "2026-06-30"}
    first_line, second_line = duty_lines(plan)
    assert first_line.who == "每个社区慈善基金（已填依托组织档案，基金级别为街道级或社区级）"
    assert first_line.when == "设立日期至终止日期期间每3个月"
    assert first_line.done == "信息公开（公开内容为基金收支情况），每期2次"
    assert first_line.assumed == "期限、每期次数"
    assert (second_line.who, second_line.when) == ("每个乡镇街道", "2026年6月30日前，办理一次")


def test_changes_are_told_in_words(load_text: Load) -> None:
    before = plan_tables(load_text(duty_text()))
    after = plan_tables(
        load_text(
            duty_text(
                who="{ level = 5, urban = true }",
                when='{ every = "month", due_month = 1, due_day = 10 }',
                number="2",
                assumed='["when"]',
            ),
            duty_text(code='"new"', name='"新事项"'),
        )
    )
    assert find_changes(before, after) == [
        "履责事项“每季度工作指导”的履责主体由“每个乡镇街道”改为“每个城镇村社区”",
        "履责事项“每季度工作指导”的期限由“每季度结束前”改为“每月结束后次月10日前”",
        "履责事项“每季度工作指导”的每期次数由“1”改为“2”",
        "履责事项“每季度工作指导”的平台默认的项目由“未填”改为“期限”",
        "新增履责事项“新事项”",
    ]
    assert find_changes(after, before)[-1] == "删去履责事项“新事项”"


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ('{ every = "year", due = "03-31", of = "last_year" }', "每年3月31日前（上年度）"),
        ('{ every = "half_year" }', "每半年结束前"),
        ('{ every = "quarter", due_month = 1 }', "每季度结束后次月月底前"),
        ('{ every = "quarter", due_month = -1, due_day = 20 }', "每季度末月前第1个月20日前"),
        ('{ after = "established_on", months = 3 }', "设立日期后3个月内"),
        ('{ after = "established_on", days = 0 }', "设立日期当日前"),
        ('{ before = "established_on", workdays = 5 }', "设立日期前5个工作日"),
    ],
)
def test_terms_in_words(load_text: Load, when: str, words: str) -> None:
    plan = load_text(duty_text(who=_FUND, when=when, done='{ kind = "audit-reports" }'))
    assert duty_lines(plan)[0].when == words


def test_manual_figures_that_are_no_longer_counted_are_told(
    load_text: Load, approved: Make
) -> None:
    from indicators.models import ManualFigure

    manual = indicator_text('counting = "manual"', unit="%")
    load_text(manual)
    figure = approved(
        ManualFigure, area_id="500103", plan_code="own", indicator_code="one", as_of=Day(2026, 2, 1)
    )
    plan = load_text(indicator_text('counting = "duty"\nduty = "visits"', unit="%"), duty_text())
    assert left_figures(plan) == [
        "指标“one指标”已改为按“履责”计，原有1条已通过的人工填报数保留备查，不再计入；已封存的报告不变"
    ]
    figure.refresh_from_db()
    assert figure.status == "approved" and figure.get_indicator_code_display() == "one指标"


def test_the_shipped_plans_mark_what_no_document_gives(db: None) -> None:
    load_plans([SHIPPED / "ordos-2024.toml", SHIPPED / "yuzhong-2026.toml"])
    by_code = {duty.code: duty for duty in Duty.objects.all()}
    assert by_code["audits"].assumed == ["reminders"]
    assert "when" in by_code["charity_china"].assumed and "when" in by_code["fund_audits"].assumed
    assert HEAD and by_code["guidance"].schedule == {"every": "quarter"}
