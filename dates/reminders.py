"""Which reminder is to go out on a day."""

from __future__ import annotations

from collections.abc import Collection


def reminder_due(days_left: int, marks: Collection[int], last_sent: int | None) -> int | None:
    """The reminder mark to send now, or None.

    A mark is a number of days before the due day (negative: after it). Only the nearest mark that
    has been reached is sent, so that days without a run send one reminder, not several.
    `days_left`: days to the due day. `last_sent`: the smallest mark that was sent already.
    """
    mark = min((mark for mark in marks if mark >= days_left), default=None)
    is_sent = mark is not None and last_sent is not None and last_sent <= mark
    return None if is_sent else mark
