"""`demo --place`: the places of the other plans, from their ledgers to sealed reports."""

from __future__ import annotations

import datetime
import io
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import F, Model

from accounts.models import Role, User
from areas.models import Area, AreaSuccession
from areas.services import AreaRow, national_rows
from demo.management.commands import demo
from demo.place import DemoPlace
from demo.places import PLACES
from funds.models import Donation, Fund
from indicators.models import OpeningBalance
from indicators.progress.progress import State
from indicators.progress.services import find_area, find_plan, progress
from indicators.rules.answers.figure import Figure
from indicators.store.series import differences
from orgs.models import CommunityOrg, Tier, Training
from projects.models import Project
from reports.editions.files import DOCUMENT, WORKBOOK, path_of
from reports.editions.verifying import verify_editions
from reports.filing.preparing import prepare_reports
from reports.models import Edition, Report, ReportState
from reviews.models import ImportBatch, ReviewEvent, Status, Submission
from scenes.models import SIX_HAVES, Activity, ActivitySeries, Scene
from tests.running.conftest import ROOT

Day = datetime.date
OTHERS = tuple(name for name in PLACES if name != "yuzhong")


#: The areas to leave out below a root, so that the same counties load in a fraction of the time.
_LEFT_OUT: dict[str, Callable[[str], bool]] = {
    "53": lambda code: len(code) == 12,
    "3706": lambda code: code[9:] >= "200",
}


@cache
def _rows(root: str) -> list[AreaRow]:
    """Return the rows of the shipped table, read once for all runs."""
    is_left_out = _LEFT_OUT.get(root)
    return [row for row in national_rows(root) if not (is_left_out and is_left_out(row.code))]


def _stored(edition: Edition) -> dict[str, bytes]:
    """Return the files of an edition as they were stored: `test_demo` makes all of them again."""
    return {kind: path_of(edition, kind).read_bytes() for kind in (WORKBOOK, DOCUMENT)}


#: The level below a root whose areas report; three of each do: `test_demo` shows all of a district's.
_FILING = {"53": 2, "3706": 3, "500112": 4}


def _prepare_few(day: Day) -> None:
    """Prepare the reports of the roots and of three areas below each."""
    others: list[str] = []
    for root, level in _FILING.items():
        below = Area.objects.within(root).filter(level=level, is_counted=True).order_by("code")
        others += below.values_list("pk", flat=True)[3:]
    Area.objects.filter(pk__in=others).update(is_counted=False)
    prepare_reports(day)
    Area.objects.filter(pk__in=others).update(is_counted=True)


