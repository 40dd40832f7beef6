"""What is measured of the product: computing, storing, one approval."""

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
from indicators.store import events, series
from indicators.store.series import Block
from reviews.models import Status
from reviews.services import approve


def layout() -> SeriesLayout:
    """The stored layout; it is there once the plans are loaded."""
    return SeriesLayout.objects.get()


def blocks() -> Iterator[Block]:
    """Every series of every area and month, block by block."""
    codes = list(Area.objects.values_list("code", flat=True))
    yield from series.computed_blocks(layout(), codes)


def compute() -> None:
    """Compute everything, keep nothing."""
    for _ in blocks():
        pass


def compute_additive() -> None:
    """Compute the measures alone, as the peers do: no coverage, balances or reported figures."""
    codes = list(Area.objects.values_list("code", flat=True))
    keys = [key for key in series.layout_keys(layout()) if key.kind == "measure"]
    for _ in series.count_in_blocks(codes, series.full_span(layout()), keys, events.Scope()):
        pass


def statements() -> dict[str, str]:
    """The very SQL the engine copies, by measure."""
    return {code: events.statement("measure", code, events.Scope()) for code in MEASURES}


def discarded_copy() -> None:
    """The same statements over the same connection, thrown away: what reading alone costs."""
    with connection.cursor() as cursor, Path(os.devnull).open("wb") as sink:
        for sql in statements().values():
            cursor.copy_expert(f"COPY ({sql}) TO STDOUT (FORMAT binary)", sink)


class Approvals:
    """Pending donations, approved one by one as a reviewer does."""

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
        """Approve the next one: record, event and figures commit together."""
        approve(self._pending.pop(), by=self._reviewer)
