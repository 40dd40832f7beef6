"""The workbooks that can be imported, collected from the apps' `resources` modules."""

from __future__ import annotations

from collections import Counter
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from ledgers.declaration import Ledger, Workbook
from ledgers.own_files import KEYS, OWN_FILES, SHOW_ROWS
from reviews.models import WORKBOOK_TITLES

#: Key of a workbook (`import_records KIND`) → the ledgers on its sheets.
KINDS: dict[str, tuple[Ledger, ...]] = {}
#: Keys that several workbooks share; only one of these workbooks can be imported.
SHARED_KEYS: set[str] = set()


def collect_workbooks() -> None:
    """Read `WORKBOOKS`, `OWN_FILES` and `SHOWN_ROWS` of every app's `resources`; called once, when the apps are ready."""
    found: list[Workbook] = []
    OWN_FILES.clear()
    SHOW_ROWS.clear()
    for app in apps.get_app_configs():
        if app.module is not None and module_has_submodule(app.module, "resources"):
            resources = import_module(f"{app.name}.resources")
            found += getattr(resources, "WORKBOOKS", ())
            OWN_FILES.extend(getattr(resources, "OWN_FILES", ()))
            if show := getattr(resources, "SHOWN_ROWS", None):
                SHOW_ROWS.append(show)
    found.sort(key=lambda book: book.order)
    number = Counter(book.key for book in found)
    SHARED_KEYS.clear()
    SHARED_KEYS.update(key for key in number if number[key] > 1)
    KINDS.clear()
    KINDS.update({book.key: book.ledgers for book in found})
    KEYS.clear()
    for book in found:
        for kind in (kind for ledger in book.ledgers for kind in ledger.kinds):
            KEYS.setdefault(kind, []).append(book.key)
    WORKBOOK_TITLES.clear()
    WORKBOOK_TITLES.update({book.key: book.title for book in found})