@pytest.fixture(autouse=True)
def _empty(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database without any rows."""
    monkeypatch.setattr(demo, "national_rows", _rows)
    monkeypatch.setattr(demo, "prepare_reports", _prepare_few)
    monkeypatch.setattr("reports.editions.verifying.made_again", _stored)


def run(name: str, *arguments: str) -> str:
    """Run the demonstration and return its output."""
    out = io.StringIO()
    call_command("demo", "--place", name, "--no-serve", *arguments, stdout=out)
    return out.getvalue()


def figures(plan: str, area: str, day: Day) -> dict[str, Figure]:
    """Return the figures of a plan by indicator."""
    items = progress(find_plan(plan), find_area(area), day).items
    return {item.indicator.code: item.figure for item in items}


def numerators(plan: str, area: str, day: Day) -> dict[str, int]:
    """Return the numerators of figures with a denominator."""
    found = figures(plan, area, day)
    return {code: int(each.numerator) for code, each in found.items() if each.denominator}


def stored() -> Counter[str]:
    """Return the number of rows of every model."""
    kinds = [model for model in apps.get_models() if issubclass(model, Submission)]
    others = (User, Area, AreaSuccession, ImportBatch, ReviewEvent, Report, Edition)
    models: tuple[type[Model], ...] = (*kinds, *others)
    return Counter({model._meta.label: model._default_manager.count() for model in models})


def check_that_all_holds(place: DemoPlace) -> None:
    """Check that every record is approved, every figure agrees and every due report is sealed."""
    assert list(differences()) == []
    assert list(verify_editions()) == []
    assert not Report.objects.filter(plan__code=place.plan, state=ReportState.DUE).exists()
    for model in apps.get_models():
        if issubclass(model, Submission):
            assert not model.objects.exclude(status=Status.APPROVED).exists(), model


def check_that_twice_is_harmless(name: str) -> None:
    before = stored()
    first = numerators(PLACES[name].plan, PLACES[name].root, PLACES[name].day)
    run(name)
    assert stored() == before
    assert numerators(PLACES[name].plan, PLACES[name].root, PLACES[name].day) == first


def due_days(plan: str) -> list[str]:
    own = Report.objects.filter(plan__code=plan, area=F("plan__area_code"))
    days = own.filter(editions__number=1).order_by("due_on")
    return [str(day) for day in days.values_list("due_on", flat=True)]


# --- 鄂尔多斯 -------------------------------------------------------------------------------


# One place runs on the other database: this one takes the least time.
@pytest.mark.production
def test_ordos_shows_its_three_stages() -> None:
    place = PLACES["ordos"]
    printed = run("ordos")
    assert "城镇社区“社区基金”覆盖率" in printed
    assert "/dashboard/ordos-2024/1506/?on=2025-12-31" in printed
    urban = Area.objects.within("1506").filter(level=5, is_urban=True, is_counted=True)
    assert urban.count() == 264
    # ≥50 % met, 全覆盖 missed by ten, 基本覆盖 met.
    for day, reached in (
        (Day(2024, 12, 31), 145),
        (Day(2025, 6, 30), 254),
        (Day(2025, 12, 31), 257),
    ):
        figure = figures(place.plan, "1506", day)["fund_coverage"]
        assert (figure.numerator, figure.denominator) == (reached, 264)
        own = Fund.objects.filter(level="community", established_on__lte=day, area__in=urban)
        assert own.values("area").distinct().count() == reached
    last = figures(place.plan, "1506", place.day)
    assert (last["platform_coverage"].numerator, last["platform_coverage"].denominator) == (
        247,
        264,
    )
    assert Scene.objects.filter(type="donation_point").count() == 62
    states = {item.indicator.code: item.state for item in _items(place)}
    assert states["fund_coverage"] == State.LAGGING  # 全覆盖 of June is still missed
    assert states["platform_coverage"] == State.LAGGING
    assert due_days(place.plan) == ["2024-11-30", "2025-06-30", "2025-11-30"]
    _check_guidance_of_each_quarter()
    check_that_all_holds(place)
    check_that_twice_is_harmless("ordos")


def _check_guidance_of_each_quarter() -> None:
    shares = []
    for year, month in ((2024, 9), (2024, 12), (2025, 3), (2025, 6), (2025, 9), (2025, 12)):
        day = Day(year, month, 31 if month in (3, 12) else 30)
        figure = figures("ordos-2024", "1506", day)["guidance"]
        assert figure.denominator == 9
        shares.append(int(figure.numerator))
    assert shares == [6, 8, 7, 9, 8, 9]
    for day, audited in ((Day(2025, 3, 1), 0), (Day(2025, 3, 31), 2), (Day(2025, 4, 18), 3)):
        figure = figures("ordos-2024", "1506", day)["audits"]
        assert (figure.numerator, figure.denominator) == (audited, 3)  # all that are registered


def _items(place: DemoPlace) -> Iterable[Any]:
    plan, area = find_plan(place.plan), find_area(place.root)
    return progress(plan, area, place.day, place.target_year).items


# --- 渝北 -----------------------------------------------------------------------------------


@pytest.mark.once
def test_yubei_is_shown_as_it_was_and_as_it_was_split_up() -> None:
    place = PLACES["yubei"]
    run("yubei")
    running = CommunityOrg.objects.filter(registered_on__lte=place.day, closed_on__isnull=True)
    tiers = Counter(CommunityOrg.objects.values_list("tier", flat=True))
    assert tiers == {Tier.REGISTERED: 42, Tier.STREET: 112, Tier.COMMUNITY: 146}
    trained = Training.objects.filter(held_on__year=2023).values_list("person_times", flat=True)
    series = set(Activity.objects.values_list("series", flat=True))
    assert series == set(ActivitySeries.values) - {"other"}
    found = numerators(place.plan, "500112", place.day)
    leaders = found.pop("leaders_trained")
    assert found == {"orgs": running.count(), "trained": sum(trained), "activities": 88}
    assert found["orgs"] == 300 - CommunityOrg.objects.exclude(closed_on=None).count() < 300
    share = figures(place.plan, "500112", place.day)["leaders_trained"]
    assert share.value == 1
    assert leaders == share.denominator
    assert figures(place.plan, "500112", Day(2021, 12, 31))["leaders_trained"].value is None
    assert due_days(place.plan) == [
        "2021-11-30",
        "2022-06-30",
        "2022-11-30",
        "2023-06-30",
        "2023-11-30",
    ]
    check_that_all_holds(place)
    _check_that_the_abolition_moved_figures_and_no_record()
    check_that_twice_is_harmless("yubei")
    _check_that_other_places_change_nothing()


def _check_that_the_abolition_moved_figures_and_no_record() -> None:
    five = {"统景镇", "大湾镇", "兴隆镇", "茨竹镇", "大盛镇"}
    moved = Area.objects.filter(origins__on=Day(2026, 1, 25), level=4)
    assert {area.short_name for area in moved} == five
    assert {area.code[:6] for area in moved} == {"500109"}
    assert not Area.objects.within("500157").filter(short_name__in=five).exists()
    assert not Area.objects.within("500112").existing_on(Day(2026, 1, 25)).exists()
    assert not CommunityOrg.objects.exclude(area__code__startswith="500112").exists()

    eve, after = Day(2025, 12, 31), Day(2026, 6, 30)
    whole = numerators("yubei-2021", "500112", eve)
    assert whole["orgs"] == CommunityOrg.objects.filter(closed_on=None).count()
    parts = [numerators("yubei-2021", code, after) for code in ("500157", "500109")]
    assert min(part["orgs"] for part in parts) > 0
    for code in ("orgs", "leaders_trained"):
        assert sum(part[code] for part in parts) == whole[code]
    assert figures("yubei-2021", "500112", after)["orgs"].numerator == 0
    assert figures("yubei-2021", "500109", eve)["orgs"].numerator == 0


def _check_that_other_places_change_nothing() -> None:
    """Trees and accounts of other places in the same database change no figure."""
    before = numerators("yubei-2021", "500112", Day(2023, 12, 31))
    run("yuzhong", "--no-ledgers")
    assert numerators("yubei-2021", "500112", Day(2023, 12, 31)) == before
    assert list(differences()) == []
    for name in ("yubei", "yuzhong"):
        for account in PLACES[name].accounts:
            assert User.objects.get(username=account.username).role == account.role


# --- 烟台 -----------------------------------------------------------------------------------


@pytest.mark.once
def test_yantai_starts_from_what_was_there() -> None:
    place = PLACES["yantai"]
    run("yantai")
    before = figures(place.plan, "3706", Day(2025, 2, 19))
    assert before["funds"].numerator == 342
    totals: Counter[str] = Counter()
    for balance in OpeningBalance.objects.all():
        assert balance.evidence
        totals[balance.measure] += int(balance.quantity)
    assert totals == {
        "funds": 341,
        "micro_projects": 150,
        "raised": 12_000_000,
        "micro_person_times": 200_000,
    }
    micro = Project.objects.filter(is_micro=True, starts_on__gt=Day(2025, 2, 19))
    raised = Donation.objects.filter(donated_on__gt=Day(2025, 2, 19))
    found = figures(place.plan, "3706", place.day)
    assert {code: each.numerator for code, each in found.items()} == {
        "funds": 341 + 38 - 1,
        "micro_projects": 150 + micro.count(),
        "spaces": 19,
        "raised": (12_000_000 + sum(each.amount_yuan for each in raised)) / 10_000,
        "aided": 200_000 + sum(each.person_times for each in micro),
    }
    counties = [
        figures(place.plan, area.code, place.day)["funds"].numerator
        for area in Area.objects.children_of("3706", place.day)
    ]
    assert sum(counties) == 378
    assert due_days(place.plan) == ["2025-06-30", "2025-11-30", "2026-06-30", "2026-11-30"]
    check_that_all_holds(place)
    check_that_twice_is_harmless("yantai")


# --- 云南 -----------------------------------------------------------------------------------


@pytest.mark.once
def test_yunnan_shows_counties_that_have_not_the_five() -> None:
    place = PLACES["yunnan"]
    run("yunnan")
    scenes = Scene.objects.filter(closed_on__isnull=True)
    codes = list(scenes.values_list("area_id", flat=True))
    by_county, townships = Counter(code[:6] for code in codes), {code[:9] for code in codes}
    found = figures(place.plan, "53", place.day)
    assert found["bases_each_county"].denominator == 129
    assert found["bases_each_county"].numerator == 110
    assert sum(number >= 5 for number in by_county.values()) == 110
    assert found["bases_each_township"].denominator == 1429
    assert found["bases_each_township"].numerator == len(townships) > 500
    assert found["bases"].numerator == len(codes) == 666
    full = scenes.filter(**dict.fromkeys(SIX_HAVES, True)).count()
    assert 0 < full == found["full_bases"].numerator < 666
    # Three had the five until one closed.
    month_before = figures(place.plan, "53", Day(2026, 10, 31))
    closed = Scene.objects.exclude(closed_on=None).values_list("area_id", flat=True)
    assert {by_county[code[:6]] for code in closed} == {4}
    assert len(closed) == 3
    assert month_before["bases"].numerator > 600
    assert due_days(place.plan) == ["2025-06-30", "2025-11-30", "2026-06-30", "2026-11-30"]
    check_that_all_holds(place)
    check_that_twice_is_harmless("yunnan")


# --- all of them ----------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize("name", OTHERS)
def test_each_place_has_its_accounts(name: str) -> None:
    place = PLACES[name]
    roles = [account.role for account in place.accounts]
    assert roles[:4] == [Role.REVIEWER, Role.CLERK, Role.CLERK, Role.OBSERVER]
    assert place.accounts[0].area == place.accounts[1].area == place.root
    assert [account.username for account in place.accounts[:2]] == [f"{name}sh", f"{name}tb"]
    below = place.accounts[2].area or ""
    assert below.startswith(place.root)
    assert len(below) == 9


@pytest.mark.once
@pytest.mark.parametrize("name", PLACES)
def test_make_hands_the_place_on(name: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", "demo", f"PLACE={name}", "SERVE=0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert f"demo --place {name} " in done.stdout
