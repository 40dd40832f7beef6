"""Ledgers of projects, aid, needs, resources and contracts."""

from ledgers.declaration import Workbook
from orgs.resources import TRAININGS
from projects.resources.contracts import CONTRACTS
from projects.resources.needs import AIDS, MATCHES, NEEDS, RESOURCES
from projects.resources.projects import PROJECTS
from scenes.resources import ACTIVITIES

WORKBOOKS = (
    Workbook("projects", "慈善项目统计表", (PROJECTS,), 30),
    Workbook("needs", "居民需求台账", (NEEDS,), 32),
    Workbook("resources", "慈善资源台账", (RESOURCES,), 34),
    Workbook("matches", "供需对接台账", (MATCHES,), 36),
    Workbook("service-contracts", "购买服务合同台账", (CONTRACTS,), 38),
    Workbook("activities", "活动培训帮扶记录", (ACTIVITIES, TRAININGS, AIDS), 60),
)
