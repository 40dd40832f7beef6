"""Restores an archive into this installation, or proves it in a scratch place."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import psycopg2.errors
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection, connections

from audit.acts import Act, Outcome
from audit.chain import guards
from audit.chain.links import head
from audit.events import record
from backups.archive.manifest import ArchiveForm, Manifest
from backups.archive.reading import ArchiveIn
from backups.contents.tables import applied_migrations
from backups.faults import BackupFault, told_of_disk
from backups.nightly import make_named_backup
from backups.restoring.gate import (
    check_genuine,
    check_keys,
    check_release,
    check_room,
    check_target,
    filled_tables,
    known_migrations,
)
from backups.restoring.places import ScratchPlace, url_of
from backups.restoring.postgres import DumpTarget, RowsTarget, connect, told_of_database
from backups.restoring.sqlite import SqliteTarget
from backups.restoring.staging import Staging, finish_interrupted, only_one, write_head
from running.upgrades import is_migrated

Target = SqliteTarget | DumpTarget | RowsTarget


@dataclass(frozen=True)
class Restored:
    """What a restore, or the check of an archive, has found."""

    manifest: Manifest
    notices: Sequence[str]
    #: Of a check: in which kind of database, and the faults that were found there.
    where: str = ""
    faults: Sequence[str] = ()

    @property
    def sentence(self) -> str:
        """What was restored, in Chinese."""
        manifest = self.manifest
        return (
            f"{len(manifest.tables)}个数据表{manifest.row_count:,}行，文件{manifest.files.count:,}个"
            f"（备份时间 {manifest.made_at}，版本 {manifest.release}）"
        )


def restore(
    path: Path,
    *,
    secret: bytes | None = None,
    replaces: bool = False,
    backs_up: bool = False,
    without_keys: bool = False,
) -> Restored:
    """Put the data of an archive in the place of those of this installation: all of them, or none.

    `replaces` confirms that what is here goes, and `backs_up` keeps a backup of it; `without_keys` confirms that
    data whose keys are lost are wanted all the same. BackupFault says what kept it from being done; nothing has
    changed then.
    """
    try:
        archive = ArchiveIn(path, secret)
        manifest = archive.manifest
        check_release(manifest)
        check_genuine(archive)
        notices = [check_keys(manifest, without_keys)]
        data = Path(settings.DATA_DIR)
        with told_of_disk(data, "没有恢复，原有数据未受影响"), only_one():
            notices.append(finish_interrupted())
            check_target(replaces)
            check_room(archive, data)
            before = _known_head()
            if backs_up and filled_tables():
                notices.append(make_named_backup("before-restore").sentence)
            _restore(archive)
    except BackupFault as fault:
        _record_refusal(path, str(fault))
        raise
    except DatabaseError as error:
        raise BackupFault(f"读取数据库时出错，没有恢复：{str(error).strip()}") from error
    _bring_up_to_date()
    restored = Restored(manifest, [notice for notice in notices if notice])
    _record(archive, restored, before)
    return restored


def _restore(archive: ArchiveIn) -> None:
    staging = Staging()
    try:
        target = _target(ScratchPlace(staging.folder), archive.manifest)
        try:
            _load(archive, target, staging.folder)
            if not _is_up_to_date(target, archive.manifest):
                target.migrate()
            staging.seal()
            with told_of_database():
                target.commit(staging.number)
        except BaseException:
            target.abandon()
            raise
    except BaseException:
        staging.remove()
        raise
    staging.put_in_place()


def _load(archive: ArchiveIn, target: Target, folder: Path) -> None:
    with told_of_database():
        archive.unpack(target.take, folder)
        target.finish()
    write_head(folder, archive.manifest.chain)


def _target(place: ScratchPlace, manifest: Manifest, name: str = "") -> Target:
    if connection.vendor != "postgresql":
        return SqliteTarget(place, manifest)
    if manifest.form is ArchiveForm.DUMP:
        return DumpTarget(place, manifest, name)
    return RowsTarget(place, manifest, name)


def _is_up_to_date(target: Target, manifest: Manifest) -> bool:
    """Whether the tables came with the archive as this release has them, triggers included."""
    came = isinstance(target, SqliteTarget) and manifest.form is ArchiveForm.SQLITE
    return came and known_migrations() <= set(manifest.migrations)


def _bring_up_to_date() -> None:
    """Migrate what an older release wrote, and forget what is remembered of the data before."""
    connections.close_all()
    if not is_migrated():
        call_command("migrate", verbosity=0, interactive=False)
    guards.install()
    with contextlib.suppress(OSError):
        cache.clear()


def _known_head() -> tuple[int, str]:
    return head() if "audit.0003_chain" in applied_migrations() else (0, "")


def _record(archive: ArchiveIn, restored: Restored, before: tuple[int, str]) -> None:
    record(
        Act.RESTORED,
        named=_named(archive.path),
        before={"链序号": before[0], "链值": before[1]},
        after={
            "摘要": archive.digest,
            "备份时间": restored.manifest.made_at,
            "行数": restored.manifest.row_count,
            "文件数": restored.manifest.files.count,
            "链序号": restored.manifest.chain[0],
            "链值": restored.manifest.chain[1],
        },
        detail=f"恢复了{restored.sentence}。{''.join(restored.notices)}",
    )


def _record_refusal(path: Path, reason: str) -> None:
    """Say in the log of the data that stay that they were not replaced, if there is one."""
    connections.close_all()
    try:
        if is_migrated():
            record(Act.RESTORED, outcome=Outcome.FAILED, named=_named(path), detail=reason)
    except DatabaseError:
        return


def _named(path: Path) -> dict[str, str]:
    return {"object_type": "backup", "object_name": path.name}


def check_archive(path: Path, *, secret: bytes | None = None) -> Restored:
    """Prove an archive in a scratch place: its bytes, rows, figures, editions and audit chain.

    PostgreSQL: in a database made for it, where the account may make one; otherwise in a file of SQLite.
    """
    archive = ArchiveIn(path, secret)
    check_release(archive.manifest)
    check_genuine(archive)
    notice = check_keys(archive.manifest, is_confirmed=True)
    with tempfile.TemporaryDirectory(prefix="backup-check-", dir=settings.DATA_DIR) as name:
        folder = Path(name)
        with told_of_disk(folder, "没有核验完"), _scratch(folder, archive.manifest) as target:
            check_room(archive, folder)
            _load(archive, target, folder)
            where, place = _settle(target)
            faults = place.run("check")
    missing = archive.manifest.missing
    faults += [f"备份时文件 {name} 已不存在" for name in missing]
    return Restored(archive.manifest, [notice] if notice else [], where, faults)


def _settle(target: Target) -> tuple[str, ScratchPlace]:
    """Commit a scratch database; return the name of its kind, and where it is."""
    if isinstance(target, DumpTarget):
        target.commit(0)
    return ("SQLite" if isinstance(target, SqliteTarget) else "PostgreSQL"), target.place


@contextlib.contextmanager
def _scratch(folder: Path, manifest: Manifest) -> Iterator[Target]:
    name = _scratch_database() if connection.vendor == "postgresql" else ""
    if not name:
        yield SqliteTarget(ScratchPlace(folder), manifest)
        return
    try:
        place = ScratchPlace(folder, url_of(name))
        target = (
            DumpTarget(place, manifest, name)
            if manifest.form is ArchiveForm.DUMP
            else RowsTarget(place, manifest, name)
        )
        try:
            yield target
        finally:
            target.abandon()
    finally:
        _administer(f"DROP DATABASE {name} WITH (FORCE)")


def _scratch_database() -> str:
    """Make a database for a check; "" where the account may not make one."""
    name = f"backup_check_{secrets.token_hex(6)}"
    try:
        _administer(f"CREATE DATABASE {name} TEMPLATE template0")
    except psycopg2.errors.InsufficientPrivilege:
        return ""
    return name


def _administer(command: str) -> None:
    opened = connect()
    try:
        opened.autocommit = True
        with opened.cursor() as cursor:
            cursor.execute(command)
    finally:
        opened.close()
