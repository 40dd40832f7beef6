"""The board of tasks, its words for a report, verdicts on goals, and the clerk's desk."""

from __future__ import annotations

import datetime
import io
from collections import Counter

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Role, User
from areas.models import Area, AreaSuccession
from areas.services import register_succession
from indicators.models import Plan, Task
from reviews.models import Status
from reviews.services import approve, reopen, submit
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, NEIGHBOUR, QIXINGGANG
from tests.types import Make
from work.board.lines import build_board, departments_of
from work.book import DONE, TaskBook, period_due, periods_of
from work.desk import owed_tasks
from work.goals import VerdictRefused, give_verdict
from work.models import GoalVerdict, TaskProgress, WorkRecord
from work.summary import narrative_of, said_lines, task_rows

JUNE, NOVEMBER = datetime.date(2026, 6, 30), datetime.date(2026, 11, 30)
Day = datetime.date


@pytest.fixture
def told(yuzhong: Plan, make: Make, quji: User, shiju: User) -> Plan:
    """Four streets told of tasks by June, in every state; the district told of its goal."""

    def tell(code: str, area: str, state: str, status: Status, due_on: Day = JUNE) -> None:
        record = make(
            TaskProgress,
            task=yuzhong.tasks.get(code=code),
            area_id=area,
            due_on=due_on,
            state=state,
            measures=f"{area}的做法。",
            results="有成效" if state == "done" else "",
            problems="缺人手" if state == "not_started" else "",
        )
        if status != Status.DRAFT:
            submit(record, by=quji, reason="测试")
        if status == Status.APPROVED:
            approve(record, by=shiju)

    tell("fund-setup", QIXINGGANG, "done", Status.APPROVED)
    tell("fund-setup", JIEFANGBEI, "under_way", Status.APPROVED)
    tell("scene-setup", QIXINGGANG, "not_started", Status.APPROVED)
    tell("scene-setup", JIEFANGBEI, "under_way", Status.PENDING)
    tell("culture", QIXINGGANG, "under_way", Status.DRAFT)
    tell("system-2027", DISTRICT, "under_way", Status.APPROVED)
    return yuzhong


def _book(plan: Plan, code: str = DISTRICT, due_on: Day = JUNE) -> TaskBook:
    period = period_due(plan, due_on)
    assert period is not None
    return TaskBook.read(plan, Area.objects.get(code=code), period)


def _counted_by_hand(plan: Plan, root: str, due_on: Day) -> Counter[str]:
    """The board's totals, counted one task and one area at a time from the records."""
    found: Counter[str] = Counter()
    for task in plan.tasks.all():
        for area in Area.objects.filter(level__in=task.levels, code__startswith=root):
            if not (area.is_counted or area.code == plan.area_code):
                continue
            records = TaskProgress.objects.filter(task=task, area=area).exclude(status="void")
            now = records.filter(due_on=due_on)
            if now.filter(status="approved").exists():
                found[now.get(status="approved").state] += 1
            elif now.filter(status="pending").exists():
                found["pending"] += 1
            else:
                told = records.filter(due_on__lt=due_on, status="approved").order_by("due_on")
                states = [each.state for each in told]
                found["done" if states[-1:] == ["done"] else "silent"] += 1
    return found


@pytest.mark.parametrize("due_on", [JUNE, NOVEMBER])
@pytest.mark.parametrize("root", [DISTRICT, QIXINGGANG, JIEFANGBEI])
def test_the_board_agrees_with_a_count_from_the_records(told: Plan, root: str, due_on: Day) -> None:
    board = build_board(_book(told, root, due_on))
    by_hand = _counted_by_hand(told, root, due_on)
    assert {standing.code: number for standing, number in board.totals} == by_hand
    cells: Counter[str] = Counter()
    for line in board.lines:
        for cell in line.cells:
            cells.update([cell.standing.code] if cell.standing else [])
            for standing, number in cell.counts:
                cells[standing.code] += number
    assert cells == by_hand


def test_what_was_done_stays_done(told: Plan) -> None:
    book = _book(told, QIXINGGANG, NOVEMBER)
    standings = {
        task.code: book.standing(task, book.root).code for task in book.tasks if book.owing(task)
    }
    assert standings["fund-setup"] == "done"  # told by June
    assert standings["scene-setup"] == "silent"


