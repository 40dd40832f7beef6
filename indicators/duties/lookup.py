"""One instance by its key."""

from __future__ import annotations

import datetime

from indicators.duties.instances import Asked, Instance, page_of
from indicators.models import Duty

_ANY_TIME = (datetime.date(1900, 1, 1), datetime.date(9990, 12, 31))


def find_instance(key: str, day: datetime.date, root: str) -> Instance | None:
    """The instance with a key (`Instance.key`) of a debtor below `root`, with its state on a day.

    None where nobody there owes it.
    """
    parts = key.split("/")
    if len(parts) != 4:
        return None
    plan, code, debtor, period = parts
    duty = Duty.objects.select_related("plan").filter(plan__code=plan, code=code).first()
    if duty is None:
        return None
    rows = page_of([duty], Asked(root, day, *_ANY_TIME, debtor=debtor)).rows
    return next((each for each in rows if each.period_code == period), None)
