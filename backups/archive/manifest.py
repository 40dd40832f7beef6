"""The manifest of an archive: what it holds, from which release, and how to prove that it is all there."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings

from audit.macs import is_valid, mac_of
from backups.archive.bytes_in import Damaged
from backups.faults import BackupFault

#: The form of archives that this release writes; it reads all up to this one.
FORMAT = 1


class ArchiveForm(StrEnum):
    """How an archive holds the database."""

    #: The file of SQLite, compressed.
    SQLITE = "sqlite"
    #: What `pg_dump -Fc` writes.
    DUMP = "dump"
    #: The rows of each table as PostgreSQL's COPY writes them: either kind of database reads them.
    ROWS = "rows"


@dataclass(frozen=True)
class Part:
    """One stream of an archive, cut into members `NAME.00001` …"""

    size: int
    sha256: str
    members: int


@dataclass(frozen=True)
class FilesPart:
    """All stored files: the digest is that of their list (`SHA-256 SIZE NAME`, one a line)."""

    count: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive holds."""

    form: ArchiveForm
    release: str
    made_at: str
    #: Table → number of rows.
    tables: Mapping[str, int]
    #: Applied migrations, each `app.name`.
    migrations: Sequence[str]
    #: Table → its columns with PostgreSQL's types; empty for SQLite.
    columns: Mapping[str, Sequence[tuple[str, str]]]
    #: Table → the last number that was given; empty for SQLite, whose file holds them.
    sequences: Mapping[str, int]
    #: Position and head of the audit chain.
    chain: tuple[int, str]
    #: Setting → fingerprints of its keys.
    keys: Mapping[str, Sequence[str]]
    parts: Mapping[str, Part] = field(default_factory=dict)
    files: FilesPart = field(default_factory=lambda: FilesPart(0, 0, ""))
    #: Files that the database names and the disk had not.
    missing: Sequence[str] = ()
    has_keys: bool = False
    #: The version of pg_dump; 0 for the other forms.
    postgres: int = 0
    format: int = FORMAT

    @property
    def row_count(self) -> int:
        """The number of rows of all tables."""
        return sum(self.tables.values())

    def as_json(self) -> dict[str, object]:
        """Return the manifest as JSON holds it."""
        found: dict[str, object] = json.loads(json.dumps(dataclasses.asdict(self)))
        return found

    def written(self) -> bytes:
        """Return the manifest as JSON with a keyed digest: only the platform can make it."""
        content = self.as_json()
        signed = content | {"mac": mac_of([content])}
        return json.dumps(signed, ensure_ascii=False, indent=1).encode()


def read(text: bytes) -> tuple[Manifest, bool | None]:
    """Return a manifest, and whether its digest is genuine (None: its key is not known here).

    BackupFault where a newer release wrote it in a form of its own.
    """
    try:
        content = json.loads(text)
        number = int(content["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged("备份清单无法读取，请换一份备份") from error
    if number > FORMAT:
        raise BackupFault(
            f"这份备份由更新的版本（{content.get('release', '')}）写成，本版本不认识其格式；"
            "请先把系统升级到不低于该版本，再恢复"
        )
    mac = str(content.pop("mac", ""))
    fingerprint = mac.partition("$")[2].partition("$")[0]
    is_known = fingerprint in settings.AUDIT_KEYS.by_fingerprint
    try:
        parts = {name: Part(**part) for name, part in content.pop("parts").items()}
        files = FilesPart(**content.pop("files"))
        form, chain = ArchiveForm(content.pop("form")), content.pop("chain")
        manifest = Manifest(
            form=form, chain=(chain[0], chain[1]), parts=parts, files=files, **content
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Damaged("备份清单不完整，请换一份备份") from error
    return manifest, is_valid(mac, [manifest.as_json()]) if is_known else None
