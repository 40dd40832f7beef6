"""A figure changes in the same commit as its record, and counts approved records only."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from accounts.models import Role, User
from areas.models import Area
from areas.services import AreaRow, import_areas
from funds.models import Donation, Fund
from indicators.models import AreaSeries, ManualFigure, OpeningBalance, Plan
from indicators.store.events import Scope, read
from indicators.store.series import differences, recompute_all
from orgs.models import Training
from reviews.models import Action, Status
from reviews.services import TransitionError, approve, move_all, reopen, return_, submit, void
from scenes.models import Activity
from tests.conftest import (
    DISTRICT,
    HUAYIPO,
    JIEFANGBEI,
    MINSHENGLU,
    NEIGHBOUR,
    NEIGHBOUR_STREET,
    QIXINGGANG,
)
from tests.indicators.conftest import item_of, numerator_of
from tests.indicators.worlds import area as unsaved_area
from tests.types import Make

DAY = datetime.date(2026, 6, 30)


def test_an_exception_leaves_the_record_and_its_figure_as_they_were(
    yuzhong: Plan, make: Make, quji: User, shiju: User
) -> None:
    fund = make(Fund)
    submit(fund, by=quji)
    before = list(AreaSeries.objects.order_by("pk").values_list("pk", "year"))
    with pytest.raises(RuntimeError), transaction.atomic():
        approve(fund, by=shiju)
        assert numerator_of(yuzhong, "funds", HUAYIPO, DAY) == 1
        raise RuntimeError
    fund.refresh_from_db()
    assert fund.status == Status.PENDING
    assert numerator_of(yuzhong, "funds", HUAYIPO, DAY) == 0
    assert list(AreaSeries.objects.order_by("pk").values_list("pk", "year")) == before
    assert list(differences()) == []


@pytest.mark.parametrize("status", [status for status in Status if status != Status.APPROVED])
def test_a_record_that_is_not_approved_is_in_no_figure(
    yuzhong: Plan, make: Make, quji: User, status: Status
) -> None:
    make(Fund, status=status, submitted_by=quji)
    recompute_all()
    assert numerator_of(yuzhong, "funds", DISTRICT, DAY) == 0
    assert numerator_of(yuzhong, "funds", DISTRICT, DAY.replace(day=15)) == 0


def test_an_approval_is_in_every_figure_above_at_once(yuzhong: Plan, approved: Make) -> None:
    approved(Fund)
    for code in (HUAYIPO, QIXINGGANG, DISTRICT, "5001", "50"):
        assert numerator_of(yuzhong, "funds", code, DAY) == 1
    for code in (MINSHENGLU, JIEFANGBEI, NEIGHBOUR):
        assert numerator_of(yuzhong, "funds", code, DAY) == 0


def test_what_is_reopened_leaves_the_figure_and_comes_back_as_it_was_mended(
    yuzhong: Plan, approved: Make, quji: User, shiju: User
) -> None:
    training = approved(Training, person_times=30)
    reopen(training, by=shiju, reason="人次有误")
    assert numerator_of(yuzhong, "trained", DISTRICT, DAY) == 0
    training.person_times, training.area_id = 25, JIEFANGBEI
    training.save()
    assert numerator_of(yuzhong, "trained", DISTRICT, DAY) == 0
    submit(training, by=quji)
    assert numerator_of(yuzhong, "trained", DISTRICT, DAY) == 0
    approve(training, by=shiju)
    assert numerator_of(yuzhong, "trained", DISTRICT, DAY) == 25
    assert numerator_of(yuzhong, "trained", JIEFANGBEI, DAY) == 25
    assert numerator_of(yuzhong, "trained", QIXINGGANG, DAY) == 0
    assert list(differences()) == []


def test_what_is_voided_leaves_the_figure_for_good(
    yuzhong: Plan, approved: Make, shiju: User
) -> None:
    fund = approved(Fund)
    void(fund, by=shiju, reason="重复填报")
    assert numerator_of(yuzhong, "funds", DISTRICT, DAY) == 0
    with pytest.raises(TransitionError):
        approve(fund, by=shiju)
    assert list(differences()) == []


def test_an_approved_record_is_not_edited(approved: Make, quji: User) -> None:
    fund = approved(Fund)
    assert not fund.is_editable
    with pytest.raises(TransitionError, match="已通过"):
        submit(fund, by=quji, reason="再次提交")


def test_a_refused_transition_changes_no_figure(
    yuzhong: Plan, approved: Make, quji: User, shiju: User, jiangbei: User
) -> None:
    fund = approved(Fund)
    attempts: list[Callable[[], object]] = [
        lambda: reopen(fund, by=jiangbei, reason="越界"),
        lambda: void(fund, by=quji, reason="填报员不能作废已通过"),
        lambda: return_(fund, by=shiju, reason="已通过不能退回"),
        lambda: reopen(fund, by=shiju, reason=" "),
    ]
    for attempt in attempts:
        with pytest.raises(TransitionError):
            attempt()
    assert numerator_of(yuzhong, "funds", DISTRICT, DAY) == 1


def test_opening_balances_and_reports_refresh_like_records(
    own_plan: Callable[..., Plan], approved: Make, shiju: User
) -> None:
    plan = own_plan(
        '[[indicator]]\ncode = "funds"\nname = "基金"\nunit = "支"\nplace = "annex"\n'
        'clause = "一"\ncounting = "stock"\nmeasure = "funds"\n',
        '[[indicator]]\ncode = "said"\nname = "人工"\nunit = "%"\nplace = "annex"\n'
        'clause = "二"\ncounting = "manual"\n',
    )
    balance = approved(OpeningBalance, quantity=3)
    report = approved(
        ManualFigure, plan_code="own", indicator_code="said", numerator=1, denominator=4
    )
    assert numerator_of(plan, "funds", DISTRICT, DAY) == 3
    assert str(item_of(plan, "said", DISTRICT, DAY).value) == "0.25"
    reopen(balance, by=shiju, reason="核对")
    void(report, by=shiju, reason="核对")
    assert numerator_of(plan, "funds", DISTRICT, DAY) == 0
    assert item_of(plan, "said", DISTRICT, DAY).value is None
    assert list(differences()) == []


def test_one_bulk_move_refreshes_every_district_it_touches(yuzhong: Plan, make: Make) -> None:
    clerk = User.objects.create_user("shi", role=Role.CLERK, area_id="5001")
    reviewer = User.objects.create_user("ju", role=Role.REVIEWER, area_id="5001")
    for code in (HUAYIPO, f"{NEIGHBOUR_STREET}001", "5001"):
        make(Donation, area_id=code, amount_yuan=10_000)
    move_all(Donation.objects.all(), Action.SUBMIT, by=clerk, reason="批量")
    assert move_all(Donation.objects.all(), Action.APPROVE, by=reviewer) == 3
    counts = [
        numerator_of(yuzhong, "raised", code, DAY) for code in (DISTRICT, NEIGHBOUR, "5001", "50")
    ]
    assert counts == [1, 1, 3, 3]
    assert list(differences()) == []


def test_an_activity_counts_in_every_district_it_reached(yuzhong: Plan, approved: Make) -> None:
    """The activity belongs to 渝中区; one of the communities it reached lies in 江北区."""
    far = f"{NEIGHBOUR_STREET}001"
    approved(Activity, reached=[HUAYIPO, far])
    assert numerator_of(yuzhong, "coverage", DISTRICT, DAY) == 1
    assert numerator_of(yuzhong, "coverage", far, DAY) == 1
    assert list(differences()) == []


def test_an_activity_of_the_city_counts_in_the_communities_it_reached(
    yuzhong: Plan, make: Make
) -> None:
    clerk = User.objects.create_user("shi", role=Role.CLERK, area_id="5001")
    reviewer = User.objects.create_user("ju", role=Role.REVIEWER, area_id="5001")
    activity = make(Activity, area_id="5001", reached=[HUAYIPO])
    submit(activity, by=clerk)
    approve(activity, by=reviewer)
    assert numerator_of(yuzhong, "coverage", HUAYIPO, DAY) == 1
    assert list(differences()) == []


def test_imported_areas_are_in_the_denominators_at_once(yuzhong: Plan) -> None:
    before = item_of(yuzhong, "coverage", DISTRICT, DAY).figure.denominator
    rows = [AreaRow(f"{QIXINGGANG}099", "新设社区居民委员会")]
    parents = [AreaRow(code, "上级") for code in ("50", "5001", DISTRICT, QIXINGGANG)]
    assert import_areas(f"{QIXINGGANG}099", [*parents, *rows]) == 1
    assert item_of(yuzhong, "coverage", DISTRICT, DAY).figure.denominator == before + 1
    assert list(differences()) == []


@pytest.mark.django_db(transaction=True)
def test_approvals_at_the_same_moment_lose_nothing() -> None:
    """Two districts approve at once; the city's figure has both (this needs real row locks)."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")
    codes = ["50", "5001", *(f"50010{n}" for n in (3, 5)), *(f"50010{n}001" for n in (3, 5))]
    Area.objects.bulk_create(unsaved_area(code) for code in codes)
    clerk = User.objects.create_user("shi", role=Role.CLERK, area_id="50")
    reviewer = User.objects.create_user("ju", role=Role.REVIEWER, area_id="50")
    recompute_all()
    trainings = [
        Training.objects.create(
            name=f"培训{n}", held_on=DAY, person_times=1, area_id=f"50010{3 + n % 2 * 2}001",
            status=Status.PENDING, submitted_by=clerk,
        )
        for n in range(12)
    ]  # fmt: skip
    failures: list[BaseException] = []
    start = threading.Barrier(2)

    def work(mine: list[Training]) -> None:
        try:
            start.wait()
            for training in mine:
                approve(training, by=reviewer)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(trainings[n::2],)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert list(differences()) == []
    assert int(read("measure", "trained", Scope("50"))["quantity"].sum()) == 12
