"""Every named constraint refuses its violation in the database, with a Chinese message."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from accounts.models import User
from areas.models import Area
from funds.models import Campaign, Donation, Expenditure, Fund, FundMember
from indicators.models import ManualFigure, OpeningBalance
from orgs.models import Charity, CommunityOrg, Talent, VolunteerTeam
from policies.models import PolicyDocument
from projects.models import Aid, Need, Project, Resource, ServiceContract
from reviews.fields import field_of
from reviews.models import ImportBatch, Submission
from scenes.models import Activity, ActivityReach, EmergencyPlan, Scene
from supervision.models import (
    Complaint,
    GuidanceVisit,
    HotlineNotice,
    Inspection,
    Rectification,
)
from tests.conftest import DAY
from tests.records.kinds import RECORD_KINDS, sound
from tests.types import Make, Record
from work.models import DemonstrationApplication, WorkRecord

BEFORE = datetime.date(2025, 1, 1)  # earlier than every sound record begins
MONTH = datetime.timedelta(days=31)
MINUS = Decimal("-0.01")

#: Constraint → values that break it on a sound record.
BROKEN: dict[str, tuple[type[Submission], dict[str, Any]]] = {
    "orgs_charity_dates_in_order": (Charity, {"registered_on": DAY, "closed_on": BEFORE}),
    "orgs_communityorg_validity_in_order": (CommunityOrg, {"valid_until": BEFORE}),
    "indicators_manualfigure_is_a_fraction": (ManualFigure, {"denominator": 0}),
    "orgs_communityorg_dates_in_order": (CommunityOrg, {"closed_on": BEFORE}),
    "orgs_volunteerteam_dates_in_order": (VolunteerTeam, {"closed_on": BEFORE}),
    "orgs_talent_dates_in_order": (Talent, {"left_on": BEFORE}),
    "scenes_scene_dates_in_order": (Scene, {"closed_on": BEFORE}),
    "projects_project_dates_in_order": (Project, {"ends_on": BEFORE}),
    "projects_project_subsidy_not_negative": (Project, {"subsidy_yuan": MINUS}),
    "projects_aid_money_not_negative": (Aid, {"amount_yuan": MINUS}),
    "projects_need_dates_in_order": (Need, {"closed_on": BEFORE}),
    "projects_resource_dates_in_order": (Resource, {"available_from": DAY, "closed_on": BEFORE}),
    "projects_servicecontract_dates_in_order": (
        ServiceContract,
        {"starts_on": DAY, "ends_on": BEFORE},
    ),
    "projects_servicecontract_money_not_negative": (ServiceContract, {"amount_yuan": MINUS}),
    "funds_fund_dates_in_order": (Fund, {"closed_on": BEFORE}),
    "funds_fund_money_not_negative": (Fund, {"initial_yuan": MINUS}),
    "funds_donation_sign_of_money": (Donation, {"amount_yuan": 0}),
    "funds_expenditure_money_positive": (Expenditure, {"amount_yuan": 0}),
    "funds_campaign_dates_in_order": (Campaign, {"ends_on": BEFORE}),
    "funds_campaign_money_positive": (Campaign, {"target_yuan": 0}),
    "supervision_guidancevisit_dates_in_order": (GuidanceVisit, {"rectify_by": BEFORE}),
    "supervision_inspection_notice_in_order": (Inspection, {"noticed_on": DAY + MONTH}),
    "supervision_inspection_dates_in_order": (Inspection, {"rectify_by": BEFORE}),
    "supervision_rectification_dates_in_order": (Rectification, {"accepted_on": BEFORE}),
    "supervision_complaint_dates_in_order": (Complaint, {"answer_by": BEFORE}),
    "policies_policydocument_force_in_order": (
        PolicyDocument,
        {"issued_on": DAY, "in_force_on": BEFORE},
    ),
    "scenes_emergencyplan_in_order": (EmergencyPlan, {"issued_on": DAY, "closed_on": BEFORE}),
    "work_workrecord_money_positive": (WorkRecord, {"amount_yuan": 0}),
    "work_demonstrationapplication_points_within_scale": (
        DemonstrationApplication,
        {"service_points": 101},
    ),
    "supervision_hotlinenotice_dates_in_order": (HotlineNotice, {"ended_on": BEFORE}),
    "indicators_openingbalance_not_negative": (OpeningBalance, {"quantity": MINUS}),
}
#: Constraints that have tests of their own.
APART = {
    "policies_policydocument_number_once",
    "projects_project_money_not_negative",
    "funds_fundmember_once",
    "scenes_activityreach_once",
    "reviews_importbatch_file_once",
    "funds_campaign_one_owner",
    "supervision_guidancevisit_one_object",
    "supervision_auditreport_one_object",
    "supervision_disclosure_one_object",
    "supervision_inspection_one_object",
    "supervision_complaint_one_object",
    "supervision_rectification_one_case",
    "supervision_referral_one_case",
}
#: Constraint → the fields that may not be shared by two living records.
SHARED: dict[str, tuple[type[Submission], tuple[str, ...]]] = {
    constraint.name: (kind, tuple(field_of(kind, name).attname for name in constraint.fields))
    for kind in RECORD_KINDS
    for constraint in kind._meta.constraints
    if isinstance(constraint, models.UniqueConstraint) and constraint.name not in APART
}
TABLES: list[type[models.Model]] = [*RECORD_KINDS, FundMember, ActivityReach, ImportBatch]
CONSTRAINTS = {item.name: item for table in TABLES for item in table._meta.constraints}


def refused(kind: type[models.Model], pk: int, **values: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        kind._default_manager.filter(pk=pk).update(**values)


def changed(record: Record, values: Iterable[tuple[str, object]]) -> Record:
    for field, value in values:
        setattr(record, field, value)
    return record


def test_every_constraint_is_tried_here_or_among_the_four_eyes() -> None:
    untried = set(CONSTRAINTS) - set(BROKEN) - set(SHARED) - APART
    assert {name for name in untried if not name.endswith("_four_eyes")} == set()


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_every_constraint_speaks_chinese(name: str) -> None:
    assert re.search("[一-龥]{4}", str(CONSTRAINTS[name].violation_error_message))


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_always_true_cannot_be_broken(district: Area, make: Make, name: str) -> None:
    kind, values = BROKEN[name]
    record = sound(make, kind)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        kind.objects.filter(pk=record.pk).update(**values)
    with pytest.raises(ValidationError, match=str(CONSTRAINTS[name].violation_error_message)):
        changed(record, values.items()).validate_constraints()


@pytest.mark.parametrize("field", ["budget_yuan", "spent_yuan"])
def test_a_projects_money_is_never_negative(district: Area, make: Make, field: str) -> None:
    record = make(Project)
    with (
        pytest.raises(IntegrityError, match="projects_project_money_not_negative"),
        transaction.atomic(),
    ):
        Project.objects.filter(pk=record.pk).update(**{field: MINUS})
    with pytest.raises(ValidationError, match="金额不能为负数"):
        changed(record, [(field, MINUS)]).validate_constraints()


@pytest.mark.parametrize("name", SHARED)
def test_two_living_records_do_not_share_their_identity(
    district: Area, make: Make, name: str
) -> None:
    kind, fields = SHARED[name]
    first, second = sound(make, kind), sound(make, kind)
    same = {field: getattr(first, field) for field in fields}
    refused(kind, second.pk, **same)
    with pytest.raises(ValidationError, match=str(CONSTRAINTS[name].violation_error_message)):
        changed(second, same.items()).validate_constraints()


@pytest.mark.parametrize("name", SHARED)
def test_a_voided_record_gives_its_identity_back(district: Area, make: Make, name: str) -> None:
    kind, fields = SHARED[name]
    first, second = sound(make, kind), sound(make, kind)
    kind.objects.filter(pk=first.pk).update(status="void")
    same = {field: getattr(first, field) for field in fields}
    assert kind.objects.filter(pk=second.pk).update(**same) == 1
    refused(kind, first.pk, status="draft")


@pytest.mark.parametrize("name", SHARED)
def test_one_different_field_is_another_identity(district: Area, make: Make, name: str) -> None:
    kind, fields = SHARED[name]
    first, second = sound(make, kind), sound(make, kind)
    differing = [field for field in fields if getattr(first, field) != getattr(second, field)]
    others = {field: getattr(first, field) for field in fields if field != differing[-1]}
    assert kind.objects.filter(pk=second.pk).update(**others) == 1


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        (CommunityOrg, "closed_on"),
        (VolunteerTeam, "closed_on"),
        (Scene, "closed_on"),
        (Project, "ends_on"),
        (Fund, "closed_on"),
    ],
)
def test_an_end_on_the_first_day_is_in_order(
    district: Area, make: Make, kind: type[Submission], end: str
) -> None:
    record = make(kind)
    day = getattr(record, kind.date_field)
    assert kind.objects.filter(pk=record.pk).update(**{end: day}) == 1


def test_a_member_holds_an_office_once(district: Area, make: Make) -> None:
    fund = make(Fund)
    FundMember.objects.create(fund=fund, name="王芳", kind="donor")
    FundMember.objects.create(fund=fund, name="王芳", kind="resident")
    with pytest.raises(ValidationError, match="该成员已登记"):
        FundMember(fund=fund, name="王芳", kind="donor").validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        FundMember.objects.create(fund=fund, name="王芳", kind="donor")


def test_an_activity_reaches_a_community_once(district: Area, make: Make) -> None:
    activity = make(Activity, reached=["500103001003"])
    with pytest.raises(ValidationError, match="该社区已列入本次活动"):
        ActivityReach(activity=activity, area_id="500103001003").validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        ActivityReach.objects.create(activity=activity, area_id="500103001003")


def test_a_file_is_read_in_once_for_an_area(district: Area, quji: User) -> None:
    batch = {"kind": "teams", "file_name": "a.xlsx", "sha256": "0" * 64, "area": district}
    ImportBatch.objects.create(**batch, created_by=quji, row_count=1)
    with pytest.raises(ValidationError, match="同一文件已导入过"):
        ImportBatch(**batch, created_by=quji, row_count=1).validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportBatch.objects.create(**batch, created_by=quji, row_count=1)
