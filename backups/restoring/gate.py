"""What is looked at before a restore writes anything."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from backups.archive.manifest import Manifest
from backups.archive.reading import ArchiveIn
from backups.contents.keys import SECRET_KEY, missing_keys
from backups.contents.stored_files import folders
from backups.contents.tables import table_names
from backups.faults import BackupFault

#: Tables that an installation fills by itself before anybody works with it.
_OWN = ("django_", "auth_permission", "audit_", "axes_")
_TIMES = 3
_NAMED = 5


def check_release(manifest: Manifest) -> None:
    """Raise BackupFault for an archive of a newer release."""
    known = _all_migrations()
    unknown = [name for name in manifest.migrations if name not in known]
    if unknown or not manifest.migrations:
        raise BackupFault(
            f"这份备份来自更新的版本（{manifest.release or '未注明'}），本版本不认识其数据结构（"
            f"{'、'.join(unknown[:_NAMED])}）；没有改动任何数据。请先把系统升级到不低于该版本，再恢复"
        )


def known_migrations() -> set[str]:
    """Return the migrations of this release, each `app.name`."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None).graph.nodes}


def _all_migrations() -> set[str]:
    """Return the migrations of this release, and those that squashed ones stand for."""
    loaded = MigrationLoader(None).disk_migrations
    replaced = {node for each in loaded.values() for node in each.replaces}
    return {f"{app}.{name}" for app, name in (*replaced, *loaded)}


def check_genuine(archive: ArchiveIn) -> None:
    """Raise BackupFault where somebody else wrote the manifest, as far as the keys here can tell."""
    if archive.is_genuine is False:
        raise BackupFault(f"{archive.path} 的备份清单不是本系统写入，或被改动；没有改动任何数据")


def check_keys(manifest: Manifest, is_confirmed: bool) -> str:
    """Return a notice about missing keys; BackupFault where the data need one that nobody has here."""
    missing = missing_keys(manifest.keys)
    notice = ""
    if missing.pop(SECRET_KEY, None):
        notice = "SECRET_KEY 与备份时不同：原有登录全部失效，回调通知的密钥须重新换发。"
    if not missing:
        return notice
    told = "、".join(f"{name}（指纹 {'、'.join(prints)}）" for name, prints in missing.items())
    if is_confirmed:
        return f"{notice}缺少密钥 {told}：用它们写入的校验值无法核验，用它们加密的内容无法读取。"
    raise BackupFault(
        f"缺少备份时所用的密钥：{told}；没有改动任何数据。请把原密钥放回对应的环境变量（新的在前，用英文逗号分隔）"
        "或 DATA_DIR/keys 中的密钥文件；含密钥的备份可用 --take-keys 取出。"
        "密钥确已丢失的，加 --without-keys 仍可恢复，但相应内容无法核验或读取"
    )


def check_target(is_confirmed: bool) -> None:
    """Raise BackupFault where somebody works with this installation already."""
    if is_confirmed:
        return
    filled = [f"数据表 {name}" for name in filled_tables()]
    filled += [f"文件夹 {name}" for name in folders() if _has_file(Path(settings.DATA_DIR) / name)]
    if filled:
        raise BackupFault(
            f"这里已有数据（{'、'.join(filled[:_NAMED])}{'等' if len(filled) > _NAMED else ''}），没有恢复。"
            "请恢复到新装的、空的数据库和 DATA_DIR；确要用备份替换现有的全部数据和文件，请加 --replace"
        )


def filled_tables() -> Sequence[str]:
    """Return the tables that hold rows which no installation makes by itself."""
    quote, found = connection.ops.quote_name, []
    with connection.cursor() as cursor:
        for name in table_names():
            if not name.startswith(_OWN):
                cursor.execute(f"SELECT 1 FROM {quote(name)} LIMIT 1")  # noqa: S608 - a table
                found += [name] if cursor.fetchone() else []
    return found


def check_room(archive: ArchiveIn, folder: Path) -> None:
    """Raise BackupFault where the disk has not room enough for what will be written."""
    parts = sum(part.size for part in archive.manifest.parts.values())
    needed = archive.manifest.files.size + _TIMES * parts
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupFault(
            f"磁盘空间不足：恢复约需{needed // 1_000_000 + 1:,} MB，{folder} 只剩{free // 1_000_000:,} MB；没有改动任何数据"
        )


def _has_file(folder: Path) -> bool:
    return any(path.is_file() for path in folder.rglob("*")) if folder.is_dir() else False
