"""Measure reading for dashboards: stored series against a bare cursor, and whole pages."""

from __future__ import annotations

import datetime
import functools
import tempfile
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from areas.models import Area
from bench import measure
from bench.records.sql import LAST
from bench.tasks import Found
from indicators.measures import MEASURES
from indicators.plan.loading import SHIPPED, load_plans
from indicators.store.blobs import unpack
from indicators.store.engine import Matrix, SeriesKey
from indicators.store.series_reader import view
from indicators.store.series_view import SeriesView
from indicators.store.tree_context import TreeContext

#: A province, and two of its prefectures: one with fourteen counties, one with three.
_ROOT, _LARGE, _SMALL = "53", "5301", "5334"
_AREAS, _MEASURES, _YEARS = 32, 15, 3
#: The end of a month, and the last day that has records, which is used as today.
_MONTH_END, _TODAY = datetime.date(2026, 10, 31), LAST


def boards(runs: str) -> Found:
    """P7: measure reading 32 areas × 15 measures × 36 months, and uncached dashboard pages."""
    codes = list(
        Area.objects.filter(level__lte=3).order_by("code").values_list("code", flat=True)[:_AREAS]
    )
    keys = [SeriesKey("measure", code) for code in list(MEASURES)[:_MEASURES]]

    def read() -> SeriesView:
        return view(codes, _MONTH_END, TreeContext(_ROOT), keys, years=_YEARS)

    works: dict[str, measure.Work] = {"orm": read, "cursor": functools.partial(_cursor, codes)}
    found = measure.medians(works, int(runs))
    found["queries"] = _queries(read)
    client, whole = _observer(), _whole_plan()
    pages = {
        "own": functools.partial(_page, client, "yunnan-2024", _ROOT, _TODAY),
        "whole_month": functools.partial(_page, client, whole, _ROOT, _MONTH_END),
        "whole": functools.partial(_page, client, whole, _ROOT, _TODAY),
        "large": functools.partial(_page, client, whole, _LARGE, _TODAY),
        "small": functools.partial(_page, client, whole, _SMALL, _TODAY),
    }
    found |= measure.medians(pages, int(runs))
    return found | {f"{name}_queries": _queries(page) for name, page in pages.items()}


def _whole_plan() -> str:
    """Load 渝中's fourteen indicators for the whole province, whose own plan has fewer."""
    text = (SHIPPED / "yuzhong-2026.toml").read_text(encoding="utf-8")
    text = text.replace('"yuzhong-2026"', '"bench"').replace('"500103"', f'"{_ROOT}"')
    with tempfile.TemporaryDirectory(prefix="bench-plan-") as folder:
        path = Path(folder) / "bench.toml"
        path.write_text(text, encoding="utf-8")
        load_plans([path])
    return "bench"


def _cursor(codes: list[str]) -> dict[tuple[str, int], Matrix]:
    """Fetch and unpack the same rows with plain SQL, without looking up layout, tree or areas."""
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


def _page(client: Client, plan: str, area: str, day: datetime.date) -> None:
    answer = client.get(f"/dashboard/{plan}/{area}/", {"on": day.isoformat()})
    if answer.status_code != 200:
        raise ValueError(answer.status_code)


def _queries(work: measure.Work) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)
