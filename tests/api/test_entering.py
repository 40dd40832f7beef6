"""What a clerk may enter through the API: drafts as in the form, in strict JSON, in scope only."""

from __future__ import annotations

import pytest

from accounts.models import User
from api.records import RecordViewSet
from areas.models import Area
from config.urls import router
from funds.models import Donation, Expenditure, Fund, FundMember
from indicators.models import Plan
from orgs.models import Charity, CommunityOrg
from projects.models import Need, Project, Resource
from reviews.models import Status, Submission
from reviews.privacy import masked
from scenes.models import Activity, Scene
from supervision.models import Complaint, Inspection
from tests.api.clients import ApiOf, codes
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU, NEIGHBOUR, QIXINGGANG
from tests.records.kinds import kind_name, monthly_duty
from tests.types import Make, Response

pytestmark = pytest.mark.once  # API documents and bodies; storing is tested on both databases

SCENE = {"area": HUAYIPO, "name": "华一坡慈善墙", "type": "wall", "opened_on": "2026-03-01"}
FUND = {
    "area": HUAYIPO,
    "name": "重庆市渝中区慈善会华一坡社区邻里基金",
    "level": "community",
    "host_name": "重庆市渝中区慈善会",
    "host_has_public_fundraising": True,
    "established_on": "2026-03-01",
}
VIEWSETS = {
    prefix: viewset for prefix, viewset, _ in router.registry if issubclass(viewset, RecordViewSet)
}


def test_a_draft_is_stored_as_it_was_sent(api: ApiOf, jiedao: User) -> None:
    answer = api(jiedao).post("funds/", FUND | {"initial_yuan": "120000.50"})
    assert answer.status_code == 201
    fund = Fund.objects.get()
    assert answer["Location"].endswith(f"/api/v1/funds/{fund.pk}/")
    said = answer.json()
    assert {name: said[name] for name in FUND} == FUND
    assert (said["initial_yuan"], said["status"], said["problems"]) == ("120000.50", "draft", [])
    assert (fund.created_by, fund.status) == (jiedao, Status.DRAFT)
    assert fund.history.get().history_user == jiedao


def test_a_draft_may_lack_texts_and_is_told_what_it_lacks(api: ApiOf, jiedao: User) -> None:
    answer = api(jiedao).post("scenes/", {"area": HUAYIPO, "opened_on": "2026-03-01"})
    assert answer.status_code == 201
    assert ("name", "required") in codes(answer)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"name": 5}, ("name", "invalid")),
        ({"name": None}, ("name", "null")),
        ({"name": "长" * 101}, ("name", "max_length")),
        ({"opened_on": "2026-3-1"}, ("opened_on", "invalid")),
        ({"opened_on": "20260301"}, ("opened_on", "invalid")),
        ({"opened_on": "2026-02-30"}, ("opened_on", "invalid")),
        ({"opened_on": None}, ("opened_on", "null")),
        ({"has_staff": "true"}, ("has_staff", "invalid")),
        ({"has_staff": 1}, ("has_staff", "invalid")),
        ({"person_times": "5"}, ("person_times", "invalid")),
        ({"person_times": True}, ("person_times", "invalid")),
        ({"person_times": -1}, ("person_times", "min_value")),
        ({"person_times": 1.5}, ("person_times", "invalid")),
        ({"type": "castle"}, ("type", "invalid_choice")),
        ({"area": "渝中区"}, ("area", "invalid")),
        ({"area": 500103}, ("area", "invalid")),
        ({"nmae": "错"}, ("nmae", "unknown")),
        ({"status": "approved"}, ("status", "unknown")),
        ({"created_by": "某人"}, ("created_by", "unknown")),
    ],
)
def test_what_is_not_as_the_schema_says_is_400_and_names_the_field(
    api: ApiOf, jiedao: User, changes: dict[str, object], found: tuple[str, str]
) -> None:
    answer = api(jiedao).post("scenes/", SCENE | changes)
    assert answer.status_code == 400
    assert codes(answer) == [found]
    assert not Scene.objects.exists()


@pytest.mark.parametrize(
    "amount", [100, 100.5, "1e5", "NaN", "１００", "1,000", "+5", "", "-", "0.001"]
)
def test_money_is_a_text_in_plain_digits(api: ApiOf, jiedao: User, amount: object) -> None:
    answer = api(jiedao).post("funds/", FUND | {"initial_yuan": amount})
    assert (answer.status_code, codes(answer)) == (400, [("initial_yuan", "invalid")])


@pytest.mark.parametrize(
    "body", ["", "{", "[1]", '"文字"', "null", '{"name": NaN}', '{"name": "甲", "name": "乙"}']
)
def test_what_is_no_object_is_refused(api: ApiOf, jiedao: User, body: str) -> None:
    client = api(jiedao).client
    answer = client.post("/api/v1/scenes/", body, content_type="application/json")
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message", "problems"}
    assert not Scene.objects.exists()


