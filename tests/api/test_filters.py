"""Filters select exactly; an unknown or invalid one is refused instead of ignored."""

from __future__ import annotations

import datetime
from urllib.parse import quote

import pytest
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend

from accounts.models import User
from funds.models import Donation, Fund
from indicators.models import Plan
from orgs.models import Charity
from reviews.services import submit
from scenes.models import Scene
from tests.api.clients import ApiOf
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, MINSHENGLU, NEIGHBOUR, QIXINGGANG
from tests.types import Make, Response
from tests.web.routes import VIEWSETS


def _ids(answer: Response) -> set[int]:
    assert answer.status_code == 200, answer.json()
    return {row["id"] for row in answer.json()["results"]}


def test_state_place_day_and_words(api: ApiOf, make: Make, quji: User, shiju: User) -> None:
    first = make(
        Scene,
        opened_on=datetime.date(2026, 1, 31),
        address="华一路1号",
        type="wall",
        has_staff=False,
    )
    second = make(Scene, opened_on=datetime.date(2026, 2, 1), type="park", has_staff=True)
    other = make(
        Scene,
        area_id=MINSHENGLU,
        name="民生路 爱心超市",
        opened_on=datetime.date(2026, 2, 2),
        closed_on=datetime.date(2026, 5, 1),
        person_times=7,
        type="wall",
        has_staff=False,
    )
    submit(first, by=quji, reason="测试")
    expected = {
        "status=pending": {first},
        "status=draft": {second, other},
        "status=draft&status=pending": {first, second, other},
        f"within={JIEFANGBEI}": {other},
        f"within={QIXINGGANG}": {first, second},
        f"within={DISTRICT}": {first, second, other},
        f"within={NEIGHBOUR}": set(),
        f"area={HUAYIPO}": {first, second},
        f"area={QIXINGGANG}": set(),
        "since=2026-02-01": {second, other},
        "until=2026-02-01": {first, second},
        "since=2026-02-01&until=2026-02-01": {second},
        "opened_on_since=2026-02-02": {other},
        "opened_on_until=2026-01-31": {first},
        "closed_on_empty=true": {first, second},
        "closed_on_empty=false": {other},
        "closed_on_since=2026-05-02": set(),
        "type=park": {second},
        "type=park&type=wall": {first, second, other},
        "has_staff=true": {second},
        "has_staff=false": {first, other},
        "person_times_min=7": {other},
        "person_times_max=6": set(),
        f"name={quote('民生路 爱心超市')}": {other},
        f"name={quote('民生路')}": set(),
        f"q={quote('爱心')}": {other},
        f"q={quote('超市 民生')}": {other},
        f"q={quote('超市 墙')}": set(),
        f"q={quote('华一坡')}": {first, second},
        f"status=draft&within={QIXINGGANG}": {second},
    }
    for query, rows in expected.items():
        assert _ids(api(shiju).get(f"scenes/?{query}")) == {row.pk for row in rows}, query


def test_money_and_references(api: ApiOf, make: Make, shiju: User) -> None:
    fund = make(Fund)
    small, large = make(Donation, amount_yuan="99.99"), make(Donation, fund=fund, amount_yuan=100)
    for query, rows in {
        "amount_yuan_min=100": {large},
        "amount_yuan_max=99.99": {small},
        f"fund={fund.pk}": {large},
        "fund=0": set(),
        "channel=cash": set(),
    }.items():
        assert _ids(api(shiju).get(f"donations/?{query}")) == {row.pk for row in rows}, query


def test_what_has_changed_since_a_moment(api: ApiOf, make: Make, quji: User, shiju: User) -> None:
    old, moved, changed = make(Scene), make(Scene), make(Scene)
    moment = timezone.now()
    submit(moved, by=quji, reason="测试")
    assert api(quji).patch(f"scenes/{changed.pk}/", {"note": "改"}).status_code == 200
    for text in (moment.isoformat(), timezone.localtime(moment).isoformat()):
        query = {"updated_since": text, "ordering": "updated_at"}
        found = [row["id"] for row in api(shiju).get("scenes/", query).json()["results"]]
        assert found == [moved.pk, changed.pk]
    before = {"updated_since": "2020-01-01T00:00:00Z"}
    assert _ids(api(shiju).get("scenes/", before)) == {old.pk, moved.pk, changed.pk}


@pytest.mark.parametrize(
    "query",
    [
        "status=fertig",
        "status=",
        "since=gestern",
        "until=2026-02-30",
        "until=20260201",
        "within=5001'",
        "within=500",
        "area=渝中",
        "has_staff=1",
        "has_staff=True",
        "has_staff=",
        "person_times_min=-1",
        "person_times_min=1e3",
        "person_times_min=99999999999",
        "closed_on_empty=ja",
        "updated_since=2026-01-01",
        "updated_since=2026-01-01T00:00:00",
        "updated_since=2026-01-01T25:00:00Z",
        "q=",
        "name=" + "长" * 201,
        "stauts=draft",
        "search=墙",
        "within=500103&within=500105",
        "page=2",
        "since=%",
    ],
)
def test_what_makes_no_sense_is_refused_and_named(api: ApiOf, shiju: User, query: str) -> None:
    answer = api(shiju).get(f"scenes/?{query}")
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["field"] == query.partition("=")[0]


def test_a_detail_takes_no_filters(api: ApiOf, make: Make, shiju: User) -> None:
    path = f"scenes/{make(Scene).pk}/"
    assert api(shiju).get(path).status_code == 200
    assert api(shiju).get(f"{path}?status=draft").status_code == 400


def test_a_filter_never_widens_the_scope(api: ApiOf, make: Make, jiedao: User) -> None:
    make(Scene, area_id=MINSHENGLU)
    for root in ("50", DISTRICT, JIEFANGBEI, MINSHENGLU):
        assert _ids(api(jiedao).get(f"scenes/?within={root}")) == set()


def test_another_areas_record_is_not_found_by_its_reference(
    api: ApiOf, make: Make, jiedao: User
) -> None:
    host = make(Charity, area_id=NEIGHBOUR)
    fund = make(Fund, host=host)
    make(Fund, area_id=MINSHENGLU, host=host)
    assert _ids(api(jiedao).get(f"funds/?host={host.pk}")) == {fund.pk}


@pytest.mark.parametrize("prefix", VIEWSETS)
def test_every_filter_of_every_list_is_read_by_the_database(
    api: ApiOf, yuzhong: Plan, shiju: User, prefix: str
) -> None:
    """Each filter alone with a valid value: none fails, and none is ignored."""
    view = VIEWSETS[prefix]()
    filters = DjangoFilterBackend().get_filterset_class(view, VIEWSETS[prefix].queryset)
    values = {
        "DayField": "2026-06-30",
        "MomentField": "2026-06-30T00:00:00Z",
        "WholeField": "1",
        "KeyField": "1",
        "AmountField": "1.5",
        "TrueFalseField": "true",
        "AreaCodeField": DISTRICT,
    }
    for name, one in filters.base_filters.items():
        field = one.field
        value = values.get(type(field).__name__)
        if value is None:
            choices = [key for key, _ in getattr(field, "choices", ()) if key]
            value = choices[0] if choices else "字"
        assert api(shiju).get(f"{prefix}/", {name: value}).status_code == 200, name
