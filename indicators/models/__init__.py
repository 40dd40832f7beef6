"""The models of plans, indicators, targets, tasks, duties, figures without records, and stored series."""

from indicators.models.duties import Duty, DutyExcuse
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
from indicators.models.rules_of_records import CompetenceRule, NamingRule, RecordRule
from indicators.models.series import AreaSeries, SeriesLayout
from indicators.models.tasks import Stage, Task

__all__ = [
    "Against",
    "AreaSeries",
    "CompetenceRule",
    "CountedPeriod",
    "Covers",
    "Duty",
    "DutyExcuse",
    "Indicator",
    "ManualFigure",
    "NamingRule",
    "OpeningBalance",
    "Place",
    "Plan",
    "RecordRule",
    "Revision",
    "SeriesLayout",
    "Stage",
    "Target",
    "TargetAllocation",
    "Task",
    "Within",
    "default_reminders",
]