def test_what_was_taken_up_again_is_done_no_more(told: Plan, make: Make, shiju: User) -> None:
    """Done by June 2026, under way again in November: in June 2027 nothing stands."""
    make(
        TaskProgress,
        task=told.tasks.get(code="fund-setup"),
        area_id=QIXINGGANG,
        due_on=NOVEMBER,
        state="under_way",
        status="approved",
        reviewed_by=shiju,
    )
    task = told.tasks.get(code="fund-setup")
    for due_on, code in ((JUNE, "done"), (NOVEMBER, "under_way"), (Day(2027, 6, 30), "silent")):
        book = _book(told, QIXINGGANG, due_on)
        assert book.standing(task, book.root).code == code
        assert book.standings(task) == Counter({book.standing(task, book.root): 1})


def test_a_renamed_street_keeps_what_it_told(told: Plan, make: Make, shiju: User) -> None:
    """By June under the old code; from November on under the new one."""
    new = "500103999"
    register_succession(QIXINGGANG, new, Day(2026, 9, 1), name="枇杷山街道")
    task = told.tasks.get(code="fund-setup")

    def standings(due_on: Day) -> dict[str, str]:
        book = _book(told, DISTRICT, due_on)
        return {area.code: book.standing(task, area).code for area in book.owing(task)}

    assert standings(JUNE)[QIXINGGANG] == "done"
    assert standings(NOVEMBER)[new] == "done" and QIXINGGANG not in standings(NOVEMBER)
    assert _book(told, new, NOVEMBER).standings(task) == Counter({DONE: 1})
    now = make(
        TaskProgress,
        task=task,
        area_id=new,
        due_on=NOVEMBER,
        state="under_way",
        status="approved",
        reviewed_by=shiju,
    )
    assert standings(NOVEMBER)[new] == "under_way"
    assert standings(Day(2027, 6, 30))[new] == "silent"
    now.delete()
    merged = {"successor_id": new, "on": Day(2026, 9, 1)}
    AreaSuccession.objects.create(predecessor_id=JIEFANGBEI, **merged)
    assert standings(NOVEMBER)[new] == "silent"  # nobody told of the whole


def test_a_reopened_or_uncounted_record_is_no_fact(told: Plan, shiju: User) -> None:
    reopen(
        TaskProgress.objects.get(task__code="fund-setup", area=QIXINGGANG), by=shiju, reason="改"
    )
    book = _book(told, QIXINGGANG)
    assert book.standing(book.tasks[0], book.root).code == "silent"
    Area.objects.filter(code=JIEFANGBEI).update(is_counted=False)
    assert JIEFANGBEI not in {area.code for area in _book(told).areas}
    assert [each.progress for each in narrative_of(told, _book(told).root, JUNE).measures] == [
        TaskProgress.objects.get(task__code="scene-setup", area=QIXINGGANG).pk,
        TaskProgress.objects.get(task__code="system-2027").pk,
    ]


def test_a_task_outside_its_stage_is_not_missed(told: Plan) -> None:
    Task.objects.filter(code="culture").update(starts_on=Day(2026, 7, 1))
    for due_on, code in ((JUNE, "not_running"), (NOVEMBER, "silent")):
        book = _book(told, JIEFANGBEI, due_on)
        task = next(each for each in book.tasks if each.code == "culture")
        assert book.standing(task, book.root).code == code


def test_the_board_of_one_department_shows_its_tasks_alone(told: Plan, client: Client) -> None:
    Task.objects.filter(code__in=["culture", "fund-setup"]).update(department="社会事务科、组织科")
    Task.objects.filter(code="scene-setup").update(department="组织科")
    book = _book(told)
    named = {each.name: [task.code for task in each.tasks] for each in departments_of(book)}
    everything = [line.task for line in build_board(book).lines]
    for name in ("社会事务科", "组织科"):
        shown = [line.task.code for line in build_board(book, department=name).lines]
        assert shown == [task.code for task in everything if name in task.department]
        assert shown == named[name]
    assert list(named) == ["社会事务科", "组织科"]


# --- the words of a report ------------------------------------------------------------------


