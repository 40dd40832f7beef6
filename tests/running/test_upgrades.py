"""What follows the migrations of an upgrade waits until all of them have run."""

from __future__ import annotations

from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db.migrations.recorder import MigrationRecorder

from funds.models import Fund
from indicators.models import AreaSeries, Plan, SeriesLayout
from indicators.store.catalogue import current_layout
from indicators.store.series import differences
from running.upgrades import is_migrated
from tests.types import Make


def test_an_installation_is_migrated_when_no_migration_is_left(db: None) -> None:
    assert is_migrated()
    MigrationRecorder.Migration.objects.filter(app="funds").delete()
    assert not is_migrated()


def test_what_a_migration_forgot_is_counted_anew(yuzhong: Plan, approved: Make) -> None:
    approved(Fund)
    AreaSeries.objects.all().delete()
    SeriesLayout.objects.all().delete()
    assert list(differences()) == ["尚未生成统计序列"]
    emit_post_migrate_signal(0, False, "default")
    assert list(differences()) == []
    assert AreaSeries.objects.exists()


def test_a_new_installation_has_nothing_to_count_and_no_fault(db: None) -> None:
    emit_post_migrate_signal(0, False, "default")
    assert current_layout() is None
    call_command("check_figures", verbosity=0)
