"""How to call every route of the API so that a caller with permission is answered 2xx.

A new route fails the walk of `test_permissions` until one of the groups below lists its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from api.records import RecordViewSet
from areas.models import Area
from config.urls import router
from indicators.models import Duty, Indicator, Plan, Target, TargetAllocation, Task
from reports.models import Edition, Report
from reviews.models import Action, ImportBatch, ImportJob, JobState, Status
from tests.api.addresses import PLAIN, url_of, what_of
from tests.api.places import Ground, Office, Place, ground_of
from tests.api.plans import edition_at, plans_at
from tests.api.records import WHY, Records, fund_at
from tests.conftest import HUAYIPO
from tests.ledger.workbooks import fund, one_sheet
from tests.types import Json
from tests.web.routes import Route, UnknownRoute


@dataclass(frozen=True)
class Call:
    """One way to call a route.

    `shown`: (key, value) that a list has to contain to count as readable. `variant`: the action,
    where one method does several things at one address.
    """

    url: str
    body: Any = None
    shown: tuple[str, Any] | None = None
    variant: str = ""
    method: str = ""
    is_form: bool = False


Calls = Sequence[Call]
Known = dict[str, Callable[[Place, User | None], Calls]]


@dataclass
class Group:
    """The routes of one kind of object, by what they do."""

    name: str
    ground: Ground
    known: Known = field(default_factory=dict)

    def calls(self, route: Route, place: Place, caller: User | None) -> Calls:
        """Return the calls of a route; raise UnknownRoute if nobody has defined them."""
        call = self.known.get(what_of(route))
        if call is None:
            raise UnknownRoute(str(route), "tests/api/calls.py")
        return call(place, caller)

    def url(self, what: str, *args: object) -> str:
        """Return the address of a route of the group."""
        return url_of(self.name, what, *args)


KINDS: dict[str, type[RecordViewSet]] = {
    prefix: viewset for prefix, viewset, _ in router.registry if issubclass(viewset, RecordViewSet)
}


# --- records ------------------------------------------------------------------------------------


def records(office: Office, name: str) -> Group:
    """The calls of a record kind."""
    return RecordCalls(office, name).group


class RecordCalls:
    """The calls of the routes that every record kind has."""

    def __init__(self, office: Office, name: str) -> None:
        self.records = Records(office, name, KINDS[name])
        self.group = Group(name, self.records.ground)
        because = {"reason": WHY}
        self.group.known = {
            "list": self._list,
            "detail": self._detail,
            "submit": self._move("submit", Status.DRAFT, because),
            "approve": self._move("approve", Status.PENDING, {}),
            "return": self._move("return", Status.PENDING, because),
            "reopen": self._move("reopen", Status.APPROVED, because),
            "void": self._move("void", Status.DRAFT, because),
            "bulk": self._bulk,
            "transitions": self._transitions,
        }

    def _at(self, place: Place, state: Status) -> Any:
        return self.records.found[self.group.ground.area_of(place)][state]

    def _body(self, place: Place) -> Json:
        return self.records.bodies[self.group.ground.area_of(place)]

    def _list(self, place: Place, caller: User | None) -> Calls:
        url = self.group.url("list")
        return [Call(url, self._body(place), ("id", self._at(place, Status.APPROVED).pk))]

    def _detail(self, place: Place, caller: User | None) -> Calls:
        url = self.group.url("detail", self._at(place, Status.DRAFT).pk)
        return [Call(url, self._body(place))]

    def _move(
        self, what: str, state: Status, body: dict[str, str]
    ) -> Callable[[Place, User | None], Calls]:
        def calls(place: Place, caller: User | None) -> Calls:
            return [Call(self.group.url(what, self._at(place, state).pk), body)]

        return calls

    def _bulk(self, place: Place, caller: User | None) -> Calls:
        body = {"records": [self._body(place)], "submit": True, "reason": WHY}
        return [Call(self.group.url("bulk"), body)]

    def _transitions(self, place: Place, caller: User | None) -> Calls:
        return [
            Call(
                self.group.url("transitions"),
                {"action": act.value, "ids": [self._at(place, state).pk], "reason": WHY},
                variant=act.label,
                method="POST",
            )
            for act, state in _FROM.items()
        ]


#: For each action, a state from which clerks and reviewers may take it if their role may at all.
_FROM = {
    Action.SUBMIT: Status.DRAFT,
    Action.APPROVE: Status.PENDING,
    Action.RETURN: Status.PENDING,
    Action.REOPEN: Status.APPROVED,
    Action.VOID: Status.DRAFT,
}


# --- areas, plans and what belongs to plans -----------------------------------------------------


def _shown(name: str, things: Json, key: str = "id", ground: Ground | None = None) -> Group:
    """Return the calls of a list and its rows; `things` are the objects by area."""
    group = Group(name, ground or ground_of(Area))

    def thing(place: Place) -> Any:
        return getattr(things[group.ground.area_of(place)], "pk" if key == "id" else key)

    group.known = {
        "list": lambda place, _: [Call(group.url("list"), {}, (key, thing(place)))],
        "detail": lambda place, _: [Call(group.url("detail", thing(place)), {})],
    }
    return group


def areas(office: Office, name: str) -> Group:
    """The calls of the tree of areas."""
    found = {area: Area.objects.get(code=area) for area in ground_of(Area).areas}
    return _shown(name, found, "code")


def plans(office: Office, name: str) -> Group:
    """The calls of the plans of these areas."""
    return _shown(name, plans_at(ground_of(Area).areas), "code")


def settings_of_plans(model: type[Any], path: str) -> Callable[[Office, str], Group]:
    """The calls of what belongs to plans; `path` leads from there to the plan's area."""

    def build(office: Office, name: str) -> Group:
        areas = ground_of(Area).areas
        plans_at(areas)
        return _shown(name, {area: model.objects.get(**{path: area}) for area in areas})

    return build


