"""What must be there before the platform starts: the keys of what is stored encrypted."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from audit.encryption.columns import missing_keys


def require_keys() -> None:
    """Refuse to start without a key (ImproperlyConfigured): clerks would save over what they cannot see.

    While the database does not answer the platform starts, and its pages say so.
    """
    try:
        faults = list(missing_keys())
    except DatabaseError:
        return
    if faults:
        raise ImproperlyConfigured("；".join(faults))


def check_keys(databases: Sequence[str] | None = None, **_: object) -> list[Error]:
    """Return an error for each missing key; for `migrate` and `check --database default`."""
    if not databases:
        return []
    return [Error(fault, id="audit.E001") for fault in missing_keys()]
