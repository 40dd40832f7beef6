"""Every figure, list and count of duties equals a plain loop over the approved records."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from areas.codes import cut_to
from areas.models import Area
from funds.models import Campaign, Fund
from indicators.duties.instances import Asked, DutyState, counts_in, instances, page_of, tables_of
from indicators.models import DutyExcuse, Plan
from indicators.plan.loading import load_plans
from indicators.progress.impact import effects_of
from indicators.progress.lineage import lineage
from indicators.progress.progress import progress_of
from indicators.progress.records_behind import RecordsBehind
from indicators.rules import rule_of
from indicators.store import series
from indicators.store.tree_context import TreeContext
from orgs.models import Charity
from reviews.models import Status
from reviews.services import TransitionError, approve, reopen, submit
from supervision.models import (
    AuditReport,
    Complaint,
    ComplaintAnswer,
    Disclosure,
    GuidanceVisit,
    Inspection,
    Rectification,
    Referral,
)
from tests.indicators.duties.oracle import NAMES, NUMBERS, REFERRED, TABLES, Oracle
from tests.indicators.worlds import World, random_day, seeds

Day = datetime.date
pytestmark = pytest.mark.django_db
_STATUSES = [Status.APPROVED] * 5 + [Status.DRAFT, Status.PENDING, Status.VOID]


def _plan(folder: Path, area: str) -> Plan:
    text = (
        f'[plan]\ncode = "owed"\ntitle = "履责"\nissuer = "局"\nissued_on = 2024-01-01\n'
        f'area = "{area}"\nstarts_on = 2024-01-01\nends_on = 2026-06-30\n'
    )
    for name, (who, when, done) in TABLES.items():
        number = NUMBERS.get(name, 1)
        text += (
            f'[[duty]]\ncode = "{name}"\nname = "{name}"\nclause = "一"\nwho = {who}\n'
            f"when = {when}\ndone = {done}\nnumber = {number}\n"
            + (f"referred = {REFERRED[name]}\n" if name in REFERRED else "")
        )
        text += (
            f'[[indicator]]\ncode = "{name}"\nname = "{name}"\nunit = "%"\nplace = "text"\n'
            f'clause = "一"\ncounting = "duty"\nduty = "{name}"\n'
        )
    path = folder / "owed.toml"
    path.write_text(text, encoding="utf-8")
    return load_plans([path])[0]


class _Filled(World):
    """A world with debtors, proofs and excuses, from 2023 to 2026."""

    def add(self, number: int) -> None:
        random = self.random
        for at in range(number):
            begins = random.choice([None, random_day(random, 2022)])
            ends = random_day(random, 2024) if random.random() < 0.3 else None
            ends = None if begins and ends and ends < begins else ends
            Charity.objects.create(
                name=f"慈善会{at}",
                registered_on=begins,
                closed_on=ends,
                area_id=self.somewhere(4, 6, 9),
                **self._of_status(),
            )
            start = random_day(random, 2023)
            Fund.objects.create(
                name=f"基金{at}",
                level=random.choice(["street", "community"]),
                host_name="慈善会",
                established_on=start,
                closed_on=random.choice([None, None, start + datetime.timedelta(days=50)]),
                area_id=self.somewhere(6, 9, 12),
                **self._of_status(),
            )
            start = random_day(random, 2023)
            Campaign.objects.create(
                name=f"募捐{at}",
                starts_on=start,
                ends_on=start + datetime.timedelta(days=random.randint(0, 500)),
                filed_on=random.choice(
                    [None, start - datetime.timedelta(days=random.randint(0, 20))]
                ),
                area_id=self.somewhere(6, 12),
                **self._of_status(),
            )
            self._complain(at)
            self._inspect(at)
        for at in range(number * 4):
            self._prove(at)
        self._excuse()

    def _complain(self, at: int) -> None:
        random = Random(at)  # the other records stay those of the seed
        day = random_day(random, 2023)
        complaint = Complaint.objects.create(
            number=f"投诉{at}",
            received_on=day,
            answer_by=day + datetime.timedelta(days=random.choice([0, 30, 60])),
            matter="反映事项",
            area_id=random.choice(self.codes),
            **self._of_status(random),
        )
        ComplaintAnswer.objects.create(
            complaint=complaint,
            answered_on=day + datetime.timedelta(days=random.choice([0, 10, 30, 31, 70])),
            result="true",
            handling="已办",
            area_id=complaint.area_id,
            **self._of_status(random),
        )

    def _inspect(self, at: int) -> None:
        random, begun = self.random, random_day(self.random, 2024)
        length = random.choice([0, 5, 60, 400])
        inspection = Inspection.objects.create(
            number=f"抽{at}",
            inspected_on=begun,
            rectify_by=random.choice([None, *[begun + datetime.timedelta(days=length)] * 5]),
            finding="problems",
            area_id=self.somewhere(4, 6, 9),
            **self._of_status(),
        )
        done = begun + datetime.timedelta(days=random.randint(0, 2 * length))
        common = {"inspection": inspection, "area_id": inspection.area_id}
        if random.random() < 0.6:
            Rectification.objects.create(
                rectified_on=done,
                accepted_on=done,
                result=random.choice(["passed", "failed"]),
                **common,
                **self._of_status(),
            )
        if random.random() < 0.6:
            Referral.objects.create(
                receiver_name="公安局", referred_on=done, **common, **self._of_status()
            )

    def _prove(self, at: int) -> None:
        random, day = self.random, random_day(self.random, 2023)
        charity = random.choice([None, *Charity.objects.order_by("pk")])
        fund = None if charity else random.choice([None, *Fund.objects.order_by("pk")])
        campaign = None if charity else random.choice([None, *Campaign.objects.order_by("pk")])
        GuidanceVisit.objects.create(
            visited_on=day,
            period=random.choice(["", "", f"{day.year}-Q{random.randint(1, 4)}"]),
            form=random.choice(["visit", "meeting"]),
            content=f"指导{at}",
            area_id=random.choice(self.codes),
            **self._of_status(),
        )
        AuditReport.objects.create(
            charity=charity,
            fund=fund,
            year=str(random.randint(2022, 2025)),
            reported_on=random_day(random, 2023),
            auditor="事务所",
            opinion="unqualified",
            area_id=random.choice(self.codes),
            **self._of_status(),
        )
        half = f"{random.randint(2023, 2026)}-H{random.randint(1, 2)}"
        Disclosure.objects.create(
            charity=charity,
            campaign=campaign,
            kind="annual",
            title=f"公开{at}",
            period=random.choice(["", "", half, "2025"]),
            disclosed_on=random_day(random, 2023),
            platform="board",
            area_id=random.choice(self.codes),
            **self._of_status(),
        )

    def _excuse(self) -> None:
        owed = [each for rows in Oracle(Plan.objects.get()).all_owed.values() for each in rows]
        for each in self.random.sample(owed, min(len(owed), 12)):
            DutyExcuse.objects.create(
                plan_code="owed",
                duty_code=each.duty,
                debtor=each.debtor,
                period=each.code,
                excused_on=each.opens + datetime.timedelta(days=self.random.randint(0, 60)),
                reason="同意",
                area_id=each.area,
                **self._of_status(),
            )

    def _of_status(self, random: Random | None = None) -> dict[str, object]:
        status = (random or self.random).choice(_STATUSES)
        if status == Status.DRAFT:
            return {"status": status}
        by: dict[str, object] = {"submitted_by": self.clerk}
        return (
            by
            | {"status": status}
            | ({} if status == Status.PENDING else {"reviewed_by": self.reviewer})
        )


def _world(seed: int, folder: Path) -> tuple[_Filled, Plan]:
    world = _Filled(Random(seed), is_whole=True)
    plan = _plan(folder, world.random.choice(["50", "5001"]))
    world.add(6)
    world.succeed(world.random.choice([0, 4, 8]))
    series.recompute_all()
    return world, plan


def _days(world: World) -> list[Day]:
    random = world.random
    edges = [Day(2024, 2, 29), Day(2024, 3, 31), Day(2024, 4, 1), Day(2025, 12, 31)]
    return [random.choice(edges), random_day(random, 2024), random_day(random, 2025)]


def _assert_figures(world: World, plan: Plan, day: Day) -> Oracle:
    oracle = Oracle(plan)
    top = world.codes[0]
    codes = [code for code in world.codes if code.startswith(top)]
    for code, items in progress_of(plan, codes, day, tree=TreeContext(top)).items():
        for item in items:
            found = (item.figure.numerator, item.figure.denominator)
            spot = f"{item.indicator.code} {code} {day}"
            assert found == oracle.figure(item.indicator.code, code, day), spot
    return oracle


@pytest.mark.parametrize("seed", seeds(range(5), 1))
def test_figures_lists_and_counts(seed: int, tmp_path: Path) -> None:
    world, plan = _world(seed, tmp_path)
    for day in _days(world):
        oracle = _assert_figures(world, plan, day)
        root = world.random.choice([plan.area_code, world.random.choice(world.codes)])
        _assert_lists(oracle, plan, root, day)
        _assert_records(oracle, plan, root, day)
    assert list(series.differences()) == []


def _assert_lists(oracle: Oracle, plan: Plan, root: str, day: Day) -> None:
    duties = list(plan.duties.select_related("plan"))
    first, last = Day(2024, 6, 1), Day(2025, 8, 31)
    found = instances(duties, root, day, first, last)
    wanted = {
        (owed.duty, owed.debtor, owed.code, owed.due): oracle.state(owed, day)
        for name in NAMES
        for owed in oracle.listed(name, root, day, first, last)
    }
    assert {
        (each.duty.code, each.debtor.key, each.period_code, each.period.due_on): each.state
        for each in found
    } == wanted
    assert {(each.duty.code, each.debtor.key): each.debtor.area_code for each in found} == {
        (owed.duty, owed.debtor): oracle.area_on(owed, day)
        for name in NAMES
        for owed in oracle.listed(name, root, day, first, last)
    }
    assert [each.period.due_on for each in found] == sorted(each.period.due_on for each in found)
    asked = Asked(root, day, first, last)
    counted: dict[tuple[str, str], Counter[DutyState]] = defaultdict(Counter)
    for each in found:
        counted[each.duty.code, cut_to(each.debtor.area_code, 4)][each.state] += 1
    assert counts_in(tables_of(duties, asked), asked.day, 4) == counted
    page = page_of(duties, asked, 3, 5)
    assert (page.rows, page.total) == (found[3:8], len(found))
    late = page_of(duties, Asked(root, day, first, last, states=[DutyState.LATE]))
    assert late.rows == [each for each in found if each.state == DutyState.LATE]


def _assert_records(oracle: Oracle, plan: Plan, root: str, day: Day) -> None:
    """The records behind a figure, those who have not done it, and the two ways to read them."""
    indicators = list(plan.indicators.select_related("plan").prefetch_related("targets"))
    behind = RecordsBehind(indicators, day, TreeContext(root))
    exists = Area.objects.filter(code=root).existing_on(day).exists()
    for indicator in indicators:
        name, needed = indicator.code, NUMBERS.get(indicator.code, 1)
        states = [(owed, oracle.state(owed, day)) for owed in oracle.current(name, root, day)]
        proofs = [
            proof.pk
            for owed, state in states
            if state in ("done", "late")
            for proof in oracle.done_by(owed, day)[:needed]
        ]
        items = lineage(indicator, root, day)
        assert sorted(item.record.pk for item in items) == sorted(proofs if exists else [])
        figure = oracle.figure(name, root, day)
        assert sum((item.quantity for item in items), Decimal(0)) == figure[0]
        rows = behind.rows(indicator, root)
        assert sorted(rows["pk"].tolist()) == sorted(item.record.pk for item in items)
        short = rule_of(indicator).shortfalls(root, day, 1)
        ended = ("done", "late", "excused", "referred")
        open_ones = [owed for owed, state in states if state not in ended]
        assert sorted(each.area.code for each in short) == sorted(
            oracle.area_on(owed, day) for owed in open_ones
        )


@pytest.mark.parametrize("seed", seeds(range(20, 23), 1))
def test_transitions_move_the_stored_figures_as_foretold(seed: int, tmp_path: Path) -> None:
    world, plan = _world(seed, tmp_path)
    kinds = (
        *(Charity, Fund, Campaign, GuidanceVisit, AuditReport, Disclosure, DutyExcuse),
        *(Inspection, Rectification, Referral),
    )
    day, top = Day(2025, 5, 20), world.codes[0]
    for _ in range(4):
        kind = world.random.choice(kinds)
        wanted = world.random.choice([Status.APPROVED, Status.PENDING])
        record = kind._default_manager.filter(status=wanted).order_by("?").first()
        if record is None:
            continue
        one = (kind, kind._default_manager.filter(pk=record.pk))
        is_gain = wanted == Status.PENDING
        told = effects_of(plan, [top], day, one, is_gain=is_gain)
        try:
            if is_gain:
                approve(record, by=world.reviewer)
            else:
                reopen(record, reason="核对", by=world.reviewer)
        except TransitionError:
            continue
        _assert_figures(world, plan, day)
        now = progress_of(plan, [top], day)[top]
        for effect in told:
            item = next(each for each in now if each.indicator.code == effect.after.indicator.code)
            assert effect.after.figure == item.figure, (effect.after.indicator.code, kind)
    assert list(series.differences()) == []


def test_a_submission_changes_nothing(tmp_path: Path) -> None:
    world, plan = _world(40, tmp_path)
    before = Oracle(plan).figure("guidance", "500103", Day(2025, 3, 1))
    visit = GuidanceVisit.objects.create(
        visited_on=Day(2025, 2, 1), form="visit", content="一", area_id="500103"
    )
    submit(visit, by=world.clerk, reason="核实")
    assert Oracle(plan).figure("guidance", "500103", Day(2025, 3, 1)) == before
