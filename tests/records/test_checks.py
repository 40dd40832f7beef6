"""Every check of every kind: the values it accepts, and its findings."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from areas.models import Area
from funds.models import Donation, Expenditure, Fund
from indicators.models import ManualFigure, OpeningBalance
from orgs.models import Charity, CommunityOrg, Training, VolunteerTeam
from projects.models import Aid, Project
from reviews.checks import blocking, checks_of, find_problems
from reviews.models import Submission
from reviews.trail.differences import content_fields
from scenes.models import Activity, EmergencyDrill, EmergencyPlan, Scene
from tests.orgs import examples as orgs
from tests.policies import examples as policies
from tests.projects import examples as projects
from tests.records.kinds import DAY, RECORD_KINDS, kind_name, sound
from tests.supervision import examples as supervision
from tests.types import Make, Record
from work.models import DemonstrationApplication, TaskProgress, WorkRecord

TOMORROW = timezone.localdate() + datetime.timedelta(days=1)
TODAY = timezone.localdate()
EARLIER = DAY - datetime.timedelta(days=1)
EARLY, EARLIEST = datetime.date(1949, 9, 30), datetime.date(1949, 10, 1)
GOOD_CODE, NO_ORGANISATION = "51500103MJ1234561J", "11500112009315949D"
Kind = type[Submission]
#: A value that is changed is judged in Python; sound and accepted records run on both databases.
in_python = pytest.mark.once

#: A community foundation for which two kinds of founders paid.
COMMUNITY_FOUNDATION = {
    "is_community_foundation": True,
    "paid_by_government": True,
    "paid_by_company": True,
}
#: (kind, change, code and field of the finding): findings that block a submission.
BLOCKED: list[tuple[Kind, dict[str, Any], str, str]] = [
    (Charity, {"name": ""}, "required", "name"),
    (Charity, {"credit_code": "51500103MJ1234561K"}, "credit_code", "credit_code"),
    (Charity, {"registered_on": EARLY}, "too_early", "registered_on"),
    (Charity, {"registered_on": TOMORROW}, "future", "registered_on"),
    (Charity, {"closed_on": TOMORROW}, "future", "closed_on"),
    (Charity, {"registered_on": DAY, "closed_on": EARLIER}, "order", "closed_on"),
    (CommunityOrg, {"name": ""}, "required", "name"),
    (CommunityOrg, {"category": ""}, "required", "category"),
    (CommunityOrg, {"tier": ""}, "required", "tier"),
    (CommunityOrg, {"registered_on": None}, "required", "registered_on"),
    (CommunityOrg, {"credit_code": "1"}, "credit_code", "credit_code"),
    (CommunityOrg, {"registered_on": EARLY}, "too_early", "registered_on"),
    (CommunityOrg, {"registered_on": TOMORROW}, "future", "registered_on"),
    (CommunityOrg, {"closed_on": EARLIER}, "order", "closed_on"),
    (CommunityOrg, {"valid_until": EARLIER}, "order", "valid_until"),
    (CommunityOrg, {"members": -1}, "negative", "members"),
    (CommunityOrg, {"party_members": -1}, "negative", "party_members"),
    (VolunteerTeam, {"name": ""}, "required", "name"),
    (VolunteerTeam, {"founded_on": None}, "required", "founded_on"),
    (VolunteerTeam, {"founded_on": EARLY}, "too_early", "founded_on"),
    (VolunteerTeam, {"founded_on": TOMORROW}, "future", "founded_on"),
    (VolunteerTeam, {"closed_on": EARLIER}, "order", "closed_on"),
    (VolunteerTeam, {"volunteers": -1}, "negative", "volunteers"),
    (Training, {"name": ""}, "required", "name"),
    (Training, {"held_on": None}, "required", "held_on"),
    (Training, {"person_times": None}, "required", "person_times"),
    (Training, {"held_on": EARLY}, "too_early", "held_on"),
    (Training, {"held_on": TOMORROW}, "future", "held_on"),
    (Training, {"person_times": 0}, "not_positive", "person_times"),
    (Training, {"people": -1}, "negative", "people"),
    (Scene, {"name": ""}, "required", "name"),
    (Scene, {"type": ""}, "required", "type"),
    (Scene, {"opened_on": None}, "required", "opened_on"),
    (Scene, {"opened_on": EARLY}, "too_early", "opened_on"),
    (Scene, {"opened_on": TOMORROW}, "future", "opened_on"),
    (Scene, {"closed_on": EARLIER}, "order", "closed_on"),
    (Scene, {"person_times": -1}, "negative", "person_times"),
    (Scene, {"premises": "other"}, "premises_name", "premises_name"),
    (Activity, {"calendar": "other"}, "other_calendar", "other_calendar"),
    (Activity, {"name": ""}, "required", "name"),
    (Activity, {"held_on": None}, "required", "held_on"),
    (Activity, {"form": ""}, "required", "form"),
    (Activity, {"held_on": EARLY}, "too_early", "held_on"),
    (Activity, {"held_on": TOMORROW}, "future", "held_on"),
    (Activity, {"person_times": -1}, "negative", "person_times"),
    (Activity, {"volunteer_times": -1}, "negative", "volunteer_times"),
    (EmergencyDrill, {"volunteer_times": 999_999}, "volunteers", "volunteer_times"),
    (Project, {"name": ""}, "required", "name"),
    (Project, {"starts_on": None}, "required", "starts_on"),
    (Project, {"starts_on": EARLY}, "too_early", "starts_on"),
    (Project, {"starts_on": TOMORROW}, "future", "starts_on"),
    (Project, {"ends_on": EARLIER}, "order", "ends_on"),
    (Project, {"budget_yuan": Decimal("-0.01")}, "negative", "budget_yuan"),
    (Project, {"spent_yuan": Decimal("-0.01")}, "negative", "spent_yuan"),
    (Project, {"people": -1}, "negative", "people"),
    (Aid, {"helped_on": None}, "required", "helped_on"),
    (Aid, {"group": ""}, "required", "group"),
    (Aid, {"content": ""}, "required", "content"),
    (Aid, {"person_times": None}, "required", "person_times"),
    (Aid, {"helped_on": EARLY}, "too_early", "helped_on"),
    (Aid, {"helped_on": TOMORROW}, "future", "helped_on"),
    (Aid, {"person_times": 0}, "not_positive", "person_times"),
    (Aid, {"amount_yuan": Decimal("-0.01")}, "negative", "amount_yuan"),
    (Fund, {"name": ""}, "required", "name"),
    (Fund, {"level": ""}, "required", "level"),
    (Fund, {"host_name": ""}, "required", "host_name"),
    (Fund, {"established_on": None}, "required", "established_on"),
    (Fund, {"level": "street"}, "level", "level"),
    (Fund, {"area_id": "500103001"}, "level", "level"),
    (Fund, {"host_credit_code": "0" * 17 + "1"}, "credit_code", "host_credit_code"),
    (Fund, {"established_on": EARLY}, "too_early", "established_on"),
    (Fund, {"established_on": TOMORROW}, "future", "established_on"),
    (Fund, {"closed_on": EARLIER}, "order", "closed_on"),
    (Fund, {"initial_yuan": Decimal("-0.01")}, "negative", "initial_yuan"),
    (Donation, {"donated_on": None}, "required", "donated_on"),
    (Donation, {"amount_yuan": None}, "required", "amount_yuan"),
    (Donation, {"donated_on": EARLY}, "too_early", "donated_on"),
    (Donation, {"donated_on": TOMORROW}, "future", "donated_on"),
    (Donation, {"amount_yuan": Decimal(0)}, "not_positive", "amount_yuan"),
    (Expenditure, {"spent_on": None}, "required", "spent_on"),
    (Expenditure, {"amount_yuan": None}, "required", "amount_yuan"),
    (Expenditure, {"purpose": ""}, "required", "purpose"),
    (Expenditure, {"area_id": "500103003013"}, "area", "fund"),
    (Expenditure, {"spent_on": EARLY}, "too_early", "spent_on"),
    (Expenditure, {"spent_on": TOMORROW}, "future", "spent_on"),
    (Expenditure, {"amount_yuan": Decimal(-1)}, "not_positive", "amount_yuan"),
    (OpeningBalance, {"measure": ""}, "required", "measure"),
    (OpeningBalance, {"as_of": None}, "required", "as_of"),
    (OpeningBalance, {"covers": ""}, "required", "covers"),
    (OpeningBalance, {"quantity": None}, "required", "quantity"),
    (OpeningBalance, {"evidence": ""}, "required", "evidence"),
    (OpeningBalance, {"as_of": TOMORROW}, "future", "as_of"),
    (OpeningBalance, {"quantity": Decimal("1.5")}, "whole", "quantity"),
    (OpeningBalance, {"covers": "year"}, "covers", "covers"),
    (OpeningBalance, {"measure": "communities"}, "measure", "measure"),
    (OpeningBalance, {"quantity": Decimal(-1)}, "negative", "quantity"),
    (ManualFigure, {"plan_code": ""}, "required", "plan_code"),
    (ManualFigure, {"indicator_code": ""}, "required", "indicator_code"),
    (ManualFigure, {"numerator": None}, "required", "numerator"),
    (ManualFigure, {"evidence": ""}, "required", "evidence"),
    (ManualFigure, {"indicator_code": "funds"}, "indicator", "indicator_code"),
    (ManualFigure, {"as_of": TOMORROW}, "future", "as_of"),
    (ManualFigure, {"numerator": Decimal(-1)}, "negative", "numerator"),
    (ManualFigure, {"denominator": Decimal(0)}, "denominator", "denominator"),
    (TaskProgress, {"task": None}, "required", "task"),
    (TaskProgress, {"due_on": None}, "required", "due_on"),
    (TaskProgress, {"state": "", "measures": "部署"}, "required", "state"),
    (TaskProgress, {"due_on": DAY + datetime.timedelta(days=1)}, "no_report_day", "due_on"),
    (TaskProgress, {"measures": ""}, "measures_missing", "measures"),
    (TaskProgress, {"state": "done", "results": ""}, "results_missing", "results"),
    (WorkRecord, {"kind": ""}, "required", "kind"),
    (WorkRecord, {"name": ""}, "required", "name"),
    (WorkRecord, {"held_on": None}, "required", "held_on"),
    (WorkRecord, {"held_on": EARLY}, "too_early", "held_on"),
    (WorkRecord, {"held_on": TOMORROW}, "future", "held_on"),
    (WorkRecord, {"people": -1}, "negative", "people"),
    (WorkRecord, {"kind_name": ""}, "kind_name", "kind_name"),
    (WorkRecord, {"amount_yuan": Decimal(0)}, "not_positive", "amount_yuan"),
    (WorkRecord, {"public_text": "联系人13812345678"}, "personal", "public_text"),
    (WorkRecord, {"public_text": "家住某街"}, "personal_public", "public_text"),
    (DemonstrationApplication, {"name": ""}, "required", "name"),
    (DemonstrationApplication, {"year": ""}, "required", "year"),
    (DemonstrationApplication, {"applied_on": None}, "required", "applied_on"),
    (DemonstrationApplication, {"reason": ""}, "required", "reason"),
    (DemonstrationApplication, {"fund_points": None}, "required", "fund_points"),
    (DemonstrationApplication, {"fund_points": 101}, "points", "fund_points"),
    (DemonstrationApplication, {"area_id": "500103"}, "level", "area"),
    (DemonstrationApplication, {"year": "26"}, "year", "year"),
    (DemonstrationApplication, {"year": "2028"}, "year_ahead", "year"),
    (DemonstrationApplication, {"applied_on": TOMORROW}, "future", "applied_on"),
    (WorkRecord, {"kind": "没有的类别", "kind_name": ""}, "unknown_kind", "kind"),
]
#: The same for findings that stay visible but do not block.
WARNED: list[tuple[Kind, dict[str, Any], str, str]] = [
    (DemonstrationApplication, {"reason": "联系人13812345678"}, "personal", "reason"),
    (TaskProgress, {"state": "not_started", "problems": ""}, "cause_missing", "problems"),
    (Charity, {"has_public_fundraising": True}, "certificate", "certificate_number"),
    (Charity, {"credit_code": "91110000600037341L"}, "credit_code_kind", "credit_code"),
    (Charity, {"phone": "见群公告"}, "phone", "phone"),
    (Charity, {"certificate_number": "渝民慈证1"}, "not_applicable", "certificate_number"),
    (Charity, {"certificate_expires_on": DAY}, "not_applicable", "certificate_expires_on"),
    (
        CommunityOrg,
        {"tier": "registered", "name": "甲互助会"},
        "credit_code_missing",
        "credit_code",
    ),
    (CommunityOrg, {"number": ""}, "number_missing", "number"),
    (
        CommunityOrg,
        {"tier": "registered", "credit_code": NO_ORGANISATION, "name": "乙社"},
        "credit_code_kind",
        "credit_code",
    ),
    (CommunityOrg, {"credit_code": GOOD_CODE}, "not_applicable", "credit_code"),
    (CommunityOrg, {"phone": "1380"}, "phone", "phone"),
    (VolunteerTeam, {"phone": "138-0000"}, "phone", "phone"),
    (Scene, {"type": "other"}, "type_name", "type_name"),
    (Scene, {"type_name": "慈善长廊"}, "not_applicable", "type_name"),
    (Scene, {"has_staff": True}, "six_haves", "has_staff"),
    (EmergencyPlan, {"review_on": None}, "review_day", "review_on"),
    (Scene, {"premises_name": "图书馆"}, "not_applicable", "premises_name"),
    (Scene, {"type": "wall", "has_shared_use": True}, "not_applicable", "has_shared_use"),
    (Activity, {"calendar": "charity", "held_on": DAY}, "calendar_day", "calendar"),
    (Activity, {"calendar": "elderly", "held_on": DAY}, "calendar_day", "calendar"),
    (Activity, {"other_calendar": "植树节"}, "not_applicable", "other_calendar"),
    (Project, {"is_aid": True}, "group", "is_aid"),
    (Project, {"is_micro": True, "budget_yuan": Decimal("100000.01")}, "micro", "is_micro"),
    (
        Project,
        {"budget_yuan": Decimal(100), "spent_yuan": Decimal("100.01")},
        "over_budget",
        "spent_yuan",
    ),
    (Fund, {"host_credit_code": NO_ORGANISATION}, "credit_code_kind", "host_credit_code"),
    (Fund, {"host_has_public_fundraising": False}, "host", "host_has_public_fundraising"),
    (Fund, {"phone": "无"}, "phone", "phone"),
    (Fund, {"use_rule_on": DAY}, "rules", "rules_document"),
    (Charity, COMMUNITY_FOUNDATION | {"endowment": "sole"}, "endowment", "endowment"),
    (Charity, {"paid_by_person": True}, "not_applicable", "paid_by_person"),
    (Donation, {"receipt_number": ""}, "receipt", "receipt_number"),
    (Donation, {"channel": "other"}, "channel_name", "channel_name"),
    (Donation, {"channel": "cash", "channel_name": "义卖"}, "not_applicable", "channel_name"),
    (Expenditure, {"spent_on": EARLIER}, "before_fund", "spent_on"),
    (ManualFigure, {"numerator": Decimal(9), "denominator": Decimal(8)}, "share", "numerator"),
]
#: Valid values that are close to invalid ones.
ACCEPTED: list[tuple[Kind, dict[str, Any]]] = [
    (DemonstrationApplication, {"year": "2027", "service_points": 0, "fund_points": 100}),
    (DemonstrationApplication, {"area_id": "500103001"}),
    (WorkRecord, {"public_text": "三年帮扶1200人次", "amount_yuan": Decimal("0.01")}),
    (Charity, {"credit_code": GOOD_CODE, "phone": "13800000000"}),
    (Charity, {"registered_on": EARLIEST, "closed_on": TODAY}),
    (Charity, {"registered_on": DAY, "closed_on": DAY}),
    (Charity, {"has_public_fundraising": True, "certificate_number": "渝民慈证1"}),
    (CommunityOrg, {"registered_on": EARLIEST, "valid_until": EARLIEST, "members": 0}),
    (CommunityOrg, {"registered_on": TODAY, "valid_until": TOMORROW, "closed_on": TODAY}),
    (CommunityOrg, {"tier": "registered", "credit_code": GOOD_CODE, "number": "", "name": "乙社"}),
    (CommunityOrg, {"tier": "registered", "credit_code": GOOD_CODE, "name": "甲志愿者协会（筹）"}),
    (CommunityOrg, {"tier": "community", "name": "夕阳红", "phone": "023-63765678"}),
    (VolunteerTeam, {"founded_on": TODAY, "closed_on": TODAY, "volunteers": 0}),
    (Scene, {"type": "exhibition", "premises": "culture", "has_shared_use": True}),
    (Activity, {"calendar": "lei_feng", "held_on": DAY}),
    (Activity, {"calendar": "other", "other_calendar": "植树节"}),
    (VolunteerTeam, {"phone": "+86 138 0000 0000"}),
    (VolunteerTeam, {"phone": "12349"}),
    (VolunteerTeam, {"phone": "400-888-1234"}),
    (Training, {"held_on": TODAY, "person_times": 1, "people": 0}),
    (Training, {"held_on": EARLIEST}),
    (Scene, {"opened_on": TODAY, "closed_on": TODAY, "person_times": 0}),
    (Scene, {"type": "other", "type_name": "慈善长廊"}),
    (
        Scene,
        dict.fromkeys(
            ("has_staff", "has_place", "has_money", "has_project", "has_activity", "has_setting"),
            True,
        ),
    ),
    (Activity, {"held_on": TODAY, "person_times": 0, "volunteer_times": 0}),
    (Activity, {"held_on": EARLIEST}),
    (Project, {"starts_on": TODAY, "ends_on": TODAY, "people": 0, "person_times": 0}),
    (Project, {"ends_on": TOMORROW}),
    (Project, {"is_aid": True, "for_children": True}),
    (Project, {"is_micro": True, "budget_yuan": Decimal(100000)}),
    (Project, {"budget_yuan": Decimal(100), "spent_yuan": Decimal(100)}),
    (Aid, {"helped_on": TODAY, "person_times": 1, "amount_yuan": Decimal(0)}),
    (Fund, {"established_on": TODAY, "closed_on": TODAY, "initial_yuan": Decimal(0)}),
    (
        Fund,
        {
            "area_id": "500103001",
            "level": "street",
            "name": "重庆市渝中区慈善会 七星岗街道 社区基金",
        },
    ),
    (Fund, {"host_credit_code": GOOD_CODE, "phone": "63765678"}),
    (Fund, {"use_rule_on": TODAY, "rules_document": "基金管理办法"}),
    (Charity, COMMUNITY_FOUNDATION | {"endowment": "joint"}),
    (Donation, {"channel": "other", "channel_name": "慈善一日捐"}),
    (Donation, {"donated_on": TODAY, "amount_yuan": Decimal("0.01")}),
    (Expenditure, {"spent_on": DAY, "amount_yuan": Decimal(100)}),
    (OpeningBalance, {"as_of": TODAY, "quantity": Decimal(0)}),
    (ManualFigure, {"as_of": TODAY, "numerator": Decimal(0), "denominator": Decimal(8)}),
    (ManualFigure, {"numerator": Decimal(8), "denominator": Decimal(8)}),
]

for examples in (orgs, supervision, policies, projects):
    BLOCKED += examples.BLOCKED
    WARNED += examples.WARNED
    ACCEPTED += examples.ACCEPTED


def changed(record: Record, values: dict[str, Any]) -> Record:
    for field, value in values.items():
        setattr(record, field, value)
    return record


def example_id(value: object) -> str | None:
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, dict):
        return ",".join(f"{field}={setting}" for field, setting in value.items())[:60]
    return None


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_a_sound_record_has_no_findings(district: Area, make: Make, kind: Kind) -> None:
    assert find_problems(sound(make, kind)) == []


@pytest.mark.parametrize(("kind", "values"), ACCEPTED, ids=example_id)
def test_what_is_right_is_accepted(
    district: Area, make: Make, kind: Kind, values: dict[str, Any]
) -> None:
    assert find_problems(changed(sound(make, kind), values)) == []


@in_python
@pytest.mark.parametrize(("kind", "values", "code", "field"), BLOCKED, ids=example_id)
def test_what_is_wrong_blocks_at_its_field(
    district: Area, make: Make, kind: Kind, values: dict[str, Any], code: str, field: str
) -> None:
    found = blocking(find_problems(changed(sound(make, kind), values)))
    assert [(problem.code, problem.field) for problem in found] == [(code, field)]


@in_python
@pytest.mark.parametrize(("kind", "values", "code", "field"), WARNED, ids=example_id)
def test_what_is_doubtful_is_shown_and_does_not_block(
    district: Area, make: Make, kind: Kind, values: dict[str, Any], code: str, field: str
) -> None:
    found = find_problems(changed(sound(make, kind), values))
    assert [(problem.code, problem.field) for problem in found] == [(code, field)]
    assert blocking(found) == []


def _is_shared(check: Any) -> bool:
    """Whether a check is one of those that all kinds share; an app's own have examples above."""
    return (getattr(check, "__module__", "") or type(check).__module__).startswith("reviews.checks")


