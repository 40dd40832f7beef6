"""The requests of a district's people in one build of the platform; run as a file, see `bench.cost`.

It reads names of tasks, a line each, runs each task once and answers with a line of JSON: statements,
seconds, seconds of this process's processor, and of the PostgreSQL process that serves it. It uses only
what every build since release 0.6.0 offers.
"""

from __future__ import annotations

import datetime
import gc
import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any, cast

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.files.base import ContentFile  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.backends.utils import CursorWrapper  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from openpyxl import Workbook  # noqa: E402

from accounts.api.models import ApiToken  # noqa: E402
from accounts.api.tokens import digest_of  # noqa: E402
from accounts.models import Role, User  # noqa: E402
from areas.models import Area  # noqa: E402
from funds.models import Donation, Fund  # noqa: E402
from reports.models import Report  # noqa: E402
from reviews.models import ImportJob, Status  # noqa: E402
from reviews.services import approve, submit  # noqa: E402

ROOT, PLAN, DAY = "500103", "yuzhong-2026", "2026-11-20"
_ROWS = 200
_TOKEN = "sqcs_" + "b" * 43

Values = dict[str, Any]
Work = Callable[[], object]


class _Form(HTMLParser):
    """The values of the fields of a page, as a browser sends them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: Values = {}
        self._select = self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "input" and name and kind not in ("submit", "button", "file"):
            if kind not in ("checkbox", "radio") or "checked" in given:
                self.values[name] = given.get("value", "on")
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            self.values[name] = ""
        elif tag == "option" and self._select and "selected" in given:
            self.values[self._select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self.values[self._area] = self.values[self._area].removeprefix("\n")
            self._area = ""


def _form(answer: HttpResponse) -> Values:
    values = _Form(answer.content.decode()).values
    values.pop("csrfmiddlewaretoken", None)
    return values


# --- who asks --------------------------------------------------------------------------------------


def _user(role: Role) -> User:
    user, _ = get_user_model().objects.get_or_create(
        username=f"bench-{role}", defaults={"role": role, "area_id": ROOT}
    )
    return user


def _client(user: User) -> Client:
    client = Client(SERVER_NAME="localhost", REMOTE_ADDR="127.0.0.1", HTTP_USER_AGENT="bench")
    client.force_login(user)
    return client


CLERK, REVIEWER, OBSERVER = map(_user, (Role.CLERK, Role.REVIEWER, Role.OBSERVER))
clerk, reviewer, observer = map(_client, (CLERK, REVIEWER, OBSERVER))


def _caller() -> Client:
    user, _ = get_user_model().objects.get_or_create(
        username="caller", defaults={"role": Role.OBSERVER, "area_id": ROOT, "is_staff": False}
    )
    given = {
        "user": user,
        "hint": _TOKEN[:9],
        "expires_on": timezone.localdate() + datetime.timedelta(days=30),
        "created_by": REVIEWER,
        "role": user.role,
        "area_id": ROOT,
    }
    columns = {field.attname for field in ApiToken._meta.concrete_fields} | {"user", "created_by"}
    kept = {name: value for name, value in given.items() if name in columns}
    ApiToken.objects.get_or_create(digest=digest_of(_TOKEN), defaults=kept)
    return Client(
        SERVER_NAME="localhost", headers={"Authorization": f"Bearer {_TOKEN}", "User-Agent": "x"}
    )


caller = _caller()

# --- what they ask ---------------------------------------------------------------------------------

_numbers = count(1)
_STREET = Area.objects.filter(level=4, code__startswith=ROOT).order_by("code")[0]


def _got(client: Client, path: str, **query: str) -> HttpResponse:
    answer: HttpResponse = cast("HttpResponse", client.get(path, query))
    if answer.status_code != 200:
        raise ValueError(f"GET {path} answers {answer.status_code}")
    return answer


def _sent(client: Client, path: str, values: Values) -> HttpResponse:
    answer: HttpResponse = cast("HttpResponse", client.post(path, values))
    if answer.status_code != 302:
        raise ValueError(f"POST {path} answers {answer.status_code}: {_faults(answer)}")
    return answer


def _faults(answer: HttpResponse) -> str:
    text = answer.content.decode()
    return " | ".join(line.strip() for line in text.splitlines() if "error" in line.lower())[:2000]


def _get(client: Client, path: str, **query: str) -> Iterator[None]:
    yield
    _got(client, path, **query)


def _donation(status: Status) -> Donation:
    """Return a new donation that is a draft, pending or approved."""
    made = Donation.objects.create(
        area=_STREET,
        donated_on=datetime.date(2026, 3, 1),
        amount_yuan=100 + next(_numbers),
        channel="cash",
        created_by=CLERK,
    )
    if status != Status.DRAFT:
        submit(made, by=CLERK, reason="已核对")
    if status == Status.APPROVED:
        approve(made, by=REVIEWER)
    return made


def _page_of(record: Donation, page: str) -> str:
    return reverse(f"admin:funds_donation_{page}", args=[record.pk])


_SHOWN = _donation(Status.PENDING)
_DRAFT = _donation(Status.DRAFT)
_FACT = _donation(Status.APPROVED)
_FUND = Fund.objects.filter(area__code__startswith=ROOT).order_by("pk")[0]


def _save() -> Iterator[None]:
    """A new donation, by its form."""
    path = "/admin/funds/donation/add/"
    values = _form(_got(clerk, path)) | {
        "area": _STREET.code,
        "donated_on": "2026-03-02",
        "amount_yuan": str(1000 + next(_numbers)),
        "channel": "cash",
        "_save": "1",
    }
    yield
    _sent(clerk, path, values)


def _change() -> Iterator[None]:
    """Another amount in a draft."""
    path = _page_of(_DRAFT, "change")
    values = _form(_got(clerk, path)) | {"amount_yuan": str(50_000 + next(_numbers))}
    yield
    _sent(clerk, path, values | {"_save": "1"})


def _submit() -> Iterator[None]:
    """A draft's submission, as confirmed on its page."""
    path = _page_of(_donation(Status.DRAFT), "submit_one")
    values = _form(_got(clerk, path)) | {"reason": "已核对"}
    yield
    _sent(clerk, path, values)


