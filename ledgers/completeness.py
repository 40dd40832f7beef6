"""System check: every record kind comes with a ledger file, unless it states a figure."""

from __future__ import annotations

from django.core.checks import CheckMessage, Error

from ledgers.registry import KINDS
from reviews.kinds import record_kinds


def check_ledgers(app_configs: object = None, **_: object) -> list[CheckMessage]:
    """Kinds that no workbook of `KINDS` can hold."""
    held = {kind for ledgers in KINDS.values() for ledger in ledgers for kind in ledger.kinds}
    return [
        Error(
            f"{kind._meta.label} is in no ledger: list a `Workbook` for it in its app's `resources`.",
            obj=kind,
            id="ledgers.E001",
        )
        for kind in record_kinds()
        if kind not in held and not kind.declaration.is_figure
    ]
