"""A backup and its restore: every row and every file comes back, or nothing is changed."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from audit.acts import Act, Outcome
from audit.chain.guards import missing_guards
from audit.chain.verifying import verify_chain
from audit.models import AuditEvent
from backups import making
from backups.archive.manifest import ArchiveForm
from backups.archive.reading import ArchiveIn
from backups.archive.writing import PartOut
from backups.contents.keys import key_values
from backups.contents.programs import NoProgram
from backups.faults import BackupFault, told_of_disk
from backups.making import make_backup
from backups.restoring import staging
from backups.restoring.places import ScratchPlace
from backups.restoring.service import check_archive, restore
from backups.restoring.sqlite import SqliteTarget
from orgs.models import Training
from reviews.models import Attachment
from tests.backups.conftest import LOG, Rows, all_files, all_rows
from tests.conftest import DAY, HUAYIPO
from tests.running.conftest import bare_environment, manage
from tests.running.processes import Colleague, ask, die, wait_until_alone
from tests.worlds import share

pytestmark = pytest.mark.django_db(transaction=True)

share(__name__, "world", is_committed=True)
SECRET = "备份口令-2026".encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "备份.tar"


def _spoil() -> None:
    """Change what a restore has to bring back."""
    Training.objects.update(name="改")
    Training.objects.create(area_id=HUAYIPO, name="备份之后", held_on=DAY, person_times=1)
    Attachment.objects.all().delete()
    for folder in ("attachments", "editions"):
        shutil.rmtree(Path(django_settings.DATA_DIR) / folder)
    (Path(django_settings.DATA_DIR) / "editions").mkdir()
    (Path(django_settings.DATA_DIR) / "editions" / "别的.xlsx").write_bytes(b"x")


def _seen() -> tuple[Rows, dict[str, bytes]]:
    return all_rows(LOG), all_files()


@pytest.mark.parametrize("secret", [None, SECRET])
def test_a_restore_brings_back_every_row_and_file(
    world: None, path: Path, secret: bytes | None
) -> None:
    seen, last = _seen(), Training.objects.latest("pk").pk
    log = all_rows()["audit_auditevent"]
    made = make_backup(path, secret=secret)
    assert made.manifest.files.count == len(seen[1]) > 2
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    _spoil()
    restore(path, secret=secret, replaces=True)
    assert _seen() == seen
    assert set(log) < set(all_rows()["audit_auditevent"])
    assert list(verify_chain()) == []
    assert missing_guards() == []
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET detail = ''")
    new = Training.objects.create(area_id=HUAYIPO, name="新", held_on=DAY, person_times=1)
    assert new.pk > last
    new.delete()
    event = AuditEvent.objects.filter(act=Act.RESTORED).latest("pk")
    assert event.after and event.after["摘要"] == made.digest
    assert not staging.folder().exists()


def test_a_check_proves_the_archive_in_a_scratch_place(world: None, path: Path) -> None:
    make_backup(path)
    before = _seen()
    found = check_archive(path)
    assert list(found.faults) == []
    assert found.where == ("PostgreSQL" if connection.vendor == "postgresql" else "SQLite")
    assert _seen() == before


def test_a_check_finds_what_was_wrong_before_the_backup(world: None, path: Path) -> None:
    edition = next((Path(django_settings.DATA_DIR) / "editions").glob("*.docx"))
    edition.write_bytes(edition.read_bytes()[:-1] + b"x")
    evidence = Path(Attachment.objects.get().file.path)
    evidence.unlink()
    made = make_backup(path)
    assert "有1个文件在磁盘上已不存在" in made.sentence
    faults = "\n".join(check_archive(path).faults)
    assert f"{edition.name} 被改动" in faults
    assert str(evidence.relative_to(django_settings.DATA_DIR)) in faults


def test_a_target_with_data_is_not_replaced_unless_told(world: None, path: Path) -> None:
    make_backup(path)
    before = _seen()
    with pytest.raises(BackupFault, match="这里已有数据"):
        restore(path)
    assert _seen() == before
    assert AuditEvent.objects.filter(act=Act.RESTORED, outcome=Outcome.FAILED).exists()


def test_a_backup_is_of_one_moment_while_others_write(world: None, path: Path) -> None:
    """A writer adds trainings in pairs: an odd number would be half of a transaction."""

    def write(line: object) -> int:
        number = 0
        while not done.exists():
            with transaction.atomic():
                for _ in range(2):
                    Training.objects.create(
                        area_id=HUAYIPO, name="成对", held_on=DAY, person_times=1
                    )
            number += 1
            time.sleep(0.002)
        return number

    done = path.parent.parent / "done"
    writer = Colleague(write)
    try:
        while Training.objects.filter(name="成对").count() < 4:
            time.sleep(0.01)
        made = make_backup(path)
        later = Training.objects.count()
    finally:
        done.touch()
    assert writer.answer() > 2
    assert later > made.manifest.tables["orgs_training"]
    restore(path, replaces=True)
    assert Training.objects.filter(name="成对").count() % 2 == 0
    assert Training.objects.count() == made.manifest.tables["orgs_training"]
    Training.objects.filter(name="成对").delete()


# --- killed ----------------------------------------------------------------------------------------


def _killed(work: Callable[[], object], *patches: AbstractContextManager[object]) -> None:
    def doomed(line: object) -> None:
        with ExitStack() as stack:
            for patch in patches:
                stack.enter_context(patch)
            work()

    assert Colleague(doomed).end() == -signal.SIGKILL
    wait_until_alone()


def _die(*_: object, **__: object) -> None:
    die()


def test_a_killed_backup_leaves_nothing_under_its_name(world: None, path: Path) -> None:
    before = _seen()
    for patch in (
        mock.patch.object(PartOut, "end", _die),
        mock.patch("backups.making.check_digest", _die),
    ):
        _killed(lambda: make_backup(path), patch)
        assert not path.exists()
        assert _seen() == before
    make_backup(path)
    assert sorted(each.name for each in path.parent.iterdir()) == [path.name]


#: Where a restore is killed → whether the new data stand then.
_STEPS: dict[str, tuple[Callable[[], AbstractContextManager[object]], bool]] = {
    "unpacking": (
        lambda: mock.patch("backups.archive.reading.ArchiveIn._unpack_file", _die),
        False,
    ),
    "sealing": (lambda: mock.patch.object(staging.Staging, "seal", _die), False),
    "committing": (lambda: mock.patch(f"{_target()}.commit", _die), False),
    "committed": (lambda: mock.patch.object(staging.Staging, "put_in_place", _die), True),
    "renaming": (lambda: mock.patch("backups.restoring.staging.folders", _half), True),
}


def _target() -> str:
    is_postgres = connection.vendor == "postgresql"
    return f"backups.restoring.{'postgres.DumpTarget' if is_postgres else 'sqlite.SqliteTarget'}"


def _half() -> Iterator[str]:
    """The first folder, and then death."""
    yield "attachments"
    die()


def test_a_killed_restore_leaves_all_old_data_or_all_new_ones(world: None, path: Path) -> None:
    new = _seen()
    make_backup(path)
    _spoil()
    old = _seen()
    assert old != new
    for name, (patch, is_new) in _STEPS.items():
        _killed(lambda: restore(path, replaces=True), patch())
        ask(staging.finish_at_start)  # as the next process does that starts
        assert _seen() == (new if is_new else old), name
        assert not staging.folder().exists()
        if is_new:
            assert list(verify_chain()) == [], name
            _spoil()
            old = _seen()
    restore(path, replaces=True)
    assert _seen() == new


# --- what may be missing or full -------------------------------------------------------------------


def test_a_full_disk_leaves_no_half_archive(world: None, path: Path) -> None:
    def write() -> str:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
        try:
            make_backup(path)
        except BackupFault as fault:
            return str(fault)
        return ""

    assert "磁盘空间不足" in ask(write)
    assert list(path.parent.iterdir()) == []


def test_a_closed_folder_is_named(world: None, tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    reached = tmp_path
    while (
        reached != reached.parent
        and reached.stat().st_uid == os.geteuid()
        and reached != Path("/tmp")
    ):
        reached.chmod(reached.stat().st_mode | 0o055)
        reached = reached.parent

    def write() -> str:
        if os.geteuid() == 0:
            os.seteuid(65534)
        try:
            with told_of_disk(folder, "没有生成备份"), making._part_file(folder / "a.tar"):
                return ""
        except BackupFault as fault:
            return str(fault)

    assert "没有写权限或磁盘只读" in ask(write)


@pytest.mark.production
def test_without_pg_dump_rows_are_written_and_restored(
    world: None, path: Path, tmp_path: Path, settings: Settings
) -> None:
    """PostgreSQL → rows → SQLite → PostgreSQL: every row of every table is the same."""
    seen = _seen()
    dump = make_backup(path.with_name("dump.tar")).path
    programs, settings.PG_BIN = settings.PG_BIN, tmp_path
    made = make_backup(path)
    assert made.manifest.form is ArchiveForm.ROWS
    assert "找不到版本不低于" in made.notice
    with pytest.raises(NoProgram, match="pg_restore"):
        restore(dump, replaces=True)
    assert _seen() == seen
    rows = _in_sqlite(made.path, tmp_path / "rows")
    settings.PG_BIN = programs
    assert _rows_of(_in_sqlite(dump, tmp_path / "dump")) == _rows_of(rows)
    for name, content in seen[1].items():
        (rows.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (rows.parent / name).write_bytes(content)
    own = bare_environment(DATA_DIR=str(rows.parent), **key_values())
    done = manage(own, "backup", str(tmp_path / "from-sqlite.tar"))
    assert done.returncode == 0, done.stderr
    _spoil()
    restore(tmp_path / "from-sqlite.tar", replaces=True)
    assert _seen() == seen
    assert list(verify_chain()) == []
    assert missing_guards() == []


def _in_sqlite(archive: Path, folder: Path) -> Path:
    folder.mkdir()
    opened = ArchiveIn(archive, None)
    target = SqliteTarget(ScratchPlace(folder), opened.manifest)
    opened.unpack(target.take, None)
    target.finish()
    return target.place.file


def _rows_of(file: Path) -> dict[str, list[object]]:
    opened = sqlite3.connect(file)
    try:
        tables = [
            name
            for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            table: sorted(opened.execute(f'SELECT * FROM "{table}"').fetchall(), key=repr)
            for table in tables
            if table not in (*LOG, "sqlite_sequence")
        }
    finally:
        opened.close()
