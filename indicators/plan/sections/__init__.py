"""The sections of the plan file beside the plan itself and its indicators, in the order of storing."""

from indicators.plan.sections.duties import DutySection
from indicators.plan.sections.record_rules import CompetenceSection, NamingSection
from indicators.plan.sections.section import PlanSection
from indicators.plan.sections.tasks import StageSection, TaskSection

__all__ = ["SECTIONS", "PlanSection"]

#: A section comes after those whose rows its own rows name.
SECTIONS: tuple[PlanSection, ...] = (
    StageSection(),
    TaskSection(),
    DutySection(),
    NamingSection(),
    CompetenceSection(),
)
