"""Two people take a step at the same moment of which only one may be taken: the second is told why."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from funds.books.sums import balances
from funds.models import Donation, Fund
from indicators.models import DutyExcuse
from reports.models import Reminder
from reviews import services
from reviews.models import Status, Submission
from reviews.querysets import SubmissionQuerySet
from reviews.services import ProblemsFound, approve, submit
from supervision.models import Complaint, ComplaintAnswer, Inspection, Rectification, Referral
from tests.conftest import JIEFANGBEI, QIXINGGANG
from tests.types import Make
from tests.web.duties.world import MONTHLY, plan_with_duties

pytestmark = [pytest.mark.production, pytest.mark.django_db(transaction=True)]
Day = datetime.date
DAY, DUE = Day(2026, 3, 2), Day(2026, 3, 20)
#: How long the first to be examined waits for the other, which a lock should hold back meanwhile.
_PATIENCE = 0.3


@pytest.fixture(autouse=True)
def examined_together() -> Iterator[None]:
    """Nobody stores a submission before the other's was examined, unless a lock holds that one back."""
    before, after = threading.Barrier(2), threading.Barrier(2)
    examine = services._refuse_problems

    def wait_and_examine(records: SubmissionQuerySet, reason: str) -> None:
        if threading.current_thread() is threading.main_thread():
            return examine(records, reason)
        before.wait(30)
        try:
            examine(records, reason)
        finally:
            with_both(after)
        return None

    def with_both(barrier: threading.Barrier) -> None:
        try:
            barrier.wait(_PATIENCE)
        except threading.BrokenBarrierError:
            return

    with mock.patch.object(services, "_refuse_problems", wait_and_examine):
        yield


def at_once(*works: Callable[[], object]) -> list[object]:
    """What works that run at the same time, each on its own connection, return or raise."""
    answers: dict[int, object] = {}

    def run(number: int, work: Callable[[], object]) -> None:
        try:
            answers[number] = work()
        except Exception as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [answers[number] for number in range(len(works))]


def only_one_is_submitted(records: Sequence[Submission], by: User) -> str:
    """Submit both at once; return what the person whose record was refused is told."""
    answers = at_once(*(partial(submit, each, by=by, reason="已核实") for each in records))
    (refusal,) = [each for each in answers if each is not None]
    assert isinstance(refusal, ProblemsFound), refusal
    stored = [type(each)._default_manager.get(pk=each.pk).status for each in records]
    assert sorted(stored) == [Status.DRAFT, Status.PENDING]
    return str(refusal)


def test_two_refunds_give_back_no_more_than_came(make: Make, quji: User, shiju: User) -> None:
    fund = make(Fund, status="approved", established_on=DAY)
    gift = make(Donation, fund=fund, donated_on=DAY, amount_yuan=100, status="approved")
    refunds = [
        make(Donation, fund=fund, donated_on=DUE, amount_yuan=-60, refund_of=gift) for _ in range(2)
    ]
    assert "超过可退金额" in only_one_is_submitted(refunds, quji)
    approve(Donation.objects.get(refund_of=gift, status=Status.PENDING), by=shiju)
    assert balances([fund], DUE)[fund.pk] == (fund.initial_yuan or 0) + 40


def test_two_answers_to_one_complaint(make: Make, quji: User) -> None:
    complaint = make(Complaint, received_on=DAY, answer_by=DUE, status="approved")
    answers = [make(ComplaintAnswer, complaint=complaint, answered_on=DUE) for _ in range(2)]
    assert "已有答复" in only_one_is_submitted(answers, quji)


def test_acceptance_and_referral_of_one_inspection(make: Make, quji: User) -> None:
    inspection = make(
        Inspection, inspected_on=DAY, finding="problems", rectify_by=DUE, status="approved"
    )
    late = DUE + datetime.timedelta(days=5)
    steps = [
        make(
            Rectification,
            inspection=inspection,
            visit=None,
            rectified_on=late,
            accepted_on=late,
            result="passed",
        ),
        make(Referral, inspection=inspection, complaint=None, referred_on=late),
    ]
    assert inspection.number in only_one_is_submitted(steps, quji)


def test_two_excuses_for_one_period(make: Make, quji: User) -> None:
    plan_with_duties()
    values = {
        "area_id": JIEFANGBEI,
        "plan_code": "test-duties",
        "duty_code": "activities",
        "debtor": JIEFANGBEI,
        "period": "2026-03",
        "excused_on": Day(2026, 3, 10).isoformat(),
        "reason": "办公场所搬迁",
    }
    sent = {"area": values.pop("area_id"), **values}
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(quji)
    address = "/api/v1/duty-excuses/"
    posts = [partial(c.post, address, sent, content_type="application/json") for c in clients]
    codes = sorted(getattr(answer, "status_code", 0) for answer in at_once(*posts))
    assert codes[0] == 201 and codes[1] in (400, 409, 422), codes
    assert DutyExcuse.objects.count() == 1


def test_two_urgings_by_one_person_on_one_day(make: Make, shiju: User) -> None:
    plan_with_duties()
    address = reverse("duty-urge", args=[f"{MONTHLY}/{QIXINGGANG}/2026-02"])
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(shiju)
    answers = at_once(*(partial(client.post, address, {"note": "请尽快"}) for client in clients))
    assert [getattr(answer, "status_code", answer) for answer in answers] == [302, 302]
    assert Reminder.objects.filter(by=shiju).count() == 1
