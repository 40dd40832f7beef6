"""Every address of the platform and how to call it; an address that is missing here is an error.

A new view fails the walks of `test_neighbours` and `test_chinese` until it has its line here:
pages of the admin in `_ADMIN`, bulk actions in `_BULK`, all others in `_OWN`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Model
from django.test.client import MULTIPART_CONTENT
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.http import urlencode
from rest_framework.viewsets import GenericViewSet

from accounts.api.models import ApiToken
from accounts.models import User
from accounts.webhooks.models import Webhook
from areas.models import Area
from audit.models import AuditEvent
from config.urls import router
from funds.models import Fund
from indicators.models import DutyExcuse, Plan
from policies.models import PolicyDocument
from proposals.models import PendingChange
from reports.models import Edition, Report
from reports.models.exports import Delivery, Export, Subscription
from reviews.models import (
    WORKBOOK_TITLES,
    Attachment,
    ImportBatch,
    ImportJob,
    Submission,
    version_of_set,
)
from reviews.privacy import sensitive_fields
from tests.conftest import DAY, HUAYIPO, QIXINGGANG
from tests.records.kinds import RECORD_KINDS
from tests.types import Json
from tests.web.world import LOG_MARK, MARK, World
from work.models import DemonstrationApplication, TaskProgress


class UnknownRoute(AssertionError):
    """The table does not say how to call this route."""

    def __init__(self, what: str, where: str = "tests/web/routes.py") -> None:
        super().__init__(
            f"没有人告诉测试怎样访问{what}：请在 {where} 的表中写明，"
            "否则它是否泄露外地数据、是否全是中文都没有检查过"
        )


@dataclass(frozen=True)
class Route:
    """A pattern as the URL configuration has it."""

    pattern: str
    name: str

    def __str__(self) -> str:
        return f"网址“{self.pattern}”（名称“{self.name}”）"


@dataclass(frozen=True)
class Address:
    """A route with values filled in; `thing` is the model of the object that it shows, if any.

    `sent` is the body of a tampered form or API request.
    """

    url: str
    name: str
    thing: type[models.Model] | None = None
    sent: Json = field(default_factory=dict, compare=False)
    is_json: bool = False

    @property
    def content_type(self) -> str:
        """The content type of `sent`."""
        return "application/json" if self.is_json else MULTIPART_CONTENT


Addresses = Iterator[Address]


def all_routes() -> list[Route]:
    """Return the whole URL configuration."""
    return list(_routes(get_resolver(), "", ()))


def _routes(resolver: URLResolver, prefix: str, spaces: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Route(path, ":".join((*spaces, entry.name or "")))
        else:
            yield from _routes(entry, path, (*spaces, *filter(None, [entry.namespace])))


def addresses(route: Route, world: World) -> list[Address]:
    """Return the addresses of a route for the objects of the world."""
    space, _, name = route.name.rpartition(":")
    if space == "admin":
        return list(_admin(route, name, world))
    if thing := _THING.match(route.pattern):
        return list(_of_a_viewset(route, thing["prefix"], thing["rest"], world))
    call = _OWN.get(name)
    if call is None or space:
        raise UnknownRoute(str(route))
    return list(call(route, world))


# --- pages of our own, and the API --------------------------------------------------------------


def _plain(route: Route, world: World) -> Addresses:
    """Yield the address of a route without parameters; its page is searched for the marker."""
    yield Address(reverse(route.name), route.name)


def _elsewhere(route: Route, world: World) -> Addresses:
    """Yield nothing: test_health.py calls these (readyz waits a second for a worker)."""
    return iter(())


def _dashboard(route: Route, world: World) -> Addresses:
    for area in (HUAYIPO, QIXINGGANG):
        url = reverse(route.name, args=["yuzhong-2026", area])
        yield Address(url, route.name, Edition)
        for query in ("on=2026-06-30", "screen=1", "print=1", "against=2026-01-31"):
            yield Address(f"{url}?{query}", route.name, Edition)
        # The same dashboard compared with an area that is out of scope is refused as a whole.
        yield Address(f"{url}?with={HUAYIPO}", route.name, Edition)


def _tasks(route: Route, world: World) -> Addresses:
    task = world[TaskProgress].task
    arguments = [task.code] if route.name == "task-cell" else []
    for area in (HUAYIPO, QIXINGGANG):
        url = reverse(route.name, args=[task.plan.code, area, *arguments])
        yield Address(url, route.name, Edition)
        yield Address(f"{url}?due={task.plan.starts_on.year}-06-30", route.name, Edition)


def _dashboard_export(route: Route, world: World) -> Addresses:
    for area in (HUAYIPO, QIXINGGANG):
        yield Address(reverse(route.name, args=["yuzhong-2026", area]), route.name, Edition)


def _duty_export(route: Route, world: World) -> Addresses:
    for area in (HUAYIPO, QIXINGGANG):
        address = reverse(route.name, args=["yuzhong-2026", area])
        yield Address(address, route.name, Edition)


def _figure(route: Route, world: World) -> Addresses:
    for indicator in world[Plan].indicators.all():
        for area in (HUAYIPO, QIXINGGANG):
            arguments = ["yuzhong-2026", indicator.code, area]
            url = reverse(route.name, args=arguments)
            yield Address(url, route.name, Edition)
            yield Address(f"{url}?part=1", route.name, Edition)


def _record_figures(route: Route, world: World) -> Addresses:
    for kind in RECORD_KINDS:
        arguments = [kind._meta.label_lower, world[kind].pk]
        yield Address(reverse(route.name, args=arguments), route.name, kind)


def _record_persons(route: Route, world: World) -> Addresses:
    for kind in filter(sensitive_fields, RECORD_KINDS):
        arguments = [kind._meta.label_lower, world[kind].pk]
        yield Address(reverse(route.name, args=arguments), route.name, kind, {"reason": "越权"})


def _quality(route: Route, world: World) -> Addresses:
    for area in (HUAYIPO, QIXINGGANG):
        yield Address(reverse(route.name, args=[area]), route.name, Edition)


def _duties(route: Route, world: World) -> Addresses:
    for area in (HUAYIPO, QIXINGGANG):
        url = reverse(route.name, args=[area])
        for view in ("month", "list", "matrix", "overdue"):
            yield Address(f"{url}?view={view}", route.name, DutyExcuse)


def _duty_item(route: Route, world: World) -> Addresses:
    excuse = world[DutyExcuse]
    key = f"{excuse.plan_code}/{excuse.duty_code}/{excuse.debtor}/{excuse.period}"
    yield Address(reverse(route.name, args=[key]), route.name, DutyExcuse, {"note": MARK})


def _in_areas(route: Route, world: World) -> Addresses:
    """Yield the address of a page that takes an area as its parameter."""
    for area in (HUAYIPO, QIXINGGANG):
        yield Address(f"{reverse(route.name)}?area={area}", route.name, Edition)


def _fund_statement(route: Route, world: World) -> Addresses:
    for kind in ("xlsx", "docx"):
        url = reverse(route.name, args=[world[Fund].pk, "2026-03", kind])
        yield Address(url, route.name, Fund)


def _figures_of(query: str) -> Callable[[Route, World], Addresses]:
    """Return the walk of the API's figures for one area."""

    def call(route: Route, world: World) -> Addresses:
        for area in (HUAYIPO, QIXINGGANG):
            yield Address(f"{reverse(route.name)}?{query}&area={area}", route.name, Edition)

    return call


