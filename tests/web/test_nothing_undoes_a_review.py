"""No page changes a reviewed record, or moves records that it did not show."""

from __future__ import annotations

import pytest

from accounts.models import User
from funds.models import Fund
from orgs.models import Charity, VolunteerTeam
from reviews.models import ReviewEvent, Status
from tests.conftest import DISTRICT, QIXINGGANG
from tests.types import Make, Visit

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL


@pytest.mark.parametrize("status", [status for status in Status if status != Status.DRAFT])
def test_a_version_of_the_history_is_never_put_back(
    make: Make, visit: Visit, quji: User, status: Status
) -> None:
    team = make(VolunteerTeam, name="红岩队")
    VolunteerTeam.objects.filter(pk=team.pk).update(status=status)
    version = team.history.first().history_id
    url = f"/admin/orgs/volunteerteam/{team.pk}/history/{version}/"
    sent = {"area": team.area_id, "name": "别的队", "founded_on": "2026-03-01"}
    assert visit(quji).post(url, sent).status_code == 403
    assert visit(quji).get(url)["Location"] == f"/admin/orgs/volunteerteam/{team.pk}/history/"
    team.refresh_from_db()
    assert (team.name, team.status) == ("红岩队", status)


def test_a_form_opened_before_the_submission_is_refused_after_it(
    make: Make, visit: Visit, quji: User
) -> None:
    team = make(VolunteerTeam, name="红岩队")
    VolunteerTeam.objects.filter(pk=team.pk).update(status=Status.PENDING)
    sent = {"area": team.area_id, "name": "别的队", "founded_on": "2026-03-01"}
    response = visit(quji).post(f"/admin/orgs/volunteerteam/{team.pk}/change/", sent)
    assert response.status_code == 403
    team.refresh_from_db()
    assert (team.name, team.status) == ("红岩队", Status.PENDING)


def test_more_records_than_were_shown_are_not_moved(make: Make, visit: Visit, quji: User) -> None:
    teams = [make(VolunteerTeam) for _ in range(3)]
    sent = {
        "action": "submit_selected",
        "confirmed": "1",
        "shown": "2",
        "_selected_action": [team.pk for team in teams],
    }
    response = visit(quji).post("/admin/orgs/volunteerteam/", sent, follow=True)
    assert "待处理的记录刚有变化" in response.content.decode()
    assert set(VolunteerTeam.objects.values_list("status", flat=True)) == {Status.DRAFT}
    assert not ReviewEvent.objects.exists()


@pytest.mark.parametrize("chosen", ["abc", "9" * 23, "１"])
def test_a_selection_of_nonsense_is_a_bad_request(visit: Visit, quji: User, chosen: str) -> None:
    sent = {"action": "submit_selected", "_selected_action": [chosen]}
    assert visit(quji).post("/admin/orgs/volunteerteam/", sent).status_code == 400


def test_a_nul_is_a_bad_request(visit: Visit, quji: User) -> None:
    client = visit(quji)
    assert client.get("/admin/orgs/volunteerteam/", {"q": "a\x00"}).status_code == 400
    assert client.get("/api/v1/progress/", {"plan": "\x00"}).status_code == 400


def test_a_streets_edit_keeps_the_host_of_the_district(
    make: Make, visit: Visit, jiedao: User
) -> None:
    host = make(Charity, area_id=DISTRICT, name="重庆市渝中区慈善会")
    fund = make(Fund, area_id=QIXINGGANG, level="street", host=host)
    client = visit(jiedao)
    page = client.get(f"/admin/funds/fund/{fund.pk}/change/")
    form = page.context["adminform"].form
    sent = {name: form.initial.get(name) for name in form.fields}
    sent = {name: value for name, value in sent.items() if value not in (None, False)}
    rows = {"members-TOTAL_FORMS": 0, "members-INITIAL_FORMS": 0}
    response = client.post(f"/admin/funds/fund/{fund.pk}/change/", sent | rows | {"leader": "张三"})
    assert response.status_code == 302
    fund.refresh_from_db()
    assert (fund.host, fund.leader) == (host, "张三")


def test_a_warning_stays_visible_to_the_reviewer(
    make: Make, visit: Visit, quji: User, shiju: User
) -> None:
    fund = make(Fund, host_has_public_fundraising=False, status=Status.PENDING, submitted_by=quji)
    page = visit(shiju).get(f"/admin/funds/fund/{fund.pk}/change/").content.decode()
    assert "依托组织没有公开募捐资格" in page
    asked = visit(shiju).post(
        "/admin/funds/fund/", {"action": "approve_selected", "_selected_action": [fund.pk]}
    )
    assert "依托组织没有公开募捐资格" in asked.content.decode()


def test_nobody_changes_their_own_role(visit: Visit, anquan: User) -> None:
    page = visit(anquan).get(f"/admin/accounts/user/{anquan.pk}/change/")
    assert not {"role", "area", "is_active"} & set(page.context["adminform"].form.fields)
