"""导出与订阅: files of one's own area, their progress, and downloads for the user who asked, while
the area is theirs.
"""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from accounts.models import Role, User
from funds.models import Fund
from indicators.models import Plan
from reports.exports import jobs
from reports.models.exports import Export, FileState, Subscription
from reviews.kinds import record_kinds
from tests.conftest import DISTRICT, HUAYIPO, QIXINGGANG
from tests.reports.exports.conftest import Asked, Subscribed, at
from tests.types import Make, streamed

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL

FORM = {"kind": "funds.fund", "area": QIXINGGANG, "status": "approved"}


def _browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_asked_for_watched_and_downloaded(
    approved: Make,
    quji: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr("reports.exports.pages.make_file.delay", lambda *job: sent.append(job))
    name, browser = approved(Fund).name, _browser(quji)
    with django_capture_on_commit_callbacks(execute=True):
        response = browser.post("/exports/", FORM)
    export = Export.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/exports/{export.pk}/")
    assert sent == [("export", export.pk)]
    assert "正在生成" in browser.get(response["Location"]).content.decode()
    told = browser.get(f"/exports/{export.pk}/progress/").json()
    assert told == {"state": "queued", "is_at_work": True, "step": "排队中", "done": 0, "total": 0}
    assert browser.get(f"/exports/{export.pk}/download/").status_code == 404
    jobs.work_on(*sent[0])
    page = browser.get(f"/exports/{export.pk}/").content.decode()
    assert "已生成，共1条" in page
    file = browser.get(f"/exports/{export.pk}/download/")
    content = streamed(file)
    export.refresh_from_db()
    assert content == export.path.read_bytes()
    assert file["Cache-Control"] == "no-store"
    assert "filename*=utf-8''" in file["Content-Disposition"]
    assert name in str(content) or export.row_count == 1


def test_the_page_shows_how_far_it_is(asked: Asked, quji: User) -> None:
    export = asked(quji)
    lease = jobs.FileLease("export", export.pk)
    lease.acquire()
    lease.report("写入记录", 0, 9)
    told = _browser(quji).get(f"/exports/{export.pk}/progress/").json()
    assert (told["step"], told["done"], told["total"]) == ("写入记录", 0, 9)


def test_every_kind_can_be_chosen_and_only_places_of_the_user(jiedao: User) -> None:
    form = _browser(jiedao).get("/exports/").context["export_form"]
    kinds = [value for value, _ in form.fields["kind"].choices]
    assert kinds == ["", *(kind._meta.label_lower for kind in record_kinds())]
    places = [code for code, _ in form.fields["area"].widget.choices]
    assert places[0] == QIXINGGANG
    assert all(code.startswith(QIXINGGANG) for code in places)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": ""}, "请选择台账"),
        ({"kind": "accounts.user"}, "没有这种台账"),
        ({"area": ""}, "请选择地区"),
        ({"area": "500105"}, "没有这个地区，或不在您的管辖范围"),
        ({"area": "no"}, "没有这个地区，或不在您的管辖范围"),
        ({"status": "x"}, "没有这种状态"),
        ({"since": "昨天"}, "起始日期应写成"),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "截止日期不应早于起始日期"),
    ],
)
def test_what_cannot_be_made_is_told_and_not_stored(
    quji: User, changes: dict[str, str], message: str
) -> None:
    response = _browser(quji).post("/exports/", FORM | changes)
    assert response.status_code == 400
    assert message in response.content.decode()
    assert not Export.objects.exists()


def test_a_person_has_only_a_few_on_their_way(asked: Asked, quji: User, shiju: User) -> None:
    for _ in range(jobs.MOST_OPEN):
        assert _browser(quji).post("/exports/", FORM).status_code == 302
    response = _browser(quji).post("/exports/", FORM)
    assert f"您已有{jobs.MOST_OPEN}份台账正在生成" in response.content.decode()
    assert _browser(shiju).post("/exports/", FORM).status_code == 302  # the limit is per user
    Export.objects.filter(requested_by=quji).update(state=FileState.DONE)
    assert _browser(quji).post("/exports/", FORM).status_code == 302


def test_only_who_asked_finds_it(made: Asked, quji: User, shiju: User, jiangbei: User) -> None:
    export = made(quji)
    for other in (shiju, jiangbei):
        for page in ("", "progress/", "download/"):
            assert _browser(other).get(f"/exports/{export.pk}/{page}").status_code == 404
        assert str(export) not in _browser(other).get("/exports/").content.decode()


