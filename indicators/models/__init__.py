"""The models of plans, indicators, targets, figures without records, and stored series."""

from indicators.models.figures import Covers, ManualFigure, OpeningBalance
from indicators.models.indicators import (
    Against,
    CountedPeriod,
    Indicator,
    Place,
    Target,
    TargetAllocation,
    Within,
)
from indicators.models.plans import Plan, Revision, default_reminders
from indicators.models.series import AreaSeries, SeriesLayout

__all__ = [
    "Against",
    "AreaSeries",
    "CountedPeriod",
    "Covers",
    "Indicator",
    "ManualFigure",
    "OpeningBalance",
    "Place",
    "Plan",
    "Revision",
    "SeriesLayout",
    "Target",
    "TargetAllocation",
    "Within",
    "default_reminders",
]
