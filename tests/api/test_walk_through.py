"""The commands of docs/api.md, run as they are written."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from accounts.api.tokens import open_integration
from accounts.models import Role, User
from areas.models import Area
from indicators.models import Plan
from orgs.models import Training
from reviews.models import Status
from scenes.models import Scene
from tests.conftest import DISTRICT

pytestmark = [
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("curl") is None, reason="没有 curl，跳过文档中的命令"),
]


def _token(role: Role, by: User) -> str:
    day = timezone.localdate() + datetime.timedelta(days=1)
    area = Area.objects.get(pk=DISTRICT)
    return open_integration(f"对接系统{role.label}", role, area, expires_on=day, by=by)[1]


def test_the_walk_of_the_documentation_runs_as_it_stands(
    yuzhong: Plan, anquan: User, live_server: LiveServer, tmp_path: Path
) -> None:
    text = (Path(django_settings.BASE_DIR) / "docs" / "api.md").read_text(encoding="utf-8")
    (walk,) = re.findall(r"```sh\n(.*?)```", text, re.S)
    told = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", walk],
        cwd=tmp_path,
        env={
            **os.environ,
            "BASE": f"{live_server.url}/api/v1",
            "TOKEN": _token(Role.CLERK, anquan),
            "REVIEWER": _token(Role.REVIEWER, anquan),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    scene = Scene.objects.get()
    assert scene.reviewed_by
    assert (scene.status, scene.address, scene.reviewed_by.display_name) == (
        Status.APPROVED,
        "华一路1号",
        "对接系统审核员",
    )
    assert Training.objects.pending().count() == 2
    assert (tmp_path / "trainings.csv").read_text("utf-8-sig").count("慈善骨干培训") == 1
    last = told.stdout
    assert '"count":1' in last.rpartition('"indicator":"scenes"')[2]
