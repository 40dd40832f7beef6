"""Values of projects, needs, resources, matches and contracts with which checks find fault, and close
ones that pass.

`tests/records/test_checks.py` tries them with those of the other kinds.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from projects.models import Match, Need, Project, Resource, ServiceContract
from reviews.models import Submission
from tests.records.examples import DAY

Kind = type[Submission]
Slip = tuple[Kind, dict[str, Any], str, str]

TODAY = timezone.localdate()
TOMORROW = TODAY + datetime.timedelta(days=1)
AHEAD = TODAY + datetime.timedelta(days=200)
EARLY = datetime.date(1949, 9, 30)
BEFORE, AFTER = DAY - datetime.timedelta(days=1), DAY + datetime.timedelta(days=31)
ASKED: dict[str, Any] = {"surveyed_on": DAY, "surveyed": 10}
RESOLVED: dict[str, Any] = {"resolved_on": BEFORE, "resolution": "决议〔2026〕1号"}
ENDED: dict[str, Any] = {"stage": "finished", "ends_on": DAY}

#: (kind, change, code and field of the finding): findings that block a submission.
BLOCKED: list[Slip] = [
    (Project, {"stage": "running", "starts_on": TOMORROW}, "future", "starts_on"),
    (Project, {"stage": "finished"}, "required", "ends_on"),
    (Project, {"stage": "finished", "ends_on": TOMORROW}, "future", "ends_on"),
    (Project, {"stage": "approved", "starts_on": AHEAD}, "required", "resolved_on"),
    (
        Project,
        {"resolved_on": TOMORROW, "resolution": "同意", "stage": "reserve", "starts_on": AHEAD},
        "future",
        "resolved_on",
    ),
    (Project, {"surveyed": 10}, "required", "surveyed_on"),
    (Project, {"satisfied": 9, "surveyed_on": DAY}, "required", "surveyed"),
    (Project, ASKED | {"satisfied": 11}, "more_than_asked", "satisfied"),
    (Project, ASKED | {"precise": 11}, "more_than_asked", "precise"),
    (Project, {"subsidy_yuan": Decimal(1)}, "required", "subsidised_on"),
    (Need, {"name": ""}, "required", "name"),
    (Need, {"direction": ""}, "required", "direction"),
    (Need, {"found_on": TOMORROW, "needed_by": None}, "future", "found_on"),
    (Need, {"needed_by": BEFORE}, "order", "needed_by"),
    (Need, {"closed_on": BEFORE}, "order", "closed_on"),
    (Need, {"people": 0}, "not_positive", "people"),
    (Resource, {"kind": ""}, "required", "kind"),
    (Resource, {"closed_on": datetime.date(2000, 1, 1)}, "order", "closed_on"),
    (Resource, {"quantity": 2, "unit": ""}, "unit", "unit"),
    (Match, {"matter": ""}, "required", "matter"),
    (Match, {"matched_on": EARLY, "need": None}, "too_early", "matched_on"),
    (ServiceContract, {"provider": ""}, "required", "provider"),
    (ServiceContract, {"support": ""}, "required", "support"),
    (ServiceContract, {"amount_yuan": Decimal(0)}, "not_positive", "amount_yuan"),
    (ServiceContract, {"acceptance": "good"}, "required", "accepted_on"),
    (ServiceContract, {"accepted_on": AFTER}, "required", "acceptance"),
    (ServiceContract, {"closed_on": AFTER}, "ended_late", "closed_on"),
]
#: The same for findings that stay visible but do not block.
WARNED: list[Slip] = [
    (Project, {"stage": "reserve", "people": 3}, "not_begun", "people"),
    (Project, {"resolution": "同意立项"}, "resolution", "resolved_on"),
    (Project, {"resolved_on": BEFORE}, "resolution", "resolution"),
    (Project, {"resolved_on": AFTER, "resolution": "同意"}, "resolved_late", "resolved_on"),
    (Project, {"micro_kind": "relief"}, "not_applicable", "micro_kind"),
    (Need, {"name": "王大爷13812345678家修灯"}, "personal", "name"),
    (Match, {"matter": "送到13812345678处"}, "personal", "matter"),
]
#: Valid values that are close to invalid ones.
ACCEPTED: list[tuple[Kind, dict[str, Any]]] = [
    (Project, {"stage": "reserve", "starts_on": AHEAD, "ends_on": AHEAD}),
    (Project, {"stage": "approved", "starts_on": AHEAD} | RESOLVED),
    (Project, {"stage": "running"} | RESOLVED),
    (Project, ENDED | RESOLVED),
    (Project, ASKED | {"precise": 10, "expert": 0, "satisfied": 9}),
    (Project, {"is_aid": True, "for_special": True}),
    (Project, {"is_micro": True, "micro_kind": "environment"}),
    (Project, {"subsidised_on": DAY, "subsidy_yuan": Decimal(0)}),
    (Need, {"found_on": DAY, "needed_by": AHEAD, "closed_on": DAY}),
    (Resource, {"quantity": 2, "unit": "间"}),
    (ServiceContract, {"support": "", "other_support": "社工督导"}),
    (ServiceContract, {"accepted_on": AFTER, "acceptance": "fair"}),
    (ServiceContract, {"ends_on": AHEAD}),
    (ServiceContract, {"ends_on": AHEAD, "closed_on": AFTER}),
]
