"""Names and contacts of persons: whole for their area's clerks and reviewers, masked for all others."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from areas.models import Area
from ledgers.registry import KINDS
from ledgers.service import check_ledger
from orgs.models import CommunityOrg, MajorActivity, Talent
from reports.exports.ledger import write_ledger
from reports.models.exports import Export
from reviews.checks import find_problems
from reviews.models import Submission
from reviews.privacy import masked, sees_persons
from reviews.services import approve, submit
from tests.conftest import DISTRICT, HUAYIPO
from tests.ledger.workbooks import one_sheet
from tests.types import Make
from tests.web.forms import filled_in
from tests.worlds import share

pytestmark = pytest.mark.once
NAME, CONTACT, OLD_CONTACT = "李晓梅", "13812345678", "13900001111"
PHONE, SAFETY = "13987654321", "13755556666"
SECRETS = (NAME, CONTACT, OLD_CONTACT, PHONE, SAFETY, "周大勇")


@pytest.fixture
def records(district: Area, make: Make, quji: User, shiju: User) -> list[Submission]:
    """A talent, an organisation and an activity of one community; the talent's contact was changed."""
    org = make(CommunityOrg, area_id=HUAYIPO, phone=PHONE)
    talent = make(Talent, area_id=HUAYIPO, name=NAME, contact=OLD_CONTACT)
    talent.contact = CONTACT
    talent.save()
    activity = make(
        MajorActivity,
        organisation=org,
        safety_leader="周大勇",
        safety_phone=SAFETY,
        area_id=HUAYIPO,
    )
    submit(talent, by=quji)
    approve(talent, by=shiju)
    return [org, talent, activity]


@pytest.fixture
def provincial(district: Area) -> User:
    """The clerk of the whole municipality, above the county."""
    return User.objects.create_user("shitianbao", role=Role.CLERK, area_id="50")


share(__name__, "district", "quji", "shiju", "jiedao", "shengting", "records", "provincial")


def _browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _pages(records: list[Submission]) -> list[str]:
    """Every address that shows something of the records."""
    found = []
    for record in records:
        kind = f"admin:{record._meta.app_label}_{record._meta.model_name}"
        api = f"/api/v1/{record.declaration.address}/"
        found += [
            reverse(f"{kind}_changelist"),
            *(reverse(f"{kind}_{page}", args=[record.pk]) for page in ("change", "history")),
            reverse("record-figures", args=[record._meta.label_lower, record.pk]),
            *(f"{api}{end}" for end in ("", f"{record.pk}/", "?format=csv")),
        ]
    return found


def _text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.getvalue().decode("utf-8", errors="replace")


@pytest.mark.parametrize("name", ["shengting", "provincial"])
def test_no_page_and_no_answer_tells_others_who_it_is(
    request: pytest.FixtureRequest, records: list[Submission], name: str
) -> None:
    client = _browser(request.getfixturevalue(name))
    for address in _pages(records):
        text = _text(client, address)
        assert [secret for secret in SECRETS if secret in text] == [], address


@pytest.mark.parametrize("name", ["quji", "shiju", "jiedao"])
def test_the_clerks_and_reviewers_of_their_area_read_them_whole(
    request: pytest.FixtureRequest, records: list[Submission], name: str
) -> None:
    client = _browser(request.getfixturevalue(name))
    text = "".join(_text(client, address) for address in _pages(records))
    assert [secret for secret in SECRETS if secret not in text] == []


def test_who_sees_persons(district: Area, quji: User, jiedao: User, shengting: User) -> None:
    city = User(role=Role.REVIEWER, area_id="5001", is_active=True)
    assert sees_persons(quji, HUAYIPO)
    assert sees_persons(jiedao, HUAYIPO)
    assert not sees_persons(jiedao, DISTRICT)
    assert not sees_persons(jiedao, "500103003")
    assert not sees_persons(shengting, HUAYIPO)
    assert sees_persons(city, "5001")
    assert not sees_persons(city, HUAYIPO)
    assert not sees_persons(User(role=Role.ADMINISTRATOR, is_active=True), HUAYIPO)


def test_others_cannot_search_filter_or_ask_for_a_name(
    records: list[Submission], quji: User, shengting: User
) -> None:
    page, api = reverse("admin:orgs_talent_changelist"), "/api/v1/talents/"
    for user, number in ((quji, 1), (shengting, 0)):
        client = _browser(user)
        assert client.get(page, {"q": NAME}).context["cl"].result_count == number
        assert len(client.get(api, {"q": NAME}).json()["results"]) == number
        asked = client.get(page, {"contact__startswith": "138"})
        assert (asked.status_code == 200) == (user == quji)
        assert client.get(api, {"name": NAME}).status_code == 400


def test_the_values_that_an_import_changed_cannot_be_searched(shengting: User) -> None:
    client, page = _browser(shengting), reverse("admin:reviews_importbatch_changelist")
    assert client.get(page, {"kind": "talents"}).status_code == 200
    assert client.get(page, {"changes__icontains": "138"}).status_code == 400


def test_what_was_masked_is_not_stored_over_the_whole(
    records: list[Submission], make: Make, provincial: User, quji: User
) -> None:
    draft = make(Talent, area_id=HUAYIPO, name=NAME, contact=CONTACT, skills="甲")
    address, client = f"/api/v1/talents/{draft.pk}/", _browser(provincial)
    read = client.get(address)
    assert read.json()["contact"] == masked(CONTACT)
    sent = client.patch(
        address,
        {"contact": read.json()["contact"]},
        content_type="application/json",
        headers={"If-Match": read["ETag"]},
    )
    assert sent.status_code == 422
    assert "遮盖" in sent.content.decode()
    page = reverse("admin:orgs_talent_change", args=[draft.pk])
    form = client.get(page)
    assert not {"name", "contact"} & set(form.context["adminform"].form.fields)
    assert client.post(page, filled_in(form, skills="乙", _save="1")).status_code == 302
    draft.refresh_from_db()
    assert (draft.name, draft.contact, draft.skills) == (NAME, CONTACT, "乙")


def test_a_ledger_that_meets_a_stored_person_tells_no_more_than_it_holds(
    records: list[Submission], quji: User
) -> None:
    row = {"街道": "七星岗街道", "社区": "华一坡社区", "姓名": NAME, "人才类别": "骨干"}
    content = one_sheet(row | {"联系方式": "13600000000", "入库日期": "2025-03-01"})
    assert quji.area is not None
    found = check_ledger("talents", KINDS["talents"], content, by=quji, root=quji.area)
    problems = [problem.message for problem in found.result.problems]
    assert problems
    assert CONTACT not in "".join(problems)


def test_an_exported_ledger_and_a_title_name_nobody(records: list[Submission], shiju: User) -> None:
    talent, target = Talent.objects.get(name=NAME), io.BytesIO()
    assert str(talent) == "李**（骨干）"
    export = Export(kind="orgs.talent", area_id=DISTRICT, requested_by=shiju)
    assert write_ledger(export, target, lambda *_: None) == {"row_count": 1}
    assert "name" not in Talent.declaration.exported_names


def test_a_person_in_two_roles_would_count_twice(district: Area, make: Make) -> None:
    name = "王建国"
    first = make(Talent, area_id=HUAYIPO, name=name, role="leader")
    second = make(Talent, area_id=HUAYIPO, name="王 建国", role="volunteer")
    make(Talent, area_id=DISTRICT, name=name, role="volunteer")
    for each in (first, second):
        assert [found.code for found in find_problems(each)] == ["same_person"]
        assert not any(name in found.message for found in find_problems(each))
    first.left_on = first.since
    first.save()
    assert find_problems(second) == []
