"""保存并提交 submits the rows and files that the page showed; what came or went meanwhile is told."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Role, User
from areas.models import Area
from funds.models import Fund, FundMember
from reviews.evidence.attachments import add_attachment, remove_attachment
from reviews.models import Attachment, Status, Submission
from scenes.models import Activity, ActivityReach
from tests.conftest import HUAYIPO, MINSHENGLU
from tests.reviews.test_attachments import upload
from tests.types import Make, Response, Visit
from tests.web.forms import filled_in
from tests.web.test_entry_drafts import change_page, errors_of

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL


@pytest.fixture
def activity(make: Make) -> Activity:
    return make(Activity, reached=[HUAYIPO])


def _sent(page: Response, **changes: object) -> dict[str, Any]:
    sent = filled_in(page, **changes)
    return sent | {"_belongings": page.context["belongings"], "_submit": "1"}


def _refused(client: Any, record: Submission, page: Response, words: str) -> Response:
    """Press 保存并提交 on a page that is out of date; it says why, and the next press goes through."""
    late = client.post(change_page(record), _sent(page))
    assert late.status_code == 200
    (error,) = errors_of(late)["__all__"]
    assert words in error
    assert "没有保存和提交" in error
    record.refresh_from_db()
    assert record.status == Status.DRAFT
    return late


def test_a_file_that_another_clerk_added_is_not_submitted_unseen(
    visit: Visit, jiedao: User, quji: User, activity: Activity
) -> None:
    client = visit(jiedao)
    page = client.get(change_page(activity))
    add_attachment(activity, upload(), by=quji)
    name = Attachment.objects.get().file_name
    late = _refused(client, activity, page, f"新增附件“{name}”")
    again = _sent(page, _reason="核对过") | {"_belongings": late.context["belongings"]}
    done = client.post(change_page(activity), again)
    assert "__all__" not in (errors_of(done) if done.status_code == 200 else {})


def test_a_file_that_another_clerk_removed_is_told(
    visit: Visit, jiedao: User, quji: User, activity: Activity
) -> None:
    stored = add_attachment(activity, upload(), by=quji)
    client = visit(jiedao)
    page = client.get(change_page(activity))
    remove_attachment(stored, by=quji)
    _refused(client, activity, page, f"移除附件“{stored.file_name}”")


def test_a_community_that_another_clerk_ticked_is_told(
    visit: Visit, quji: User, activity: Activity
) -> None:
    client = visit(quji)
    page = client.get(change_page(activity))
    ActivityReach.objects.create(activity=activity, area_id=MINSHENGLU)
    _refused(client, activity, page, "新增覆盖社区“")


def test_a_row_that_another_clerk_added_is_told(visit: Visit, quji: User, make: Make) -> None:
    fund = make(Fund)
    client = visit(quji)
    page = client.get(change_page(fund))
    FundMember.objects.create(fund=fund, name="王芳", kind="donor")
    late = _refused(client, fund, page, "王*")
    assert late.context["belongings"] != page.context["belongings"]


def test_who_only_saves_is_not_stopped(visit: Visit, quji: User, activity: Activity) -> None:
    client = visit(quji)
    page = client.get(change_page(activity))
    add_attachment(activity, upload(), by=quji)
    sent = _sent(page)
    del sent["_submit"]
    assert client.post(change_page(activity), sent).status_code == 302


def test_nothing_came_so_it_is_submitted(visit: Visit, quji: User, activity: Activity) -> None:
    client = visit(quji)
    add_attachment(activity, upload(), by=quji)
    page = client.get(change_page(activity))
    done = client.post(change_page(activity), _sent(page, _reason="核对过"))
    assert "__all__" not in (errors_of(done) if done.status_code == 200 else {})


def test_above_a_county_a_row_that_two_clerks_edit_is_told(
    visit: Visit, district: Area, activity: Activity
) -> None:
    client = visit(User.objects.create_user("shiji", role=Role.CLERK, area_id="50"))
    page = client.get(change_page(activity))
    ActivityReach.objects.update(area_id=MINSHENGLU)
    sent = filled_in(page, **{"reaches-0-area": "500103001002"})
    late = client.post(change_page(activity), sent)
    assert late.status_code == 200
    assert "他人刚作了修改" in late.content.decode()
    assert ActivityReach.objects.get().area_id == MINSHENGLU


def test_above_a_county_a_row_that_another_clerk_removed_is_kept_as_a_new_one(
    visit: Visit, district: Area, activity: Activity
) -> None:
    client = visit(User.objects.create_user("shiji", role=Role.CLERK, area_id="50"))
    page = client.get(change_page(activity))
    ActivityReach.objects.all().delete()
    late = client.post(change_page(activity), filled_in(page, note="改"))
    assert late.status_code == 200
    assert "打开本页之后他人移除了其中的行" in late.content.decode()
