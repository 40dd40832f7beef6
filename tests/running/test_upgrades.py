"""What follows the migrations of an upgrade waits until all of them have run."""

from __future__ import annotations

from django.db.migrations.recorder import MigrationRecorder

from running.upgrades import is_migrated


def test_an_installation_is_migrated_when_no_migration_is_left(db: None) -> None:
    assert is_migrated()
    MigrationRecorder.Migration.objects.filter(app="funds").delete()
    assert not is_migrated()
