"""No answer, file, stored row or line of a log holds personal data whole where it may not.

`test_neighbours` looks into every answer to users of other areas, administrators, the auditor and
nobody; `test_chinese` into every page and file of the county's own. Here stand the API, lists, versions and
searches for those who see the records, tokens, big screens, and what is kept beside the records.
"""

from __future__ import annotations

import datetime
import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core import mail
from django.db import models
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.api.models import ApiToken
from accounts.api.tokens import digest_of
from accounts.models import Role, User
from audit.models import AuditEvent
from funds.models import Fund, FundMember
from indicators.models import Plan
from orgs.models import Talent
from proposals.models import PendingChange
from reports.exports.ledger import write_ledger
from reports.models.exports import Export
from reviews.models import Asker, Basis, PersonalAct, PersonalRequest, Status, Submission
from reviews.privacy import sensitive_fields
from reviews.trail.erasure.requests import Asked, ask
from reviews.trail.erasure.texts import personal_texts
from tests.conftest import DAY, DISTRICT, NEIGHBOUR
from tests.persons import leaks_in, marked_columns, parts_of, probe_of, probes_of
from tests.records.kinds import RECORD_KINDS, sound
from tests.types import Make, Response, Visit
from tests.web.forms import filled_in
from tests.web.routes import LISTED, Address, addresses, all_routes
from tests.web.world import World, build_world
from tests.worlds import share

pytestmark = pytest.mark.once  # texts; visibility is tested on both databases

SENSITIVE = [kind for kind in RECORD_KINDS if sensitive_fields(kind)]
#: Tables that hold personal data in clear beside the records and their histories → why.
KEPT = {
    "reviews.ImportBatch": "修改前的值供撤销导入，不在任何页面显示",
    "reviews.ImportJob": "上传的原文件，只有上传人可以下载",
}


@pytest.fixture
def world(make: Make, quji: User, shiju: User, yuzhong: Plan) -> World:
    states = (Status.APPROVED, Status.PENDING, Status.APPROVED)
    return build_world(make, quji, shiju, yuzhong, states=states)


share(__name__, "world")


def _all_of(response: Response) -> bytes:
    """Return the whole body of an answer."""
    return b"".join(response) if response.streaming else response.content


def _leaks(client: Client, url: str) -> list[str]:
    response = client.get(url)
    assert response.status_code < 500, url
    return leaks_in(_all_of(response)) + leaks_in(str(response.headers).encode())


def _is_reading(address: Address) -> bool:
    """Whether an address belongs to what the other walks leave out for the records' own county."""
    url = address.url
    if url.startswith("/api/v1/"):
        return "?" not in url or "format=csv" in url
    if url.startswith(("/admin/autocomplete/", "/admin/search/")):
        return url.endswith("term=") or "?s=" in url
    return "?" not in url and url.startswith(tuple(map(_start_of, SENSITIVE)))


def _start_of(kind: type[models.Model]) -> str:
    return f"/admin/{kind._meta.app_label}/{kind._meta.model_name}/"


#: Ends of addresses that only take a form: a GET of them is refused before anything is looked up.
_FORMS = ("submit/", "approve/", "return/", "reopen/", "void/", "transitions/", "bulk/", "undo/")
#: How the addresses begin that each of the county's people is walked through: what a role makes another.
_BEGIN = {"jiedao": ("/admin/",), "shiju": ("/api/", "/admin/"), "shengting": ("/api/", "/admin/")}


@pytest.fixture
def readings(world: World) -> list[str]:
    """Addresses of the API, of lists, searches and versions, each once."""
    found = {
        address.url
        for route in all_routes()
        for address in addresses(route, world)
        if _is_reading(address) and not address.url.endswith(_FORMS)
    }
    files = {f"/api/v1/{prefix}/?format=xlsx" for prefix in _sensitive_prefixes()}
    return sorted(found | files)


def _sensitive_prefixes() -> Iterator[str]:
    yield from (prefix for prefix, model in LISTED.items() if model in SENSITIVE)


