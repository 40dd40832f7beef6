"""What a supervision record is about: exactly one charity, fund, campaign or project, of its area."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from areas.models import Area
from funds.models import Campaign, Donation, Fund
from orgs.models import Charity
from reviews.checks import find_problems
from reviews.fields import field_of, related_model
from reviews.models import Submission
from supervision.models import (
    DISCLOSED,
    AuditReport,
    Complaint,
    ComplaintAnswer,
    Disclosure,
    GuidanceVisit,
    Inspection,
    Referral,
)
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.records.kinds import sound
from tests.types import Make
from tests.web.forms import filled_in

KINDS = [Campaign, GuidanceVisit, AuditReport, Disclosure, Inspection, Complaint]


def _codes(record: Submission) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in find_problems(record)]


@pytest.mark.parametrize("kind", KINDS)
def test_two_objects_are_refused_by_check_and_database(
    district: Area, make: Make, kind: type[Submission]
) -> None:
    record = sound(make, kind)
    both = {"fund": make(Fund), "charity": make(Charity, area_id=HUAYIPO)}
    for name, value in both.items():
        setattr(record, name, value)
    assert "one_of" in [code for code, _ in _codes(record)]
    with pytest.raises(ValidationError, match="只能选填一项"):
        record.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        kind._default_manager.filter(pk=record.pk).update(**both)


@pytest.mark.parametrize("kind", KINDS)
def test_the_area_is_that_of_the_fund(district: Area, make: Make, kind: type[Submission]) -> None:
    record = sound(make, kind)
    for name, value in {"charity": None, "fund": make(Fund, area_id=HUAYIPO)}.items():
        setattr(record, name, value)
    record.area_id = MINSHENGLU
    assert ("area", "fund") in _codes(record)
    record.complete()
    assert record.area_id == HUAYIPO
    assert ("area", "fund") not in _codes(record)


@pytest.mark.parametrize("name", DISCLOSED)
def test_a_disclosure_may_be_about_each(district: Area, make: Make, name: str) -> None:
    kind = related_model(field_of(Disclosure, name))
    assert issubclass(kind, Submission)
    record = make(Disclosure, **{name: sound(make, kind)}, address="https://www.mca.gov.cn/1")
    assert _codes(record) == []


def test_a_visit_to_a_street_needs_neither_fund_nor_charity(district: Area, make: Make) -> None:
    assert _codes(make(GuidanceVisit, area_id=QIXINGGANG)) == []


def test_a_visited_charity_lies_in_the_area_or_above_it(district: Area, make: Make) -> None:
    above, elsewhere = make(Charity, area_id=DISTRICT), make(Charity, area_id=MINSHENGLU)
    assert _codes(make(GuidanceVisit, area_id=QIXINGGANG, charity=above)) == []
    visit = make(GuidanceVisit, area_id=QIXINGGANG, charity=elsewhere)
    assert _codes(visit) == [("elsewhere", "charity")]


def test_a_second_report_of_the_same_year_is_warned_of(district: Area, make: Make) -> None:
    charity, other = make(Charity), make(Charity)
    make(AuditReport, charity=charity, year="2024", auditor="甲所")
    assert _codes(make(AuditReport, charity=charity, year="2025", auditor="乙所")) == []
    assert _codes(make(AuditReport, charity=other, year="2024", auditor="乙所")) == []
    again = make(AuditReport, charity=charity, year="2024", auditor="乙所")
    assert _codes(again) == [("second_report", "year")]


def test_a_street_is_not_offered_the_districts_charity_for_an_audit(
    district: Area, make: Make, jiedao: User
) -> None:
    charity = make(Charity, area_id=DISTRICT, status="approved")
    client = Client()
    client.force_login(jiedao)
    page = client.get("/admin/supervision/auditreport/add/")
    values = {"charity": charity.pk, "year": "2025", "auditor": "甲所", "opinion": "unqualified"}
    sent = filled_in(page, reported_on="2026-03-01", **values, _save="1")
    answer = client.post("/admin/supervision/auditreport/add/", sent)
    assert "由登记机关填报" in answer.content.decode()
    assert not AuditReport.objects.exists()


def test_a_gift_names_a_campaign_of_its_own_fund(district: Area, make: Make) -> None:
    fund, other = make(Fund), make(Fund)
    campaign = sound(make, Campaign, fund=fund)
    assert _codes(make(Donation, fund=fund, campaign=campaign)) == []
    assert _codes(make(Donation, fund=other, campaign=campaign)) == [("campaign", "campaign")]


def test_a_gift_before_its_campaign_is_warned_of(district: Area, make: Make) -> None:
    fund = make(Fund, established_on="2026-01-01")
    fund.refresh_from_db()
    campaign = sound(make, Campaign, fund=fund)
    gift = make(Donation, fund=fund, campaign=campaign, donated_on="2026-02-28")
    gift.refresh_from_db()
    assert _codes(gift) == [("before_campaign", "donated_on")]


def test_who_may_not_raise_money_in_public_needs_a_partner(district: Area, make: Make) -> None:
    fund = make(Fund, host_has_public_fundraising=False)
    alone = make(Campaign, fund=fund, partner_name="", filed_on=None, plan_number="渝募1")
    assert _codes(alone) == [("partner", "partner_name")]
    alone.partner_name = "重庆市慈善总会"
    assert _codes(alone) == []
    alone.partner_name, alone.fund = "", make(Fund)
    assert _codes(alone) == []


@pytest.mark.parametrize(
    ("kind", "follower"),
    [(Complaint, ComplaintAnswer), (Inspection, Referral), (Charity, AuditReport)],
)
def test_what_others_took_their_area_from_stays(
    district: Area, make: Make, kind: type[Submission], follower: type[Submission]
) -> None:
    """A complaint with its answer, an inspection with its referral, a charity with its audits."""
    source = make(kind, area_id=HUAYIPO)
    link = {kind.__name__.lower(): source}
    made = make(follower, **link, area_id=HUAYIPO, status="approved")
    source.area_id = MINSHENGLU
    assert ("area_kept", "area") in _codes(source)
    source.area_id = HUAYIPO
    assert "area_kept" not in [code for code, _ in _codes(source)]
    assert made.area_id == HUAYIPO


def test_a_complaint_is_received_before_its_answer(district: Area, make: Make) -> None:
    complaint = sound(make, Complaint)
    day = complaint.received_on
    answer = make(ComplaintAnswer, complaint=complaint, answered_on=day, status="approved")
    assert _codes(complaint) == []
    complaint.received_on = day + datetime.timedelta(days=1)
    assert ("order", "received_on") in _codes(complaint)
    ComplaintAnswer.objects.filter(pk=answer.pk).update(status="void")
    assert ("order", "received_on") not in _codes(complaint)


def test_what_belongs_to_a_void_record_is_refused(district: Area, make: Make) -> None:
    """A draft was there before its complaint, its fund or its charity was voided."""
    for kind, link, source in (
        (ComplaintAnswer, "complaint", make(Complaint, area_id=HUAYIPO)),
        (Donation, "fund", make(Fund, area_id=HUAYIPO)),
        (AuditReport, "charity", make(Charity, area_id=HUAYIPO)),
    ):
        record = make(kind, **{link: source}, area_id=HUAYIPO)
        assert ("void_source", link) not in _codes(record)
        source.status = "void"
        assert ("void_source", link) in _codes(record)
