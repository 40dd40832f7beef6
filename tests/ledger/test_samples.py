"""Importing the sample ledgers gives the results and figures of `expected.json`."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import QuerySet, Sum

from accounts.models import User
from areas.models import Area
from funds.models import Donation, Expenditure, Fund
from indicators.models import Plan
from indicators.progress.services import progress
from orgs.models import CommunityOrg, Training
from projects.models import Aid, Project
from reviews.models import ImportBatch, ReviewEvent, Submission
from scenes.models import Activity, ActivityReach
from tests.ledger.workbooks import run
from tests.types import Json

FILES = {
    "01-社区慈善基金台账.xlsx": "funds",
    "02-社区社会组织备案台账.xlsx": "orgs",
    "03-慈善项目统计表.xlsx": "projects",
    "04-捐赠收支明细.xlsx": "money",
    "05-慈善服务场景台账.xlsx": "scenes",
    "06-活动培训帮扶记录.xlsx": "activities",
}
FAULTY = "07-有错误的基金台账.xlsx"
DAY = datetime.date(2026, 11, 12)


def _sum(records: QuerySet[Submission], name: str) -> object:
    total: object = records.aggregate(total=Sum(name))["total"]
    return total


#: How each number of `expected.json` is read from the records.
READ: dict[str, Callable[[], object]] = {
    "active": lambda: Fund.objects.filter(closed_on=None).count(),
    "initial_yuan": lambda: _sum(Fund.objects.all(), "initial_yuan"),
    "charity": lambda: CommunityOrg.objects.filter(category="charity").count(),
    "aid_projects": lambda: Project.objects.filter(is_aid=True).count(),
    "person_times": lambda: _sum(Project.objects.all(), "person_times"),
    "budget_yuan": lambda: _sum(Project.objects.all(), "budget_yuan"),
    "donations": Donation.objects.count,
    "expenditures": Expenditure.objects.count,
    "income_yuan": lambda: _sum(Donation.objects.all(), "amount_yuan"),
    "spent_yuan": lambda: _sum(Expenditure.objects.all(), "amount_yuan"),
    "activities": Activity.objects.count,
    "communities_reached": lambda: ActivityReach.objects.values("area").distinct().count(),
    "trainings": Training.objects.count,
    "trained_times": lambda: _sum(Training.objects.all(), "person_times"),
    "aids": Aid.objects.count,
    "aided_times": lambda: _sum(Aid.objects.all(), "person_times"),
}
#: File 06 has no `rows` in expected.json; they are those of its three sheets together.
ROWS = {"06-活动培训帮扶记录.xlsx": 130 + 4 + 150}


@pytest.fixture
def samples(shared: Path) -> Path:
    return shared / "samples"


@pytest.fixture
def expected(samples: Path) -> Json:
    return json.loads((samples / "expected.json").read_text())


@pytest.mark.parametrize("name", FILES)
def test_a_sample_comes_in_as_expected(
    tmp_path: Path, quji: User, samples: Path, expected: Json, name: str
) -> None:
    if FILES[name] == "money":
        run(tmp_path, "funds", samples / "01-社区慈善基金台账.xlsx")
    done = run(tmp_path, FILES[name], samples / name, "--json")
    assert (done.code, done.as_json["problems"]) == (0, [])
    wanted = dict(expected[name])
    rows = wanted.pop("rows", ROWS.get(name))
    assert (done.as_json["rows"], sum(done.as_json["created"].values())) == (rows, rows)
    assert {key: READ[key]() for key in wanted} == {
        key: Decimal(str(each)) for key, each in wanted.items()
    }


def test_no_total_of_the_samples_disagrees_and_no_column_is_unknown(
    tmp_path: Path, quji: User, samples: Path
) -> None:
    for name, kind in FILES.items():
        done = run(tmp_path, kind, samples / name, "--json")
        said = [each["message"] for each in done.as_json["warnings"]]
        assert not [message for message in said if "合计行" in message or "不认识的列" in message]


def test_the_two_closed_funds_close_on_the_reporting_day_with_a_warning(
    tmp_path: Path, quji: User, samples: Path
) -> None:
    done = run(tmp_path, "funds", samples / "01-社区慈善基金台账.xlsx", "--json")
    closed = Fund.objects.exclude(closed_on=None)
    assert [record.closed_on for record in closed] == [DAY, DAY]
    assert len([each for each in done.as_json["warnings"] if "终止" in each["message"]]) == 2


def test_the_faulty_ledger_has_exactly_its_eight_problems_and_writes_nothing(
    tmp_path: Path, quji: User, samples: Path, expected: Json
) -> None:
    done = run(tmp_path, "funds", samples / FAULTY, "--submit", "--json")
    assert done.code == 1
    wanted = [problem["cell"] for problem in expected[FAULTY]["problems"]]
    assert [problem["cell"] for problem in done.as_json["problems"]] == wanted
    assert len(wanted) == 8
    for model in (Fund, ImportBatch, ReviewEvent):
        assert not model.objects.exists()


def test_the_eight_problems_say_what_is_wrong(tmp_path: Path, quji: User, samples: Path) -> None:
    done = run(tmp_path, "funds", samples / FAULTY, "--json")
    said = {problem["cell"]: problem["message"] for problem in done.as_json["problems"]}
    for cell, word in {
        "C4": "解放碑街道",
        "H5": "2月没有30日",
        "G6": "校验位",
        "I7": "负数",
        "D8": "不能为空",
        "H9": "晚于今天",
        "G10": "文本",
        "D12": "同名",
    }.items():
        assert word in said[cell]


def test_the_figures_follow_from_the_six_ledgers(
    tmp_path: Path,
    quji: User,
    shiju: User,
    yuzhong: Plan,
    district: Area,
    samples: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, kind in FILES.items():
        assert run(tmp_path, kind, samples / name, "--approve-as", "shiju").code == 0
    figures = {item.indicator.code: item for item in progress(yuzhong, district, on=DAY).items}
    assert {
        code: figures[code].value for code in ("funds", "scenes", "charity_orgs", "trained")
    } == {
        "funds": 13,
        "scenes": 9,
        "charity_orgs": 107,
        "trained": 60,
    }
    assert {code: figures[code].value for code in ("projects", "aid_projects", "aided")} == {
        "projects": 37,
        "aid_projects": 16,
        "aided": 2148,
    }
    coverage = figures["coverage"].figure
    assert (coverage.numerator, coverage.denominator) == (64, 79)
    call_command("check_figures")
    assert "全部一致" in capsys.readouterr().out


@pytest.mark.parametrize("name", FILES)
def test_a_sample_comes_in_only_once(tmp_path: Path, quji: User, samples: Path, name: str) -> None:
    run(tmp_path, "funds", samples / "01-社区慈善基金台账.xlsx")
    if FILES[name] != "funds":
        assert run(tmp_path, FILES[name], samples / name).code == 0
    before = ImportBatch.objects.count()
    assert run(tmp_path, FILES[name], samples / name).code == 1
    assert ImportBatch.objects.count() == before
