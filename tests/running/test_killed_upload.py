"""A process killed between writing a file and its row leaves a stray file, which is deleted after
a day.
"""

from __future__ import annotations

import datetime
import signal
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import User
from ledgers.tasks import clear_files
from reviews.evidence.attachments import add_attachment
from reviews.models import Attachment
from scenes.models import Scene
from tests.reviews.test_attachments import PDF, files_under, upload
from tests.running.processes import Colleague, die
from tests.types import Make

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_file_of_a_killed_upload_goes_after_a_day(
    make: Make, jiedao: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = make(Scene)
    kept = add_attachment(scene, upload(), by=jiedao)

    def work(line: object) -> None:
        monkeypatch.setattr(Attachment, "save", lambda self: die())
        add_attachment(scene, upload(PDF, "协议.pdf"), by=jiedao)

    assert Colleague(work).end() == -signal.SIGKILL
    assert Attachment.objects.get() == kept
    assert len(files_under(tmp_path)) == 2
    clear_files()
    assert len(files_under(tmp_path)) == 2
    then = timezone.now() + datetime.timedelta(days=1, minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: then)
    clear_files()
    assert files_under(tmp_path) == [tmp_path / str(kept.file.name)]
