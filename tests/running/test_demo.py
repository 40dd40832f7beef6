"""`demo`: from an empty folder to sealed reports and accounts that see their own data."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.running.conftest import manage

pytestmark = [pytest.mark.server, pytest.mark.once]  # of `test_demo_places` one runs on both

NAMES = (
    "社区慈善基金",
    "社区慈善服务场景",
    "公益慈善类社区社会组织",
    "培训社区公益慈善人才",
    "开展社区公益慈善项目",
    "开展“一老一小”“一困一残”特殊困难对象慈善帮扶项目",
    "社区慈善累计筹集款物",
    "社区慈善累计帮扶困难对象",
    "社区慈善活动和慈善宣传覆盖面",
)
#: The areas whose progress each account may see; all others are refused.
AREAS = ("50", "500103", "500103001", "500103003")
SEEN = {
    "shiju": {"500103", "500103001", "500103003"},
    "quji": {"500103", "500103001", "500103003"},
    "jiedao": {"500103001"},
    "jiedao2": {"500103003"},
    "shengting": set(AREAS),
    "guanli": set(),
    "anquan": set(),
    "shenji": set(),
}
#: Counts the rows of everything and what was sealed; runs the demonstration again, checks and counts;
#: logs in with the printed passwords and requests every area. Prints what was found.
_AGAIN = """
import io, json
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from reports.models import Edition
from reviews.models import Submission

def found():
    kinds = [m for m in apps.get_models() if issubclass(m, Submission)]
    extra = [apps.get_model(x) for x in ("accounts.User", "reports.Edition", "reviews.ReviewEvent")]
    counts = {{m._meta.label: m.objects.count() for m in kinds + extra}}
    own = Edition.objects.filter(report__area="500103").order_by("pk")
    days = [str(edition.report.due_on) for edition in own]
    return [counts, days, list(Edition.objects.order_by("pk").values_list("sha256", flat=True))]

before, printed = found(), io.StringIO()
call_command("demo", "--no-serve", stdout=printed)
for command in ("verify_editions", "check_figures"):  # fails at the first fault
    call_command(command, stdout=io.StringIO())

seen = {{}}
for name in {names!r}:
    client = Client(HTTP_HOST="127.0.0.1")
    page = client.post("/admin/login/", {{"username": name, "password": {password!r}}})
    assert page.status_code == 302, name
    ask = {{"plan": "yuzhong-2026"}}
    seen[name] = [
        area
        for area in {areas!r}
        if client.get("/api/v1/progress/", ask | {{"area": area}}).status_code == 200
    ]
    home = client.get("/", follow=True)
    assert home.status_code == 200, name
wrong = Client(HTTP_HOST="127.0.0.1").post(
    "/admin/login/", {{"username": "quji", "password": "falsch"}}
)
assert wrong.status_code == 200
print(json.dumps([before, found(), printed.getvalue(), seen]))
"""


def test_the_demonstration_from_end_to_end(installation: dict[str, str]) -> None:
    first = manage(installation, "demo", "--no-serve")
    assert first.returncode == 0, first.stderr
    for name in NAMES:
        assert re.search(rf"^\d+ +{name}（?.*\d", first.stdout, re.MULTILINE), name
    exports = _exports(installation)
    assert len(exports) == 2
    password = re.search(r"口令均为 (\S+)）", first.stdout)
    assert password
    code = _AGAIN.format(areas=AREAS, names=tuple(SEEN), password=password.group(1))
    before, after, again, seen = json.loads(_shell(installation, code))
    assert before[1] == ["2026-06-30", "2026-11-30"]  # the chain follows the calendar
    assert after == before
    assert _table(again) == _table(first.stdout)
    assert password.group(1) in again
    assert _exports(installation) == exports
    assert {name: set(areas) for name, areas in seen.items()} == SEEN


def _exports(installation: dict[str, str]) -> list[Path]:
    return sorted((Path(installation["DATA_DIR"]) / "exports").glob("*.xlsx"))


def _shell(environment: dict[str, str], code: str) -> str:
    done = manage(environment, "shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def _table(output: str) -> list[str]:
    return [line for line in output.splitlines() if re.match(r"\d+ +\S", line)]
