"""Values as clerks type them: dates, numbers, names and ticks in several spellings."""

from __future__ import annotations

from random import Random

from areas.models import Area
from dates.text import month_text
from demo.ledgers.draw import Cell, Day

_FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
_DAYS = ("{0}.{1}.{2}", "{0}年{1}月{2}日", "{0}/{1:02}/{2:02}", "{0}{1:02}{2:02}")
_COMMITTEES = ("{}社区", "{}社区", "{}社区居委会", "{}社区居民委员会", " {}社区")


def as_written(draw: Random, title: str, value: Cell) -> Cell:
    """Return a clean value as a clerk may have typed it; the importer must read the same value."""
    match value:
        case None:
            return {"社区": draw.choice((None, "—", "/")), "结束时间": "进行中"}.get(title)
        case bool():
            return draw.choice(("√", "√", "是", "有", 1) if value else ("否", None))
        case Area() if value.is_community:
            return _written_community(draw, value.short_name)
        case Area():
            return value.short_name
        case Day():
            return _written_day(draw, title, value)
        case int() | float():
            return _written_number(draw, title, value)
    return value


def _written_day(draw: Random, title: str, day: Day) -> Cell:
    if title == "开始时间" and day.day == 1:
        return month_text(day)
    form = draw.choice((*_DAYS, None, None))
    return form.format(day.year, day.month, day.day) if form else day


def _written_community(draw: Random, name: str) -> str:
    """Write a community under one of its usual names, a village under its own."""
    bare = name.removesuffix("社区")
    return name if bare == name else draw.choice(_COMMITTEES).format(bare)


def _written_number(draw: Random, title: str, number: float) -> Cell:
    chance = draw.random()
    if title.endswith("成员数") and number == 20:
        return "20余"
    if title == "起始资金" and chance < 0.25:
        return f"{number}万元"
    if chance < 0.06:
        return str(number).translate(_FULL_WIDTH)
    return f"{number:,}" if chance < 0.15 and number >= 1000 else number