def _no_endpoint(route: Route, world: World) -> Addresses:
    yield Address(f"/api/v1/no-such-address/{HUAYIPO}/", route.name)


def _of(model: type[models.Model], **sent: str) -> Callable[[Route, World], Addresses]:
    """Return the walk of pages that show one object by its key."""

    def call(route: Route, world: World) -> Addresses:
        yield Address(reverse(route.name, args=[world[model].pk]), route.name, model, sent)

    return call


def _edition_file(route: Route, world: World) -> Addresses:
    for kind in ("xlsx", "docx", "pdf"):
        url = reverse(route.name, args=[world[Edition].pk, kind])
        yield Address(url, route.name, Edition)


def _export_form(route: Route, world: World) -> Addresses:
    sent = {"kind": "funds.fund", "area": QIXINGGANG, "status": "approved"}
    yield Address(reverse(route.name), route.name, sent=sent)


def _subscription_form(route: Route, world: World) -> Addresses:
    sent = {"plan": "yuzhong-2026", "area": QIXINGGANG, "day": "1"}
    yield Address(reverse(route.name), route.name, sent=sent)


def _template(route: Route, world: World) -> Addresses:
    for kind in WORKBOOK_TITLES:
        yield Address(reverse(route.name, args=[kind]), route.name)


_OWN: dict[str, Callable[[Route, World], Addresses]] = {
    "home": _plain,
    "login-sessions": _plain,
    "own-password": _plain,
    "second-factor": _plain,
    "oidc": _plain,
    "oidc-callback": _plain,
    "display": _plain,
    "healthz": _plain,
    "robots": _plain,
    "readyz": _elsewhere,
    # the desks
    "board": _plain,
    # figures and data quality
    "dashboard": _dashboard,
    "dashboard-export": _dashboard_export,
    "figure": _figure,
    "record-figures": _record_figures,
    "record-persons": _record_persons,
    "record-erase": _record_persons,
    "persons-ending": _plain,
    "quality": _quality,
    "open-items": _quality,
    "matching": _quality,
    "emergency": _quality,
    "org-statistics": _quality,
    "org-statistics-file": _quality,
    # duties
    "duties": _duties,
    "duties-export": _duties,
    "duty-item": _duty_item,
    "duty-urge": _duty_item,
    "tasks": _plain,
    "task-board": _tasks,
    "task-export": _tasks,
    "task-cell": _tasks,
    "demonstrations": _plain,
    "demonstration": _of(DemonstrationApplication),
    "demonstration-decide": _of(DemonstrationApplication, decision="chosen", reason="越权"),
    "results": _plain,
    "showcase": _quality,
    "showcase-export": _quality,
    "policies": _plain,
    "policy": _of(PolicyDocument),
    "task-verdict": _of(TaskProgress, verdict="reached", reason="越权"),
    "api-progress": _figures_of("plan=yuzhong-2026"),
    "api-figures": _figures_of("plan=yuzhong-2026"),
    "api-instances": _figures_of("plan=yuzhong-2026"),
    "duty-export": _duty_export,
    "api-lineage": _figures_of("plan=yuzhong-2026&indicator=funds"),
    # funds' books
    "funds": _in_areas,
    "funds-file": _in_areas,
    "fund-book": _of(Fund),
    "fund-statement": _fund_statement,
    "api-fund-books": _in_areas,
    "api-fund-book": _of(Fund),
    "api-schema": _plain,
    "api-docs": _plain,
    "api-redoc": _plain,
    "api-redoc-script": _plain,
    "api-none": _no_endpoint,
    # imports of ledgers
    "imports": _plain,
    "import": _of(ImportJob),
    "import-progress": _of(ImportJob),
    "import-commit": _of(ImportJob, submit="1"),
    "import-recheck": _of(ImportJob),
    "import-marked": _of(ImportJob),
    "import-template": _template,
    "import-guide": _plain,
    "import-undo": _of(ImportBatch),
    # reports
    "reports": _plain,
    "report": _of(Report),
    "report-edit": _of(Report, progress="越权"),
    "report-prepare": _of(Report),
    "report-preview": _of(Report),
    "report-sign": _of(Report, shown="越权"),
    "report-seal": _of(Report, reason="越权", missing_reason="越权"),
    "report-receive": _of(Report),
    "report-return": _of(Report, reason="越权"),
    "report-urge": _of(Report, note="越权"),
    "edition-file": _edition_file,
    "edition-verify": _of(Edition),
    # files made by a worker
    "exports": _export_form,
    "export": _of(Export),
    "export-progress": _of(Export),
    "export-download": _of(Export),
    "subscribe": _subscription_form,
    "unsubscribe": _of(Subscription),
    "delivery-download": _of(Delivery),
    # changes that a second person confirms
    "pending-changes": _plain,
    "pending-change": _of(PendingChange, confirm="1"),
    # verification, open to everybody
    "verify": _plain,
    # evidence
    "attachment": _of(Attachment),
    "attachment-small": _of(Attachment),
}


