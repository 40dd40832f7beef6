"""Makes one backup: a complete archive under its name, or none."""

from __future__ import annotations

import datetime
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from audit.acts import Act, Outcome
from audit.chain.links import head
from audit.events import record
from backups.archive.bytes_in import check_digest
from backups.archive.bytes_out import BytesOut
from backups.archive.manifest import ArchiveForm, Manifest
from backups.archive.writing import ArchiveOut
from backups.contents.database import form_of, write_database
from backups.contents.keys import fingerprints, written_keys
from backups.contents.programs import server_version, version_of
from backups.contents.stored_files import names_of_files
from backups.contents.tables import (
    applied_migrations,
    postgres_columns,
    postgres_sequences,
    row_counts,
)
from backups.faults import BackupFault, told_of_disk
from running.db_snapshot import read_snapshot
from running.release import release

logger = logging.getLogger(__name__)
_NAMED = 20
NOTE = """本文件是“社区慈善工作平台”的备份，为 tar 格式。请用平台的命令恢复：manage.py restore 文件。
万一平台不可用：tar -xf 本文件；manifest.json 是清单，files/ 中是附件、封存的报告等文件；
database.00001、database.00002……依次拼接（cat database.0* > 数据库）后，
清单中 form 为 dump 的可用 pg_restore 恢复，为 sqlite 的用 gunzip 解压即 SQLite 数据库文件；
form 为 rows 的，rows/ 中每个表依次拼接、解压后是 PostgreSQL COPY 的文本。
"""


@dataclass(frozen=True)
class Made:
    """A backup that was written and read again."""

    path: Path
    manifest: Manifest
    digest: str
    size: int
    notice: str

    @property
    def sentence(self) -> str:
        """What was made, in Chinese."""
        files = self.manifest.files
        text = (
            f"已备份到 {self.path}：{len(self.manifest.tables)}个数据表{self.manifest.row_count:,}行，"
            f"文件{files.count:,}个，共{megabytes(self.size)}"
        )
        if missing := self.manifest.missing:
            text += f"；有{len(missing)}个文件在磁盘上已不存在：{'、'.join(missing[:_NAMED])}"
        return f"{text}。{self.notice}"


def megabytes(size: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{max(size / 1_000_000, 0.1):,.1f} MB"


def make_backup(
    path: Path, *, secret: bytes | None = None, is_portable: bool = False, with_keys: bool = False
) -> Made:
    """Write a backup of this moment to `path` and record it; BackupFault where none was made.

    `secret` encrypts it. `is_portable` writes rows instead of a dump on PostgreSQL. `with_keys` adds the
    keys themselves to an encrypted one.
    """
    if with_keys and secret is None:
        raise BackupFault("密钥只能写入加密的备份：请同时用 --key-file 或 --passphrase")
    try:
        made = _made(path, secret, is_portable, with_keys)
    except BackupFault as fault:
        _record_failure(path, str(fault))
        raise
    except DatabaseError as error:
        told = f"读取数据库时出错，没有生成备份：{str(error).strip()}"
        _record_failure(path, told)
        raise BackupFault(told) from error
    manifest = made.manifest
    record(
        Act.BACKED_UP,
        named={"object_type": "backup", "object_key": made.digest[:60], "object_name": path.name},
        after={
            "文件": str(path),
            "摘要": made.digest,
            "字节": made.size,
            "形式": manifest.form.value,
            "行数": manifest.row_count,
            "文件数": manifest.files.count,
            "缺失文件": len(manifest.missing),
            "加密": secret is not None,
            "含密钥": with_keys,
        },
        detail=made.sentence,
    )
    return made


def _record_failure(path: Path, reason: str) -> None:
    try:
        record(
            Act.BACKED_UP,
            outcome=Outcome.FAILED,
            named={"object_type": "backup", "object_name": path.name},
            detail=reason,
        )
    except DatabaseError:  # its disk may be the full one
        logger.exception("the failed backup could not be recorded")


def _made(path: Path, secret: bytes | None, is_portable: bool, with_keys: bool) -> Made:
    form, notice = form_of(is_portable)
    with told_of_disk(path.parent, "没有生成备份"), _part_file(path) as (part, file):
        target = BytesOut(file, secret)
        archive = ArchiveOut(target)
        archive.add("说明.txt", NOTE.encode())
        with read_snapshot():
            manifest = Manifest(
                form=form,
                release=release(),
                made_at=timezone.now().astimezone(datetime.UTC).isoformat(timespec="seconds"),
                tables=row_counts(),
                migrations=applied_migrations(),
                columns=postgres_columns(),
                sequences=postgres_sequences(),
                chain=head(),
                keys=fingerprints(),
                postgres=version_of("pg_dump", server_version()) if form is ArchiveForm.DUMP else 0,
            )
            write_database(archive, form, list(manifest.tables), part.with_suffix(".part-db"))
            for name in names_of_files():
                archive.add_file(Path(settings.DATA_DIR), name)
        if with_keys:
            archive.add_keys(written_keys())
        full, digest = archive.close(manifest)
        file.close()
        if check_digest(part) != digest:  # what the disk says, not what was meant
            raise BackupFault(f"写入 {path} 后读回的内容不符，磁盘可能有故障，没有生成备份")
        part.replace(path)
        sync(path.parent)
    return Made(path, full, digest, path.stat().st_size, notice)


@contextmanager
def _part_file(path: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """Write to `.part` beside the final name; it is deleted where it does not come to an end."""
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True)
    part = path.with_name(f"{path.name}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield part, file
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def sync(path: Path) -> None:
    """Wait until a file, or the names of a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
