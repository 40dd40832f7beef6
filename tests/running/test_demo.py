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
    "特殊困难对象慈善帮扶项目",
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
    "shenji": set(),
}
#: Prints the number of rows of everything, and what was sealed.
_COUNT = """
import json
from django.apps import apps
from reports.models import Edition
from reviews.models import Submission
kinds = [m for m in apps.get_models() if issubclass(m, Submission)]
extra = [apps.get_model(x) for x in ("accounts.User", "reports.Edition", "reviews.ReviewEvent")]
counts = {m._meta.label: m.objects.count() for m in kinds + extra}
own = Edition.objects.filter(report__area="500103").order_by("pk")
days = [str(edition.report.due_on) for edition in own]
sealed = list(Edition.objects.order_by("pk").values_list("sha256", flat=True))
print(json.dumps([counts, days, sealed]))
"""
#: Checks everything; the command fails at the first fault.
_HOLDS = """
import io
from django.core.management import call_command
call_command("verify_editions", stdout=io.StringIO())
call_command("check_figures", stdout=io.StringIO())
"""
#: Logs in with the printed passwords and requests every area; prints who saw what.
_VISIT = """
import json
from django.test import Client
areas, seen = {areas!r}, {{}}
for name in {names!r}:
    client = Client(HTTP_HOST="127.0.0.1")
    page = client.post("/admin/login/", {{"username": name, "password": {password!r}}})
    assert page.status_code == 302, name
    ask = {{"plan": "yuzhong-2026"}}
    seen[name] = [
        area
        for area in areas
        if client.get("/api/v1/progress/", ask | {{"area": area}}).status_code == 200
    ]
    home = client.get("/", follow=True)
    assert home.status_code == 200, name
wrong = Client(HTTP_HOST="127.0.0.1").post(
    "/admin/login/", {{"username": "quji", "password": "falsch"}}
)
assert wrong.status_code == 200
print(json.dumps(seen))
"""


def test_the_demonstration_from_end_to_end(installation: dict[str, str]) -> None:
    first = manage(installation, "demo", "--no-serve")
    assert first.returncode == 0, first.stderr
    for name in NAMES:
        assert re.search(rf"^\d+ +{name}（?.*\d", first.stdout, re.MULTILINE), name
    exports = _exports(installation)
    assert len(exports) == 2
    counts, days, sealed = json.loads(_shell(installation, _COUNT))
    assert days == ["2026-06-30", "2026-11-30"]  # the chain follows the calendar

    again = manage(installation, "demo", "--no-serve")
    assert again.returncode == 0, again.stderr
    assert json.loads(_shell(installation, _HOLDS + _COUNT)) == [counts, days, sealed]
    assert _table(again.stdout) == _table(first.stdout)
    assert _exports(installation) == exports

    password = re.search(r"口令均为 (\S+)）", first.stdout)
    assert password
    assert password.group(1) in again.stdout
    visit = _VISIT.format(areas=AREAS, names=tuple(SEEN), password=password.group(1))
    seen = json.loads(_shell(installation, visit))
    assert {name: set(areas) for name, areas in seen.items()} == SEEN


def _exports(installation: dict[str, str]) -> list[Path]:
    return sorted((Path(installation["DATA_DIR"]) / "exports").glob("*.xlsx"))


def _shell(environment: dict[str, str], code: str) -> str:
    done = manage(environment, "shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def _table(output: str) -> list[str]:
    return [line for line in output.splitlines() if re.match(r"\d+ +\S", line)]
