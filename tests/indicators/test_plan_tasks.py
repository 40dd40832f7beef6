"""Tasks and stages of a plan file: read, checked, changed, and shown on the plan's page."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from indicators.models import Plan, Task
from indicators.plan.changes import find_changes
from indicators.plan.files import plan_tables
from indicators.plan.tables import PlanError
from tests.indicators.conftest import HEAD

pytestmark = pytest.mark.once
Load = Callable[..., Plan]
BASED = 'based_on = ["《改革方案》（渝民〔2025〕95号）"]\nwork_kinds = ["领导小组会议"]\n'
DUE = '\n[plan.report]\ndue = ["06-30"]\n'
STAGE = """
[[stage]]
code = "first"
name = "第一阶段"
clause = "三、（一）"
from = 2026-01-01
until = 2026-12-31
"""
TASK = """
[[task]]
code = "lead"
name = "健全机制"
clause = "二、（一）"
stage = "first"
levels = [3, 4]
records = ["funds"]
"""
GOAL = """
[[task]]
code = "system"
name = "体系基本构建"
clause = "一"
levels = [3]
until = 2027-12-31
goal = true
assessor = 3
"""


def test_a_task_has_the_days_of_its_stage_or_of_the_plan(load_text: Load, db: None) -> None:
    plan = load_text(STAGE + TASK + GOAL, head=HEAD + DUE)
    lead, system = plan.tasks.all()
    assert (lead.first_day, lead.last_day) == (
        datetime.date(2026, 1, 1),
        datetime.date(2026, 12, 31),
    )
    assert (system.first_day, system.last_day) == (plan.starts_on, datetime.date(2027, 12, 31))
    assert not lead.runs_within(datetime.date(2027, 1, 1), datetime.date(2027, 6, 30))
    assert system.runs_within(datetime.date(2027, 1, 1), datetime.date(2027, 6, 30))


_WRONG = {
    "no stage": (TASK, "第1项任务“健全机制”：没有编号为“first”的阶段"),
    "no level": (GOAL.replace("[3]", "[]"), "“levels”应为3至5的层级"),
    "a level above": (GOAL.replace("[3]", "[2]"), "“levels”应为3至5的层级"),
    "a goal without an assessor": (GOAL.replace("assessor = 3", ""), "须有评定层级“assessor”"),
    "an assessor without a goal": (GOAL.replace("goal = true", ""), "须有评定层级“assessor”"),
    "an assessor below": (GOAL.replace("assessor = 3", "assessor = 4"), "“assessor”应为3至3的层级"),
    "days out of order": (GOAL + "from = 2028-01-01\n", "“until”早于“from”"),
    "days outside the stage": (
        STAGE + TASK + "from = 2027-02-01\n",
        "“from”应在所属阶段“.+”的2026-01-01至2026-12-31之内",
    ),
    "an unknown kind": (STAGE + TASK.replace("funds", "fonds"), "“records”中没有“fonds”"),
    "a code twice": (GOAL + GOAL, "任务编号“system”重复"),
    "a misspelt key": (GOAL + "levles = [3]\n", "不认识的项目 levles"),
    "a long name": (GOAL.replace("体系基本构建", "长" * 61), "name"),
    "no table": ("task = [3]\n", r"“task”应写成 \[\[task\]\]"),
}


@pytest.mark.parametrize("case", _WRONG)
def test_what_is_wrong_is_said_with_its_place(load_text: Load, db: None, case: str) -> None:
    text, message = _WRONG[case]
    head = text + HEAD + DUE if text.startswith("task =") else HEAD + DUE + text
    with pytest.raises(PlanError, match=rf"own\.toml.*{message}"):
        load_text(head=head)
    assert not Plan.objects.exists()


def test_tasks_are_reported_by_report_days(load_text: Load, db: None) -> None:
    with pytest.raises(PlanError, match=r"\[plan\.report\] 须有“due”"):
        load_text(GOAL)


@pytest.mark.parametrize("value", ['[""]', "[3]", '["甲", "甲"]', f'["{"长" * 31}"]'])
def test_lists_of_the_head_hold_different_names(load_text: Load, db: None, value: str) -> None:
    with pytest.raises(PlanError, match="“work_kinds”的各项"):
        load_text(head=HEAD + f"work_kinds = {value}\n")


def test_every_difference_of_tasks_is_a_sentence(load_text: Load, db: None) -> None:
    before = plan_tables(load_text(STAGE + TASK + GOAL, head=HEAD + DUE))
    changed = TASK.replace('["funds"]', '["funds", "scenes"]').replace('stage = "first"\n', "")
    after = plan_tables(load_text(changed.replace("[3, 4]", "[4]"), head=HEAD + BASED + DUE))
    assert find_changes(before, after) == [
        "方案的依据文件由“未填”改为“《改革方案》（渝民〔2025〕95号）”",
        "方案的工作记录类别由“未填”改为“领导小组会议”",
        "删去阶段“第一阶段”",
        "任务“健全机制”的实施阶段由“first”改为“未填”",
        "任务“健全机制”的责任层级由“3、4”改为“4”",
        "任务“健全机制”的相关台账由“社区慈善基金”改为“社区慈善基金、慈善服务场景”",
        "删去任务“体系基本构建”",
    ]
    assert find_changes(None, before) == ["新方案，共0项指标、1个阶段、2项任务"]
    assert [task.code for task in Task.objects.all()] == ["lead"]


def test_the_page_of_a_plan_shows_tasks_stages_and_basis(
    load_text: Load, client: Client, shiju: User
) -> None:
    plan = load_text(STAGE + TASK + GOAL, head=HEAD + BASED + DUE)
    client.force_login(shiju)
    page = client.get(reverse("admin:indicators_plan_change", args=[plan.pk]))
    for words in (
        "渝民〔2025〕95号",
        "第一阶段（2026年1月1日至2026年12月31日，三、（一））",
        "健全机制",
        "社区慈善基金",
        "定性目标，由区县评定",
        "领导小组会议",
    ):
        assert words in page.content.decode()
