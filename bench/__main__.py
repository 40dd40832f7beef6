"""`make bench`: ratios against a named alternative, both measured in this run.

District scale on the embedded database: 渝中区's tree and 40,000 approved records.
"""

from __future__ import annotations

import datetime
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
_FOLDER = tempfile.TemporaryDirectory(prefix="bench-")
os.environ["DATA_DIR"] = _FOLDER.name
os.environ.pop("DATABASE_URL", None)

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import Count, Sum  # noqa: E402

from areas.models import Area  # noqa: E402
from areas.querysets import within_q  # noqa: E402
from areas.services import import_areas, national_rows  # noqa: E402
from funds.models import Donation  # noqa: E402
from indicators import series  # noqa: E402
from indicators.events import Scope  # noqa: E402
from indicators.measures import MEASURES  # noqa: E402
from indicators.plans import load_plans, shipped_files  # noqa: E402
from projects.models import Aid, Project  # noqa: E402

ROOT, RECORDS = "500103", 40_000
FIRST, LAST = datetime.date(2021, 1, 1), datetime.date(2026, 11, 20)


def generate() -> None:
    """The tree, the plans, and approved donations, aid and projects on random days."""
    call_command("migrate", verbosity=0)
    import_areas(ROOT, national_rows(ROOT))
    rng = random.Random(2026)  # noqa: S311 - figures to count, not secrets
    areas = list(Area.objects.filter(level=5).values_list("code", flat=True))
    span = (LAST - FIRST).days

    def some() -> tuple[str, datetime.date]:
        return rng.choice(areas), FIRST + datetime.timedelta(days=rng.randrange(span))

    donations, aids, projects = [], [], []
    for number in range(RECORDS // 2):
        area, day = some()
        donations.append(
            Donation(
                area_id=area, donated_on=day, amount_yuan=rng.randint(1, 9999), status="approved"
            )
        )
        area, day = some()
        if number % 4:
            aids.append(
                Aid(
                    area_id=area,
                    helped_on=day,
                    group="elderly",
                    content="走访",
                    person_times=rng.randint(1, 30),
                    status="approved",
                )
            )
        else:
            projects.append(
                Project(area_id=area, name=f"项目{number}", starts_on=day, status="approved")
            )
    for model, rows in ((Donation, donations), (Aid, aids), (Project, projects)):
        model.objects.bulk_create(rows, batch_size=2000)  # type: ignore[attr-defined]
    load_plans(shipped_files())


def median_seconds(work: Callable[[], object], times: int = 5) -> float:
    """The median of several runs, after one that warms up."""
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def engine() -> object:
    """Every series, every area, every month, from the records."""
    layout = series.current_layout()
    assert layout is not None  # noqa: S101
    codes = list(Area.objects.values_list("code", flat=True))
    keys = series.layout_keys(layout)
    return series.compute_scope(codes, series.full_span(layout), keys, Scope())


def one_query_per_area() -> object:
    """What the engine replaces: per area and measure one ORM aggregate, for a single month only."""
    found = []
    for code in Area.objects.values_list("code", flat=True):
        for measure in MEASURES.values():
            rows = measure.model._default_manager.filter(  # type: ignore[attr-defined]
                measure.condition,
                within_q(measure.area, code),
                **{f"{measure.start}__lte": LAST},
            )
            how = Sum(measure.quantity) if measure.quantity else Count("pk")
            found.append(rows.aggregate(value=how))
    return found


def approval() -> object:
    """What one approval of a donation adds: its series for its county, and the areas above."""
    with transaction.atomic():
        return series.refresh(Donation, {"500103001003"})


def main() -> None:
    """Print the ratios."""
    generate()
    write = sys.stdout.write
    full, naive = median_seconds(engine), median_seconds(one_query_per_area, times=1)
    stored, one = median_seconds(series.recompute_all), median_seconds(approval)
    write(f"district, SQLite, {RECORDS} records, {Area.objects.count()} areas\n")
    write(f"compute all months          {full * 1000:8.1f} ms\n")
    write(
        f"ORM, one month only         {naive * 1000:8.1f} ms   engine is {naive / full:6.1f} x faster\n"
    )
    write(f"compute and store           {stored * 1000:8.1f} ms   {stored / full:6.2f} x compute\n")
    write(
        f"one approval, refreshed     {one * 1000:8.1f} ms   1/{stored / one:5.1f} of a full recompute\n"
    )


main()
_FOLDER.cleanup()
