"""Days as spreadsheets store them: a count of days since an epoch, with the time as a fraction."""

from __future__ import annotations

import datetime

from ledgers.workbooks.number_formats import CellFormat

#: What a date cell may hold.
Moment = datetime.date | datetime.datetime | datetime.time | datetime.timedelta

#: Days between the epochs of the two systems: serial 0 of 1904 is serial 1462 of 1900.
SHIFT_1904 = 1462
_EPOCH = datetime.date(1899, 12, 30)
_DAY_SECONDS, _HALF_A_SECOND = 86_400, 0.5
#: Serial 60 is 29 February 1900, which never was; the days before it are one off.
_FALSE_LEAP_DAY = 60
_LAST_SERIAL = 2_958_465  # 9999-12-31


def whole_day(serial: float) -> int:
    """Return the day of a serial; one within half a second of midnight is that midnight.

    Sums of binary fractions miss midnight by a hair: 46081.99999999 means 46082.
    """
    nearest = round(serial)
    return nearest if abs(serial - nearest) * _DAY_SECONDS < _HALF_A_SECOND else int(serial // 1)


def moment_of(serial: float, *, is_1904: bool = False) -> Moment | None:
    """Return the day of a serial, with the time if there is one; a time alone for less than 1.

    None where no calendar has the day.
    """
    if not 0 <= serial <= _LAST_SERIAL:
        return None
    day = whole_day(serial)
    seconds = (serial - day) * _DAY_SECONDS
    seconds = seconds if seconds >= _HALF_A_SECOND else 0.0
    if day == 0 and not is_1904:
        return _time(seconds)
    if is_1904:
        day += SHIFT_1904
    elif day == _FALSE_LEAP_DAY:
        return None
    elif day < _FALSE_LEAP_DAY:
        day += 1
    if day > _LAST_SERIAL:
        return None
    date = _EPOCH + datetime.timedelta(days=day)
    clock = _time(seconds)
    return datetime.datetime.combine(date, clock) if clock != datetime.time() else date


def _time(seconds: float) -> datetime.time:
    milliseconds = min(round(seconds * 1000), _DAY_SECONDS * 1000 - 1)
    whole, rest = divmod(milliseconds, 1000)
    return datetime.time(whole // 3600, whole // 60 % 60, whole % 60, rest * 1000)


def duration_of(serial: float) -> datetime.timedelta | None:
    """Return the length of time of a serial such as 1.5 under `[h]:mm`; None for absurd ones."""
    if abs(serial) > _LAST_SERIAL:
        return None
    return datetime.timedelta(seconds=round(serial * _DAY_SECONDS, 3))


def at_midnight(moment: datetime.datetime) -> datetime.date | datetime.datetime:
    """Return the day alone where the time is within half a second of midnight."""
    near = moment + datetime.timedelta(milliseconds=500)
    is_midnight = near.time() < datetime.time(0, 0, 1)
    return near.date() if is_midnight else moment


def day_of_text(written: str) -> object:
    """Return a day or time in ISO 8601 as such; other texts as they are."""
    for read in (datetime.date.fromisoformat, datetime.datetime.fromisoformat):
        try:
            moment = read(written)
        except ValueError:
            continue
        if isinstance(moment, datetime.datetime):
            return at_midnight(moment.replace(tzinfo=None))
        return moment
    try:
        return datetime.time.fromisoformat(written)
    except ValueError:
        return written


def number_or_day(number: float, shown: CellFormat, *, is_1904: bool) -> object:
    """Return a stored number as its format shows it: a number, a day or a length of time."""
    if shown.is_duration:
        found: object = duration_of(number)
    elif shown.is_day:
        found = moment_of(number, is_1904=is_1904)
    else:
        return number
    return number if found is None else found