@pytest.mark.parametrize("area", [MINSHENGLU, DISTRICT, NEIGHBOUR, "999999"])
def test_a_place_out_of_scope_is_as_unknown_as_none(api: ApiOf, jiedao: User, area: str) -> None:
    answer = api(jiedao).post("scenes/", SCENE | {"area": area})
    assert (answer.status_code, codes(answer)) == (422, [("area", "does_not_exist")])
    assert not Scene.objects.exists()


@pytest.mark.parametrize(("path", "name"), [("donations/", "fund"), ("expenditures/", "fund")])
def test_another_areas_fund_is_as_unknown_as_none(
    api: ApiOf, make: Make, jiedao: User, path: str, name: str
) -> None:
    foreign = make(Fund, area_id=MINSHENGLU)
    days = {"donated_on": "2026-03-01"} if path == "donations/" else {"spent_on": "2026-03-01"}
    for key in (foreign.pk, 999_999, 2**63 - 1):
        answer = api(jiedao).post(path, {name: key, "amount_yuan": "5.00", **days})
        assert (answer.status_code, codes(answer)) == (422, [(name, "does_not_exist")])
    assert not Donation.objects.exists()
    assert not Expenditure.objects.exists()


def test_money_is_where_its_fund_is(api: ApiOf, make: Make, jiedao: User) -> None:
    fund = make(Fund)
    sent = {"fund": fund.pk, "donated_on": "2026-03-02", "amount_yuan": "5.00"}
    answer = api(jiedao).post("donations/", sent)
    assert (answer.status_code, answer.json()["area"]) == (201, HUAYIPO)
    other = api(jiedao).post("donations/", sent | {"area": QIXINGGANG})
    assert (other.status_code, codes(other)) == (422, [("area", "follows")])
    assert Donation.objects.count() == 1


def test_a_donation_to_no_fund_says_its_place(api: ApiOf, jiedao: User) -> None:
    answer = api(jiedao).post("donations/", {"donated_on": "2026-03-02", "amount_yuan": "5.00"})
    assert (answer.status_code, codes(answer)) == (422, [("area", "null")])


def test_a_host_on_file_need_not_be_written_out(api: ApiOf, approved: Make, quji: User) -> None:
    host = approved(
        Charity,
        name="重庆市渝中区慈善会",
        credit_code="51500103MJ00000187",
        has_public_fundraising=True,
    )
    sent = {name: value for name, value in FUND.items() if not name.startswith("host")}
    said = api(quji).post("funds/", sent | {"host": host.pk}).json()
    assert (said["host_name"], said["host_credit_code"], said["host_has_public_fundraising"]) == (
        "重庆市渝中区慈善会",
        "51500103MJ00000187",
        True,
    )


def test_a_second_record_of_the_name_is_refused_in_the_checks_words(
    api: ApiOf, make: Make, jiedao: User
) -> None:
    make(Scene, name=SCENE["name"])
    answer = api(jiedao).post("scenes/", SCENE)
    assert (answer.status_code, codes(answer)) == (422, [("name", "repeated")])
    assert "系统中已有同名" in answer.json()["problems"][0]["message"]


def test_what_the_database_refuses_is_told_at_its_field(api: ApiOf, jiedao: User) -> None:
    answer = api(jiedao).post("scenes/", SCENE | {"closed_on": "2026-02-01"})
    assert (answer.status_code, codes(answer)) == (422, [("closed_on", "order")])


def test_rows_travel_with_their_record(api: ApiOf, quji: User, jiedao: User) -> None:
    members = [
        {"name": "王某", "kind": "street", "duty": "组长"},
        {"name": "李某", "kind": "resident", "duty": ""},
    ]
    answer = api(jiedao).post("funds/", FUND | {"members": members})
    shown = [row | {"name": masked(row["name"])} for row in members]
    assert answer.json()["members"] == shown
    assert FundMember.objects.count() == 2
    activity = {"area": DISTRICT, "name": "宣传周", "held_on": "2026-03-05", "form": "publicity"}
    reached = api(quji).post("activities/", activity | {"communities": [HUAYIPO, MINSHENGLU]})
    assert reached.json()["communities"] == [HUAYIPO, MINSHENGLU]


@pytest.mark.parametrize("code", ["500103001", "500105001001", "500103009999"])
def test_only_communities_in_scope_are_reached(api: ApiOf, quji: User, code: str) -> None:
    sent = {"area": DISTRICT, "name": "宣传周", "held_on": "2026-03-05", "form": "publicity"}
    answer = api(quji).post("activities/", sent | {"communities": [HUAYIPO, code]})
    assert (answer.status_code, codes(answer)) == (422, [("communities", "does_not_exist")])
    assert not Activity.objects.exists()