# --- the API's viewsets ---------------------------------------------------------------------------

#: API routes may share names with pages, so addresses are built from the pattern.
_THING = re.compile(r"api/v1/\^(?P<prefix>[a-z-]+)/(?P<rest>.*)\$")
_KEY = re.compile(r"^\(\?P<(?P<name>pk|code)>[^)]*(?:\([^)]*\)[^)]*)*\)/")
#: Action on one object → what is sent.
_DONE: dict[str, Json] = {
    "": {},
    "submit/": {"reason": "越权"},
    "approve/": {},
    "return/": {"reason": "越权"},
    "reopen/": {"reason": "越权"},
    "void/": {"reason": "越权"},
    "receive/": {},
    "commit/": {},
    "check/": {},
    "undo/": {},
}
#: Prefix in the addresses → the viewset.
VIEWSETS = {
    prefix: cast("type[GenericViewSet[Model]]", viewset) for prefix, viewset, _ in router.registry
}
#: Prefix in the addresses → the model of its rows.
LISTED = {
    prefix: viewset.queryset.model
    for prefix, viewset in VIEWSETS.items()
    if viewset.queryset is not None
}


def _of_a_viewset(route: Route, prefix: str, rest: str, world: World) -> Addresses:
    """Yield the addresses of a viewset: `funds/`, `funds/1/`, `funds/1/submit/`."""
    model, start = LISTED.get(prefix), f"/api/v1/{prefix}/"
    if model is None or model not in world.objects:
        raise UnknownRoute(str(route))
    key = _KEY.match(rest)
    if key is None:
        yield from _of_a_collection(route, start, rest, world[model])
        return
    name, done = key["name"], rest[key.end() :]
    url = f"{start}{getattr(world[model], name)}/"
    if done.startswith("files/"):
        yield from (Address(f"{url}files/{kind}/", route.name, model) for kind in ("xlsx", "docx"))
    elif done in _DONE:
        sent = _DONE[done] if done else tampered(world, model)
        yield Address(f"{url}{done}", route.name, model, sent, is_json=True)
    else:
        raise UnknownRoute(str(route))


