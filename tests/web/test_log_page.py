"""审计日志: only the auditor reads and exports it; reading and exporting are events, too."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from audit.acts import Act
from audit.events import record
from audit.models import AuditEvent
from desks.log.words import after_of, before_of

pytestmark = [pytest.mark.once, pytest.mark.django_db]

LOG = "/admin/audit/auditevent/"


@pytest.fixture
def events(quji: User, shiju: User, shenji: User) -> None:
    record(Act.EXPORTED, user=quji, about=quji, area="500103001", detail="甲事")
    record(Act.ROLE_CHANGED, user=shiju, area="500105", before={"角色": "填报员"}, detail="=1+1")


def _read(client: Client, query: str = "") -> str:
    answer = client.get(f"{LOG}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("?account=quji", "甲事", "=1+1"),
        ("?act__exact=role_changed", "=1+1", "甲事"),
        ("?place=500103", "甲事", "=1+1"),
        ("?place=渝中区", "甲事", "=1+1"),
        ("?object=accounts.user", "甲事", "=1+1"),
        ("?at_from=2000-01-01&at_to=2000-01-31", "", "甲事"),
    ],
)
def test_the_auditor_filters_by_day_account_act_area_and_object(
    client: Client, shenji: User, events: None, query: str, shown: str, hidden: str
) -> None:
    client.force_login(shenji)
    page = _read(client, query)
    assert shown in page
    assert hidden not in page


@pytest.mark.parametrize("name", ["quji", "shiju", "shengting", "guanli"])
def test_nobody_else_reads_the_log(
    client: Client, request: pytest.FixtureRequest, events: None, name: str
) -> None:
    client.force_login(request.getfixturevalue(name))
    for address in (LOG, f"{LOG}export.csv", f"{LOG}{AuditEvent.objects.latest('pk').pk}/change/"):
        assert client.get(address).status_code in (302, 403, 404), address


def test_nobody_adds_changes_or_deletes(client: Client, shenji: User, events: None) -> None:
    client.force_login(shenji)
    pk = AuditEvent.objects.latest("pk").pk
    for address in (f"{LOG}add/", f"{LOG}{pk}/delete/"):
        assert client.get(address).status_code in (403, 404)
    client.post(LOG, {"action": "delete_selected", "_selected_action": [pk]})
    assert AuditEvent.objects.filter(pk=pk).exists()


def test_reading_and_exporting_are_events(client: Client, shenji: User, events: None) -> None:
    client.force_login(shenji)
    _read(client, "?account=quji")
    assert AuditEvent.objects.get(act=Act.LOG_READ).detail == "账号：quji"
    answer = client.get(f"{LOG}export.csv?act__exact=role_changed")
    text = answer.getvalue().decode()
    assert "甲事" not in text
    assert "'=1+1" in text
    sheet = load_workbook(io.BytesIO(client.get(f"{LOG}export.xlsx").getvalue())).worksheets[0]
    assert [cell.value for cell in sheet[1]][1:4] == ["编号", "时间", "账号"]
    exports = AuditEvent.objects.filter(act=Act.EXPORTED, username="shenji")
    assert [event.after["格式"] for event in exports.order_by("pk") if event.after] == [
        "csv",
        "xlsx",
    ]


def test_what_changed_is_told_in_chinese(client: Client, quji: User, shenji: User) -> None:
    before = {"role": "clerk", "area_id": "500103", "is_active": True, "行数": 3}
    record(Act.ROLE_CHANGED, about=quji, before=before, after={"role": "reviewer"})
    event = AuditEvent.objects.get(act=Act.ROLE_CHANGED)
    assert before_of(event) == "角色：填报员\n管辖区划：500103\n有效：是\n行数：3"
    assert after_of(event) == "角色：审核员"
