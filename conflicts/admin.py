"""Admin pages that lock a stored row while its form is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection
from django.db.models import Model
from django.http import HttpRequest

from conflicts.forms import WAS

# The mixin is used with an admin page; naming it as its base would change the method order.
if TYPE_CHECKING:
    from unfold.admin import ModelAdmin as _Admin
else:
    _Admin = object

Row = TypeVar("Row", bound=Model)


def locked_for_saving(row: Row, request: HttpRequest) -> Row:
    """Return the row as it is stored now; while a form is saved, nobody else may change it."""
    if request.method == "POST" and connection.in_atomic_block:
        rows = type(row)._default_manager.select_for_update(no_key=True)
        list(rows.filter(pk=row.pk).values_list("pk"))
        row.refresh_from_db()
    return row


class ComparedAdmin(_Admin):
    """Mixin of an admin page whose form is a `ComparedForm`."""

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Lock the row while a form is saved."""
        row = super().get_object(request, object_id, from_field)
        return None if row is None else locked_for_saving(row, request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out the hidden field `was`: the page's panel holds it, and a new row has none."""
        return [name for name in super().get_fields(request, obj) if name != WAS]
