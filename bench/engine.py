"""The work of the platform that is measured: computing, storing, one approval."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from accounts.models import User
from areas.models import Area
from funds.models import Donation
from indicators.measures import MEASURES
from indicators.models import SeriesLayout
from indicators.store import catalogue, events, series
from indicators.store.series import Block
from reviews.models import Status
from reviews.services import approve


def layout() -> SeriesLayout:
    """Return the stored layout, which exists once the plans are loaded."""
    return SeriesLayout.objects.get()


def blocks() -> Iterator[Block]:
    """Yield every series of every area and month, block by block."""
    codes = list(Area.objects.values_list("code", flat=True))
    yield from series.computed_blocks(layout(), codes)


def compute() -> None:
    """Compute all series and store none of them."""
    for _ in blocks():
        pass


def compute_additive() -> None:
    """Compute the measures alone, as peers do: no coverage, opening balances, manual figures."""
    codes = list(Area.objects.values_list("code", flat=True))
    keys = [key for key in catalogue.layout_keys(layout()) if key.kind == "measure"]
    for _ in series.count_in_blocks(codes, catalogue.full_span(layout()), keys, events.Scope()):
        pass


def statements() -> dict[str, str]:
    """Return the SQL that the engine copies from, by measure."""
    return {code: events.statement("measure", code, events.Scope()) for code in MEASURES}


def discarded_copy() -> None:
    """Run the same statements and discard the rows: the cost of reading alone."""
    with connection.cursor() as cursor, Path(os.devnull).open("wb") as sink:
        for sql in statements().values():
            cursor.copy_expert(f"COPY ({sql}) TO STDOUT (FORMAT binary)", sink)


class Approvals:
    """Pending donations that are approved one after another, as a reviewer does."""

    def __init__(self, count: int) -> None:
        clerk = User.objects.get(role="clerk")
        self._reviewer = User.objects.get(role="reviewer")
        codes = Area.objects.filter(level=5).order_by("code").values_list("code", flat=True)
        step = max(1, len(codes) // count)
        self._pending = [
            Donation.objects.create(
                area_id=code,
                donated_on=datetime.date(2026, 3, 1),
                amount_yuan=100,
                status=Status.PENDING,
                created_by=clerk,
                submitted_by=clerk,
            )
            for code in codes[::step][:count]
        ]

    def __call__(self) -> None:
        """Approve the next one; record, event and figures are committed together."""
        approve(self._pending.pop(), by=self._reviewer)
