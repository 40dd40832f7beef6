"""`progress`: the JSON for other systems, the table for people, and errors that help."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from funds.models import Donation, Fund
from indicators.models import Plan
from tests.conftest import QIXINGGANG
from tests.indicators.conftest import run_json
from tests.types import Make

pytestmark = pytest.mark.once  # texts; their figures are tested on both databases

_KEYS = [
    "code",
    "name",
    "unit",
    "counting",
    "numerator",
    "denominator",
    "value",
    "target",
    "operator",
    "rate",
    "expected",
    "projection",
    "status",
]


def test_json_has_exactly_the_agreed_shape(yuzhong: Plan, approved: Make) -> None:
    for _ in range(13):
        approved(Fund)
    report = run_json("progress", "yuzhong-2026", "--on", "2026-11-12")
    assert list(report) == ["plan", "area", "on", "year", "indicators"]
    assert [report[key] for key in ("plan", "area", "on", "year")] == [
        "yuzhong-2026",
        "500103",
        "2026-11-12",
        2026,
    ]
    assert all(list(item) == _KEYS for item in report["indicators"])
    assert report["indicators"][0] == {
        "code": "funds",
        "name": "社区慈善基金",
        "unit": "支",
        "counting": "stock",
        "numerator": "13",
        "denominator": "1",
        "value": "13",
        "target": "19",
        "operator": "=",
        "rate": "0.6842",
        "expected": "16.45",  # 19 * 316 / 365
        "projection": "15.02",  # 13 * 365 / 316
        "status": "behind",  # below 0.8 * 16.45 = 13.16
    }
    texts = [value for item in report["indicators"] for value in item.values()]
    assert all(value is None or isinstance(value, str) for value in texts)


def test_a_child_area_is_shown_without_target(yuzhong: Plan, approved: Make) -> None:
    approved(Donation, amount_yuan=20_000)
    report = run_json("progress", "yuzhong-2026", "--area", QIXINGGANG, "--on", "2026-06-30")
    raised = next(item for item in report["indicators"] if item["code"] == "raised")
    assert report["area"] == QIXINGGANG
    assert (raised["value"], raised["target"], raised["status"]) == ("2", None, "no_target")


def test_today_is_the_day_unless_one_is_named(yuzhong: Plan) -> None:
    today = timezone.localdate()
    report = run_json("progress", "yuzhong-2026")
    assert (report["on"], report["year"]) == (today.isoformat(), today.year)


def test_a_past_year_is_read_at_its_end(yuzhong: Plan) -> None:
    last = timezone.localdate().year - 1
    report = run_json("progress", "yuzhong-2026", "--year", str(last))
    assert (report["on"], report["year"]) == (f"{last}-12-31", last)


def test_a_year_picks_the_target(yuzhong: Plan) -> None:
    arguments = ("progress", "yuzhong-2026", "--on", "2026-06-30", "--year")
    targets = [
        run_json(*arguments, year)["indicators"][0]["target"]
        for year in ("2026", "2027", "2028", "2029")
    ]
    assert targets == ["19", "27", None, "35"]


def test_people_get_a_table(yuzhong: Plan, approved: Make) -> None:
    approved(Fund)
    out = io.StringIO()
    call_command("progress", "yuzhong-2026", "--on", "2026-06-30", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].endswith("渝中区  截至2026-06-30  对照2026年目标")
    assert lines[2].split() == ["1", "社区慈善基金（支）", "1", "19", "5.26%", "严重滞后"]
    assert lines[16].startswith("社区慈善基金为1支，完成2026年底目标19支的5.26%，尚差18支；")
    assert len(lines) == 2 + 14 + 14


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("yuzhong-2025",), "没有方案“yuzhong-2025”，现有：yuzhong-2026"),
        (("yuzhong-2026", "--area", "500999"), "没有区划“500999”，请先用 import_areas 导入"),
        (("yuzhong-2026", "--on", "2026-02-30"), "“2026-02-30”不是日期，应写成 YYYY-MM-DD"),
        (("yuzhong-2026", "--on", "20261"), "应写成 YYYY-MM-DD"),
        (("yuzhong-2026", "--year", "今年"), "--year"),
    ],
)
def test_what_is_not_there_is_named(
    yuzhong: Plan, arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("progress", *arguments)


def test_without_plans_the_command_says_so(db: None) -> None:
    with pytest.raises(CommandError, match="尚未载入任何方案"):
        call_command("progress", "yuzhong-2026")
