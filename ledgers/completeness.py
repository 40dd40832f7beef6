"""System checks of ledgers: every record kind has a ledger file, unless it states a figure."""

from __future__ import annotations

from django.core.checks import CheckMessage, Error

from ledgers.registry import KINDS, SHARED_KEYS
from reviews.kinds import record_kinds


def check_ledgers(app_configs: object = None, **_: object) -> list[CheckMessage]:
    """Return an error for each key of several workbooks, and each kind without a workbook."""
    shared: list[CheckMessage] = [
        Error(
            f"Several workbooks have the key `{key}`: only one of them could be imported.",
            id="ledgers.E002",
        )
        for key in sorted(SHARED_KEYS)
    ]
    held = {kind for ledgers in KINDS.values() for ledger in ledgers for kind in ledger.kinds}
    return shared + [
        Error(
            f"{kind._meta.label} is in no ledger: list a `Workbook` for it in its app's `resources`.",
            obj=kind,
            id="ledgers.E001",
        )
        for kind in record_kinds()
        if kind not in held and not kind.declaration.is_figure
    ]
