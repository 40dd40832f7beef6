"""Files are kept for their days; files without a row are deleted; other files stay."""

from __future__ import annotations

import datetime

import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from reports.exports.retention import clear_files, remove_strays
from reports.exports.subscribing import create_deliveries
from reports.exports.tasks import clear_exports
from reports.models.exports import Delivery, Export
from tests.reports.exports.conftest import Asked, Subscribed, settled

DAYS = datetime.timedelta(days=30)
DAY = datetime.timedelta(days=1)


def _age(model: type[Export | Delivery], days: int) -> None:
    model._default_manager.update(made_at=timezone.now() - datetime.timedelta(days=days))


def test_a_file_goes_after_its_time_and_its_row_stays(made: Asked, quji: User) -> None:
    export = made(quji)
    _age(Export, 29)
    assert clear_files(DAYS) == 0
    assert export.path.exists()
    _age(Export, 31)
    assert (clear_files(DAYS), clear_files(DAYS)) == (1, 0)
    assert not export.path.exists()
    client = Client()
    client.force_login(quji)
    assert client.get(f"/exports/{export.pk}/download/").status_code == 404
    assert "清理" in client.get(f"/exports/{export.pk}/").content.decode()
    assert "清理" in client.get("/exports/").content.decode()


def test_the_files_of_subscriptions_go_likewise(subscribed: Subscribed, shiju: User) -> None:
    subscribed(shiju)
    create_deliveries(datetime.date(2026, 2, 10))
    delivery = settled(Delivery.objects.get())
    _age(Delivery, 31)
    clear_exports()
    assert not delivery.path.exists()
    client = Client()
    client.force_login(shiju)
    assert client.get(f"/exports/deliveries/{delivery.pk}/download/").status_code == 404


def test_a_file_that_is_gone_already_does_not_stop_the_rest(made: Asked, quji: User) -> None:
    made(quji).path.unlink()
    export = made(quji)
    _age(Export, 31)
    assert clear_files(DAYS) == 2
    assert not export.path.exists()


def test_what_a_killed_worker_left_goes_after_a_day(
    made: Asked, quji: User, settings: Settings
) -> None:
    export, name = made(quji), f"export-7-{'a' * 32}.xlsx"
    left = [settings.EXPORT_DIR / name, settings.EXPORT_DIR / f"{name}.part"]
    foreign = settings.EXPORT_DIR / "渝中区进展报告.xlsx"
    for path in (*left, foreign):
        path.write_bytes(b"x")
    assert remove_strays(DAY) == 0  # a worker may still write it
    with time_machine.travel(timezone.now() + 2 * DAY):
        assert remove_strays(DAY) == 2
    assert sorted(path.name for path in settings.EXPORT_DIR.iterdir()) == sorted(
        [export.file_name, foreign.name]
    )


def test_without_a_folder_there_is_nothing_to_do(db: None) -> None:
    assert remove_strays(DAY) == 0
