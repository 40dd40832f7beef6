"""回调通知 and 发送记录: pages for the administrator alone."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.webhooks.models import DeliveryState, Webhook, WebhookDelivery
from audit.acts import Act
from audit.models import AuditEvent
from orgs.models import VolunteerTeam
from reports.models import EDITION_SEALED
from tests.conftest import DISTRICT, QIXINGGANG
from tests.types import Make, Response
from tests.web.forms import hidden_fields
from tests.web.test_chinese import english_in
from tests.webhooks.conftest import MakeWebhook, waiting_for

pytestmark = pytest.mark.once

LIST = "/admin/accounts/webhook/"
ADD = f"{LIST}add/"
DELIVERIES = "/admin/accounts/webhookdelivery/"
FORM: dict[str, object] = {
    "name": "市级数据平台",
    "url": "https://hook.example.gov.cn/in",
    "area": DISTRICT,
    "events": ["record.approved", "edition.sealed"],
    "is_active": "on",
}


@pytest.fixture(autouse=True)
def _targets(settings: Settings) -> None:
    settings.WEBHOOK_TARGETS = ["https://hook.example.gov.cn"]


@pytest.fixture
def browser(client: Client, guanli: User) -> Client:
    client.force_login(guanli)
    return client


def _text(page: Response) -> str:
    assert page.status_code == 200
    text = page.content.decode()
    assert english_in(text) == set()
    return text


def test_the_administrator_makes_a_webhook_and_reads_its_secret(
    browser: Client, guanli: User
) -> None:
    assert "允许的主机：https://hook.example.gov.cn" in _text(browser.get(ADD))
    shown = _text(browser.post(ADD, FORM))
    webhook = Webhook.objects.get()
    assert webhook.secret in shown
    assert (webhook.created_by, webhook.area_id, webhook.is_active) == (guanli, DISTRICT, True)
    assert webhook.events == ["record.approved", "edition.sealed"]
    later = _text(browser.get(_page(webhook)))
    assert "只在创建和换发时显示一次" in later
    assert webhook.secret not in later
    assert webhook.salt not in later + shown
    listed = _text(browser.get(LIST))
    assert "记录审核通过、报告封存" in listed
    assert webhook.secret not in listed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "https://evil.com/"}, "允许的有：https://hook.example.gov.cn"),
        ({"url": "https://hook.example.gov.cn@evil.com/"}, "接收地址有误"),
        ({"url": "http://hook.example.gov.cn/"}, "不在允许接收的主机之内"),
        ({"url": ""}, "该字段是必填项"),
        ({"events": []}, "请至少选择一项"),
        ({"events": ["record.deleted"]}, "不在可用的选项中"),
        ({"area": ""}, "该字段是必填项"),
        ({"name": ""}, "该字段是必填项"),
    ],
)
def test_a_webhook_that_may_not_be_is_refused_in_words(
    browser: Client, changes: dict[str, object], words: str
) -> None:
    assert words in _text(browser.post(ADD, FORM | changes))
    assert not Webhook.objects.exists()


def test_without_allowed_hosts_no_webhook_can_be_made(browser: Client, settings: Settings) -> None:
    settings.WEBHOOK_TARGETS = []
    assert "尚未配置允许接收的主机" in _text(browser.get(ADD))
    assert "尚未配置允许接收的主机" in _text(browser.post(ADD, FORM))
    assert not Webhook.objects.exists()


def test_a_second_webhook_of_the_same_name_is_refused(
    browser: Client, make_webhook: MakeWebhook
) -> None:
    make_webhook(name=FORM["name"])
    assert "已有同名的回调通知" in _text(browser.post(ADD, FORM))


def test_a_webhook_is_changed_and_switched_off(browser: Client, make_webhook: MakeWebhook) -> None:
    webhook = make_webhook()
    secret = webhook.secret
    changed = {key: value for key, value in FORM.items() if key != "is_active"}
    answer = browser.post(_page(webhook), changed | {"area": QIXINGGANG})
    assert answer.status_code == 302
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.area_id) == (False, QIXINGGANG)
    assert webhook.secret == secret
    event = AuditEvent.objects.get(act=Act.WEBHOOK_CHANGED)
    assert event.before and event.after
    assert (event.before["area"], event.before["is_active"]) == (DISTRICT, True)
    assert (event.after["area"], event.after["is_active"]) == (QIXINGGANG, False)
    assert event.after["url"] == FORM["url"]


def test_renewing_the_secret_asks_first(browser: Client, make_webhook: MakeWebhook) -> None:
    webhook, other = make_webhook(), make_webhook()
    old, kept = webhook.secret, other.secret
    url = reverse("admin:accounts_webhook_renew_secret", args=[webhook.pk])
    assert url in _text(browser.get(_page(webhook)))
    assert "原密钥立即失效" in _text(browser.get(url))
    assert Webhook.objects.get(pk=webhook.pk).secret == old
    asked = browser.get(url)
    page = browser.post(url, hidden_fields(asked))
    new = Webhook.objects.get(pk=webhook.pk).secret
    assert new != old
    assert new in _text(page)
    assert new not in _text(browser.get(_page(webhook)))
    assert Webhook.objects.get(pk=other.pk).secret == kept
    assert LogEntry.objects.get().get_change_message() == "换发密钥"
    assert "密钥刚由他人换发" in _text(browser.post(url, hidden_fields(asked)))
    assert Webhook.objects.get(pk=webhook.pk).secret == new


def test_a_webhook_that_was_used_is_not_deleted(browser: Client, make_webhook: MakeWebhook) -> None:
    used, unused = make_webhook(), make_webhook()
    waiting_for(used)
    assert browser.post(f"{LIST}{used.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.post(f"{LIST}{unused.pk}/delete/", {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [used.pk], "post": "yes"}
    browser.post(LIST, chosen)
    assert list(Webhook.objects.all()) == [used]


def test_deliveries_are_listed_by_state_and_webhook_with_the_dead_ones_red(
    browser: Client, make_webhook: MakeWebhook
) -> None:
    first, second = make_webhook(name="甲平台"), make_webhook(name="乙平台")
    waiting_for(first)
    waiting_for(second, state="sent", settled_at=timezone.now(), last_status=200)
    waiting_for(second, state="dead", settled_at=timezone.now(), last_error="连接不上接收方")
    page = _text(browser.get(DELIVERIES))
    label = re.search(r'<span class="([^"]*)"[^>]*>\s*发送失败\s*</span>', page)
    assert label
    assert "red" in label[1]
    dead = _text(browser.get(DELIVERIES, {"state__exact": "dead"}))
    assert "连接不上接收方" in dead
    own = _text(browser.get(DELIVERIES, {"webhook__id__exact": first.pk}))
    assert "连接不上接收方" not in own


def test_the_page_of_a_delivery_tells_its_ids_in_words(
    browser: Client, make_webhook: MakeWebhook, approved: Make
) -> None:
    webhook = make_webhook()
    team = approved(VolunteerTeam, name="夕阳红志愿队")
    one = WebhookDelivery.objects.get()
    page = _text(browser.get(f"{DELIVERIES}{one.pk}/change/"))
    assert f"志愿服务队伍1条，编号（区划代码）：{team.pk}（{team.area_id}）" in page
    assert "夕阳红" not in page
    assert webhook.secret not in page
    sealed = {"report": 3, "edition": 5, "number": 2, "sha256": "a1" * 32}
    two = waiting_for(webhook, event=EDITION_SEALED, payload=sealed)
    page = _text(browser.get(f"{DELIVERIES}{two.pk}/change/"))
    assert f"报告编号3，第2版（编号5），摘要{'a1' * 32}" in page


def test_sending_again_takes_the_dead_of_the_chosen(
    browser: Client, make_webhook: MakeWebhook
) -> None:
    webhook, now = make_webhook(), timezone.now()
    sent = waiting_for(webhook, state="sent", settled_at=now)
    dead = waiting_for(webhook, state="dead", settled_at=now, attempts=7)
    left = waiting_for(webhook, state="dead", settled_at=now, attempts=7)
    chosen = {"action": "send_again_selected", "_selected_action": [sent.pk, dead.pk]}
    assert "1 条已排队重新发送" in _text(browser.post(DELIVERIES, chosen, follow=True))
    states = dict(WebhookDelivery.objects.values_list("pk", "state"))
    assert states == {sent.pk: "sent", dead.pk: "waiting", left.pk: "dead"}
    assert WebhookDelivery.objects.get(pk=dead.pk).attempts == 0
    assert "没有发送失败的" in _text(browser.post(DELIVERIES, chosen, follow=True))


def test_only_what_could_not_be_delivered_is_removed(
    browser: Client, make_webhook: MakeWebhook
) -> None:
    webhook, now = make_webhook(), timezone.now()
    kept = [waiting_for(webhook), waiting_for(webhook, state="sent", settled_at=now)]
    dead = [waiting_for(webhook, state="dead", settled_at=now) for _ in range(2)]
    for one in (*kept, dead[0]):
        browser.post(f"{DELIVERIES}{one.pk}/delete/", {"post": "yes"})
    assert WebhookDelivery.objects.count() == 3
    chosen = {"action": "delete_selected", "post": "yes"}
    mixed = chosen | {"_selected_action": [one.pk for one in (*kept, dead[1])]}
    assert browser.post(DELIVERIES, mixed).status_code == 403
    assert WebhookDelivery.objects.count() == 3
    browser.post(DELIVERIES, chosen | {"_selected_action": [dead[1].pk]})
    assert list(WebhookDelivery.objects.order_by("pk")) == kept


def test_nobody_writes_or_changes_a_delivery(browser: Client, make_webhook: MakeWebhook) -> None:
    one = waiting_for(make_webhook())
    assert browser.get(f"{DELIVERIES}add/").status_code == 403
    page = f"{DELIVERIES}{one.pk}/change/"
    assert browser.post(page, {"state": "sent", "payload": "{}"}).status_code == 403
    one.refresh_from_db()
    assert one.state == DeliveryState.WAITING


@pytest.mark.parametrize("name", ["quji", "shiju", "jiedao", "shengting", "shenji", "jiangbei"])
def test_nobody_but_the_administrator_opens_a_page(
    client: Client, request: pytest.FixtureRequest, make_webhook: MakeWebhook, name: str
) -> None:
    webhook = make_webhook()
    one = waiting_for(webhook, state="dead", settled_at=timezone.now())
    renew = reverse("admin:accounts_webhook_renew_secret", args=[webhook.pk])
    client.force_login(request.getfixturevalue(name))
    pages = [LIST, ADD, _page(webhook), f"{LIST}{webhook.pk}/delete/", renew]
    pages += [f"{LIST}{webhook.pk}/history/", DELIVERIES, f"{DELIVERIES}{one.pk}/change/"]
    for url in pages:
        for answer in (client.get(url), client.post(url, FORM | {"confirmed": "1"})):
            assert answer.status_code in (403, 404), url
    chosen = {"action": "send_again_selected", "_selected_action": [one.pk]}
    assert client.post(DELIVERIES, chosen).status_code in (403, 404)
    home = client.get("/", follow=True).content.decode()
    assert "回调通知" not in home
    assert "发送记录" not in home
    assert Webhook.objects.get().salt == webhook.salt
    assert WebhookDelivery.objects.get().state == DeliveryState.DEAD


@pytest.mark.parametrize("url", [LIST, DELIVERIES])
def test_a_list_of_many_asks_the_database_as_often_as_one_of_few(
    browser: Client, make_webhook: MakeWebhook, url: str
) -> None:
    counts = []
    for total in (2, 30):
        while Webhook.objects.count() < total:
            waiting_for(make_webhook(), state="dead", settled_at=timezone.now())
        browser.get(url)
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(url)
        assert len(page.context["cl"].result_list) == total
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_administrator_finds_both_in_the_side_bar(browser: Client) -> None:
    home = _text(browser.get("/"))
    assert f'href="{LIST}"' in home
    assert f'href="{DELIVERIES}"' in home


def test_an_unknown_webhook_has_no_secret_to_renew(browser: Client) -> None:
    url = reverse("admin:accounts_webhook_renew_secret", args=[999])
    assert browser.get(url).status_code == 404


def _page(webhook: Webhook) -> str:
    return f"{LIST}{webhook.pk}/change/"
