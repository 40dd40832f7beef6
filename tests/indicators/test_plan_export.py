"""A plan that is exported to a file and loaded into an empty database is the same plan."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from indicators.models import Indicator, Plan, Revision, Target
from indicators.plan.changes import find_changes
from indicators.plan.files import plan_tables
from indicators.plan.loading import Overwrite, PlanError, export_plan, load_plans, shipped_files
from indicators.plan.sections import SECTIONS
from indicators.plan.targets import allocate, revise_target
from tests.indicators.conftest import HEAD, indicator_text

pytestmark = pytest.mark.once
_LOST = {"id", "plan_id", "indicator_id", "stage_id", "source_sha256", "edited_at"}
PLANS = {path.stem: path for path in shipped_files()}
RAISED = indicator_text('counting = "year"\nmeasure = "raised"', unit="万元")


def _rows() -> list[list[dict[str, object]]]:
    """Return all rows of plans without their keys and the file's digest."""
    kinds: dict[type[Model], tuple[str, ...]] = {
        Plan: ("code",),
        Indicator: ("plan__code", "position"),
    }
    kinds[Target] = ("indicator__plan__code", "indicator__position", "due_on", "place")
    kinds |= {section.model: ("plan__code", "position") for section in SECTIONS}
    return [
        [{k: v for k, v in row.items() if k not in _LOST} for row in rows]
        for rows in (
            kind._default_manager.order_by(*order).values() for kind, order in kinds.items()
        )
    ]


@pytest.mark.parametrize("code", PLANS)
def test_every_shipped_plan_survives_the_journey(db: None, tmp_path: Path, code: str) -> None:
    plan = load_plans([PLANS[code]])[0]
    before, path = _rows(), tmp_path / "out.toml"
    path.write_text(export_plan(plan), encoding="utf-8")
    plan.delete()
    assert not Target.objects.exists()
    load_plans([path])
    assert _rows() == before
    assert len(before[1]) and len(before[2])


_ODD = """
[plan.level_labels]
5 = "“社区”\\n\\\\ 村"
4 = "镇"

[plan.report]
due = ["06-30"]
prepare_days = 0
first_due = 2026-06-30
recipients = ["“甲”处", "乙\\tＣ"]
""" + indicator_text(
    'counting = "coverage"\nmeasure = "raised"\nlevel = 5\nurban_only = true\nat_least = 7\n'
    'within = "year"\nagainst = "whole_year"\nreading = "引\\"号"\nalternatives = ["甲", "乙"]\n'
    'target = [{ due_on = 2026-06-15, operator = "=", value = "0.0001", at_least = 8, '
    'place = "text", document = "另一文件", clause = "", comment = "说明" }]'
)


def test_every_key_and_odd_sign_survives(
    load_text: Callable[..., Plan], tmp_path: Path, db: None
) -> None:
    head = HEAD.replace(
        "ends_on", 'lagging_from = "0.755"\ndocument_number = "〔2026〕1号"\nends_on'
    )
    plan = load_text(_ODD, head=head)
    before, path = _rows(), tmp_path / "out.toml"
    path.write_text(export_plan(plan), encoding="utf-8")
    plan.delete()
    load_plans([path])
    assert _rows() == before
    assert before[2][0]["clause"] == "" and before[2][0]["at_least"] == 8


def test_the_command_writes_what_loads(yuzhong: Plan, tmp_path: Path) -> None:
    out, path = io.StringIO(), tmp_path / "yz.toml"
    call_command("export_plan", "yuzhong-2026", stdout=out)
    call_command("export_plan", "yuzhong-2026", "--output", path, stdout=io.StringIO())
    assert path.read_text(encoding="utf-8") == out.getvalue()
    assert tomllib.loads(out.getvalue())["plan"]["area"] == "500103"
    with pytest.raises(CommandError, match="没有方案“none”"):
        call_command("export_plan", "none")
    with pytest.raises(CommandError, match="不能写入"):
        call_command("export_plan", "yuzhong-2026", "--output", tmp_path)


# --- what was revised on the site stays -----------------------------------------------------


@pytest.fixture
def revised(yuzhong: Plan, shiju: User) -> Plan:
    target = yuzhong.indicators.get(code="funds").targets.get(due_on__year=2027, place="annex")
    revise_target(target, by=shiju, value=Decimal(30), reason="上级加码")
    yuzhong.refresh_from_db()
    return yuzhong


