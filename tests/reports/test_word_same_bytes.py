"""The Word document depends on the content alone: the same bytes on any day, anywhere."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings

from reports.paper.word import GENERATOR
from tests.reports.papers import build_document, sealed, told

pytestmark = pytest.mark.once  # made from the content alone

#: Makes the same file in another process, time zone and day.
_ELSEWHERE = """
import sys, time
import django
django.setup()
from reports.paper.word import build_document
from reports.schema.formats import read
real = time.time
time.time = lambda: real() + 400 * 86400
content = read(open(sys.argv[1], encoding="utf-8").read())
sys.stdout.buffer.write(build_document(content, sys.argv[2]))
"""


@pytest.fixture
def original(db: None, request: pytest.FixtureRequest, tmp_path: Path) -> bytes:
    content = told(sealed(request)[0])
    (tmp_path / "content.json").write_text(json.dumps(content), encoding="utf-8")
    return build_document(content, "a" * 64)


def test_the_document_is_the_same_here_and_on_another_continent_another_day(
    original: bytes, tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TZ": "America/New_York",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "12345",
        "DATA_DIR": str(tmp_path),
    }
    made = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE, tmp_path / "content.json", "a" * 64],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        check=True,
    )
    assert made.stdout == original


def test_no_part_depends_on_the_day_or_on_how_it_is_packed(original: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(original)) as archive:
        members = archive.infolist()
    assert {member.date_time for member in members} == {(2000, 1, 1, 0, 0, 0)}
    assert {member.compress_type for member in members} == {zipfile.ZIP_STORED}
    assert members[0].filename == "[Content_Types].xml"


def test_what_made_it_is_named() -> None:
    assert GENERATOR.startswith("layout 1, python-docx 1.")
    assert "lxml " in GENERATOR
