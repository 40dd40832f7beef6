"""Ledgers of organisations and people."""

from ledgers.declaration import Workbook
from orgs.resources.organisations import CHARITIES, ORGS, TEAMS, TRAININGS
from orgs.resources.people import ASSESSMENTS, MAJOR_ACTIVITIES, TALENTS

__all__ = ["TRAININGS"]

WORKBOOKS = (
    Workbook("orgs", "社区社会组织台账", (ORGS,), 20),
    Workbook("teams", "志愿服务队伍台账", (TEAMS,), 70),
    Workbook("charities", "慈善组织台账", (CHARITIES,), 80),
    Workbook("org-assessments", "评估评议台账", (ASSESSMENTS,), 82),
    Workbook("major-activities", "重大活动报告台账", (MAJOR_ACTIVITIES,), 84),
    Workbook("talents", "慈善人才台账", (TALENTS,), 86),
)
