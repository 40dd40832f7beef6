"""Filing seals an edition: who may do it, what it contains, and that it never changes."""

from __future__ import annotations

import datetime
import hashlib
import json

import pytest
from django.test import Client

from accounts.models import Role, User
from funds.models import Fund
from indicators.models import Target
from reports.editions.files import document_path, workbook_path
from reports.editions.sealing import SealError, seal
from reports.filing.preparing import prepare_reports
from reports.models import Edition, Report, ReportState
from reports.schema.codec import canonical
from reviews.services import reopen
from scenes.models import Scene
from tests.conftest import DISTRICT, QIXINGGANG
from tests.reports.conftest import JUNE
from tests.types import Make
from tests.web.forms import sealing_fields
from tests.worlds import share


@pytest.fixture
def edition(report: Report, shiju: User, approved: Make) -> Edition:
    approved(Fund)
    return seal(report, by=shiju, on=JUNE)


share(__name__, "edition")


NOVEMBER = datetime.date(2026, 11, 30)


@pytest.mark.parametrize("user", ["quji", "jiedao", "shengting", "jiangbei", "guanli", "shenji"])
def test_only_the_areas_reviewer_seals(
    report: Report, request: pytest.FixtureRequest, user: str
) -> None:
    with pytest.raises(SealError, match="只有本地区的审核员"):
        seal(report, by=request.getfixturevalue(user), on=JUNE)
    assert not Edition.objects.exists()
    report.refresh_from_db()
    assert report.state == ReportState.DUE


def test_a_streets_reviewer_does_not_seal_the_districts_report(report: Report) -> None:
    street = User.objects.create_user("jieshen", role=Role.REVIEWER, area_id=QIXINGGANG)
    with pytest.raises(SealError):
        seal(report, by=street, on=JUNE)


def test_sealing_files_the_report(edition: Edition, shiju: User) -> None:
    report = Report.objects.get()
    assert report.state == ReportState.FILED
    assert (edition.number, edition.sealed_by, edition.previous_sha256) == (1, shiju, "")
    assert hashlib.sha256(workbook_path(edition).read_bytes()).hexdigest() == (
        edition.workbook_sha256
    )


def test_the_content_is_canonical_and_its_hash_right(edition: Edition) -> None:
    stored = Edition.objects.get()
    content = json.loads(stored.content)
    assert canonical(content) == stored.content
    assert hashlib.sha256(stored.content.encode("utf-8")).hexdigest() == stored.sha256
    assert content["area"]["code"] == DISTRICT
    assert content["as_of"] == "2026-06-30"
    assert content["seal"]["sealed_by"] == "shiju"
    assert len([code for code in content["tree"] if len(code) == 12]) == 79


def test_a_report_sealed_early_counts_up_to_that_day(report: Report, shiju: User) -> None:
    edition = seal(report, by=shiju, on=datetime.date(2026, 6, 20))
    assert json.loads(edition.content)["as_of"] == "2026-06-20"


@pytest.mark.parametrize("reason", ["", "   "])
def test_sealing_again_owes_a_reason(
    report: Report, edition: Edition, shiju: User, reason: str
) -> None:
    with pytest.raises(SealError, match="更正理由"):
        seal(report, by=shiju, on=JUNE, reason=reason)
    assert Edition.objects.count() == 1


def test_a_correction_says_why_and_follows_the_first(
    report: Report, edition: Edition, shiju: User, approved: Make
) -> None:
    approved(Scene)
    second = seal(report, by=shiju, on=JUNE, reason=" 漏报一处场景 ")
    assert (second.number, second.reason) == (2, "漏报一处场景")
    assert second.previous_sha256 == edition.sha256
    assert second.as_content().seal.previous_sha256 == edition.sha256
    assert workbook_path(edition).exists()
    assert workbook_path(second).exists()


def test_the_chain_goes_on_from_report_to_report(edition: Edition, shiju: User) -> None:
    november = prepare_reports(datetime.date(2026, 11, 1))[0]
    assert november.due_on == NOVEMBER
    second = seal(november, by=shiju, on=datetime.date(2026, 11, 20))
    assert (second.number, second.previous_sha256) == (1, edition.sha256)


def test_what_happens_later_does_not_reach_a_sealed_edition(
    edition: Edition, shiju: User, approved: Make
) -> None:
    before = Edition.objects.values().get()
    book = workbook_path(edition).read_bytes()
    approved(Scene)
    approved(Fund)
    reopen(Fund.objects.filter(status="approved").earliest("pk"), by=shiju, reason="核对")
    Target.objects.update(value=999)
    prepare_reports(NOVEMBER)
    assert Edition.objects.values().get() == before
    assert workbook_path(edition).read_bytes() == book


def test_a_name_with_a_control_character_does_not_stop_the_report(
    report: Report, shiju: User, approved: Make
) -> None:
    approved(Scene, name="慈善墙\x0b二期")
    edition = seal(report, by=shiju, on=JUNE)
    assert workbook_path(edition).exists()


def test_the_reviewer_seals_from_the_page(client: Client, report: Report, shiju: User) -> None:
    client.force_login(shiju)
    url = f"/reports/{report.pk}/seal/"
    page = client.get(url)
    assert page.status_code == 200
    assert not Edition.objects.exists()
    assert client.post(url, sealing_fields(page)).status_code == 302
    again = client.post(url, sealing_fields(client.get(url)))
    assert again.status_code == 400
    assert "请写明更正理由" in again.content.decode()
    assert client.post(url, sealing_fields(again, reason="更正")).status_code == 302
    assert list(Edition.objects.values_list("number", flat=True)) == [1, 2]
    first = Edition.objects.earliest("number")
    for kind, path in (("xlsx", workbook_path(first)), ("docx", document_path(first))):
        answer = client.get(f"/reports/editions/{first.pk}.{kind}")
        assert answer.content == path.read_bytes()


@pytest.mark.parametrize("user", ["quji", "shengting", "jiangbei", "shenji", "guanli"])
def test_nobody_else_seals_from_the_page(
    client: Client, report: Report, request: pytest.FixtureRequest, user: str
) -> None:
    client.force_login(request.getfixturevalue(user))
    answer = client.post(f"/reports/{report.pk}/seal/", {"reason": "越权"})
    assert answer.status_code in (403, 404)
    assert not Edition.objects.exists()


def test_a_reason_too_long_is_refused(report: Report, shiju: User) -> None:
    seal(report, by=shiju, on=JUNE)
    with pytest.raises(SealError, match="更正理由过长"):
        seal(report, by=shiju, on=JUNE, reason="改" * 501)
