"""Checks of applications to be a demonstration."""

from __future__ import annotations

import re
from collections.abc import Iterator

from areas.codes import TOWNSHIP_LEVEL
from reviews.checks import (
    Problem,
    declare_checks,
    field_label,
    not_before_1949,
    not_in_future,
    required,
)
from work.models import DIMENSIONS, MOST_POINTS, DemonstrationApplication

_YEAR = re.compile(r"20\d{2}", re.ASCII)


def street_or_community(application: DemonstrationApplication) -> Iterator[Problem]:
    """Only a street (township) or a community (village) applies."""
    if application.area_id and application.area.level < TOWNSHIP_LEVEL:
        message = f"示范申报的“所属地区”应为街道（乡镇）或社区（村），现为{application.area}"
        yield Problem("level", "area", message)


def year_begun(application: DemonstrationApplication) -> Iterator[Problem]:
    """The year must be one of four digits that is not after the year of the application's day."""
    year, day = application.year, application.applied_on
    if not year:
        return
    if not _YEAR.fullmatch(year):
        yield Problem("year", "year", f"“申报年度”应为四位数字的年份，如2026（现为{year}）")
    elif day is not None and int(year) > day.year + 1:
        message = f"“申报年度”{year}比申报日期{day}晚一年以上，请核对"
        yield Problem("year_ahead", "year", message)


def points_on_scale(application: DemonstrationApplication) -> Iterator[Problem]:
    """Each dimension has from 0 to 100 points."""
    for field, points in application.points.items():
        if points is not None and not 0 <= points <= MOST_POINTS:
            label = field_label(application, field)
            message = f"“{label}”得分应为0至{MOST_POINTS}分（现为{points}）"
            yield Problem("points", field, message)


declare_checks(
    DemonstrationApplication,
    required("name", "year", "applied_on", "reason", *DIMENSIONS),
    street_or_community,
    not_before_1949("applied_on"),
    not_in_future("applied_on"),
    year_begun,
    points_on_scale,
)