def _approve() -> Iterator[None]:
    """An approval, as confirmed on the review page."""
    path = _page_of(_donation(Status.PENDING), "approve_one")
    values = _form(_got(reviewer, path)) | {"reason": ""}
    yield
    _sent(reviewer, path, values)


def _approve_service() -> Iterator[None]:
    """An approval by its service alone."""
    pending = _donation(Status.PENDING)
    yield
    approve(pending, by=REVIEWER)


def _workbook() -> ContentFile[bytes]:
    """A ledger of new organisations."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(["序号", "街道", "组织名称", "类别", "管理层级", "登记（备案）日期", "成员数"])
    start = next(_numbers) * _ROWS
    for row in range(_ROWS):
        name = f"{_STREET}互助会{start + row}"
        day = f"2025-0{1 + row % 9}-1{row % 9}"
        sheet.append([row + 1, str(_STREET), name, "公益慈善类", "街道管理", day, 20 + row % 50])
    stream = io.BytesIO()
    book.save(stream)
    return ContentFile(stream.getvalue(), "台账.xlsx")


def _upload(file: ContentFile[bytes]) -> str:
    return _sent(clerk, "/imports/", {"kind": "orgs", "file": file})["Location"]


def _check_ledger() -> Iterator[None]:
    file = _workbook()
    yield
    _upload(file)


def _store_ledger() -> Iterator[None]:
    path = _upload(_workbook())
    outcomes = _form(_got(clerk, path))["outcomes"]
    yield
    _sent(clerk, f"{path}commit/", {"outcomes": outcomes, "submit": "1", "reason": "已核对"})
    job = ImportJob.objects.latest("pk")
    if job.state != "imported":
        raise ValueError(f"the import is {job.state}: {str(job.found)[:500]}")


def _prepare() -> Iterator[None]:
    made = _function("prepare_reports", "reports.filing.preparing", "reports.preparing")
    with transaction.atomic():
        yield
        if not made(datetime.date.fromisoformat(DAY)):
            raise ValueError("no report is due")
        transaction.set_rollback(True)


def _seal() -> Iterator[None]:
    sealed = _function("seal", "reports.editions.sealing", "reports.sealing")
    made = _function("prepare_reports", "reports.filing.preparing", "reports.preparing")
    day = datetime.date.fromisoformat(DAY)
    with transaction.atomic():
        made(day)
        report = Report.objects.filter(plan__code=PLAN, area=ROOT).latest("due_on")
        yield
        sealed(report, by=REVIEWER, on=day, missing_reason="未报地区不等待")
        transaction.set_rollback(True)


def _function(name: str, *modules: str) -> Callable[..., Any]:
    """The function under the first of the module names that this build has."""
    for module in modules:
        try:
            found: Callable[..., Any] = getattr(import_module(module), name)
        except ModuleNotFoundError:
            continue
        return found
    raise ModuleNotFoundError(modules)


TASKS: dict[str, Callable[[], Iterator[None]]] = {
    "desk of a clerk": lambda: _get(clerk, "/"),
    "desk of a reviewer": lambda: _get(reviewer, "/"),
    "list of funds, clerk": lambda: _get(clerk, "/admin/funds/fund/"),
    "list of donations, reviewer": lambda: _get(reviewer, "/admin/funds/donation/"),
    "list, searched, observer": lambda: _get(observer, "/admin/orgs/communityorg/", q="协会"),
    "form of a new donation": lambda: _get(clerk, "/admin/funds/donation/add/"),
    "form of a draft": lambda: _get(clerk, _page_of(_DRAFT, "change")),
    "page of a fact": lambda: _get(reviewer, _page_of(_FACT, "change")),
    "page of a fund": lambda: _get(observer, f"/admin/funds/fund/{_FUND.pk}/change/"),
    "timeline of a fact": lambda: _get(reviewer, _page_of(_FACT, "history")),
    "review page": lambda: _get(reviewer, _page_of(_SHOWN, "approve_one")),
    "dashboard": lambda: _get(observer, f"/dashboard/{PLAN}/{ROOT}/", on=DAY),
    "duties": lambda: _get(observer, f"/duties/{ROOT}/"),
    "reports": lambda: _get(reviewer, "/reports/"),
    "API list": lambda: _get(caller, "/api/v1/donations/"),
    "API detail": lambda: _get(caller, f"/api/v1/donations/{_FACT.pk}/"),
    "API of areas": lambda: _get(caller, "/api/v1/areas/"),
    "save": _save,
    "change": _change,
    "submit": _submit,
    "approve": _approve,
    "approve, service": _approve_service,
    "check a ledger of 200": _check_ledger,
    "store a ledger of 200": _store_ledger,
    "prepare reports": _prepare,
    "seal a report": _seal,
}

# --- measuring -------------------------------------------------------------------------------------


class _Statements:
    """Counts the statements that are sent to the database, COPY included."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def execute(self, execute: Callable[..., Any], sql: Any, *what: Any) -> Any:
        self.texts.append(str(sql))
        return execute(sql, *what)

    def copy(self, cursor: CursorWrapper, sql: str, file: object) -> None:
        self.texts.append(sql)
        cursor.cursor.copy_expert(sql, file)