def _of_a_collection(route: Route, start: str, rest: str, thing: Any) -> Addresses:
    if rest == "transitions/":
        sent = {"action": "void", "ids": [thing.pk], "reason": "越权"}
        yield Address(f"{start}{rest}", route.name, None, sent, is_json=True)
    elif rest == "bulk/":
        yield Address(f"{start}{rest}", route.name, None, {"records": []}, is_json=True)
    elif rest == "":
        yield from _api_list(start, route)
    else:
        raise UnknownRoute(str(route))


def _api_list(url: str, route: Route) -> Addresses:
    yield Address(url, route.name)
    for query in (
        {"within": QIXINGGANG, "status": "approved"},
        {"within": HUAYIPO, "since": "2000-01-01", "until": "2100-01-01"},
        {"area": HUAYIPO, "q": MARK, "page_size": "1000"},
        {"format": "csv"},
    ):
        yield Address(f"{url}?{urlencode(query)}", route.name)


# --- the admin ----------------------------------------------------------------------------------


def _search(route: Route, world: World) -> Addresses:
    yield Address(f"{reverse(route.name)}?s={MARK}", route.name)


def _autocompletes(route: Route, world: World) -> Addresses:
    """Yield the search of every related field of every kind and of its rows."""
    holders = [*admin.site._registry, *_row_models()]
    for model in holders:
        for column in model._meta.get_fields():
            remote = getattr(column, "related_model", None)
            if remote in admin.site._registry and isinstance(column, models.ForeignKey):
                for term in ("", MARK):
                    query: dict[str, str] = {
                        "app_label": model._meta.app_label,
                        "model_name": model._meta.model_name or "",
                        "field_name": column.name,
                        "term": term,
                    }
                    yield Address(f"{reverse(route.name)}?{urlencode(query)}", route.name)


def _row_models() -> list[type[models.Model]]:
    return [inline.model for pages in admin.site._registry.values() for inline in pages.inlines]


def _app_lists(route: Route, world: World) -> Addresses:
    for label in {model._meta.app_label for model in admin.site._registry}:
        yield Address(reverse(route.name, args=[label]), route.name)


def _views_on_site(route: Route, world: World) -> Addresses:
    for model, thing in world.objects.items():
        kind = ContentType.objects.get_for_model(model)
        yield Address(reverse(route.name, args=[kind.pk, thing.pk]), route.name)


def _password_of_a_user(route: Route, world: World) -> Addresses:
    yield from _of_model("accounts_user_change", "password", world, route)


def _code_of_a_user(route: Route, world: World) -> Addresses:
    """Yield the page that resets a second factor, which is for those who manage accounts."""
    yield Address(reverse(route.name, args=[world[User].pk]), route.name, User)


