"""Tokens keep to their networks; webhooks outlive a change of SECRET_KEY."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.api.models import ApiToken
from accounts.api.networks import may_come_from, networks_of
from accounts.api.tokens import open_integration
from accounts.models import Role, User
from accounts.webhooks.models import Webhook
from areas.models import Area
from proposals.models import PendingChange
from tests.webhooks.conftest import make_webhook  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("networks", "address", "may"),
    [
        ("", "203.0.113.9", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.4", False),
        ("10.2.0.0/16，192.168.1.0/24", "192.168.1.77", True),
        ("10.2.0.0/16", "::ffff:10.2.3.4", True),
        ("10.2.0.0/16", "fd00::1", False),
        ("fd00::/8", "fd00::1", True),
        ("10.2.0.0/16", "unknown", False),
        ("10.2.0.0/16", "", False),
    ],
)
def test_a_caller_is_in_a_network_or_not(networks: str, address: str, may: bool) -> None:
    assert may_come_from(networks, address) is may


@pytest.mark.parametrize("text", ["10.1.2", "10.0.0.1/8", "内网", "10.1.2.3, x", "1.1.1.1," * 21])
def test_what_is_no_network_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"不是地址或网段|最多填写20个"):
        networks_of(text)


def test_a_token_is_refused_from_elsewhere(district: Area, anquan: User) -> None:
    day = timezone.localdate() + datetime.timedelta(days=30)
    token, text = open_integration(
        "区平台", Role.OBSERVER, district, expires_on=day, by=anquan, networks="10.2.0.0/16"
    )

    def call(address: str) -> int:
        headers = {"Authorization": f"Bearer {text}"}
        return Client(REMOTE_ADDR=address).get("/api/v1/areas/", headers=headers).status_code

    assert call("10.2.3.4") == 200
    assert call("203.0.113.9") == 401
    token.refresh_from_db()
    assert token.networks == "10.2.0.0/16"


def test_the_form_of_a_token_takes_networks(client: Client, district: Area, anquan: User) -> None:
    client.force_login(anquan)
    day = timezone.localdate() + datetime.timedelta(days=30)
    form = {
        "name": "区平台",
        "role": "observer",
        "area": district.pk,
        "expires_on": day,
        "reason": "数据对接",
    }
    address = "/admin/accounts/apitoken/add/"
    refused = client.post(address, {**form, "networks": "10.0.0.1/8"})
    assert "“10.0.0.1/8”不是地址或网段" in refused.content.decode()
    client.post(address, {**form, "networks": "10.2.0.0/16、10.1.2.3"})
    told = [token.networks for token in ApiToken.objects.all()]
    told += [change.payload["networks"] for change in PendingChange.objects.filter(state="waiting")]
    assert told == ["10.2.0.0/16, 10.1.2.3/32"]


def test_a_webhook_signs_with_the_old_key_until_it_is_renewed(
    make_webhook: Callable[..., Webhook],  # noqa: F811
    settings: Settings,
) -> None:
    webhook, old = make_webhook(), settings.SECRET_KEY
    secret = webhook.secret
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "另一个" * 20, [old]
    assert webhook.secret == secret
    assert webhook.is_outdated
    assert make_webhook().is_outdated is False
    settings.SECRET_KEY_FALLBACKS = []
    assert webhook.secret != secret
