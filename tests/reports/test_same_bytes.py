"""The workbook depends on the edition alone: the same bytes on any day, anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from reports.editions.files import WORKBOOK, made_again, workbook_path
from reports.models import Edition

pytestmark = pytest.mark.once  # made from the content alone

#: Makes the same file in another process, time zone and day.
_ELSEWHERE = """
import datetime, sys, time
import django
django.setup()
from django.utils import timezone
from reports.paper.workbook import build_workbook
from reports.schema.formats import read
real = time.time
time.time = lambda: real() + 400 * 86400
content = read(open(sys.argv[1], encoding="utf-8").read())
sys.stdout.buffer.write(build_workbook(content, sys.argv[2]))
"""


def test_the_workbook_is_the_same_here_and_on_another_continent_another_day(
    edition: Edition, tmp_path: Path
) -> None:
    original = workbook_path(edition).read_bytes()
    assert made_again(Edition.objects.get())[WORKBOOK] == original
    content = tmp_path / "content.json"
    content.write_text(edition.content, encoding="utf-8")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TZ": "America/New_York",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "12345",
        "DATA_DIR": str(tmp_path),
    }
    made = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE, content, edition.sha256],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        check=True,
    )
    assert made.stdout == original
