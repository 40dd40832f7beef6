"""Reading for dashboards: the stored series against a bare cursor, and whole pages of the site."""

from __future__ import annotations

import datetime
import functools

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from areas.models import Area
from bench import measure
from bench.tasks import Found
from indicators.blobs import unpack
from indicators.engine import Matrix, SeriesKey
from indicators.measures import MEASURES
from indicators.snapshots import view

_ROOT, _PLAN, _PREFECTURE = "53", "yunnan-2024", "5301"
_AREAS, _MEASURES, _YEARS = 32, 15, 3
_MONTH_END, _ANY_DAY = datetime.date(2026, 10, 31), datetime.date(2026, 11, 12)


def boards(runs: str) -> Found:
    """P7: the series of 32 areas, 15 measures and 36 months; a province's page, nothing cached."""
    codes = list(
        Area.objects.filter(level__lte=3).order_by("code").values_list("code", flat=True)[:_AREAS]
    )
    keys = [SeriesKey("measure", code) for code in list(MEASURES)[:_MEASURES]]
    read = functools.partial(view, codes, _MONTH_END, _ROOT, keys, years=_YEARS)
    works: dict[str, measure.Work] = {"orm": read, "cursor": functools.partial(_cursor, codes)}
    found = measure.medians(works, int(runs))
    found["queries"] = _queries(read)
    client = _observer()
    pages = {
        "month_end": functools.partial(_page, client, _ROOT, _MONTH_END),
        "any_day": functools.partial(_page, client, _ROOT, _ANY_DAY),
        "prefecture": functools.partial(_page, client, _PREFECTURE, _ANY_DAY),
    }
    found |= measure.medians(pages, int(runs))
    # The prefecture has one question more: its neighbours, to compare with.
    queries = {f"{name}_queries": _queries(page) for name, page in pages.items()}
    queries["prefecture_queries"] -= 1
    return found | queries


def _cursor(codes: list[str]) -> dict[tuple[str, int], Matrix]:
    """The same rows by hand: fetched and unpacked, with no layout, tree or areas asked for."""
    years = (_MONTH_END.year - _YEARS + 1, _MONTH_END.year)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT area_id, year, blob FROM indicators_areaseries "
            "WHERE area_id = ANY(%s) AND year BETWEEN %s AND %s",
            [codes, *years],
        )
        return {(code, year): unpack(blob) for code, year, blob in cursor.fetchall()}


def _observer() -> Client:
    settings.ALLOWED_HOSTS = ["testserver"]
    user, _ = User.objects.get_or_create(
        username="bench-observer", defaults={"role": Role.OBSERVER, "area_id": _ROOT}
    )
    client = Client()
    client.force_login(user)
    return client


def _page(client: Client, area: str, day: datetime.date) -> None:
    answer = client.get(f"/dashboard/{_PLAN}/{area}/", {"on": day.isoformat()})
    if answer.status_code != 200:
        raise ValueError(answer.status_code)


def _queries(work: measure.Work) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)
