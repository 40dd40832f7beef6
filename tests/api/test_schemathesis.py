"""Unexpected requests to the running API, drawn from its OpenAPI document.

All checks of Schemathesis, as clerk, reviewer and observer. For a longer run see docs/api.md.
"""

from __future__ import annotations

import datetime
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.api.tokens import open_integration
from accounts.models import Role, User
from api.pages import SchemaView
from areas.models import Area
from indicators.models import Plan
from tests.api.calls import KINDS
from tests.conftest import DISTRICT
from tests.records.kinds import RECORD_KINDS, sound
from tests.types import Make

pytestmark = [
    pytest.mark.once,
    pytest.mark.server,
    pytest.mark.django_db(transaction=True, reset_sequences=True),
]
_HERE = Path(__file__).parent
_ROOT = _HERE.parent.parent
#: Links from a created to a read object only work for roles that may create something.
_PHASES = {
    Role.CLERK: "examples,fuzzing,stateful",
    Role.REVIEWER: "examples,fuzzing",
    Role.OBSERVER: "examples,fuzzing",
}
_ROLES = {Role.CLERK: DISTRICT, Role.REVIEWER: DISTRICT, Role.OBSERVER: "50"}
#: What only a clerk may send: records, changes of them, and their submission.
_OF_CLERKS = (
    f"^({'|'.join(prefix.replace('-', '_') for prefix in KINDS)})"
    "_(create|bulk_create|partial_update|submit_create)$"
)
#: What a role may not send is refused unread (`test_permissions` sends it); an observer only reads.
_OPERATIONS = {
    Role.CLERK: (),
    Role.REVIEWER: ("--exclude-operation-id-regex", _OF_CLERKS),
    Role.OBSERVER: ("--include-method", "GET"),
}
#: So many requests must have been answered as the document says.
_AT_LEAST = {Role.CLERK: 200, Role.REVIEWER: 200, Role.OBSERVER: 100}


@pytest.mark.parametrize("role", _ROLES)
def test_no_request_finds_a_fault(
    role: Role,
    yuzhong: Plan,
    make: Make,
    anquan: User,
    live_server: LiveServer,
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.LOGIN_ADDRESS_FAILURES = 100_000  # each address is asked with wrong tokens, too
    for kind in RECORD_KINDS:
        for _ in range(3):
            sound(make, kind)
    _, token = open_integration(
        "随机测试",
        role,
        Area.objects.get(pk=_ROLES[role]),
        expires_on=timezone.localdate() + datetime.timedelta(days=1),
        by=anquan,
    )
    SchemaView.document()  # written once per process: the program waits ten seconds for it
    command = [
        *(
            Path(sys.executable).with_name("schemathesis"),
            "--config-file",
            _HERE / "schemathesis.toml",
        ),
        *("run", f"{live_server.url}/api/v1/schema/", "-H", f"Authorization: Bearer {token}"),
        *("--checks", "all", "--max-examples", "1", "--phases", _PHASES[role]),
        *("--seed", "20261123", "--continue-on-failure"),
        *_OPERATIONS[role],
    ]
    told = subprocess.run(
        [str(word) for word in command],
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.api.hooks", "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-8000:] + told.stderr[-2000:]
    selected, tested = (
        re.findall(rf"{word}: (\d+)", told.stdout)[0] for word in ("Selected", "Tested")
    )
    passed = re.search(r"generated, (\d+) passed", told.stdout)
    assert selected.split("/")[0] == tested
    assert passed and int(passed.group(1)) > _AT_LEAST[role], told.stdout[-2000:]
