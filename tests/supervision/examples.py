"""Values of supervision records and campaigns with which checks find fault, and close ones that pass.

`tests/records/test_checks.py` tries them with those of the other kinds.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from funds.models import Campaign
from reviews.models import Submission
from supervision.models import (
    AuditReport,
    Complaint,
    ComplaintAnswer,
    Disclosure,
    GuidanceVisit,
    HotlineNotice,
    Inspection,
    Rectification,
    Referral,
)
from tests.records.examples import DAY

Kind = type[Submission]
Slip = tuple[Kind, dict[str, Any], str, str]

TODAY = timezone.localdate()
TOMORROW = TODAY + datetime.timedelta(days=1)
EARLY = datetime.date(1949, 9, 30)
BEFORE, AFTER = DAY - datetime.timedelta(days=1), DAY + datetime.timedelta(days=31)

#: (kind, change, code and field of the finding): findings that block a submission.
BLOCKED: list[Slip] = [
    (Campaign, {"name": ""}, "required", "name"),
    (Campaign, {"starts_on": None}, "required", "starts_on"),
    (Campaign, {"starts_on": EARLY}, "too_early", "starts_on"),
    (Campaign, {"filed_on": TOMORROW, "starts_on": AFTER, "ends_on": AFTER}, "future", "filed_on"),
    (Campaign, {"ends_on": BEFORE}, "order", "ends_on"),
    (Campaign, {"target_yuan": Decimal(0)}, "not_positive", "target_yuan"),
    (GuidanceVisit, {"visited_on": None}, "required", "visited_on"),
    (GuidanceVisit, {"form": ""}, "required", "form"),
    (GuidanceVisit, {"content": ""}, "required", "content"),
    (GuidanceVisit, {"visited_on": EARLY}, "too_early", "visited_on"),
    (GuidanceVisit, {"visited_on": TOMORROW}, "future", "visited_on"),
    (GuidanceVisit, {"period": "2026"}, "period", "period"),
    (GuidanceVisit, {"period": "2026-Q5"}, "period", "period"),
    (GuidanceVisit, {"period": "2026-Q2"}, "period_ahead", "period"),
    (GuidanceVisit, {"problems": "账目不全"}, "due_missing", "rectify_by"),
    (GuidanceVisit, {"rectify_by": AFTER}, "due_alone", "problems"),
    (GuidanceVisit, {"problems": "账目不全", "rectify_by": BEFORE}, "order", "rectify_by"),
    (AuditReport, {"charity_id": None}, "one_of", "charity"),
    (AuditReport, {"year": ""}, "required", "year"),
    (AuditReport, {"year": "25"}, "year", "year"),
    (AuditReport, {"year": "１９９９"}, "year", "year"),
    (AuditReport, {"year": "1948"}, "year", "year"),
    (AuditReport, {"year": "2027"}, "year", "year"),
    (AuditReport, {"reported_on": TOMORROW}, "future", "reported_on"),
    (AuditReport, {"auditor": ""}, "required", "auditor"),
    (AuditReport, {"opinion": ""}, "required", "opinion"),
    (AuditReport, {"management_yuan": Decimal("-0.01")}, "negative", "management_yuan"),
    (Disclosure, {"charity_id": None}, "one_of", "charity"),
    (Disclosure, {"kind": ""}, "required", "kind"),
    (Disclosure, {"title": ""}, "required", "title"),
    (Disclosure, {"disclosed_on": None}, "required", "disclosed_on"),
    (Disclosure, {"disclosed_on": EARLY}, "too_early", "disclosed_on"),
    (Disclosure, {"disclosed_on": TOMORROW}, "future", "disclosed_on"),
    (Disclosure, {"platform": ""}, "required", "platform"),
    (Disclosure, {"period": ""}, "period_missing", "period"),
    (Disclosure, {"period": "2025-13"}, "period", "period"),
    (Disclosure, {"period": "2025年"}, "period", "period"),
    (Disclosure, {"address": "javascript:alert(1)"}, "address", "address"),
    (Disclosure, {"address": "www.mca.gov.cn"}, "address", "address"),
    (Disclosure, {"kind": "event", "happened_on": AFTER}, "order", "disclosed_on"),
    (Inspection, {"number": ""}, "required", "number"),
    (Inspection, {"kind": ""}, "required", "kind"),
    (Inspection, {"inspected_on": EARLY}, "too_early", "inspected_on"),
    (Inspection, {"inspected_on": TOMORROW, "rectify_by": TOMORROW}, "future", "inspected_on"),
    (Inspection, {"noticed_on": AFTER}, "order", "inspected_on"),
    (Inspection, {"inspectors": ""}, "required", "inspectors"),
    (Inspection, {"inspectors": "王某"}, "inspectors", "inspectors"),
    (Inspection, {"inspectors": "王某、王某"}, "inspectors", "inspectors"),
    (Inspection, {"facts": ""}, "required", "facts"),
    (Inspection, {"demands": ""}, "order_missing", "demands"),
    (Inspection, {"rectify_by": None}, "order_missing", "rectify_by"),
    (Inspection, {"rectify_by": BEFORE}, "order", "rectify_by"),
    (Inspection, {"finding": "sound", "demands": ""}, "order_alone", "rectify_by"),
    (Rectification, {"inspection_id": None}, "one_of", "inspection"),
    (Rectification, {"measures": ""}, "required", "measures"),
    (Rectification, {"result": ""}, "required", "result"),
    (Rectification, {"accepted_on": TOMORROW}, "future", "accepted_on"),
    (Referral, {"complaint_id": None}, "one_of", "inspection"),
    (Referral, {"receiver_name": ""}, "required", "receiver_name"),
    (Referral, {"reason": ""}, "required", "reason"),
    (Referral, {"referred_on": None}, "required", "referred_on"),
    (Referral, {"referred_on": TOMORROW}, "future", "referred_on"),
    (Complaint, {"number": ""}, "required", "number"),
    (Complaint, {"channel": ""}, "required", "channel"),
    (Complaint, {"subject": ""}, "required", "subject"),
    (Complaint, {"matter": ""}, "required", "matter"),
    (Complaint, {"answer_by": None}, "required", "answer_by"),
    (Complaint, {"answer_by": BEFORE}, "order", "answer_by"),
    (Complaint, {"received_on": EARLY}, "too_early", "received_on"),
    (ComplaintAnswer, {"answered_on": BEFORE}, "order", "answered_on"),
    (ComplaintAnswer, {"result": ""}, "required", "result"),
    (ComplaintAnswer, {"handling": ""}, "required", "handling"),
    (HotlineNotice, {"hotline_number": ""}, "required", "hotline_number"),
    (HotlineNotice, {"medium": ""}, "required", "medium"),
    (HotlineNotice, {"published_on": EARLY}, "too_early", "published_on"),
    (HotlineNotice, {"published_on": TOMORROW}, "future", "published_on"),
    (HotlineNotice, {"ended_on": BEFORE}, "order", "ended_on"),
    (HotlineNotice, {"address": "渝中民政"}, "address", "address"),
]
#: Findings that need a reason.
WARNED: list[Slip] = [
    (Campaign, {"plan_number": ""}, "plan_number", "plan_number"),
    (Campaign, {"filed_on": DAY - datetime.timedelta(days=9)}, "filed_late", "filed_on"),
    (GuidanceVisit, {"period": "2024-Q4"}, "period_past", "period"),
    (AuditReport, {"year": "2026"}, "year_runs", "year"),
    (AuditReport, {"opinion": "qualified"}, "unexplained", "problems"),
    (
        AuditReport,
        {
            "expense_yuan": Decimal(100),
            "charity_expense_yuan": Decimal(90),
            "management_yuan": Decimal("10.01"),
        },
        "parts",
        "expense_yuan",
    ),
    (Disclosure, {"address": ""}, "address_missing", "address"),
    (Disclosure, {"happened_on": BEFORE}, "not_applicable", "happened_on"),
    (
        Disclosure,
        {"kind": "event", "happened_on": DAY - datetime.timedelta(days=31)},
        "disclosed_late",
        "disclosed_on",
    ),
    (
        Inspection,
        {"finding": "violation", "rectify_by": None},
        "not_applicable",
        "demands",
    ),
    (Inspection, {"facts": "负责人电话13800000000"}, "personal", "facts"),
    (Referral, {"reason": "涉及手机13800000000"}, "personal", "reason"),
    (Complaint, {"matter": "投诉人电话138 0000 0000"}, "personal", "matter"),
    (Complaint, {"note": "手机138 0000 0000"}, "personal", "note"),
    (ComplaintAnswer, {"answered_on": datetime.date(2026, 4, 2)}, "late", "answered_on"),
    (ComplaintAnswer, {"handling": "已电话13800000000告知"}, "personal", "handling"),
    (HotlineNotice, {"hotline_number": "见公告"}, "phone", "hotline_number"),
]
#: Valid values that are close to invalid ones.
ACCEPTED: list[tuple[Kind, dict[str, Any]]] = [
    (Campaign, {"starts_on": TOMORROW, "ends_on": TOMORROW}),
    (Campaign, {"filed_on": DAY - datetime.timedelta(days=10), "ends_on": DAY}),
    (GuidanceVisit, {"visited_on": TODAY}),
    (GuidanceVisit, {"period": "2026-Q1"}),
    (GuidanceVisit, {"period": "2025-Q1"}),
    (GuidanceVisit, {"problems": "账目不全", "rectify_by": DAY}),
    (AuditReport, {"opinion": "adverse", "problems": "账实不符", "net_assets_yuan": Decimal(-5)}),
    (
        AuditReport,
        {
            "expense_yuan": Decimal(100),
            "charity_expense_yuan": Decimal(90),
            "management_yuan": Decimal(10),
        },
    ),
    (Disclosure, {"period": "2025-H2"}),
    (Disclosure, {"period": "2025-Q4", "kind": "campaign"}),
    (Disclosure, {"period": "2025-12", "kind": "money", "platform": "board", "address": ""}),
    (Disclosure, {"period": "", "kind": "rules"}),
    (Disclosure, {"kind": "event", "happened_on": DAY - datetime.timedelta(days=30)}),
    (Inspection, {"noticed_on": DAY, "rectify_by": DAY, "inspectors": "王某，李某"}),
    (Inspection, {"finding": "sound", "demands": "", "rectify_by": None}),
    (Inspection, {"finding": "violation", "demands": "", "rectify_by": None}),
    (Inspection, {"facts": "票据号202600001234567890，金额13800000元"}),
    (Rectification, {"rectified_on": DAY, "accepted_on": DAY}),
    (Rectification, {"rectified_on": TODAY, "accepted_on": TODAY}),
    (Referral, {"referred_on": DAY}),
    (Complaint, {"answer_by": DAY, "matter": "渝中民诉2026第12345678901号所反映的事项"}),
    (ComplaintAnswer, {"answered_on": datetime.date(2026, 4, 1)}),
    (HotlineNotice, {"hotline_number": "12345", "ended_on": TODAY}),
    (HotlineNotice, {"hotline_number": "400-123-4567", "address": "https://www.mca.gov.cn/x"}),
]