def _plan_export(route: Route, world: World) -> Addresses:
    """Yield the pages of plan files, which are for administrators and reviewers of the plan's
    area.
    """
    yield Address(reverse(route.name, args=[world[Plan].pk]), route.name, Area)


def _target(route: Route, world: World) -> Addresses:
    """Yield the pages that revise a target, which are for reviewers of the plan's area."""
    target = world[Plan].indicators.get(code="funds").targets.first()
    sent = {"value": "1", "reason": "越权", "document_number": ""}
    yield Address(reverse(route.name, args=[target.pk]), route.name, Edition, sent)


def _rule(route: Route, world: World) -> Addresses:
    indicator = world[Plan].indicators.get(code="funds")
    sent = {"counting": "manual", "reason": "越权"}
    yield Address(reverse(route.name, args=[indicator.pk]), route.name, Edition, sent)


def _renew(route: Route, world: World) -> Addresses:
    """Yield the page for a webhook's new secret, which is for the administrator."""
    url = reverse(route.name, args=[world[Webhook].pk])
    yield Address(url, route.name, Webhook, {"confirmed": "1"})


def _token(route: Route, world: World) -> Addresses:
    """Yield the pages of a token, which are for the administrator."""
    yield Address(reverse(route.name, args=[world[ApiToken].pk]), route.name, ApiToken)


def _log(route: Route, world: World) -> Addresses:
    for kind in ("csv", "xlsx"):
        yield Address(reverse(route.name, args=[kind]), route.name, AuditEvent)


_ADMIN: dict[str, Callable[[Route, World], Addresses]] = {
    "index": _plain,
    "login": _plain,
    "logout": _plain,
    "password_change": _plain,
    "password_change_done": _plain,
    "jsi18n": _plain,
    "search": _search,
    "autocomplete": _autocompletes,
    "app_list": _app_lists,
    "view_on_site": _views_on_site,
    "auth_user_password_change": _password_of_a_user,
    "accounts_webhook_renew_secret": _renew,
    "accounts_apitoken_renew": _token,
    "accounts_apitoken_revoke_one": _token,
    "accounts_user_reset_code": _code_of_a_user,
    "indicators_plan_load_file": _plain,
    "audit_auditevent_export": _log,
    "indicators_plan_export_one": _plan_export,
    "indicators_target_revise": _target,
    "indicators_target_shares": _target,
    "indicators_indicator_rule": _rule,
}
#: Pages of every model of the admin, and whether they show one object.
_OF_A_MODEL = {"changelist": False, "add": False, "history": True, "delete": True, "change": True}
_TRANSITIONS = ("submit_one", "approve_one", "return_one", "reopen_one", "void_one")
#: Bulk actions on a selected part of a list.
_BULK = {
    "submit_selected",
    "approve_selected",
    "return_selected",
    "reopen_selected",
    "void_selected",
    "delete_selected",
    "send_again_selected",
    "lift_selected",
}


def _admin(route: Route, name: str, world: World) -> Addresses:
    call = _ADMIN.get(name)
    if call is not None:
        yield from call(route, world)
    elif route.pattern == "admin/(?P<url>.*)$":
        yield Address("/admin/no/such/page/", route.name)
    elif not name and route.pattern.endswith("/<path:object_id>/"):
        label, kind = route.pattern.split("/")[1:3]
        yield from _of_model(f"{label}_{kind}_", "", world, route)
    elif name.count("_") < 2:
        raise UnknownRoute(str(route))
    else:
        yield from _of_model(name, name.split("_", 2)[-1], world, route)


def _of_model(name: str, action: str, world: World, route: Route) -> Addresses:
    label, kind, _ = name.split("_", 2)
    model = next(
        (each for each in admin.site._registry if each._meta.label_lower == f"{label}.{kind}"), None
    )
    if model is None or model not in world.objects:
        raise UnknownRoute(str(route))
    thing = world[model]
    start = reverse(f"admin:{label}_{kind}_changelist")
    if action in ("", "password", *_TRANSITIONS):
        tail = f"{action}/" if action else ""
        sent = {"confirmed": "1", "seen": seen(model, thing.pk), "reason": "越权"}
        yield Address(f"{start}{thing.pk}/{tail}", route.name, model, sent)
    elif action == "simple_history":
        version = thing.history.latest().pk
        url = reverse(route.name, args=[thing.pk, version])
        yield Address(url, route.name, model, tampered(world, model))
    elif action in _OF_A_MODEL:
        is_of_object = _OF_A_MODEL[action]
        url = reverse(route.name, args=[thing.pk] if is_of_object else [])
        sent = {"post": "yes"} if action == "delete" else tampered(world, model)
        yield Address(url, route.name, model if is_of_object else None, sent)
        if action == "changelist":
            yield from _filtered(url, route, world, model)
    else:
        raise UnknownRoute(str(route))


