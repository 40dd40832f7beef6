"""Values of organisations, assessments, activities, teams and talents with which checks find fault,
and close ones that pass.

`tests/records/test_checks.py` tries them with those of the other kinds.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from funds.models import Fund
from orgs.models import (
    Charity,
    CommunityOrg,
    MajorActivity,
    OrgAssessment,
    Talent,
    Training,
    VolunteerTeam,
)
from reviews.models import Submission
from tests.records.examples import DAY

Kind = type[Submission]
Slip = tuple[Kind, dict[str, Any], str, str]

TODAY = timezone.localdate()
TOMORROW = TODAY + datetime.timedelta(days=1)
BEFORE = DAY - datetime.timedelta(days=1)
_CODE, _OTHER_CODE = "51500103MJ1234561J", "52500103MJ1234561F"
_CHARITY = Charity(name="渝中区慈善会", credit_code=_CODE)
_REGISTERED = {"tier": "registered", "number": "", "credit_code": _CODE}
_HUB = {"hub_kind": "incubator", "hub_trains": True}

#: (kind, change, code and field of the finding): findings that block a submission.
BLOCKED: list[Slip] = [
    (
        CommunityOrg,
        _REGISTERED
        | {"charity": Charity(name="甲", credit_code=_OTHER_CODE), "charity_since": TODAY},
        "charity_code",
        "charity",
    ),
    (CommunityOrg, {"volunteers": -1}, "negative", "volunteers"),
    (VolunteerTeam, {"kind": "other"}, "other_kind", "other_kind"),
    (Training, {"kind": "other"}, "other_kind", "other_kind"),
    (OrgAssessment, {"year": "25"}, "year", "year"),
    (OrgAssessment, {"year": "2099"}, "year", "year"),
    (OrgAssessment, {"year": "2019"}, "year", "year"),
    (OrgAssessment, {"committees_score": Decimal("100.01")}, "score", "committees_score"),
    (OrgAssessment, {"committees_score": Decimal(-1)}, "score", "committees_score"),
    (MajorActivity, {"people_expected": 0}, "not_positive", "people_expected"),
    (MajorActivity, {"reply": "agreed"}, "replied_on", "replied_on"),
    (MajorActivity, {"reply": "refused", "replied_on": TODAY}, "reply_text", "reply_text"),
    (Talent, {"since": TOMORROW}, "future", "since"),
    (Talent, {"name": "张*"}, "masked", "name"),
    (Talent, {"contact": "138****0001"}, "masked", "contact"),
    (Charity, {"phone": "138****0001"}, "masked", "phone"),
]
#: The same for findings that stay visible but do not block.
WARNED: list[Slip] = [
    (Charity, {"has_party_body": True}, "party_body_day", "party_body_since"),
    (Charity, {"party_body_since": DAY}, "not_applicable", "party_body_since"),
    (CommunityOrg, {"has_party_body": True}, "party_body_day", "party_body_since"),
    (CommunityOrg, {"party_body_since": DAY}, "not_applicable", "party_body_since"),
    (CommunityOrg, {"members": 3, "party_members": 4}, "party_members", "party_members"),
    (CommunityOrg, {"charity_since": TODAY}, "not_applicable", "charity_since"),
    (CommunityOrg, _REGISTERED | {"charity": _CHARITY}, "charity_day", "charity_since"),
    (CommunityOrg, {"hub_kind": "federation"}, "hub_services", "hub_leads_party"),
    (CommunityOrg, {"hub_duties": "培训"}, "not_applicable", "hub_duties"),
    (CommunityOrg, {"hub_operator": "某中心"}, "not_applicable", "hub_operator"),
    (CommunityOrg, {"hub_keeps_money": True}, "not_applicable", "hub_keeps_money"),
    (VolunteerTeam, {"other_kind": "老街"}, "not_applicable", "other_kind"),
    (VolunteerTeam, {"households": 3}, "help_form", "by_household"),
    (Training, {"other_kind": "沙龙"}, "not_applicable", "other_kind"),
    (Training, {"person_times": 3, "people": 4}, "people", "people"),
    (OrgAssessment, {"residents_score": Decimal(90)}, "residents", "residents"),
    (OrgAssessment, {"residents": 20}, "residents_score", "residents_score"),
    (OrgAssessment, {"grade": "failed"}, "use_made", "use_made"),
    (MajorActivity, {"reported_on": DAY}, "late_report", "reported_on"),
    (MajorActivity, {"reply_text": "注意消防"}, "not_applicable", "reply_text"),
    (MajorActivity, {"safety_phone": "12"}, "phone", "safety_phone"),
    (Fund, {"is_working_fund": True}, "not_applicable", "is_working_fund"),
    (Talent, {"has_mastered": True}, "mastered", "has_mastered"),
    (Talent, {"certified_on": DAY, "certificate": "none"}, "not_applicable", "certified_on"),
]
#: Valid values that are close to invalid ones.
ACCEPTED: list[tuple[Kind, dict[str, Any]]] = [
    (CommunityOrg, _REGISTERED | {"charity": _CHARITY, "charity_since": TODAY}),
    (CommunityOrg, _HUB | {"hub_duties": "培育孵化", "hub_operator": "某中心"}),
    (CommunityOrg, {"has_party_body": True, "party_body_since": DAY, "members": 3}),
    (CommunityOrg, {"nature": "mutual", "charter_on": DAY, "venue": "none"}),
    (VolunteerTeam, {"kind": "other", "other_kind": "老街守护", "social_workers": 0}),
    (VolunteerTeam, {"by_pairing": True, "households": 3}),
    (OrgAssessment, {"year": "2026", "committees_score": Decimal(100)}),
    (OrgAssessment, {"residents_score": Decimal(0), "residents": 1}),
    (OrgAssessment, {"grade": "failed", "use_made": "限期改进"}),
    (MajorActivity, {"held_on": TOMORROW, "reported_on": TODAY}),
    (MajorActivity, {"reply": "conditions", "replied_on": TODAY, "reply_text": "增加保安"}),
    (Talent, {"certificate": "worker", "certified_on": DAY, "has_mastered": True}),
    (Talent, {"trained_on": DAY, "has_mastered": True, "left_on": TODAY}),
]
