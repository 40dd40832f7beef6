"""Many new columns of a table at once, for migrations.

Django renders all models that hang together anew for each `AddField`; a hundred of them take most of the time
of a new installation. `AddFields` does it once a table.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RemoveField
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Field, Model
from typing_extensions import override


class AddFields(Operation):
    """Adds columns to a table, filled with their defaults in the rows that are there.

    `fields` are names with fields, as `CreateModel` takes them: each with a default or NULL, none of them
    unique, since SQLite adds no such column to a table that stands.
    """

    def __init__(self, model_name: str, fields: list[tuple[str, Field[Any, Any]]]) -> None:
        for name, field in fields:
            if field.unique or not (
                field.null or field.has_default() or field.empty_strings_allowed
            ):
                raise ValueError(
                    f"{model_name}.{name}: a new column has a default and is not unique"
                )
        self.model_name, self.fields = model_name, fields

    @override
    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Add the fields while no models are rendered; whoever asks next renders them once."""
        state.is_delayed = True
        state.clear_delayed_apps_cache()
        for name, field in self.fields:
            state.add_field(app_label, self.model_name.lower(), name, field, preserve_default=True)

    @override
    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Add the columns to the table, one statement each."""
        model: type[Model] = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        for name, _ in self.fields:
            field: Any = model._meta.get_field(name)
            if schema_editor.connection.vendor == "sqlite" and not field.null:
                _add_filled(schema_editor, model, field)
            else:
                schema_editor.add_field(model, field)

    @override
    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Remove the columns one after the other; SQLite makes the table anew for some of them."""
        before = from_state
        for name, _ in reversed(self.fields):
            step, after = RemoveField(self.model_name, name), before.clone()
            step.state_forwards(app_label, after)
            step.database_forwards(app_label, schema_editor, before, after)
            before = after

    @override
    def references_model(self, name: str, app_label: str) -> bool:
        """Whether the operation may concern a model: yes, as far as nobody asks closer."""
        return True

    @override
    def describe(self) -> str:
        """What `migrate --plan` prints."""
        return f"Add {len(self.fields)} fields to {self.model_name}"


def _add_filled(editor: Any, model: type[Model], field: Any) -> None:
    """Add a column that is never empty on SQLite, without making the table anew as Django does."""
    definition, _ = editor.column_sql(model, field)
    if check := field.db_parameters(editor.connection)["check"]:
        definition += f" CHECK ({check})"
    default = editor.quote_value(editor.effective_default(field))
    table, column = editor.quote_name(model._meta.db_table), editor.quote_name(field.column)
    editor.execute(f"ALTER TABLE {table} ADD COLUMN {column} {definition} DEFAULT {default}", None)
    if field.db_index:
        editor.deferred_sql.extend(editor._field_indexes_sql(model, field))