@pytest.mark.parametrize("name", _BEGIN)
def test_those_who_see_the_records_read_no_person_whole(
    readings: list[str], visit: Visit, request: pytest.FixtureRequest, name: str
) -> None:
    client = visit(request.getfixturevalue(name))
    is_shared = ("/admin/autocomplete/", "/admin/search/")
    urls = [url for url in readings if url.startswith(_BEGIN[name])]
    if name != "shiju":
        urls = [url for url in urls if not url.startswith(is_shared)]
    assert {url: leaks for url in urls if (leaks := _leaks(client, url))} == {}
    assert len(urls) > 40


def _token(area: str, role: Role, by: User, *, reads_persons: bool) -> Client:
    user = User.objects.create_user(f"jk-{area}-{reads_persons}", role=role, area_id=area)
    user.is_staff = False
    user.set_unusable_password()
    user.save()
    text = f"sqcs_{area}-{reads_persons}-{role}"
    ApiToken.objects.create(
        user=user,
        role=role,
        area_id=area,
        digest=digest_of(text),
        hint=text[:9],
        expires_on=datetime.date(2050, 1, 1),
        created_by=by,
        reads_persons=reads_persons,
    )
    return Client(headers={"Authorization": f"Bearer {text}"})


@pytest.mark.parametrize(
    ("area", "role", "reads_persons"),
    [
        (DISTRICT, Role.CLERK, True),
        (DISTRICT, Role.CLERK, False),
        (NEIGHBOUR, Role.REVIEWER, True),
        ("50", Role.OBSERVER, True),
        ("50", Role.CLERK, True),
    ],
)
def test_a_token_reads_persons_whole_with_its_scope_and_standing_only(
    readings: list[str], world: World, anquan: User, area: str, role: Role, reads_persons: bool
) -> None:
    client = _token(area, role, anquan, reads_persons=reads_persons)
    prefixes = [f"/api/v1/{prefix}/" for prefix in _sensitive_prefixes()]
    urls = [
        url for url in readings if url.startswith(tuple(prefixes if reads_persons else ["/api/"]))
    ]
    others = [] if area != DISTRICT else [url for url in readings if url.startswith("/api/")]
    told: set[str] = set()
    for url in sorted({*urls, *others}):
        leaks = _leaks(client, url)
        told |= set(leaks)
        may = reads_persons and area == DISTRICT and url.startswith(tuple(prefixes))
        assert may or not leaks, url
    owed = {_whole_of(model, name) for model, name in _RECORDED}
    assert told == (owed if area == DISTRICT and reads_persons else set())


def _whole_of(model: type[models.Model], name: str) -> str:
    """Return what is looked for of a column's value: the first of several names."""
    return probe_of(model, name).partition("、")[0]


def test_a_big_screen_shows_its_page_and_nobody(world: World, visit: Visit, shiju: User) -> None:
    client = visit(shiju)
    page = f"/dashboard/yuzhong-2026/{DISTRICT}/"
    client.post(f"{reverse('display')}?to={page}")
    for url in (f"{page}?screen=1", page, *map(_start_of, SENSITIVE), "/api/v1/talents/"):
        assert _leaks(client, url) == [], url


