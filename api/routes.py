"""The API addresses of the record kinds: each kind declares its own."""

from __future__ import annotations

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
