"""From a record to the figures that count it and the sealed editions that contain it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from areas.models import Area
from areas.services import register_succession
from funds.models import Donation, Fund
from indicators.models import Indicator, OpeningBalance, Plan
from indicators.plan.loading import SHIPPED, load_plans
from indicators.progress.lineage import counted_quantity, lineage
from indicators.store.series import recompute_all
from orgs.models import CommunityOrg, Training
from reports.editions.sealing import seal
from reports.models import Edition, EditionMember, Report
from reviews.models import Status, Submission
from reviews.services import reopen, void
from scenes.models import Activity
from tests.conftest import (
    DISTRICT,
    HUAYIPO,
    MINSHENGLU,
    NEIGHBOUR,
    QIXINGGANG,
)
from tests.indicators.test_shortfalls import succeed
from tests.indicators.worlds import KINDS, World, days_to_ask, load_world_plan, seeds
from tests.records.kinds import RECORD_KINDS
from tests.reports.conftest import JUNE
from tests.types import Make, Response
from tests.web.test_chinese import english_in
from tests.worlds import share

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("may_tamper")]

Day = datetime.date

TODAY = Day(2026, 7, 15)

share(__name__, "edition")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: TODAY)


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _open(user: User, record: Submission) -> Response:
    return _client(user).get(f"/records/{record._meta.label_lower}/{record.pk}/figures/")


def _counted(user: User, record: Submission) -> dict[str, str]:
    """Return indicator → what the record adds, as the page shows it."""
    page = _open(user, record)
    assert page.status_code == 200
    return {row["indicator"].code: row["quantity"] for row in page.context["counted"]}


# --- the figures ------------------------------------------------------------------------------


def test_a_record_names_the_indicators_that_count_it(
    yuzhong: Plan, approved: Make, shiju: User
) -> None:
    assert _counted(shiju, approved(Fund)) == {"funds": "1", "community_fund_coverage": "1"}
    assert _counted(shiju, approved(Training, person_times=37)) == {"trained": "37"}
    assert _counted(shiju, approved(Donation, amount_yuan=1250)) == {"raised": "1250元"}
    fund = approved(Fund, initial_yuan=500)
    assert _counted(shiju, fund)["raised_growth"] == "500元"
    donation = approved(Donation, amount_yuan=1250, fund=fund)
    assert _counted(shiju, donation) == {"raised": "1250元", "raised_growth": "1250元"}
    activity = approved(Activity, reached=[HUAYIPO, MINSHENGLU])
    assert _counted(shiju, activity) == {"coverage": "2"}
    balance = approved(OpeningBalance, quantity=8)
    assert _counted(shiju, balance)["funds"] == "8"
    text = _open(shiju, donation).content.decode()
    assert 'href="/figures/yuzhong-2026/raised/500103/"' in text
    assert "2026年7月15日" in text
    assert english_in(text) == set()


def test_a_second_organisation_makes_both_count_where_two_are_asked_for(
    yuzhong: Plan, approved: Make, shiju: User
) -> None:
    first = approved(CommunityOrg)
    assert _counted(shiju, first) == {"charity_orgs": "1"}
    second = approved(CommunityOrg)
    for org in (first, second):
        assert _counted(shiju, org) == {"charity_orgs": "1", "orgs_each_community": "1"}


@pytest.mark.parametrize("state", [Status.DRAFT, Status.PENDING, Status.RETURNED, Status.VOID])
def test_what_is_not_approved_counts_nowhere(
    yuzhong: Plan, make: Make, approved: Make, shiju: User, state: Status
) -> None:
    record = make(Fund, status=state) if state in ("draft", "pending") else approved(Fund)
    if state == Status.RETURNED:
        reopen(record, by=shiju, reason="核对")
    elif state == Status.VOID:
        void(record, by=shiju, reason="重复")
    page = _open(shiju, record)
    assert page.context["counted"] == []
    assert "本记录目前不计入任何指标：只有已通过的记录才计入。" in page.content.decode()


def test_what_is_approved_may_count_nowhere(yuzhong: Plan, approved: Make, shiju: User) -> None:
    page = _open(shiju, approved(CommunityOrg, category="culture"))
    assert page.context["counted"] == []
    assert "<p>本记录目前不计入任何指标。</p>" in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", seeds(range(500, 512), 4))
def test_a_record_counts_in_exactly_the_figures_whose_lineage_holds_it(
    seed: int, tmp_path: Path
) -> None:
    """For all indicators of a district's and a province's plan, one by one."""
    world = World(Random(seed))
    load_world_plan(tmp_path)
    _same_plan_of(world.codes[0], tmp_path)
    world.fill(world.random.randint(6, 12))
    if seed % 2:
        succeed(world, 3)
    recompute_all()
    day = world.random.choice([TODAY, days_to_ask(world.random)[3]])
    held = 0
    for indicator in Indicator.objects.select_related("plan").prefetch_related("targets"):
        listed: dict[tuple[type, int], Any] = {}
        for item in lineage(indicator, indicator.plan.area_code, day):
            name = type(item.record), item.record.pk
            listed[name] = listed.get(name, 0) + item.quantity
        for record in _records_of(world):
            found = counted_quantity(indicator, record, day)
            spot = f"{indicator.plan.code} {indicator.code} {record._meta.label} {record.pk} {day}"
            assert found == listed.get((type(record), record.pk)), spot
        held += len(listed)
    assert held or not Area.objects.filter(code=world.codes[0]).existing_on(day).exists()


def _same_plan_of(area: str, folder: Path) -> None:
    """Load the same indicators for another area: the province, if there is one."""
    text = (folder / "world.toml").read_text(encoding="utf-8")
    other = text.replace('code = "world"', 'code = "other"').replace(f'"{DISTRICT}"', f'"{area}"')
    path = folder / "other.toml"
    path.write_text(other, encoding="utf-8")
    load_plans([path])


def _records_of(world: World) -> Iterator[Submission]:
    """Yield a few approved records of every kind."""
    for kind in KINDS:
        records = list(kind._default_manager.approved().order_by("pk"))
        yield from world.random.sample(records, min(4, len(records)))


def test_a_plan_that_is_over_counts_on_its_last_day(
    district: Area, approved: Make, shiju: User
) -> None:
    """As on its figure page: records that began or ended later do not matter."""
    plan = load_plans([SHIPPED / "yuzhong-2026.toml"])[0]
    Plan.objects.filter(pk=plan.pk).update(ends_on=Day(2026, 4, 30))
    fund = approved(Fund, closed_on=Day(2026, 5, 31))
    late = approved(Fund, area_id=MINSHENGLU, established_on=Day(2026, 5, 1))
    page = _open(shiju, fund)
    assert {row["day"] for row in page.context["counted"]} == {Day(2026, 4, 30)}
    assert "2026年4月30日" in page.content.decode()
    assert _counted(shiju, late) == {}


def test_a_record_of_an_abolished_street_counts_for_who_followed(
    yuzhong: Plan, approved: Make, shiju: User
) -> None:
    fund = approved(Fund)
    register_succession(QIXINGGANG, f"{NEIGHBOUR}009", Day(2026, 6, 1))
    assert _counted(shiju, fund) == {}
    Plan.objects.update(area_code=NEIGHBOUR)
    page = _open(shiju, fund)
    assert {row["indicator"].code for row in page.context["counted"]} == {
        "funds",
        "community_fund_coverage",
    }
    assert {row["seen_at"] for row in page.context["counted"]} == {""}
    assert "/figures/" not in page.content.decode()


def test_a_record_counts_where_it_came_by_two_changes(
    yuzhong: Plan, approved: Make, shengting: User
) -> None:
    """A street moved to 江北区, which was renamed later with everything it had by then."""
    fund = approved(Fund)
    register_succession(QIXINGGANG, f"{NEIGHBOUR}009", Day(2026, 5, 1))
    register_succession(NEIGHBOUR, "500199", Day(2026, 6, 1), name="新江北区")
    Plan.objects.update(area_code="500199")
    assert _counted(shengting, fund) == {"funds": "1", "community_fund_coverage": "1"}
    page = _client(shengting).get("/figures/yuzhong-2026/community_fund_coverage/500199009003/")
    assert [each["name"] for each in page.context["records"]] == [fund.name]


def test_a_record_opens_the_figure_its_reader_may_see(
    yuzhong: Plan, approved: Make, jiedao: User, shiju: User, shengting: User
) -> None:
    fund = approved(Fund)
    for user, area in ((jiedao, QIXINGGANG), (shiju, DISTRICT), (shengting, DISTRICT)):
        page = _open(user, fund)
        links = re.findall(r'href="(/figures/[^"]+)"', page.content.decode())
        assert links[0] == f"/figures/yuzhong-2026/funds/{area}/", user
        assert {_client(user).get(link).status_code for link in links} == {200}


def test_its_own_page_leads_there(yuzhong: Plan, approved: Make, shiju: User) -> None:
    fund = approved(Fund)
    page = _client(shiju).get(f"/admin/funds/fund/{fund.pk}/change/")
    assert f'href="/records/funds.fund/{fund.pk}/figures/"' in page.content.decode()


# --- the editions -----------------------------------------------------------------------------


def _sealed_in(user: User, record: Submission) -> list[str]:
    page = _open(user, record)
    for edition in page.context["editions"]:
        assert str(edition) in page.content.decode()
        assert f'href="/reports/{edition.report_id}/"' in page.content.decode()
    return [str(edition) for edition in page.context["editions"]]


def test_a_sealed_record_names_its_editions(
    edition: Edition, report: Report, shiju: User, shengting: User, approved: Make
) -> None:
    """Every record of the edition's ledgers and no other; a correction adds its own."""
    sealed = {(each.kind, each.object_id) for each in edition.members.all()}
    assert len(sealed) == edition.members.count() > 20
    for kind in RECORD_KINDS:
        for record in kind._default_manager.all():
            is_sealed = (kind._meta.label_lower, record.pk) in sealed
            assert _sealed_in(shiju, record) == (
                ["渝中区2026年6月进展报告第1版"] if is_sealed else []
            )
    fund, late = Fund.objects.earliest("pk"), approved(Fund, area_id="500103001006")
    seal(report, by=shiju, on=JUNE, reason="补录基金")
    assert _sealed_in(shiju, fund) == [f"渝中区2026年6月进展报告第{n}版" for n in (1, 2)]
    assert _sealed_in(shengting, late) == ["渝中区2026年6月进展报告第2版"]


