"""Every address of the platform, and how to fill it in. An unknown one is an error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.http import urlencode

from areas.models import Area
from indicators.models import Plan
from reports.models import Edition
from tests.conftest import HUAYIPO, QIXINGGANG
from tests.records.kinds import RECORD_KINDS
from tests.web.world import LOG_MARK, MARK, World


class UnknownRoute(AssertionError):
    """A route nobody has told the walk how to visit."""


@dataclass(frozen=True)
class Route:
    """A pattern as written in the URL configuration."""

    pattern: str
    name: str


@dataclass(frozen=True)
class Address:
    """A filled-in route; `thing` is the model whose object it shows, where it shows one."""

    url: str
    name: str
    thing: type[models.Model] | None = None


def all_routes() -> list[Route]:
    """The whole URL configuration."""
    return list(_routes(get_resolver(), "", ()))


def _routes(resolver: URLResolver, prefix: str, spaces: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Route(path, ":".join((*spaces, entry.name or "")))
        else:
            yield from _routes(entry, path, (*spaces, *filter(None, [entry.namespace])))


#: Addresses without any parameter; what they answer with is searched for the marker.
_PLAIN = {
    "home",
    "healthz",
    "admin:index",
    "admin:login",
    "admin:logout",
    "admin:password_change",
    "admin:password_change_done",
    "admin:jsi18n",
}
#: Answered by the process alone; see test_health.py (it waits a second for a worker).
_ELSEWHERE = {"readyz"}
_OF_A_MODEL = {"changelist": False, "add": False, "history": True, "delete": True, "change": True}
_OF_A_PLAN = {
    "indicators_plan_load_file",
    "indicators_plan_export_one",
    "indicators_target_revise",
    "indicators_target_shares",
    "indicators_indicator_rule",
}
_TRANSITIONS = ("submit_one", "approve_one", "return_one", "reopen_one", "void_one", "seal_one")


def addresses(route: Route, world: World) -> list[Address]:
    """The route with the objects of the world filled in."""
    space, _, name = route.name.rpartition(":")
    if route.name in _ELSEWHERE:
        return []
    if route.name in _PLAIN:
        return [Address(reverse(route.name), route.name)]
    if space == "admin":
        return list(_admin(route, name, world))
    return list(_own(route, world))


def _own(route: Route, world: World) -> Iterator[Address]:
    if route.name == "dashboard":
        for area in (HUAYIPO, QIXINGGANG):
            yield Address(reverse(route.name, args=["yuzhong-2026", area]), route.name, Edition)
    elif route.name == "figure":
        for indicator in world[Plan].indicators.all():
            for area in (HUAYIPO, QIXINGGANG):
                arguments = ["yuzhong-2026", indicator.code, area]
                yield Address(reverse(route.name, args=arguments), route.name, Edition)
    elif route.name == "record-figures":
        for kind in RECORD_KINDS:
            arguments = [kind._meta.label_lower, world[kind].pk]
            yield Address(reverse(route.name, args=arguments), route.name, kind)
    elif route.name == "quality":
        for area in (HUAYIPO, QIXINGGANG):
            yield Address(reverse(route.name, args=[area]), route.name, Edition)
    elif route.name == "api-progress":
        query = urlencode({"plan": "yuzhong-2026", "area": HUAYIPO})
        yield Address(f"{reverse(route.name)}?{query}", route.name, Edition)
    elif route.name.endswith("-list"):
        url = reverse(route.name)
        yield Address(url, route.name)
        yield Address(f"{url}?within={QIXINGGANG}&status=approved", route.name)
    elif route.name.endswith("-detail"):
        kind = route.name.removesuffix("-detail")
        model = next((each for each in world.objects if each._meta.model_name == kind), None)
        if model is None:
            raise UnknownRoute(route)
        yield Address(reverse(route.name, args=[world[model].pk]), route.name, model)
    else:
        raise UnknownRoute(route)


def _admin(route: Route, name: str, world: World) -> Iterator[Address]:
    if name == "search":
        yield Address(f"{reverse(route.name)}?s={MARK}", route.name)
    elif name == "autocomplete":
        yield from _autocompletes(route)
    elif name == "app_list":
        for label in {model._meta.app_label for model in admin.site._registry}:
            yield Address(reverse(route.name, args=[label]), route.name)
    elif name == "view_on_site":
        for model, thing in world.objects.items():
            kind = ContentType.objects.get_for_model(model)
            yield Address(reverse(route.name, args=[kind.pk, thing.pk]), route.name)
    elif name == "auth_user_password_change":
        yield from _of_model("accounts_user_change", "password", world, route)
    elif name == "reports_edition_download":
        yield Address(reverse(route.name, args=[world[Edition].pk]), route.name, Edition)
    elif name in _OF_A_PLAN:
        yield _of_the_plan(route, name, world)
    elif route.pattern == "admin/(?P<url>.*)$":
        yield Address("/admin/no/such/page/", route.name)
    elif not name and route.pattern.endswith("/<path:object_id>/"):
        label, kind = route.pattern.split("/")[1:3]
        yield from _of_model(f"{label}_{kind}_", "", world, route)
    else:
        yield from _of_model(name, name.split("_", 2)[-1], world, route)


def _of_the_plan(route: Route, name: str, world: World) -> Address:
    """What revises a plan: for the reviewer of its area; files also for who keeps the settings."""
    plan = world[Plan]
    if name == "indicators_plan_load_file":
        return Address(reverse(route.name), route.name)
    if name == "indicators_plan_export_one":
        return Address(reverse(route.name, args=[plan.pk]), route.name, Area)
    indicator = plan.indicators.get(code="funds")
    is_rule = name == "indicators_indicator_rule"
    pk = indicator.pk if is_rule else indicator.targets.first().pk
    return Address(reverse(route.name, args=[pk]), route.name, Edition)


def _of_model(name: str, action: str, world: World, route: Route) -> Iterator[Address]:
    label, kind, _ = name.split("_", 2)
    model = next(
        (each for each in admin.site._registry if each._meta.label_lower == f"{label}.{kind}"), None
    )
    if model is None or model not in world.objects:
        raise UnknownRoute(route)
    thing = world[model]
    start = reverse(f"admin:{label}_{kind}_changelist")
    if action in ("", "password", *_TRANSITIONS):
        tail = f"{action}/" if action else ""
        yield Address(f"{start}{thing.pk}/{tail}", route.name, model)
    elif action == "simple_history":
        version = thing.history.latest().pk
        yield Address(reverse(route.name, args=[thing.pk, version]), route.name, model)
    elif action in _OF_A_MODEL:
        is_of_object = _OF_A_MODEL[action]
        arguments = [thing.pk] if is_of_object else []
        url = reverse(route.name, args=arguments)
        yield Address(url, route.name, model if is_of_object else None)
        if action == "changelist":
            for text in (MARK, LOG_MARK):
                yield Address(f"{url}?{urlencode({'q': text})}", route.name)
    else:
        raise UnknownRoute(route)


def _autocompletes(route: Route) -> Iterator[Address]:
    """Every related field of every kind, whether its page searches as one types or not."""
    for model in admin.site._registry:
        for field in model._meta.get_fields():
            remote = getattr(field, "related_model", None)
            if remote in admin.site._registry and isinstance(field, models.ForeignKey):
                for term in ("", MARK):
                    query = {
                        "app_label": model._meta.app_label,
                        "model_name": model._meta.model_name,
                        "field_name": field.name,
                        "term": term,
                    }
                    yield Address(f"{reverse(route.name)}?{urlencode(query)}", route.name)