def _server_seconds() -> float:
    """Return the processor's seconds of the PostgreSQL process of this connection; 0 for SQLite."""
    if connection.vendor != "postgresql":
        return 0.0
    number = connection.connection.info.backend_pid
    return int(Path(f"/proc/{number}/schedstat").read_text().split()[0]) / 1e9


def measured(name: str) -> dict[str, Any]:
    """Run a task once; what it needs beforehand is not measured."""
    steps = TASKS[name]()
    next(steps)
    statements = _Statements()
    CursorWrapper.copy_expert = lambda *what: statements.copy(*what)  # type: ignore[attr-defined]
    gc.collect()
    server, clock, processor = _server_seconds(), time.perf_counter(), time.process_time()
    with connection.execute_wrapper(statements.execute):
        next(steps, None)
    return {
        "seconds": time.perf_counter() - clock,
        "processor": time.process_time() - processor + _server_seconds() - server,
        "statements": len(statements.texts),
        "texts": statements.texts if "-v" in sys.argv else [],
    }


def main() -> None:
    """Answer each line until there are no more."""
    settings.API_RATE = settings.PAGE_RATE = 0
    answers, sys.stdout = sys.stdout, sys.stderr
    for name in TASKS:
        measured(name)
    gc.freeze()
    answers.write(json.dumps(list(TASKS)) + "\n")
    answers.flush()
    for line in sys.stdin:
        answers.write(json.dumps(measured(line.strip())) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
