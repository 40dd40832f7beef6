"""Money on the other side of the book: a donation that was first stored as an expenditure."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal

from funds.models import Donation, Expenditure
from reviews.models import Submission

_CHUNK = 500
_Key = tuple[int | None, datetime.date | None, Decimal | None]


def on_the_other_side(
    new: Sequence[Submission], stated: Sequence[Submission]
) -> Iterator[tuple[int, str, str]]:
    """Yield (position, field, message) for each new donation or expenditure that a stored record of the
    other side equals in fund, day and amount, unless the file states that record, too."""
    told = {(type(record), record.pk) for record in stated}
    for model, other, day, other_day in (
        (Donation, Expenditure, "donated_on", "spent_on"),
        (Expenditure, Donation, "spent_on", "donated_on"),
    ):
        keys = {at: _key(each, day) for at, each in enumerate(new) if type(each) is model}
        stored = _stored(other, other_day, set(keys.values()), told) if keys else {}
        for at, key in keys.items():
            if key in stored:
                side, here = ("支出", "收入") if model is Donation else ("收入", "支出")
                message = (
                    f"系统中已有同一基金同日同额的{side}“{stored[key]}”，本表没有这一笔：如本行是把它改到{here}栏，"
                    f"请先作废那笔{side}，否则两边都计；确是另一笔{here}的请说明"
                )
                yield at, "amount_yuan", message


def _key(record: Submission, day: str) -> _Key:
    return tuple(getattr(record, name) for name in ("fund_id", day, "amount_yuan"))


def _stored(
    model: type[Donation] | type[Expenditure],
    day: str,
    wanted: set[_Key],
    told: set[tuple[type[Submission], int]],
) -> dict[_Key, Submission]:
    """Return the living records with a wanted key that the file does not state; one query per 500 days."""
    found: dict[_Key, Submission] = {}
    funds = sorted({fund for fund, _, _ in wanted if fund is not None})
    days = sorted({when for _, when, _ in wanted if when is not None})
    for start in range(0, len(days), _CHUNK):
        rows = model.objects.living().filter(
            **{"fund_id__in": funds, f"{day}__in": days[start : start + _CHUNK]}
        )
        for record in rows.order_by("pk"):
            key = _key(record, day)
            if key in wanted and (model, record.pk) not in told:
                found.setdefault(key, record)
    return found
