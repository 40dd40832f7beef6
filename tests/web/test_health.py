"""The health addresses: whether the process is alive and whether it can work."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.running.conftest import bare_environment, manage

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL


@pytest.mark.django_db
def test_healthz_answers_without_asking_anyone(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")
    assert len(queries) == 0


_ASK = """
from django.test import Client
answer = Client(HTTP_HOST="localhost").get("/readyz")
print(answer.status_code, answer.json())
"""


def test_readyz_says_that_there_is_no_worker(tmp_path: Path) -> None:
    """The data folder is a new one, where no worker of a running platform can answer."""
    done = manage(bare_environment(DATA_DIR=str(tmp_path)), "shell", "--no-imports", "-c", _ASK)
    assert done.stdout.strip() == "503 {'database': True, 'broker': True, 'worker': False}"
