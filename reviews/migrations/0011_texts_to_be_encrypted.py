"""Columns of personal data take encrypted texts, which are longer: what bounds a text is its form."""

from django.db import migrations, models

#: Model, column, length of a text, label, and whether it may be empty.
COLUMNS = (
    ("personalrequest", "asker", 50, "申请人", False),
    ("personalrequest", "new", 200, "更正为", True),
    ("personalrequest", "other", 100, "其他文字中的内容", True),
)


def lengthen(apps, schema_editor):
    """Change the type where it bounds the length: SQLite has no lengths."""
    _change(apps, schema_editor, lambda length: "text")


def shorten(apps, schema_editor):
    _change(apps, schema_editor, lambda length: f"varchar({length})")


def _change(apps, schema_editor, new_type):
    if schema_editor.connection.vendor != "postgresql":
        return
    for model, column, length, _, _ in COLUMNS:
        table = apps.get_model("reviews", model)._meta.db_table
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {new_type(length)}")


class Migration(migrations.Migration):
    dependencies = [("reviews", "0010_personal_requests")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model,
                    column,
                    models.TextField(label, max_length=length, blank=is_blank),
                )
                for model, column, length, label, is_blank in COLUMNS
            ],
            database_operations=[migrations.RunPython(lengthen, shorten)],
        ),
    ]