def _filtered(url: str, route: Route, world: World, model: type[models.Model]) -> Addresses:
    """Yield lists that search out-of-scope records by text, by key and by every related object.

    All objects that the record itself refers to stand in one query, which it meets.
    """
    thing = world[model]
    exact: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    queries: list[dict[str, Any]] = [
        {"q": MARK},
        {"q": LOG_MARK},
        {"pk__in": str(thing.pk)},
        exact,
        plain,
    ]
    for column in model._meta.fields:
        if isinstance(column, models.ForeignKey) and column.related_model in world.objects:
            name, own = column.name, getattr(thing, column.attname)
            lookup = f"{name}__{column.target_field.name}__exact"
            if own is None:
                pk = world[column.related_model].pk
                queries += [{lookup: pk}, {name: pk}]
            else:
                exact[lookup] = plain[name] = own
    for query in filter(None, queries):
        yield Address(f"{url}?{urlencode(query)}", route.name)


def tampered(world: World, model: type[models.Model]) -> Json:
    """Return a form of this kind that refers to out-of-scope objects wherever it can."""
    sent: Json = {"_save": "", "_submit": "", "name": "改名"}
    for column in model._meta.fields:
        if not column.editable or column.auto_created:
            continue
        if isinstance(column, models.ForeignKey):
            other = world.objects.get(column.related_model)
            sent[column.name] = other.pk if other is not None else ""
        elif column.choices:
            sent[column.name] = column.flatchoices[0][0]
        elif isinstance(column, models.DateField):
            sent[column.name] = DAY
        elif isinstance(column, models.DecimalField | models.IntegerField):
            sent[column.name] = 1
        elif isinstance(column, models.CharField):
            sent[column.name] = "越权"
    for pages in (admin.site._registry.get(model),):
        for inline in pages.inlines if pages else ():
            prefix = _prefix_of(inline, model)
            sent |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return sent


def _prefix_of(inline: Any, model: type[models.Model]) -> str:
    links = (each for each in inline.model._meta.fields if each.related_model is model)
    link = next(links, None)
    return link.remote_field.get_accessor_name() if link else inline.model._meta.label_lower


def seen(model: type[Model], pk: int) -> str:
    """Return the version that a confirmation page of a record would send; empty for other rows."""
    if not issubclass(model, Submission):
        return ""
    return version_of_set(model._default_manager.filter(pk=pk))


def bulk_calls(world: World) -> list[Address]:
    """Return every action of every list, for one out-of-scope record and for "all records"."""
    calls = []
    for model, pages in admin.site._registry.items():
        for name in (*_actions_of(pages), "delete_selected"):
            if str(name) not in _BULK and not _has_route(model, str(name)):
                raise UnknownRoute(f"{model._meta.verbose_name}列表的操作“{name}”")
            url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            for across in ("0", "1"):
                sent = {
                    "action": str(name),
                    "index": "0",
                    "select_across": across,
                    "_selected_action": [world[model].pk],
                    "confirmed": "1",
                    "seen": seen(model, world[model].pk),
                    "post": "yes",
                    "reason": "越权",
                }
                calls.append(Address(url, f"{model.__name__}.{name}", None, sent))
    return calls


def _actions_of(pages: admin.ModelAdmin[Model]) -> Iterator[object]:
    for kind in ("actions", "actions_list", "actions_row", "actions_submit_line"):
        yield from getattr(pages, kind)


def _has_route(model: type[models.Model], action: str) -> bool:
    """Whether the action has an address of its own, which is walked as such."""
    name = f"{model._meta.app_label}_{model._meta.model_name}_{action}"
    return any(route.name == f"admin:{name}" for route in all_routes())
