"""The template context of a dashboard."""

from __future__ import annotations

import datetime
from collections import Counter

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from areas.models import Area
from dates.text import day_text
from indicators.progress.progress import Progress, State
from indicators.progress.services import plans_of_area, usual_day
from reports.dashboard.board import DashboardFigures, DashboardQuery, read_board
from reports.dashboard.cards import SHAPES, card, next_target
from reports.dashboard.compare import compare, siblings
from reports.dashboard.filing import FilingOverview, filing
from reports.dashboard.goals import goals
from reports.dashboard.heat import heat
from reports.dashboard.moves import moves, ranking
from reports.dashboard.trend import MONTHS, trend

_NUMERALS = "零一两三四五六七八九十"
_SPARK = 12
#: The rows, of indicators and areas together, that one page of A4 holds in the smallest print.
_PRINTED = 46
#: A target is set, but only for a later year.
_LATER = "本年未设目标"


def build_dashboard(
    question: DashboardQuery,
    *,
    rank: str = "",
    other: Area | None = None,
    against: datetime.date | None = None,
) -> dict[str, object]:
    """Return the context for page, big screen and print; `rank` is the code of an indicator."""
    board = read_board(question)
    drawn = trend(board)
    sparks = {
        series["code"]: series["values"][MONTHS - _SPARK : MONTHS] for series in drawn["series"]
    }
    filed = filing(board)
    label = question.plan.label_of(min(question.area.level + 1, 5))
    return {
        "plan": question.plan,
        "plans": plans_of_area(question.area.code),
        "area": question.area,
        "day": question.day,
        "year": question.year,
        "target_year": question.target_year,
        "years": _years(board),
        "days": _days(board),
        "query": question.query,
        "screen": _screen(question),
        "trail": [
            (step, question.address(step.code))
            for step in Area.objects.visible_to(question.user).filter(
                code__in=question.area.ancestor_codes
            )
        ],
        "sentence": _sentence(board, filed, label),
        "annex_cards": [card(board, item, sparks[item.indicator.code]) for item in board.annex],
        "text_cards": [card(board, item, sparks[item.indicator.code]) for item in board.text],
        "child_label": label,
        **heat(board),
        "trend": drawn,
        "since": board.since,
        "moves": moves(board),
        "ranking": ranking(board, rank),
        "goals": goals(board),
        "filing": filed,
        "siblings": siblings(board),
        "comparison": compare(board, other, against),
        "other": other,
        "against": against,
        "legend": [(state, SHAPES[state]) for state in State],
        "print_size": _print_size(len(board.items) + len(board.children)),
        "print_rows": max(_PRINTED - len(board.items), 5),
        "is_empty": not any(item.figure.numerator for item in board.items),
        "export": reverse("dashboard-export", args=[question.plan.code, question.area.code])
        + question.query,
        "api": _api(question),
    }


def _sentence(board: DashboardFigures, filed: FilingOverview | None, label: str) -> str:
    """Return the summary sentence of the page.

    Such as 渝中区九项指标：5项已完成，2项正常，2项滞后；数据截至…，11个街道中10个已报。
    """
    words = Counter(_state_word(board, item) for item in board.annex)
    counts = [
        f"{words[word]}项{word}"
        for word in (*(state.label for state in State), _LATER)
        if words[word]
    ]
    area, day = board.question.area, board.question.day
    reported = filed.sentence(label) if filed else ""
    tail = f"，{reported}" if reported else ""
    return (
        f"{area.short_name}{_number(len(board.annex))}项指标{'：' * bool(counts)}{'，'.join(counts)}；"
        f"数据截至{day_text(day)}{tail}。"
    )


def _state_word(board: DashboardFigures, item: Progress) -> str:
    """Return the state in words; for a year without a target, whether a later year has one."""
    has_next = item.state == State.NO_TARGET and next_target(board, item) is not None
    return _LATER if has_next else item.state.label


def _print_size(rows: int) -> str:
    """Return the print size at which all rows fit on one page of A4."""
    return "" if rows <= 20 else "close" if rows <= 34 else "dense"


def _number(number: int) -> str:
    """Return the number in Chinese (九), above ten in digits."""
    return _NUMERALS[number] if number < len(_NUMERALS) else str(number)


def _years(board: DashboardFigures) -> list[int]:
    """Return the years for which the plan sets targets, and the year of the day."""
    dues = {target.due_on.year for one in board.indicators for target in one.targets.all()}
    return sorted(dues | {board.question.target_year})


def _days(board: DashboardFigures) -> list[tuple[str, str]]:
    """Return days that people often choose, as (label, address)."""
    question, plan = board.question, board.question.plan
    today = timezone.localdate()
    last_month = today.replace(day=1) - datetime.timedelta(days=1)
    year_end = datetime.date(today.year - 1, 12, 31)
    days = {"今天": today, "上月末": last_month, "上年末": year_end}
    if plan.ends_on < today:
        days = {"方案期末": plan.ends_on}
    if board.since.day not in days.values():
        days[board.since.label] = board.since.day
    here = reverse("dashboard", args=[plan.code, question.area.code])
    year = f"&year={question.year}" if question.year else ""
    return [(word, f"{here}?on={day.isoformat()}{year}") for word, day in days.items()]


def _screen(question: DashboardQuery) -> str:
    """Return the address of the big screen.

    For today the address names no day, because the screen may stay open until tomorrow.
    """
    asked = "" if question.day == usual_day(question.plan) else f"&on={question.day.isoformat()}"
    return f"?screen=1{asked}" + (f"&year={question.year}" if question.year else "")


def _api(question: DashboardQuery) -> str:
    """Return the API's address for the same figures."""
    asked = urlencode({"plan": question.plan.code, "area": question.area.code})
    return f"{reverse('api-progress')}?{asked}&{question.query.removeprefix('?')}"
