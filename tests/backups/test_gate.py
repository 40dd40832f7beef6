"""What a restore looks at before it writes anything, and the values that change between databases."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from backups.archive.manifest import Manifest
from backups.archive.secret import secret_in
from backups.faults import BackupFault
from backups.restoring.gate import check_keys, check_release, known_migrations
from backups.restoring.values import check_types, for_postgres, for_sqlite
from crypto.keys import Key, Keyring
from tests.backups.test_archive import _manifest

pytestmark = pytest.mark.once


@pytest.fixture
def manifest() -> Manifest:
    return dataclasses.replace(_manifest(), migrations=sorted(known_migrations()))


def test_an_older_release_refuses_a_newer_archive(manifest: Manifest) -> None:
    check_release(manifest)
    check_release(dataclasses.replace(manifest, migrations=manifest.migrations[:-3]))
    newer = [*manifest.migrations, "audit.9999_later"]
    with pytest.raises(BackupFault, match=r"来自更新的版本.*audit.9999_later"):
        check_release(dataclasses.replace(manifest, migrations=newer))


def test_a_missing_key_is_named_by_its_fingerprint(manifest: Manifest, settings: Settings) -> None:
    assert check_keys(manifest, is_confirmed=False) == ""
    gone = django_settings.AUDIT_KEYS.current
    settings.AUDIT_KEYS = Keyring((Key("another key of the audit log, 0123456789"),))
    with pytest.raises(BackupFault, match=f"AUDIT_KEYS（指纹 {gone.fingerprint}）"):
        check_keys(manifest, is_confirmed=False)
    assert gone.fingerprint in check_keys(manifest, is_confirmed=True)
    settings.AUDIT_KEYS = Keyring((*django_settings.AUDIT_KEYS.keys, gone))
    assert check_keys(manifest, is_confirmed=False) == ""


def test_another_secret_key_is_told_and_hinders_nothing(
    manifest: Manifest, settings: Settings
) -> None:
    settings.SECRET_KEY = "another" * 9
    assert "SECRET_KEY 与备份时不同" in check_keys(manifest, is_confirmed=False)


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("short\n")
    with pytest.raises(BackupFault, match="至少12个字符"):
        secret_in(tmp_path / "key")


def test_values_are_written_as_the_other_database_does() -> None:
    types = ["boolean", "timestamp with time zone", "jsonb", "bytea", "uuid", "numeric", "text"]
    line = (
        b't\t2026-01-02 03:04:05.6+00\t{"a": "\xe4\xb8\xad"}\t\\\\x00ff\t0a-0b\t5.00\ta\\tb\\\\N\\n'
    )
    assert list(for_sqlite([line, b"\t".join([b"\\N"] * 7)], types)) == [
        (
            1,
            "2026-01-02 03:04:05.600000",
            '{"a": "\\u4e2d"}',
            b"\x00\xff",
            "0a0b",
            "5.00",
            "a\tb\\N\n",
        ),
        (None,) * 7,
    ]
    row = (1, None, "a\tb\\N\n\r", b"\x00\xff", 0.1)
    assert for_postgres([row]) == b"1\t\\N\ta\\tb\\\\N\\n\\r\t\\\\x00ff\t0.1\n"
    with pytest.raises(BackupFault, match="tsvector"):
        check_types("t", [("a", "tsvector")])