def _changed(tmp_path: Path) -> Path:
    text = PLANS["yuzhong-2026"].read_text(encoding="utf-8")
    path = tmp_path / "changed.toml"
    path.write_text(text.replace('value = "237"', 'value = "240"'), encoding="utf-8")
    return path


def _funds_2027(plan: Plan) -> int:
    targets = plan.indicators.get(code="funds").targets
    return int(targets.get(due_on__year=2027, place="annex").value)


def test_the_same_file_leaves_a_revision_alone(revised: Plan) -> None:
    before = _rows()
    load_plans([PLANS["yuzhong-2026"]])
    assert _rows() == before
    assert _funds_2027(revised) == 30
    assert Plan.objects.get().edited_at == revised.edited_at


def test_another_file_is_refused_and_the_way_out_is_said(revised: Plan, tmp_path: Path) -> None:
    before = _rows()
    with pytest.raises(PlanError) as error:
        load_plans([_changed(tmp_path)])
    message = str(error.value)
    assert f"已于{timezone.localdate():%Y年}" in message
    assert "export_plan yuzhong-2026" in message
    assert "load_plans --overwrite changed.toml" in message
    assert _rows() == before


def test_another_file_for_an_untouched_plan_just_loads(yuzhong: Plan, tmp_path: Path) -> None:
    load_plans([_changed(tmp_path)])
    assert not Revision.objects.exists()
    assert yuzhong.indicators.get(code="charity_orgs").targets.filter(value=240).count() == 2


def test_overwriting_keeps_what_was_in_a_revision(
    revised: Plan, shiju: User, tmp_path: Path
) -> None:
    was = export_plan(revised)
    arguments = ("--overwrite", "--as", "shiju", "--reason", "以新文件为准")
    call_command("load_plans", _changed(tmp_path), *arguments, stdout=io.StringIO())
    revised.refresh_from_db()
    assert (_funds_2027(revised), revised.edited_at) == (27, None)
    revision = Revision.objects.latest("pk")
    assert (revision.by, revision.reason) == (shiju, "以新文件为准")
    assert revision.before["file"] == was
    assert "指标“社区慈善基金”的2027年底（附件）目标由“≥30支”改为“≥27支”" in revision.after["words"]
    assert (
        "指标“公益慈善类社区社会组织”的2029年底（正文）目标由“≥237个”改为“≥240个”"
        in (revision.after["words"])
    )