def test_what_is_counted_on_the_day_is_what_the_edition_holds(edition: Edition) -> None:
    """The edition's records are those that count in some indicator of the plan."""
    sealed = {(each.kind, each.object_id) for each in edition.members.all()}
    indicators = edition.report.plan.indicators.select_related("plan").prefetch_related("targets")
    counted = {
        (kind._meta.label_lower, record.pk)
        for kind in RECORD_KINDS
        for record in kind._default_manager.approved()
        if any(counted_quantity(one, record, JUNE) is not None for one in indicators)
    }
    assert sealed == counted


def test_a_record_taken_back_stays_in_the_edition_that_holds_it(
    edition: Edition, shiju: User
) -> None:
    fund = Fund.objects.earliest("pk")
    reopen(fund, by=shiju, reason="核对")
    page = _open(shiju, fund)
    assert page.context["counted"] == []
    assert _sealed_in(shiju, fund) == ["渝中区2026年6月进展报告第1版"]


def test_only_editions_the_reader_may_open_are_named(edition: Edition, jiedao: User) -> None:
    """A clerk of the street may not read the district's report."""
    page = _open(jiedao, Fund.objects.get(area=HUAYIPO))
    assert page.context["editions"] == []
    assert "没有封存的报告包含本记录。" in page.content.decode()