def test_words_come_in_the_order_of_tasks_with_their_source(told: Plan) -> None:
    found = narrative_of(told, Area.objects.get(code=DISTRICT), JUNE)
    assert [(each.task, each.area, each.is_own) for each in found.measures] == [
        ("设立社区级社区慈善基金", "七星岗街道", False),
        ("设立社区级社区慈善基金", "解放碑街道", False),
        ("打造特色社区慈善服务场景", "七星岗街道", False),
        ("支撑体系基本构建", "渝中区", True),
    ]
    assert said_lines(found.problems) == ["打造特色社区慈善服务场景（七星岗街道）：缺人手。"]
    assert said_lines(found.measures)[-1] == f"支撑体系基本构建：{DISTRICT}的做法。"
    sources = TaskProgress.objects.filter(pk__in=[each.progress for each in found.measures])
    assert {each.status for each in sources} == {"approved"} and sources.count() == 4
    assert narrative_of(told, Area.objects.get(code=QIXINGGANG), NOVEMBER).measures == ()


def test_rows_of_tasks_count_who_is_how_far(told: Plan) -> None:
    streets = Area.objects.within(DISTRICT).filter(level=4, is_counted=True).count()
    rows = {row.name: row for row in task_rows(told, Area.objects.get(code=DISTRICT), JUNE)}
    fund, scene = rows["设立社区级社区慈善基金"], rows["打造特色社区慈善服务场景"]
    assert (fund.owing, fund.done, fund.under_way, fund.silent) == (streets, 1, 1, streets - 2)
    assert fund.state == f"已完成1，推进中1，未报{streets - 2}"
    assert (scene.not_started, scene.pending) == (1, 1)
    assert (fund.own, rows["支撑体系基本构建"].state) == (None, "推进中")
    own = {row.name: row for row in task_rows(told, Area.objects.get(code=QIXINGGANG), JUNE)}
    assert own["设立社区级社区慈善基金"].measures == f"{QIXINGGANG}的做法。"
    assert "支撑体系基本构建" not in own
    with pytest.raises(ValueError, match="不是方案"):
        task_rows(told, Area.objects.get(code=DISTRICT), Day(2026, 5, 1))


# --- verdicts -------------------------------------------------------------------------------


def test_a_goal_is_assessed_by_its_level_with_a_reason(
    told: Plan, shiju: User, quji: User, jiedao: User
) -> None:
    goal = TaskProgress.objects.get(task__code="system-2027")
    give_verdict(goal, "missed", "尚未覆盖", by=shiju)
    give_verdict(goal, "nearly", " 覆盖八成社区 ", by=shiju)
    assert GoalVerdict.objects.count() == 2  # nothing is overwritten
    (row,) = (each for each in task_rows(told, goal.area, JUNE) if each.verdict)
    assert row.verdict == "基本达到：覆盖八成社区"
    street = User.objects.create_user("jiedao3", role=Role.REVIEWER, area_id=QIXINGGANG)
    task = TaskProgress.objects.get(task__code="fund-setup", area=QIXINGGANG)
    for progress, by, verdict, reason in (
        (goal, quji, "reached", "理由"),  # a clerk
        (goal, street, "reached", "理由"),  # below
        (task, shiju, "reached", "理由"),  # no goal
        (goal, shiju, "perfect", "理由"),
        (goal, shiju, "reached", "  "),
        (goal, shiju, "reached", "长" * 501),
    ):
        with pytest.raises(VerdictRefused):
            give_verdict(progress, verdict, reason, by=by)
    reopen(goal, by=shiju, reason="改")
    with pytest.raises(VerdictRefused, match="尚未通过审核"):
        give_verdict(goal, "reached", "理由", by=shiju)
    assert not any(each.verdict for each in task_rows(told, goal.area, JUNE))


# --- pages ----------------------------------------------------------------------------------


