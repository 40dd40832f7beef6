"""Who asks anonymously asks no worker; heavy pages are counted; mail that is off is told."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from config import health
from config.celery import app
from running.heartbeat import Heartbeat, has_worker

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _no_beats() -> None:
    cache.clear()


def test_ready_is_read_from_the_heartbeat_and_nobody_is_asked(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(app.control, "ping", lambda *_, **__: pytest.fail("a worker was asked"))

    def answer() -> bool:
        asked.append(1)
        return True

    monkeypatch.setattr(health, "_asked", answer)
    monkeypatch.setattr(health, "_broker", health._Broker())
    first = client.get("/readyz")
    assert (first.status_code, first.json()["worker"]) == (503, False)
    Heartbeat().beat()
    assert [client.get("/readyz").status_code for _ in range(12)] == [200] * 12
    assert len(asked) == 1


def test_a_worker_writes_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Heartbeat()
    worker.beat()
    assert has_worker()
    cache.clear()
    worker.beat()
    assert not has_worker()


def test_one_account_makes_so_many_files_in_a_minute(
    client: Client, jiedao: User, quji: User, settings: Settings
) -> None:
    settings.PAGE_RATE = 2
    client.force_login(jiedao)
    address = "/imports/templates/scenes.xlsx"
    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get(address)
    assert "生成文件过于频繁" in refused.content.decode()
    assert refused["Retry-After"] == "60"
    client.force_login(quji)
    assert client.get(address).status_code == 200


def test_mail_that_is_off_is_told_and_goes_nowhere(
    client: Client, guanli: User, settings: Settings
) -> None:
    client.force_login(guanli)
    settings.HAS_MAIL = False
    assert "未配置邮件服务器（EMAIL_URL）" in client.get("/").content.decode()
    settings.HAS_MAIL = True
    assert "未配置邮件服务器" not in client.get("/").content.decode()
    assert django_settings.EMAIL_CONFIG["EMAIL_BACKEND"].endswith("dummy.EmailBackend")