def test_an_edition_holds_a_record_once(edition: Edition) -> None:
    member = edition.members.first()
    assert member is not None
    again = EditionMember(edition=edition, kind=member.kind, object_id=member.object_id)
    with pytest.raises(ValidationError, match="该记录已在该版次中"):
        again.validate_constraints()
    with pytest.raises(IntegrityError, match="editionmember"), transaction.atomic():
        again.save()


# --- who may open it ----------------------------------------------------------------------------


@pytest.mark.parametrize("user", ["jiangbei", "jiedao2", "guanli", "shenji"])
def test_out_of_scope_is_not_found(
    yuzhong: Plan, approved: Make, request: pytest.FixtureRequest, user: str
) -> None:
    assert _open(request.getfixturevalue(user), approved(Fund)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "funds.fund/999999",
        "funds.nothing/1",
        "nothing/1",
        "accounts.user/1",
        "funds.fundmember/1",
        "funds.fundmoney/1",
        "reviews.submission/1",
    ],
)
def test_what_is_no_record_is_not_found(yuzhong: Plan, shiju: User, path: str) -> None:
    assert _client(shiju).get(f"/records/{path}/figures/").status_code == 404


def test_a_stranger_is_asked_to_log_in(yuzhong: Plan, approved: Make) -> None:
    answer = Client().get(f"/records/funds.fund/{approved(Fund).pk}/figures/")
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


# --- how much it costs --------------------------------------------------------------------------


def _queries(client: Client, record: Submission) -> int:
    client.get(f"/records/{record._meta.label_lower}/{record.pk}/figures/")
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/records/{record._meta.label_lower}/{record.pk}/figures/")
    assert answer.status_code == 200
    return len(queries)


@pytest.mark.once
def test_the_queries_depend_on_neither_records_nor_reach_nor_other_places_plans(
    yuzhong: Plan, approved: Make, shiju: User
) -> None:
    client = _client(shiju)
    records = [
        approved(Fund),
        approved(CommunityOrg),
        approved(Donation),
        approved(Activity, reached=[HUAYIPO, MINSHENGLU]),
    ]
    before = [_queries(client, record) for record in records]
    others = ("ordos-2024", "yubei-2021", "yantai-2025", "yunnan-2024")
    load_plans([SHIPPED / f"{name}.toml" for name in others])
    communities = list(Area.objects.within(DISTRICT).filter(level=5, is_counted=True)[:20])
    for place in communities:
        approved(Fund, area=place)
        approved(CommunityOrg, area=place)
    records[3] = approved(Activity, reached=[place.code for place in communities])
    assert [_queries(client, record) for record in records] == before
    assert max(before) < 45, before


# --- editions sealed before there was an index ---------------------------------------------------


def test_the_migration_indexes_what_was_sealed_before(edition: Edition) -> None:
    """The migration writes the same index from sealed contents as sealing does."""
    names = ("edition_id", "kind", "object_id")
    right = sorted(EditionMember.objects.values_list(*names))
    EditionMember.objects.all().delete()
    migration = import_module("reports.migrations.0002_edition_members")
    migration.members_of_sealed_editions(apps, None)
    assert sorted(EditionMember.objects.values_list(*names)) == right
    assert len(right) > 20
