"""Ledgers of supervision records."""

from ledgers.declaration import Workbook
from supervision.resources.cases import (
    ANSWERS,
    COMPLAINTS,
    HOTLINES,
    INSPECTIONS,
    RECTIFICATIONS,
    REFERRALS,
)
from supervision.resources.records import AUDITS, DISCLOSURES, GUIDANCE

WORKBOOKS = (
    Workbook("guidance-visits", "工作指导台账", (GUIDANCE,), 100),
    Workbook("audit-reports", "审计报告台账", (AUDITS,), 110),
    Workbook("disclosures", "信息公开台账", (DISCLOSURES,), 120),
    Workbook("inspections", "抽查审计台账", (INSPECTIONS,), 130),
    Workbook("rectifications", "整改台账", (RECTIFICATIONS,), 140),
    Workbook("referrals", "移交台账", (REFERRALS,), 150),
    Workbook("complaints", "投诉举报台账", (COMPLAINTS,), 160),
    Workbook("complaint-answers", "投诉答复台账", (ANSWERS,), 170),
    Workbook("hotline-notices", "投诉举报电话公布台账", (HOTLINES,), 180),
)