def _slips(record: Any) -> Iterator[dict[str, Any]]:
    """Changes of one or two fields that a shared check could find fault with."""
    fields = content_fields(type(record))
    days = [field.name for field in fields if isinstance(field, models.DateField)]
    for field in fields:
        if isinstance(field, models.DateField):
            yield from ({field.name: day} for day in (TOMORROW, EARLY))
        elif isinstance(field, models.DecimalField | models.IntegerField):
            yield from ({field.name: number} for number in (-1, 0))
        elif isinstance(field, models.BooleanField):
            yield {field.name: True}
        elif isinstance(field, models.CharField):
            yield from ({field.name: text} for text in ("", "x"))
        yield {field.attname: None}
    yield from ({first: DAY, last: EARLIER} for first, last in permutations(days, 2))


@in_python
@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_every_check_of_a_kind_finds_something_above(
    district: Area, make: Make, kind: Kind
) -> None:
    """Checks that need more than one record have tests of their own (`test_fund_money`,
    `test_refunds`, `tests/scenes`, `tests/supervision`, `tests/work`)."""
    apart = {
        *("area_kept", "group_complete", "area_taken_over", "within_life_of_fund.<locals>.check"),
        *("campaign_suits", "partner_qualified", "charity_near", "OneOf"),
        *("refund_of_a_gift", "project_of_the_fund"),
        *("aid_of_a_running_project", "match_within_lives", "quantity_of_resource"),
        *("owed_by_level", "task_runs_in_period"),
        *("plan_of_own_place", "drilled_while_in_force"),
    }
    examples = [values for owner, values, *_ in (*BLOCKED, *WARNED) if owner is kind]
    silent = set(checks_of(kind).single)
    record = sound(make, kind)
    for values in examples:
        before = {field: getattr(record, field) for field in values}
        changed(record, values)
        silent = {check for check in silent if not list(check(record))}
        changed(record, before)
    for values in _slips(record):
        before = {field: getattr(record, field) for field in values}
        changed(record, values)
        silent -= {check for check in silent if _is_shared(check) and list(check(record))}
        changed(record, before)
    named = {getattr(check, "__qualname__", type(check).__qualname__) for check in silent}
    assert named <= apart


def test_all_findings_of_a_record_are_shown_in_the_order_of_its_checks(
    district: Area, make: Make
) -> None:
    team = changed(make(VolunteerTeam), {"name": "", "founded_on": TOMORROW, "volunteers": -1})
    assert [problem.code for problem in find_problems(team)] == ["required", "future", "negative"]


def test_a_form_shows_what_blocks_beside_its_field_and_lets_warnings_pass(
    district: Area, make: Make
) -> None:
    make(Charity, has_public_fundraising=True).full_clean()
    with pytest.raises(ValidationError) as refusal:
        changed(make(Charity), {"registered_on": DAY, "closed_on": EARLIER}).full_clean()
    assert list(refusal.value.message_dict) == ["closed_on"]