# --- reports ------------------------------------------------------------------------------------


def reports(office: Office, name: str) -> Group:
    """The calls of filed reports that wait to be received."""
    ground = ground_of(Report)
    found = {area: edition_at(office, area).report for area in ground.areas}
    group = _shown(name, found)

    def judged(what: str, body: Json) -> Callable[[Place, User | None], Calls]:
        return lambda place, _: [Call(group.url(what, found[ground.area_of(place)].pk), body)]

    group.known |= {
        "receive": judged("receive", {"edition": 1}),
        "return": judged("return", {"edition": 1, "reason": WHY}),
    }
    return group


def editions(office: Office, name: str) -> Group:
    """The calls of sealed editions and their files."""
    ground = ground_of(Edition)
    found = {area: edition_at(office, area) for area in ground.areas}
    group = _shown(name, found)

    def files(place: Place, caller: User | None) -> Calls:
        pk = found[ground.area_of(place)].pk
        return [
            Call(group.url("file", pk, kind), {}, variant=kind, method="GET")
            for kind in ("xlsx", "docx")
        ]

    group.known["file"] = files
    return group


# --- ledgers ------------------------------------------------------------------------------------


class ImportCalls:
    """The calls of uploads: one's own, and those of another clerk of the same area."""

    def __init__(self, office: Office, name: str) -> None:
        self.office = office
        self.group = Group(name, ground_of(ImportJob))
        self.group.known = {
            "list": self._list,
            "detail": self._of_both("detail"),
            "commit": self._of_both("commit"),
            "check": self._of_both("check"),
        }
        self.jobs: dict[tuple[int, str], ImportJob] = {}

    def _list(self, place: Place, caller: User | None) -> Calls:
        body = {"kind": "funds", "file": SimpleUploadedFile("台账.xlsx", LEDGER)}
        url = self.group.url("list")
        shown = ("id", self._job(caller, place).pk)
        return [Call(url, body, shown, variant="本人上传", method="GET", is_form=True)]

    def _of_both(self, what: str) -> Callable[[Place, User | None], Calls]:
        def calls(place: Place, caller: User | None) -> Calls:
            both = {"本人上传": caller, "他人上传": None}
            method = "GET" if what == "detail" else "POST"
            return [
                Call(
                    self.group.url(what, self._job(by, place).pk), {}, variant=whose, method=method
                )
                for whose, by in both.items()
            ]

        return calls

    def _job(self, by: User | None, place: Place) -> ImportJob:
        by, area = by or self.office.clerk, self.group.ground.area_of(place)
        if (by.pk, area) not in self.jobs:
            self.jobs[by.pk, area] = ImportJob.objects.create(
                kind="funds",
                file_name="台账.xlsx",
                content=LEDGER,
                area_id=area,
                created_by=by,
                state=JobState.CHECKED,
                found={"counts": {"new": 1}, "problem_count": 0},
            )
        return self.jobs[by.pk, area]