def _visit(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _url(name: str, *arguments: str, due: Day = JUNE) -> str:
    return f"{reverse(name, args=arguments)}?due={due.isoformat()}"


@pytest.mark.once
def test_neighbours_see_nothing_and_others_what_is_theirs(
    told: Plan, shiju: User, jiedao: User, jiangbei: User, shengting: User, guanli: User
) -> None:
    code, goal = told.code, TaskProgress.objects.get(task__code="system-2027")
    pages = [
        _url("task-board", code, DISTRICT),
        _url("task-export", code, DISTRICT),
        _url("task-cell", code, DISTRICT, "system-2027"),
    ]
    for user, answer in (
        (shiju, 200),
        (shengting, 200),
        (jiangbei, 404),
        (jiedao, 404),
        (guanli, 404),
    ):
        assert {_visit(user).get(page).status_code for page in pages} == {answer}, user
    own = _visit(jiedao).get(_url("task-board", code, QIXINGGANG)).content.decode()
    assert "解放碑" not in own
    assert _visit(jiedao).get(_url("task-board", code, JIEFANGBEI)).status_code == 404
    sent = {"verdict": "reached", "reason": "越权"}
    address = reverse("task-verdict", args=[goal.pk])
    assert _visit(jiangbei).post(address, sent).status_code == 404
    for user in (shengting, jiedao):
        _visit(user).post(address, sent)
    assert not GoalVerdict.objects.exists()
    assert _visit(jiangbei).get(reverse("tasks")).content.decode().count("渝中") == 0
    assert NEIGHBOUR not in own


@pytest.mark.once
def test_a_cell_opens_to_text_records_and_the_form(
    told: Plan, jiedao: User, quji: User, shiju: User, make: Make
) -> None:
    task = told.tasks.get(code="fund-setup")
    work = make(WorkRecord, area_id=HUAYIPO, task=task, held_on=Day(2026, 3, 12))
    submit(work, by=quji, reason="测试")
    approve(work, by=shiju)
    page = _visit(jiedao).get(_url("task-cell", told.code, QIXINGGANG, "fund-setup"))
    text = page.content.decode()
    for words in (f"{QIXINGGANG}的做法。", "已完成", str(work.name), "本期登记0条", "依托慈善组织"):
        assert words in text
    silent = _visit(jiedao).get(_url("task-cell", told.code, QIXINGGANG, "culture"))
    assert "草稿" in silent.content.decode()
    owed = _visit(jiedao).get(_url("task-cell", told.code, QIXINGGANG, "publicity"))
    form = _visit(jiedao).get(owed.context["add_link"]).context["adminform"].form
    assert form.initial["due_on"] == JUNE.isoformat() or form["due_on"].value() == JUNE.isoformat()
    assert str(form["task"].value()) == str(told.tasks.get(code="publicity").pk)
    assert (
        _visit(shiju).get(_url("task-cell", told.code, QIXINGGANG, "publicity")).context["add_link"]
        == ""
    )
    for wrong in ("2026-05-01", "2029-11-30", "x"):
        address = reverse("task-board", args=[told.code, QIXINGGANG])
        assert _visit(jiedao).get(f"{address}?due={wrong}").status_code == 404


@pytest.mark.once
def test_the_workbook_says_what_the_board_says(told: Plan, shiju: User) -> None:
    TaskProgress.objects.filter(task__code="fund-setup").update(measures="=1+1")
    answer = _visit(shiju).get(_url("task-export", told.code, DISTRICT))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    board = build_board(_book(told))
    rows = list(book["任务看板"].iter_rows(min_row=3, values_only=True))
    assert [list(row[4:]) for row in rows] == [
        [cell.text or None for cell in line.cells] for line in board.lines
    ]
    told_rows = list(book["任务进展"].iter_rows(min_row=3))
    assert {row[4].data_type for row in told_rows if row[4].value == "=1+1"} == {"s"}


@pytest.mark.once
def test_the_board_takes_a_fixed_number_of_queries(told: Plan, shiju: User, make: Make) -> None:
    client = _visit(shiju)
    client.get(_url("task-board", told.code, DISTRICT))
    counts = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(_url("task-board", told.code, DISTRICT))
        counts.append(len(queries))
        for number in range(20):
            task = told.tasks.create(
                code=f"more-{turn}-{number}",
                position=50 + number,
                name="更多",
                clause="一",
                levels=[4, 5],
            )
            make(TaskProgress, task=task, area_id=QIXINGGANG, due_on=JUNE)
    assert counts[0] == counts[1] <= 25


def test_the_desk_names_what_the_own_area_owes(
    told: Plan, jiedao: User, quji: User, time_machine: object
) -> None:
    time_machine.move_to("2026-06-10 09:00+08:00")  # type: ignore[attr-defined]
    (street,) = owed_tasks(jiedao, [told])
    assert street.due_on == JUNE
    codes = {task.code for task, _ in street.tasks}
    assert codes == {
        *("project-work", "org-talent", "culture", "services", "pilot"),
        *("leadership", "money", "publicity"),
    }
    (district,) = owed_tasks(quji, [told])
    assert [task.code for task, _ in district.tasks] == ["system-2029"]
    assert [period.due_on for period in periods_of(told, Day(2026, 12, 5))] == [
        *(JUNE, NOVEMBER),
        Day(2027, 6, 30),
    ]
