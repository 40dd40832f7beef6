"""Fixtures that the indicator tests share: figures read as the pages read them, and made-up plans."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from areas.models import Area
from indicators.models import Plan
from indicators.plan.loading import load_plans
from indicators.progress.progress import Progress, progress_of

Day = datetime.date


def item_of(plan: Plan, indicator: str, code: str, day: Day, year: int | None = None) -> Progress:
    """Return the progress of one indicator in one area."""
    items = progress_of(plan, [code], day, year)[code]
    return next(item for item in items if item.indicator.code == indicator)


def numerator_of(plan: Plan, indicator: str, code: str, day: Day) -> int:
    """Return the numerator as a whole number."""
    return int(item_of(plan, indicator, code, day).figure.numerator)


def run_json(*arguments: str) -> Any:
    """Return the JSON that a command prints."""
    out = io.StringIO()
    call_command(*arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


HEAD = """[plan]
code = "own"
title = "自有方案"
issuer = "某区民政局"
issued_on = 2025-12-01
area = "500103"
starts_on = 2026-01-01
ends_on = 2029-12-31
"""

INDICATOR = """
[[indicator]]
code = "{code}"
name = "{code}指标"
unit = "{unit}"
place = "annex"
clause = "一"
{rule}
"""


def indicator_text(rule: str, code: str = "one", unit: str = "个") -> str:
    """Return one `[[indicator]]` table of a plan file."""
    return INDICATOR.format(code=code, rule=rule, unit=unit)


@pytest.fixture
def load_text(db: None, tmp_path: Path) -> Callable[..., Plan]:
    """`load_text(indicator_text(…), …)`: write own.toml and load it, without any tree of areas."""

    def load(*indicators: str, head: str = HEAD) -> Plan:
        path = tmp_path / "own.toml"
        path.write_text(head + "".join(indicators), encoding="utf-8")
        return load_plans([path])[0]

    return load


@pytest.fixture
def own_plan(district: Area, load_text: Callable[..., Plan]) -> Callable[..., Plan]:
    """The same as `load_text`, with 渝中区's tree of areas."""
    return load_text
