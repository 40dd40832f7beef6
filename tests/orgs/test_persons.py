"""Names and contacts of persons: masked for everybody; whole for a reason, or with a token for them."""

from __future__ import annotations

import io

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.api.tokens import open_integration
from accounts.models import Role, User
from areas.models import Area
from audit.acts import Act
from audit.models import AuditEvent
from funds.models import Donation, Fund
from ledgers.registry import KINDS
from ledgers.service import check_ledger
from orgs.models import CommunityOrg, MajorActivity, Talent
from reports.exports.ledger import write_ledger
from reports.models.exports import Export
from reviews.addresses import record_address
from reviews.checks import find_problems
from reviews.models import Submission
from reviews.pages.persons import persons_address
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
    assert answer.status_code in (200, 404), address  # observers see no drafts
    return answer.getvalue().decode("utf-8", errors="replace")


@pytest.mark.parametrize("name", ["shengting", "provincial", "quji", "shiju"])
def test_no_page_and_no_answer_tells_who_it_is(
    request: pytest.FixtureRequest, records: list[Submission], name: str
) -> None:
    client = _browser(request.getfixturevalue(name))
    for address in _pages(records):
        text = _text(client, address)
        assert [secret for secret in SECRETS if secret in text] == [], address


@pytest.mark.parametrize("name", ["quji", "shiju", "jiedao"])
def test_the_clerks_and_reviewers_of_their_area_see_them_for_a_reason(
    request: pytest.FixtureRequest, records: list[Submission], name: str
) -> None:
    client = _browser(request.getfixturevalue(name))
    shown = ""
    for record in records:
        address = persons_address(record, request.getfixturevalue(name))
        assert address in _text(client, record_address(record))
        shown += client.post(address, {"reason": "电话核实"}).content.decode()
    assert [secret for secret in SECRETS if secret not in shown] == []
    told = AuditEvent.objects.filter(act=Act.PERSONAL_REVEALED, username=name)
    assert {event.detail for event in told} == {"电话核实"}
    assert told.count() == len(records)
    assert not any(secret in str(told.values()) for secret in SECRETS)


def test_nobody_sees_them_without_a_reason_or_from_above(
    records: list[Submission], quji: User, provincial: User, shengting: User
) -> None:
    address = persons_address(records[1], quji)
    asked = _browser(quji).post(address, {"reason": " "})
    assert asked.status_code == 400
    assert not any(secret in asked.content.decode() for secret in SECRETS)
    for user in (provincial, shengting):
        assert persons_address(records[1], user) == ""
        assert _browser(user).post(address, {"reason": "电话核实"}).status_code == 404
    assert not AuditEvent.objects.filter(act=Act.PERSONAL_REVEALED).exists()


@pytest.mark.parametrize("has_scope", [False, True])
def test_a_token_reads_them_whole_only_with_that_scope(
    records: list[Submission], has_scope: bool, anquan: User
) -> None:
    area = Area.objects.get(code=DISTRICT)
    expires = timezone.localdate()
    _, text = open_integration(
        "区大数据平台", Role.CLERK, area, expires_on=expires, by=anquan, reads_persons=has_scope
    )
    read = Client(headers={"Authorization": f"Bearer {text}"})
    answer = read.get(f"/api/v1/talents/{records[1].pk}/").json()
    assert (answer["contact"] == CONTACT) == has_scope
    found = read.get("/api/v1/talents/", {"q": NAME}).json()["results"]
    assert len(found) == has_scope
    told = AuditEvent.objects.filter(act=Act.PERSONAL_REVEALED, object_type="orgs.talent")
    assert [(each.object_key, each.after) for each in told.order_by("pk")] == [
        (str(records[1].pk), {"条数": 1}),
        ("", {"条数": 1}),
    ][: 2 * has_scope]


def test_readings_without_persons_are_recorded_once_an_hour(
    records: list[Submission], quji: User, shengting: User
) -> None:
    cache.clear()
    for user in (quji, shengting, quji):
        for address in ("/api/v1/talents/", f"/api/v1/talents/{records[1].pk}/"):
            assert _browser(user).get(address).status_code == 200
    told = AuditEvent.objects.filter(act=Act.API_READ, object_type="orgs.talent").order_by("pk")
    assert [(each.username, each.area) for each in told] == [
        ("quji", DISTRICT),
        ("shengting", "50"),
    ]


def test_observers_see_no_drafts(records: list[Submission], shengting: User, quji: User) -> None:
    draft = f"/api/v1/community-orgs/{records[0].pk}/"
    page = record_address(records[0])
    assert [_browser(user).get(draft).status_code for user in (quji, shengting)] == [200, 404]
    assert [_browser(user).get(page).status_code for user in (quji, shengting)] == [200, 404]


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
    assert sent.status_code == 200
    draft.refresh_from_db()
    assert draft.contact == CONTACT
    sent = client.patch(
        address,
        {"contact": "138****0000"},
        content_type="application/json",
        headers={"If-Match": sent["ETag"]},
    )
    assert sent.status_code == 422
    assert "遮盖" in sent.content.decode()
    page = reverse("admin:orgs_talent_change", args=[draft.pk])
    for user, skills in ((provincial, "乙"), (quji, "丙")):
        client = _browser(user)
        form = client.get(page)
        assert masked(CONTACT) in form.content.decode()
        assert client.post(page, filled_in(form, skills=skills, _save="1")).status_code == 302
        draft.refresh_from_db()
        assert (draft.name, draft.contact, draft.skills) == (NAME, CONTACT, skills)
    lost = client.post(page, filled_in(client.get(page), contact="138****0000", _save="1"))
    assert "请填写完整内容" in lost.content.decode()
    client.post(page, filled_in(client.get(page), contact=PHONE, _save="1"))
    draft.refresh_from_db()
    assert (draft.name, draft.contact) == (NAME, PHONE)


def test_masked_members_that_come_back_stay(make: Make, quji: User) -> None:
    fund = make(Fund, area_id=HUAYIPO)
    fund.members.create(name="王小明", kind="community", duty="组长")
    address, client = f"/api/v1/funds/{fund.pk}/", _browser(quji)
    read = client.get(address)
    assert read.json()["members"][0]["name"] == "王**"
    sent = client.patch(
        address,
        {"members": [*read.json()["members"], {"name": "李四", "kind": "donor", "duty": ""}]},
        content_type="application/json",
        headers={"If-Match": read["ETag"]},
    )
    assert sent.status_code == 200
    assert set(fund.members.values_list("name", flat=True)) == {"王小明", "李四"}
    sent = client.patch(
        address,
        {"members": [{"name": "赵**", "kind": "donor", "duty": ""}]},
        content_type="application/json",
        headers={"If-Match": "*"},
    )
    assert sent.status_code == 422


def test_a_change_from_above_uncovers_no_donor(make: Make, provincial: User) -> None:
    gift = make(Donation, area_id=HUAYIPO, donor_name="陈先生", donor_type="person")
    sent = _browser(provincial).patch(
        f"/api/v1/donations/{gift.pk}/",
        {"donor_type": "enterprise"},
        content_type="application/json",
        headers={"If-Match": "*"},
    )
    assert sent.status_code == 422
    assert "遮盖" in sent.content.decode()


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