def test_the_first_file_can_be_restored_by_overwriting(revised: Plan, shiju: User) -> None:
    load_plans([PLANS["yuzhong-2026"]], overwrite=Overwrite(shiju, "撤回修订"))
    assert _funds_2027(revised) == 27


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--overwrite",), "须指明方案文件、--as 用户名 和 --reason 理由"),
        (("--overwrite", "--as", "shiju"), "须指明方案文件"),
        (("--overwrite", "--as", "nemo", "--reason", "理由"), "没有用户“nemo”"),
        (("--overwrite", "--as", "jiangbei", "--reason", "理由"), "不在“jiangbei”的管辖范围"),
        (("--overwrite", "--as", "quji", "--reason", "理由"), "不在“quji”的管辖范围"),
        (("--overwrite", "--as", "shiju", "--reason", " "), "请填写修订理由"),
        (("--as", "shiju"), "只与 --overwrite 一起使用"),
    ],
)
def test_overwriting_takes_a_name_that_may_and_a_reason(
    revised: Plan, jiangbei: User, quji: User, tmp_path: Path, arguments: Any, message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("load_plans", _changed(tmp_path), *arguments)
    assert _funds_2027(revised) == 30


def test_overwriting_all_shipped_plans_at_once_is_not_offered(revised: Plan) -> None:
    with pytest.raises(CommandError, match="须指明方案文件"):
        call_command("load_plans", "--overwrite", "--as", "shiju", "--reason", "理由")


# --- an allocated target cannot be dropped --------------------------------------------------


@pytest.fixture
def shared_out(own_plan: Callable[..., Plan], shiju: User) -> Plan:
    rule = 'counting = "stock"\nmeasure = "funds"\ntarget = [{ due_on = 2026-12-31, value = "4" }]'
    plan = own_plan(indicator_text(rule), RAISED.replace('"one"', '"two"'))
    shares = {"500103001": Decimal(1), "500103003": Decimal(3)}
    allocate(plan.indicators.get(code="one").targets.get(), shares, by=shiju, reason="分解")
    Plan.objects.update(edited_at=None)
    return plan


_RULE = 'counting = "stock"\nmeasure = "funds"\n'
_DROPPED = {
    "indicator": (RAISED, "指标“one指标”：2026年底（附件）的目标已分解到2个地区"),
    "target": (indicator_text(_RULE), "第1项指标“one指标”：2026年底（附件）的目标已分解到2个地区"),
    "day": (
        indicator_text(_RULE + 'target = [{ due_on = 2027-12-31, value = "4" }]'),
        "2026年底（附件）的目标已分解到2个地区，文件不能去掉它",
    ),
    "share of areas": (
        indicator_text(
            'counting = "coverage"\nmeasure = "funds"\nlevel = 4\nshare = true\n'
            'target = [{ due_on = 2026-12-31, value = "1" }]',
            unit="%",
        ),
        "改为比例类后：2026年底（附件）的目标已分解",
    ),
}


@pytest.mark.parametrize("case", _DROPPED)
def test_a_file_cannot_drop_what_is_shared_out(
    shared_out: Plan, load_text: Callable[..., Plan], case: str
) -> None:
    before = _rows()
    with pytest.raises(PlanError, match=_DROPPED[case][1]):
        load_text(_DROPPED[case][0])
    assert _rows() == before


def test_a_file_may_change_the_value_of_what_is_shared_out(
    shared_out: Plan, load_text: Callable[..., Plan]
) -> None:
    load_text(indicator_text(_RULE + 'target = [{ due_on = 2026-12-31, value = "5" }]'))
    target = Target.objects.get()
    assert (target.value, target.allocations.count()) == (5, 2)


# --- the differences in words ---------------------------------------------------------------


def test_no_difference_is_no_sentence(yuzhong: Plan) -> None:
    tables = plan_tables(yuzhong)
    assert find_changes(tables, plan_tables(yuzhong)) == []
    assert find_changes(None, tables) == ["新方案，共14项指标、12项任务、1项履责事项"]


def test_every_difference_is_a_sentence(db: None, load_text: Callable[..., Plan]) -> None:
    percent = 'counting = "coverage"\nmeasure = "teams"\nlevel = 5\nshare = true\n'
    one = indicator_text(
        percent + 'target = [{ due_on = 2026-06-30, value = "0.5" }, '
        '{ due_on = 2026-07-15, value = "0.6" }, { due_on = 2026-12-31, value = "0.6" }]',
        unit="%",
    )
    two = indicator_text('counting = "year"\nmeasure = "raised"', code="two", unit="万元")
    three = indicator_text('counting = "stock"\nmeasure = "funds"', code="three")
    before = plan_tables(load_text(one, two, three))
    one = indicator_text(
        percent.replace("level", "urban_only = true\nlevel")
        + 'target = [{ due_on = 2026-06-30, value = "0.5", at_least = 2 }, '
        '{ due_on = 2026-12-31, value = "0.6", comment = "新" }, '
        '{ due_on = 2027-12-31, place = "text", operator = "=", value = "1" }]',
        unit="%",
    )
    two = two.replace('"year"', '"cumulative"')
    four = indicator_text('counting = "stock"\nmeasure = "funds"', code="four")
    head = HEAD.replace("自有方案", "新方案") + '\n[plan.report]\ndue = ["06-30"]\n'
    after = plan_tables(load_text(two, one, four, head=head))
    assert find_changes(before, after) == [
        "方案的文件名称由“自有方案”改为“新方案”",
        "方案的报送日由“未填”改为“06-30”",
        "指标“two指标”的计算口径由“当年累计”改为“方案期累计”",
        "指标“one指标”的仅城镇社区由“否”改为“是”",
        "指标“one指标”的2026年6月底（附件）目标由“≥50%”改为“≥50%（每个不少于2）”",
        "指标“one指标”的2026年底（附件）目标的条款或说明有改动",
        "指标“one指标”的2027年底（正文）目标新增：100%",
        "指标“one指标”的2026年7月15日（附件）目标删去",
        "新增指标“four指标”",
        "删去指标“three指标”",
        "调整指标顺序",
    ]
