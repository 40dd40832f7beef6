"""The API addresses of the record kinds: each kind declares its own."""

from __future__ import annotations

from collections import Counter
from importlib import import_module

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils.module_loading import autodiscover_modules
from rest_framework.routers import BaseRouter

from api.records import viewset_of
from reviews.kinds import record_kinds


def register_records(router: BaseRouter) -> None:
    """Register a viewset for every record kind, in the order of the apps.

    A kind gets the common viewset unless its app's `views` module defines one.
    """
    autodiscover_modules("views")
    for kind in record_kinds():
        if kind.declaration.address:
            router.register(kind.declaration.address, viewset_of(kind))


def check_addresses(app_configs: object = None, **_: object) -> list[CheckMessage]:
    """Return an error for each API address of several lists: only the first would be reachable."""
    router: BaseRouter = import_module(settings.ROOT_URLCONF).router
    number = Counter(prefix for prefix, *_ in router.registry)
    return [
        Error(
            f"/api/v1/{prefix}/ is the address of {count} lists: only the first would answer.",
            id="api.E001",
        )
        for prefix, count in number.items()
        if count > 1
    ]
