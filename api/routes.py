"""The API addresses of the record kinds: each kind declares its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib import import_module

from django.conf import settings
from django.contrib import admin
from django.core.checks import CheckMessage, Error
from django.utils.module_loading import autodiscover_modules
from rest_framework.routers import BaseRouter

from api.records import viewset_of
from reviews.kinds import sound_kinds
from reviews.models import Submission


def register_records(router: BaseRouter) -> None:
    """Register a viewset for every record kind, in the order of the apps.

    A kind gets the common viewset unless its app's `views` module defines one.
    """
    autodiscover_modules("views")
    for kind in sound_kinds():
        if kind.declaration.address:
            router.register(kind.declaration.address, viewset_of(kind))


def check_addresses(app_configs: object = None, **_: object) -> list[CheckMessage]:
    """Return an error for each API address of several lists: only the first would be reachable."""
    number = Counter(prefix for prefix, *_ in _router().registry)
    return [
        Error(
            f"/api/v1/{prefix}/ is the address of {count} lists: only the first would answer.",
            id="api.E001",
        )
        for prefix, count in number.items()
        if count > 1
    ]


def check_rows(app_configs: object = None, **_: object) -> list[CheckMessage]:
    """Return an error for rows of a record that its form shows and its API does not, or the reverse.

    The form's rows are the inlines of its `RecordAdmin`; the API's are `related` of its viewset; an
    example may name no others.
    """
    _router()  # the apps define their viewsets when it is filled
    return [
        Error(f"{kind._meta.label} {sentence}", obj=kind, id="api.E002")
        for kind in sound_kinds()
        for sentence in _row_faults(kind)
    ]


def _router() -> BaseRouter:
    """Return the router of the API, filled with the addresses of all kinds."""
    router: BaseRouter = import_module(settings.ROOT_URLCONF).router
    return router


def _row_faults(kind: type[Submission]) -> Iterator[str]:
    rows = {each.name: each.model for each in viewset_of(kind).related}
    pages = admin.site._registry.get(kind)
    shown = {inline.model._meta.label for inline in pages.inlines} if pages else set()
    sent = {model._meta.label for model in rows.values()}
    for label in sorted(shown - sent):
        yield (
            f"shows rows of {label} in its form, but its API has none: give it a viewset with "
            "`related` in its app's `views`."
        )
    for label in sorted(sent - shown):
        yield f"has rows of {label} in its API, but its form does not show them."
    example = kind.declaration.example
    for name in sorted(each for each in example if isinstance(example[each], list)):
        if name not in rows:
            yield f"says `{name}` in its `example`, which are no rows of its API."