def test_the_walk_finds_a_column_whose_mark_is_taken_off(
    world: World, visit: Visit, shiju: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, found = visit(shiju), []
    for model, name in _RECORDED:
        with monkeypatch.context() as without:
            without.delitem(sensitive_fields(model), name)
            found += _leaks(client, f"/api/v1/{_prefix_of(model)}/")
    assert found == [_whole_of(model, name) for model, name in _RECORDED]


#: The marked columns of records and of their rows, which the API lists.
_RECORDED = [
    (model, name)
    for model, name in marked_columns()
    if issubclass(model, Submission) or model is FundMember
]


def _prefix_of(model: type[models.Model]) -> str:
    kind = Fund if model is FundMember else model
    return next(prefix for prefix in _sensitive_prefixes() if LISTED[prefix] is kind)


def test_who_saves_second_reads_the_first_ones_values_masked(
    make: Make, visit: Visit, quji: User, yuzhong: Plan
) -> None:
    client = visit(quji)
    for kind in SENSITIVE:
        record = sound(make, kind)
        url = reverse(
            f"admin:{kind._meta.app_label}_{kind._meta.model_name}_change", args=[record.pk]
        )
        page = client.get(url)
        kind._default_manager.filter(pk=record.pk).update(**probes_of(kind))
        told = client.post(
            url, filled_in(page, note="另一个", **dict.fromkeys(_names(kind), "孙某"))
        )
        assert told.status_code == 200, url
        assert leaks_in(told.content) == [], url


def _names(kind: type[models.Model]) -> list[str]:
    return [name for name in sensitive_fields(kind) if not name.endswith(("phone", "contact"))]


def test_no_exported_file_names_a_person(world: World, shiju: User) -> None:
    for kind in SENSITIVE:
        target = io.BytesIO()
        export = Export(kind=kind._meta.label_lower, area_id=DISTRICT, requested_by=shiju)
        write_ledger(export, target, lambda *_: None)
        assert leaks_in(target.getvalue()) == [], kind


def test_nothing_but_the_records_keeps_a_person(
    world: World, visit: Visit, quji: User, shiju: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    _work(world, visit(quji), visit(shiju))
    assert leaks_in(caplog.text.encode()) == []
    sent = [f"{each.subject}{each.body}{getattr(each, 'alternatives', '')}" for each in mail.outbox]
    assert leaks_in("".join(sent).encode()) == []
    stored = {model._meta.label for model in apps.get_models() if _holds(model)}
    own = {model._meta.label for model in {model for model, _ in marked_columns()}}
    histories = {f"{label.split('.')[0]}.Historical{label.split('.')[1]}" for label in own}
    assert stored - own - histories - set(KEPT) == set()


def _work(world: World, clerk: Client, reviewer: Client) -> None:
    """Return, change and remove what holds persons, through pages and the API."""
    for prefix in _sensitive_prefixes():
        kind = LISTED[prefix]
        url = f"/api/v1/{prefix}/{world[kind].pk}/"
        state = world[kind].status
        act = "return" if state == Status.PENDING else "reopen"
        reviewer.post(f"{url}{act}/", {"reason": "请核对"}, content_type="application/json")
        headers = {"Idempotency-Key": f"k-{prefix}", "If-Match": "*"}
        sent = {name: probe_of(kind, name) for name in sensitive_fields(kind)}
        for method, to in (("patch", url), ("post", f"/api/v1/{prefix}/")):
            getattr(clerk, method)(
                to, json.dumps(sent), content_type="application/json", headers=headers
            )
        clerk.post(
            f"/records/{kind._meta.label_lower}/{world[kind].pk}/persons/", {"reason": "核实"}
        )


def _holds(model: type[models.Model]) -> bool:
    """Whether a table holds any of the values in clear."""
    rows = model._default_manager.values_list(
        *(field.attname for field in model._meta.concrete_fields)
    )
    return any(leaks_in(_plain(value)) for row in rows for value in row if value is not None)


def _plain(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def test_a_request_about_persons_is_shown_and_kept_masked(
    world: World, visit: Visit, quji: User, shiju: User, settings: Settings
) -> None:
    settings.SECOND_PERSON = True
    talent = world[Talent]
    new, asker = (probe_of(PersonalRequest, name) for name in ("new", "asker"))
    asked = Asked(
        act=PersonalAct.CORRECT,
        texts=tuple(personal_texts(talent))[:1],
        other="",
        new=new,
        asker=asker,
        standing=Asker.SELF,
        asked_on=DAY,
        basis=Basis.WRONG,
        reason="本人书面申请",
    )
    _, change, _ = ask(talent, asked, by=quji)
    for url in (reverse("pending-changes"), reverse("pending-change", args=[change.pk])):
        assert _leaks(visit(shiju), url) == [], url
    assert not any(_holds(model) for model in (PendingChange, AuditEvent))


#: Addresses of files that are made for whoever asks. Not sealed editions, whose bytes stay; nor the
#: results, which are for the public; nor CSV, which can bear no mark.
_MARKED = {
    *("dashboard-export", "duties-export", "task-export", "funds-file"),
    *("fund-statement", "org-statistics-file"),
}


def test_a_made_file_bears_who_gets_it(world: World, visit: Visit, shiju: User) -> None:
    client, marked = visit(shiju), set()
    for route in all_routes():
        for address in addresses(route, world) if route.name in _MARKED else ():
            response = client.get(address.url)
            content = b"".join(parts_of(_all_of(response)))
            assert response.status_code != 200 or b"shiju" in content, address.url
            marked |= {route.name} if response.status_code == 200 else set()
            if response.status_code == 200 and route.name != "fund-statement":
                break
    assert marked == _MARKED
