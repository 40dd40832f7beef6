"""Base classes of the admin pages: the user's scope in fields, and read-only lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.options import Options
from django.forms import Field, ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from typing_extensions import override
from unfold.admin import ModelAdmin, TabularInline

from accounts.requests import user_of
from conflicts.forms import WAS
from conflicts.rows import ComparedRows
from guards.lists import DeclaredLists
from reviews.fields import AnyField, AnyForeignKey, related_model
from reviews.models import Submission
from reviews.privacy import masked_text, sensitive_fields
from reviews.privacy.forms import MaskedForm
from reviews.querysets import choosable, scoped_rows

# The mixins are used with an admin page; naming it as their base would change the method order.
if TYPE_CHECKING:
    from django.forms import ModelForm
    from unfold.admin import ModelAdmin as _Admin

    _RowForm = ModelForm[models.Model]
else:
    from django.forms import ModelForm as _RowForm

    _Admin = object


class ValidatingAutocomplete(AutocompleteSelect):
    """An autocompletion that shows an invalid key as an error instead of looking its name up."""

    @override
    def optgroups(
        self, name: str, value: Iterable[str], attr: dict[str, Any] | None = None
    ) -> list[tuple[str | None, list[dict[str, Any]], int | None]]:
        """Leave out values that cannot be keys."""
        column = self.field.target_field
        return super().optgroups(name, [each for each in value if _may_be_key(column, each)], attr)


def _may_be_key(column: AnyField, value: object) -> bool:
    try:
        column.clean(value, None)
    except ValidationError:
        return False
    return True


class ScopedFieldsMixin(_Admin):
    """Reference fields offer choices in the user's scope only; required choices start blank."""

    def formfield_for_foreignkey(
        self, db_field: AnyForeignKey, request: HttpRequest, **kwargs: object
    ) -> ModelChoiceField[models.Model] | None:
        """Offer what the user may choose and what the record already refers to."""
        rows = choosable(db_field, user_of(request))
        if rows is not None:
            kwargs["queryset"] = rows | related_model(db_field)._default_manager.filter(
                pk__in=self._held(db_field, request)
            )
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = ValidatingAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _held(self, db_field: AnyForeignKey, request: HttpRequest) -> list[object]:
        """Return the keys that the stored record, or its rows, refer to; empty out of the user's
        scope."""
        match = request.resolver_match
        object_id = match.kwargs.get("object_id", "") if match else ""
        if not (object_id.isascii() and object_id.isdigit() and len(object_id) < 19):
            return []
        holder = db_field.model
        rows: Any = holder._default_manager
        if issubclass(holder, Submission):
            rows = rows.visible_to(request.user).filter(pk=object_id)
        else:
            links = [
                field
                for field in holder._meta.fields
                if field.remote_field and issubclass(related_model(field), Submission)
            ]
            if not links or links[0] is db_field:  # the link to the record itself
                return []
            parent = links[0]
            seen = scoped_rows(related_model(parent)).visible_to(user_of(request))
            rows = rows.filter(**{f"{parent.name}__in": seen.filter(pk=object_id)})
        return [pk for pk in rows.values_list(db_field.attname, flat=True) if pk is not None]

    def formfield_for_choice_field(
        self, db_field: AnyField, request: HttpRequest, **kwargs: object
    ) -> Field:
        """Restore the blank option: unfold drops it, and the first choice would be selected
        unnoticed."""
        if not db_field.has_default():
            kwargs["choices"] = db_field.get_choices(
                include_blank=True, blank_choice=[("", "请选择")]
            )
        return super().formfield_for_choice_field(db_field, request, **kwargs)


#: How the methods that show a masked field are named.
_PREFIX = "masked_"


def _shown(name: str, label: str) -> Callable[[models.Model], str]:
    """Return the function that displays a field masked, under its own label."""

    def show(row: models.Model) -> str:
        return masked_text(row, name) or "-"

    vars(show)["short_description"] = label
    return show


class MaskedFieldsMixin(_Admin):
    """Pages that show personal data masked where they are not inputs; inputs mask them themselves
    (`MaskedForm`)."""

    @cached_property
    def masked_fields(self) -> dict[str, str]:
        """The sensitive fields: name → the method that shows it."""
        found = sensitive_fields(self.model)
        for name, field in found.items():
            setattr(self, f"{_PREFIX}{name}", _shown(name, str(field.verbose_name)))
        return {name: f"{_PREFIX}{name}" for name in found}


class RecordInline(MaskedFieldsMixin, ScopedFieldsMixin, TabularInline):
    """Rows that belong to a record; they may be edited while the record may."""

    extra = 0
    #: Fields of each row that 复制上一条 copies; empty: rows are not copied.
    copied: Sequence[str] = ()

    def copied_rows(self, request: HttpRequest) -> list[dict[str, object]]:
        """Return the values of the rows that the form begins with."""
        record = getattr(request, "copied_record", None)
        if record is None or not self.copied:
            return []
        link = next(
            field.name
            for field in self.model._meta.fields
            if field.related_model is record._meta.model
        )
        return list(self.model._default_manager.filter(**{link: record}).values(*self.copied))

    @override
    def get_extra(
        self, request: HttpRequest, obj: Submission | None = None, **kwargs: object
    ) -> int:
        """Add as many empty forms as rows are copied."""
        return len(self.copied_rows(request)) or super().get_extra(request, obj, **kwargs)

    def _may_edit(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        record = obj if isinstance(obj, Submission) else None
        return bool(user_of(request).is_clerk and (record is None or record.is_editable))

    @override
    def has_view_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        return bool(user_of(request).sees_records)

    has_add_permission = _may_edit
    has_change_permission = _may_edit
    has_delete_permission = _may_edit


class RowForm(MaskedForm, _RowForm):
    """One row of a record; of two clerks who edit one, the second is told."""

    is_row = True


class ComparedInline(RecordInline):
    """Rows with fields of their own, which two clerks may edit at the same time."""

    form = RowForm
    formset = ComparedRows

    @override
    def get_fields(self, request: HttpRequest, obj: Submission | None = None) -> list[str]:
        """Send back what each row showed, for those who may edit."""
        shown = [name for name in super().get_fields(request, obj) if name != WAS]
        if self.has_change_permission(request, obj):
            return [*shown, WAS]
        return [self.masked_fields.get(name, name) for name in shown]

    @override
    def get_readonly_fields(
        self, request: HttpRequest, obj: Submission | None = None
    ) -> Sequence[str]:
        """Show persons masked to those who only read."""
        fixed = super().get_readonly_fields(request, obj)
        may_edit = self.has_change_permission(request, obj)
        return fixed if may_edit else [*fixed, *self.masked_fields.values()]


class NotFoundMixin:
    """Answers 404 for a record out of scope; Django would redirect to the home page."""

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Options[models.Model], object_id: str
    ) -> HttpResponse:
        raise Http404


class ReadOnlyAdmin(NotFoundMixin, DeclaredLists, ModelAdmin):
    """A list that nobody edits."""

    list_per_page = 50

    @override
    def has_add_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        return False

    @override
    def has_change_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        return False

    @override
    def has_delete_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        return False
