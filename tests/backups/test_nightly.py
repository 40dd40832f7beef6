"""The backup of every night: kept for some days, copied, never the last good one deleted, told of on the desk."""

from __future__ import annotations

import datetime
import fcntl
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from audit.acts import Act, Outcome
from audit.events import record
from audit.models import AuditEvent
from backups.age import last_backup
from backups.archive.reading import ArchiveIn
from backups.faults import BackupFault
from backups.nightly import back_up_tonight, folder
from backups.tasks import back_up
from indicators.models import Plan
from indicators.store.series import recompute_all

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]
NIGHT = datetime.datetime(2026, 12, 1, 1, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))


def _names(where: Path) -> list[str]:
    return sorted(path.name for path in where.iterdir() if path.name != ".lock")


def _old(where: Path, *names: str) -> None:
    where.mkdir(exist_ok=True)
    for name in names:
        (where / name).write_bytes(b"old")


def test_old_backups_go_once_there_is_a_new_one(tmp_path: Path, settings: Settings) -> None:
    settings.BACKUP_DIR, settings.BACKUP_COPY_DIR = tmp_path / "first", tmp_path / "second"
    settings.BACKUP_DAYS = 14
    for where in (tmp_path / "first", tmp_path / "second"):
        _old(where, "backup-20261110-013000.tar", "backup-20261120-013000.tar", "别人的.tar")
    _old(tmp_path / "first", "backup-20261130-013000.tar.part")
    with time_machine.travel(NIGHT, tick=False):
        made = back_up_tonight()
        assert last_backup()[1] is False
    kept = ["backup-20261120-013000.tar", "backup-20261201-013000.tar", "别人的.tar"]
    assert _names(tmp_path / "first") == _names(tmp_path / "second") == kept
    assert ArchiveIn(tmp_path / "second" / made.path.name, None).digest == made.digest
    assert made.path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_deleted_where_none_was_made(tmp_path: Path, settings: Settings) -> None:
    settings.BACKUP_DIR, settings.BACKUP_KEY_FILE = tmp_path / "first", tmp_path / "no key"
    _old(tmp_path / "first", "backup-20250101-013000.tar")
    with pytest.raises(BackupFault, match="不能读取密钥文件"):
        back_up_tonight()
    assert _names(tmp_path / "first") == ["backup-20250101-013000.tar"]
    assert AuditEvent.objects.filter(act=Act.BACKED_UP, outcome=Outcome.FAILED).exists()


def test_a_second_place_that_is_away_is_told(tmp_path: Path, settings: Settings) -> None:
    settings.BACKUP_DIR, settings.BACKUP_COPY_DIR = tmp_path / "first", tmp_path / "file" / "x"
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupFault, match="没有复制到第二处"):
        back_up_tonight()
    text, is_alarming = last_backup()
    assert "没有复制到第二处" in text
    assert is_alarming


def test_two_at_once_and_none_by_setting(settings: Settings, tmp_path: Path) -> None:
    settings.BACKUP_DIR = tmp_path / "first"
    (tmp_path / "first").mkdir()
    with (tmp_path / "first" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert back_up() == "另一个备份正在进行"
    settings.BACKUP_DAYS = 0
    assert "不自动备份" in back_up()
    assert _names(folder()) == []


def test_the_desk_tells_how_old_the_last_one_is(guanli: User) -> None:
    record(Act.OTHER)
    assert last_backup() == ("还没有备份。请按部署与运维说明中的“备份与恢复”备份", False)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=30)):
        assert last_backup()[1] is True
    back_up()
    assert last_backup()[0].startswith(f"最近一次备份：{timezone.localtime():%Y-%m-%d}")
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=25)):
        assert last_backup()[1] is False
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=27)):
        text, is_alarming = last_backup()
    assert "已超过26小时没有新的备份" in text.replace("27小时", "26小时")
    assert is_alarming


def test_every_command_of_the_manual_works(
    yuzhong: Plan, tmp_path: Path, settings: Settings
) -> None:
    recompute_all()
    page = Path(django_settings.BASE_DIR) / "docs" / "backup.zh.md"
    settings.BACKUP_DIR = tmp_path / "kept"
    (tmp_path / "key").write_text("一份演练用的备份口令")
    blocks = page.read_text(encoding="utf-8").split("```sh\n")[1:]
    commands = [line for block in blocks for line in block.split("```")[0].splitlines()]
    assert len(commands) >= 7
    for command in commands:
        program, script, *words = command.replace("/srv/backup", str(tmp_path)).split()
        assert (program, script) == (".venv/bin/python", "manage.py")
        if "--check" not in words:  # `test_round` proves an archive in a scratch place
            call_command(*words)
    assert "AUDIT_KEYS=" in (tmp_path / "keys.env").read_text()
    assert (tmp_path / "keys.env").stat().st_mode & 0o777 == 0o600
    assert [name[:14] for name in _names(tmp_path / "kept")] == ["before-restore"]
    with pytest.raises(CommandError, match="已存在，没有备份"):
        call_command("backup", str(tmp_path / "before.tar"))