def test_who_lost_the_area_or_the_role_does_not_get_what_was_made(made: Asked, quji: User) -> None:
    export = made(quji)
    for changes in ({"area_id": QIXINGGANG}, {"area_id": "500105"}, {"role": Role.AUDITOR}):
        before = {name: getattr(quji, name) for name in changes}
        User.objects.filter(pk=quji.pk).update(**changes)
        browser = _browser(quji)
        for page in ("", "progress/", "download/"):
            assert browser.get(f"/exports/{export.pk}/{page}").status_code == 404
        if "role" not in changes:
            assert f"/exports/{export.pk}/" not in browser.get("/exports/").content.decode()
        User.objects.filter(pk=quji.pk).update(**before)
    assert _browser(quji).get(f"/exports/{export.pk}/download/").status_code == 200


def test_an_observer_may_export_and_who_sees_no_records_finds_nothing(
    shengting: User, guanli: User, shenji: User
) -> None:
    assert _browser(shengting).get("/exports/").status_code == 200
    for user in (guanli, shenji):
        assert _browser(user).get("/exports/").status_code == 404
        assert _browser(user).post("/exports/", FORM).status_code == 404
    assert Client().get("/exports/")["Location"].startswith("/admin/login/")


def test_a_cleared_or_lost_file_is_not_found(made: Asked, quji: User) -> None:
    export = made(quji)
    export.path.unlink()
    assert _browser(quji).get(f"/exports/{export.pk}/download/").status_code == 404


def test_a_failed_one_says_why(asked: Asked, quji: User) -> None:
    export = asked(quji)
    Export.objects.filter(pk=export.pk).update(state=FileState.FAILED, message="缘由甲乙丙")
    for page in ("/exports/", f"/exports/{export.pk}/"):
        assert "缘由甲乙丙" in _browser(quji).get(page).content.decode()


# --- subscriptions ------------------------------------------------------------------------------

SUBSCRIPTION = {"plan": "yuzhong-2026", "area": QIXINGGANG, "day": "31"}


def test_subscribed_to_and_cancelled(yuzhong: Plan, shiju: User, jiedao: User) -> None:
    browser = _browser(shiju)
    with at("2026-02-03"):
        page = browser.post("/exports/subscriptions/", SUBSCRIPTION, follow=True).content.decode()
    assert "2026年2月28日" in page
    one = Subscription.objects.get()
    assert (one.user, one.area_id, one.day) == (shiju, QIXINGGANG, 31)
    cancel = f"/exports/subscriptions/{one.pk}/cancel/"
    assert _browser(jiedao).post(cancel).status_code == 404
    assert browser.get(cancel).status_code == 405
    assert "已取消订阅" in browser.post(cancel, follow=True).content.decode()
    one.refresh_from_db()
    assert one.cancelled_at is not None
    assert browser.post("/exports/subscriptions/", SUBSCRIPTION).status_code == 302


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"plan": "yunnan-2024"}, "没有这个方案"),
        ({"area": "500105"}, "不在您的管辖范围"),
        ({"day": "0"}, "应为1至31的整数"),
        ({"day": "32"}, "应为1至31的整数"),
        ({"day": "十"}, "应为1至31的整数"),
        ({"day": ""}, "请填写每月几日"),
    ],
)
def test_what_cannot_be_subscribed_to_is_told(
    yuzhong: Plan, shiju: User, changes: dict[str, str], message: str
) -> None:
    response = _browser(shiju).post("/exports/subscriptions/", SUBSCRIPTION | changes)
    assert response.status_code == 400
    assert message in response.content.decode()
    assert not Subscription.objects.exists()


def test_the_same_is_not_subscribed_to_twice(yuzhong: Plan, shiju: User) -> None:
    for status in (302, 400):
        response = _browser(shiju).post("/exports/subscriptions/", SUBSCRIPTION)
        assert response.status_code == status
    assert Subscription.objects.count() == 1


def test_the_list_stays_cheap(
    make: Make, made: Asked, subscribed: Subscribed, quji: User, yuzhong: Plan
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            _browser(quji).get("/exports/")
        return len(found)

    made(quji)
    subscribed(quji)
    one = statements()
    for code in (QIXINGGANG, HUAYIPO):
        made(quji, area_id=code)
        subscribed(quji, area_id=code)
    assert statements() == one
    assert quji.area_id == DISTRICT


def test_the_name_of_a_download_has_the_day_in_china(asked: Asked, quji: User) -> None:
    export = asked(quji)
    export.requested_at = datetime.datetime(2026, 6, 30, 17, tzinfo=datetime.UTC)
    assert export.download_name == "渝中区社区慈善基金台账（2026-07-01）.xlsx"