@pytest.mark.parametrize("prefix", VIEWSETS)
def test_the_documented_example_of_every_kind_is_accepted_without_a_word(
    api: ApiOf, yuzhong: Plan, make: Make, quji: User, prefix: str
) -> None:
    monthly_duty()
    for kind in (Fund, Charity, CommunityOrg, Complaint, Inspection, Project, Need, Resource):
        make(kind, pk=1)
    viewset = VIEWSETS[prefix]
    answer = api(quji).post(f"{prefix}/", viewset.queryset.model.declaration.example)
    assert answer.status_code == 201, answer.json()
    kinds = {each["code"] for each in answer.json()["problems"] if not each["is_warning"]}
    assert not kinds
    assert set(viewset.queryset.model.declaration.example) <= set(answer.json())


def test_every_kind_of_records_is_in_the_api() -> None:
    from reviews.kinds import record_kinds

    kinds: list[type[Submission]] = [viewset.queryset.model for viewset in VIEWSETS.values()]
    assert sorted(map(kind_name, kinds)) == sorted(map(kind_name, record_kinds()))


@pytest.mark.parametrize("path", ["donations/", "donations/bulk/"])
def test_an_amount_that_would_not_come_back_the_same_is_refused(
    api: ApiOf, jiedao: User, path: str
) -> None:
    """SQLite keeps 15 digits; 9,999,999,999,999.99 is the most."""
    sent = {"area": HUAYIPO, "donated_on": "2026-03-02", "receipt_number": "1"}

    def post(amount: str) -> Response:
        one = sent | {"amount_yuan": amount}
        return api(jiedao).post(path, {"records": [one]} if "bulk" in path else one)

    for amount in ("99999999999999.99", "12345678901234.56"):
        assert post(amount).status_code == 400
    assert post("9999999999999.99").status_code == 201
    (row,) = api(jiedao).get("donations/").json()["results"]
    assert row["amount_yuan"] == "9999999999999.99"


def test_the_form_and_a_ledger_refuse_such_an_amount_too(make: Make, district: Area) -> None:
    from decimal import Decimal

    from django.core.exceptions import ValidationError

    from reviews.checks import find_problems

    gift = make(Donation)
    gift.amount_yuan = Decimal("10000000000000.00")
    with pytest.raises(ValidationError, match="过大"):
        gift.clean_fields()
    assert "too_large" in {problem.code for problem in find_problems(gift)}


@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=b", "text/plain", "application/xml"]
)
@pytest.mark.parametrize("path", ["scenes/", "scenes/{pk}/submit/", "scenes/transitions/"])
def test_a_body_that_is_no_json_is_not_taken_for_none(
    api: ApiOf, make: Make, jiedao: User, kind: str, path: str
) -> None:
    scene = make(Scene)
    url = f"/api/v1/{path.format(pk=scene.pk)}"
    body = b'--b\r\nContent-Disposition: form-data; name="reason"\r\n\r\nx\r\n--b--\r\n'
    answer = api(jiedao).client.generic("POST", url, body, content_type=kind)
    assert answer.status_code == 415
    scene.refresh_from_db()
    assert scene.status == Status.DRAFT


def test_a_body_without_its_length_is_refused(api: ApiOf, make: Make, jiedao: User) -> None:
    scene = make(Scene)
    answer = api(jiedao).client.generic(
        "POST",
        f"/api/v1/scenes/{scene.pk}/submit/",
        b"",
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked"},
        CONTENT_LENGTH="",
    )
    assert answer.status_code == 411


def test_another_host_brings_its_own_name_and_qualification(
    api: ApiOf, approved: Make, quji: User
) -> None:
    one = approved(
        Charity, name="甲慈善会", credit_code="51500103MJ00000187", has_public_fundraising=True
    )
    other = approved(Charity, name="乙慈善会")
    sent = {name: value for name, value in FUND.items() if not name.startswith("host")}
    pk = api(quji).post("funds/", sent | {"host": one.pk}).json()["id"]
    said = api(quji).patch(f"funds/{pk}/", {"host": other.pk}).json()
    assert (said["host_name"], said["host_credit_code"]) == ("乙慈善会", "")
    assert said["host_has_public_fundraising"] is False
    assert "host" in {each["code"] for each in said["problems"]}
    told = api(quji).post(
        "funds/", sent | {"name": "另一基金", "host": one.pk, "host_has_public_fundraising": False}
    )
    assert (told.status_code, codes(told)) == (422, [("host_has_public_fundraising", "follows")])


def test_a_draft_of_the_level_above_is_no_host(
    api: ApiOf, make: Make, approved: Make, jiedao: User
) -> None:
    draft, fact = make(Charity), approved(Charity)
    sent = FUND | {"host": draft.pk}
    assert codes(api(jiedao).post("funds/", sent)) == [("host", "does_not_exist")]
    assert api(jiedao).post("funds/", FUND | {"host": fact.pk}).status_code == 201


def test_a_member_named_twice_is_told_at_the_members(api: ApiOf, jiedao: User) -> None:
    members = [{"name": "王某", "kind": "community", "duty": duty} for duty in ("组长", "副组长")]
    answer = api(jiedao).post("funds/", FUND | {"members": members})
    assert (answer.status_code, codes(answer)) == (422, [("members", "repeated")])
    assert not Fund.objects.exists()
