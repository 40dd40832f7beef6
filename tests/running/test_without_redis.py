"""While Redis is gone, pages and API answer within a second, and what they keep is done later."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from kombu import Connection

from accounts.models import User
from accounts.webhooks.models import WebhookDelivery
from config.celery import app
from ledgers.tasks import take_up_imports
from orgs.models import CommunityOrg, VolunteerTeam
from reports.exports.tasks import take_up_files
from reports.models.exports import Export, FileState
from reviews.models import ImportJob, JobState
from reviews.services import submit
from tests.children import ChildProcess
from tests.ledger.workbooks import one_sheet, org
from tests.running.conftest import manage, wait_until
from tests.servers import RedisServer
from tests.webhooks.conftest import MakeWebhook
from tests.webhooks.conftest import make_webhook as make_webhook  # (a fixture)

pytestmark = [pytest.mark.production, pytest.mark.server, pytest.mark.django_db(transaction=True)]
Start = Callable[..., ChildProcess]

#: Visits pages; prints for each how it answered, and how many seconds it waited for others.
_VISIT = """
import json, sys, time
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from accounts.models import User
from ledgers import jobs
from orgs.models import VolunteerTeam
told = []
def ask(user, method, address, content=None, **data):
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=user))
    began, worked = time.monotonic(), time.process_time()
    more = {"content_type": content} if content else {}
    answer = getattr(client, method)(address, data, **more)
    waited = time.monotonic() - began - (time.process_time() - worked)
    told.append((address, answer.status_code, answer.content.decode(errors="replace"), waited))
    return answer.headers.get("Location", "")
def ledger():
    return SimpleUploadedFile("台账.xlsx", open(sys.argv[-1], "rb").read())
ask("jiedao", "get", "/imports/")  # loads what the process needs, and is not counted
told.clear()
small = ask("jiedao", "post", "/imports/", kind="orgs", file=ledger())
ask("jiedao", "get", small)
ask("jiedao", "get", small + "progress/")
jobs.AT_ONCE_BYTES = 0
ask("jiedao", "post", "/imports/", kind="orgs", file=ledger())
ask("jiedao", "post", "/api/v1/imports/", kind="orgs", file=ledger())
made = ask("jiedao", "post", "/exports/", kind="orgs.communityorg", area="500103001")
ask("jiedao", "get", made)
ask("jiedao", "get", made + "progress/")
team = VolunteerTeam.objects.get()
ask("shiju", "post", f"/api/v1/volunteer-teams/{team.pk}/approve/", "application/json")
ask("shiju", "get", "/api/v1/volunteer-teams/")
ask("jiedao", "post", "/verify/", sha256="0" * 64)
ask("guanli", "get", "/")
ask("guanli", "get", "/readyz")
print(json.dumps(told))
"""


@pytest.fixture(params=["gone", "mute"])
def environment(
    request: pytest.FixtureRequest, worker_environment: dict[str, str], redis_server: RedisServer
) -> Any:
    """The environment of a site whose Redis is gone, or accepts calls and never answers."""
    redis_server.stop() if request.param == "gone" else redis_server.pause()
    yield worker_environment | {"SECRET_KEY": settings.SECRET_KEY, "ALLOWED_HOSTS": "testserver"}
    redis_server.resume()
    redis_server.start()


def test_pages_answer_within_a_second_and_what_they_keep_is_taken_up(
    environment: dict[str, str],
    redis_server: RedisServer,
    celery_worker_process: Start,
    make_webhook: MakeWebhook,
    make: Callable[..., VolunteerTeam],
    tmp_path: Path,
    jiedao: User,
    quji: User,
    shiju: User,
    guanli: User,
) -> None:
    make_webhook(url="https://example.invalid/")
    submit(make(VolunteerTeam), by=quji, reason="测试")
    file = tmp_path / "台账.xlsx"
    file.write_bytes(one_sheet(org(1), org(2)))
    done = manage(
        os.environ | environment,
        "shell",
        "--no-imports",
        "-c",
        f"import sys; sys.argv.append({str(file)!r}){_VISIT}",
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    wrong = [(address, status) for address, status, _, _ in told if status >= 400]
    assert wrong == [("/readyz", 503)]
    assert [(address, waited) for address, _, _, waited in told if waited > 1] == []
    assert VolunteerTeam.objects.get().status == "approved"
    assert WebhookDelivery.objects.get().state == "waiting"
    assert set(ImportJob.objects.values_list("state", flat=True)) == {JobState.CHECKING}
    assert ImportJob.objects.count() == 3

    redis_server.resume()
    redis_server.start()
    worker = celery_worker_process(environment)
    _beat(environment)
    wait_until(lambda: not ImportJob.objects.exclude(state=JobState.CHECKED).exists())
    wait_until(lambda: Export.objects.get().state == FileState.DONE)
    assert not CommunityOrg.objects.exists()
    # A worker outlives a moment without Redis.
    ImportJob.objects.update(state=JobState.CHECKING)
    redis_server.stop()
    redis_server.start()
    _beat(environment)
    wait_until(lambda: not ImportJob.objects.exclude(state=JobState.CHECKED).exists())
    assert "Traceback" not in worker.log.partition("ready.")[0]


def _beat(environment: dict[str, str]) -> None:
    with Connection(environment["REDIS_URL"]) as broker:
        for task in (take_up_imports, take_up_files):
            app.send_task(task.name, connection=broker)
