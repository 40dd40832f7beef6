"""No record holds an identity number, however it comes in; no kind exports or seals a person."""

from __future__ import annotations

import pytest
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import User
from areas.models import Area
from ledgers.registry import KINDS
from ledgers.service import import_ledger
from orgs.models import VolunteerTeam
from reviews.checks.persons import identity_faults
from reviews.models import Submission
from reviews.privacy import holds_identity_number
from reviews.services import TransitionError, void
from reviews.trail.differences import content_fields
from tests.conftest import HUAYIPO
from tests.ledger.workbooks import one_sheet
from tests.records.examples import sent_values
from tests.records.kinds import RECORD_KINDS, kind_name
from tests.types import Make
from tests.web.forms import filled_in

pytestmark = pytest.mark.once
#: The number of the example in GB 11643.
IDENTITY = "11010519491231002X"


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_no_text_of_any_kind_takes_an_identity_number(kind: type[Submission]) -> None:
    for field in content_fields(kind):
        is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
        if not is_text or (field.max_length or 18) < 18:
            continue
        found = list(identity_faults(kind(**{field.name: f"经办人{IDENTITY}"})))
        assert [problem.field for problem in found] == [field.name]
        assert IDENTITY not in found[0].message
        assert found[0].is_warning == field.name.endswith(("number", "credit_code"))


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        (IDENTITY, True),
        ("11010519491231002x", True),
        ("身份证：110105 19491231 002X。", True),
        ("１１０１０５１９４９１２３１００２Ｘ", True),
        ("110105194912310021", False),  # wrong check digit
        ("110105194902310021", False),  # no such day
        ("511010519491231002X", False),  # a longer number
        ("51500103MJ1234561J", False),  # 统一社会信用代码
        ("渝中社备〔2026〕第000000000000001号", False),
        ("", False),
    ],
)
def test_what_is_an_identity_number(text: str, is_found: bool) -> None:
    assert holds_identity_number(text) == is_found


def test_form_api_and_ledger_refuse_it_already_as_a_draft(district: Area, quji: User) -> None:
    client, note = Client(), f"负责人身份证{IDENTITY}"
    client.force_login(quji)
    given = {"area": HUAYIPO, **sent_values(VolunteerTeam), "note": note}
    page = reverse("admin:orgs_volunteerteam_add")
    shown = client.post(page, filled_in(client.get(page), **given, _save="1"))
    assert "身份证号码" in shown.context["adminform"].form.errors["note"][0]
    sent = client.post("/api/v1/volunteer-teams/", given, content_type="application/json")
    assert (sent.status_code, "身份证号码" in sent.content.decode()) == (422, True)
    many = client.post(
        "/api/v1/volunteer-teams/bulk/", {"records": [given]}, content_type="application/json"
    )
    assert (many.status_code, "身份证号码" in many.content.decode()) == (422, True)
    row = {"街道": "七星岗街道", "社区": "华一坡社区", "队伍名称": "甲队", "成立日期": "2025-03-01"}
    assert quji.area is not None
    content = one_sheet(row | {"备注": note})
    result = import_ledger("teams", KINDS["teams"], content, "台账.xlsx", by=quji, root=quji.area)
    assert ["身份证号码" in problem.message for problem in result.problems] == [True]
    assert not VolunteerTeam.objects.exists()


def test_a_reason_holds_no_identity_number_either(district: Area, make: Make, quji: User) -> None:
    team = make(VolunteerTeam)
    with pytest.raises(TransitionError, match="理由中有身份证号码"):
        void(team, by=quji, reason=f"录错，{IDENTITY}")
