"""Measure a ledger of 100,000 rows × 15 columns on its way to submitted records, and a short upload."""

from __future__ import annotations

import functools
import gc
import io
from http import HTTPStatus
from pathlib import Path

from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from openpyxl import Workbook, load_workbook

from accounts.models import Role, User
from areas.models import Area
from bench import measure
from bench.tasks import Found
from ledgers.reading.reader import Reader
from ledgers.reading.sheets import read_workbook
from ledgers.registry import KINDS
from ledgers.service import import_ledger
from orgs.models import CommunityOrg
from reviews.models import ImportJob, JobState

_ROOT, _KIND, _SHORT = "500103", "orgs", 200
_TITLES = [
    "序号",
    "街道",
    "社区",
    "组织名称",
    "类别",
    "管理层级",
    "登记（备案）编号",
    "统一社会信用代码",
    "登记（备案）日期",
    "有效期至",
    "负责人",
    "联系电话",
    "成员数",
    "党员数",
    "备注",
]


def ledger(rows: str) -> Found:
    """Measure P9 (our reader against openpyxl's) and P10 (our import against `full_clean`)."""
    content = _workbook(int(rows))
    with transaction.atomic():
        by, root = _clerk(), Area.objects.get(code=_ROOT)
        found = measure.medians({"read": lambda: read_workbook(content)}, 3)
        found["openpyxl"] = measure.seconds(lambda: _read_with_openpyxl(content))
        found["import"] = _undone(lambda: _import(content, by, root))
        reader = Reader(KINDS[_KIND], by, root)
        reader.read(*read_workbook(content))
        records = [one.record for one in reader.entries if isinstance(one.record, CommunityOrg)]
        gc.collect()
        found["full_clean"] = _undone(lambda: _clean_and_create(records))
        transaction.set_rollback(True)
    return found | {"rows": int(rows)}


def memory(path: str) -> Found:
    """P10: import the file once in a fresh process; return its peak memory."""
    content = Path(path).read_bytes()
    with transaction.atomic():
        by, root = _clerk(), Area.objects.get(code=_ROOT)
        _import(content, by, root)
        transaction.set_rollback(True)
    return {"megabytes": measure.peak_megabytes()}


def write(rows: str, path: str) -> Found:
    """Write the ledger into a file for `memory`, whose process writes none."""
    Path(path).write_bytes(_workbook(int(rows)))
    return {"rows": int(rows)}


def page(runs: str) -> Found:
    """P10: upload a ledger of 200 rows on its page, which answers with what was found in it."""
    file = ContentFile(_workbook(_SHORT), "台账.xlsx")
    with transaction.atomic():
        client = Client(SERVER_NAME="localhost")
        client.force_login(_clerk())

        def upload() -> None:
            file.seek(0)
            answer = client.post("/imports/", {"kind": _KIND, "file": file}, follow=True)
            state = ImportJob.objects.latest("pk").state
            if answer.status_code != HTTPStatus.OK or state != JobState.CHECKED:
                raise ValueError(f"the page answers {answer.status_code}, the upload is {state}")

        found = measure.medians({"page": upload}, int(runs))
        transaction.set_rollback(True)
    return found


@functools.cache
def _workbook(rows: int) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(_TITLES)
    areas = {area.code: str(area) for area in Area.objects.within(_ROOT)}
    places = [(areas[code[:9]], name, code) for code, name in areas.items() if len(code) == 12]
    for number in range(rows):
        street, community, _ = places[number % len(places)]
        sheet.append(
            [
                number + 1,
                street,
                community,
                f"{community}互助会{number}",
                "公益慈善类",
                "街道管理",
                f"备{number:06}",
                None,
                f"202{number % 6}-0{1 + number % 9}-1{number % 9}",
                None,
                f"王{number % 997}",
                "13800001234",
                20 + number % 50,
                number % 7,
                "",
            ]
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _clerk() -> User:
    return User.objects.create_user("bench-clerk", role=Role.CLERK, area_id=_ROOT)


def _read_with_openpyxl(content: bytes) -> list[list[object]]:
    book = load_workbook(io.BytesIO(content), read_only=True)
    return [list(row) for sheet in book for row in sheet.iter_rows(values_only=True)]


def _import(content: bytes, by: User, root: Area) -> None:
    """Import as the import pages do: read, match, check, store with history and submit."""
    result = import_ledger(
        _KIND, KINDS[_KIND], content, "台账.xlsx", by=by, root=root, is_submitted=True
    )
    if result.created != {_KIND: result.rows}:
        raise ValueError(f"imported {result.created}: {result.problems[:3]}")


def _clean_and_create(records: list[CommunityOrg]) -> None:
    """Store records in Django's plain way: `full_clean` each, then create.

    Queries for unique fields, constraints and the platform's checks are left out, and so is the
    history. Each foreign key still costs one query.
    """
    for record in records:
        record.clean_fields()
    CommunityOrg.objects.bulk_create(records, batch_size=500)


def _undone(work: measure.Work) -> float:
    """Return the seconds a run takes without its commit, and roll it back."""
    point = transaction.savepoint()
    taken = measure.seconds(work)
    transaction.savepoint_rollback(point)
    return taken