LEDGER = one_sheet(fund(1))


def imports(office: Office, name: str) -> Group:
    """The calls of uploads."""
    return ImportCalls(office, name).group


def batches(office: Office, name: str) -> Group:
    """The calls of import batches of another clerk."""
    ground = ground_of(ImportBatch)
    found = {
        area: ImportBatch.objects.create(
            kind="funds",
            file_name="台账.xlsx",
            sha256="0" * 64,
            area_id=area,
            created_by=office.clerk,
            row_count=0,
        )
        for area in ground.areas
    }
    group = _shown(name, found)
    group.known["undo"] = lambda place, _: [
        Call(group.url("undo", found[ground.area_of(place)].pk), {})
    ]
    return group


# --- figures, and the pages about the API -------------------------------------------------------


def figures(office: Office, name: str) -> Group:
    """The calls of figures, and of all other routes that belong to no viewset."""
    ground = ground_of(Plan)
    plan = plans_at((ground.own,))[ground.own].code
    group = Group(name, ground)

    def of_area(what: str, more: str = "", key: str = "") -> Callable[[Place, User | None], Calls]:
        def calls(place: Place, caller: User | None) -> Calls:
            area = ground.area_of(place)
            url = f"{group.url(what)}?plan={plan}&area={area}{more}"
            return [Call(url, {}, (key, area) if key else None)]

        return calls

    def plain(what: str, *args: object) -> Callable[[Place, User | None], Calls]:
        return lambda place, caller: [Call(group.url(what, *args), {})]

    def books(place: Place, caller: User | None) -> Calls:
        return [Call(f"{group.url('books')}?area={ground.area_of(place)}", {})]

    funds = {area: fund_at(office, area).pk for area in ground.areas}

    group.known = {
        "books": books,
        "book": lambda place, caller: [Call(group.url("book", funds[ground.area_of(place)]), {})],
        "progress": of_area("progress"),
        "figures": of_area("figures", key="area"),
        "instances": of_area("instances"),
        "lineage": of_area("lineage", "&indicator=funds"),
        # As YAML, its default, it takes four times as long to write.
        "schema": lambda place, caller: [Call(f"{group.url('schema')}?format=json", {})],
        "docs": plain("docs"),
        "redoc": plain("redoc"),
        "script": plain("script"),
        "none": lambda place, caller: [Call(f"/api/v1/no-such-address/{HUAYIPO}/", {})],
    }
    return group


#: The groups by the part of their address after /api/v1/.
GROUPS: dict[str, Callable[[Office, str], Group]] = {
    **dict.fromkeys(KINDS, records),
    "areas": areas,
    "plans": plans,
    "indicators": settings_of_plans(Indicator, "plan__area_code"),
    "duties": settings_of_plans(Duty, "plan__area_code"),
    "targets": settings_of_plans(Target, "indicator__plan__area_code"),
    "tasks": settings_of_plans(Task, "plan__area_code"),
    "target-shares": settings_of_plans(TargetAllocation, "area_id"),
    "reports": reports,
    "editions": editions,
    "imports": imports,
    "import-batches": batches,
    PLAIN: figures,
}
