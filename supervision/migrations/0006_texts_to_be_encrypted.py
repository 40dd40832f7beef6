"""Columns of personal data take encrypted texts, which are longer: what bounds a text is its form."""

from django.db import migrations, models

#: Model, column, length of a text, label, and whether it may be empty.
COLUMNS = (
    ("guidancevisit", "visitors", 200, "指导人员", True),
    ("historicalguidancevisit", "visitors", 200, "指导人员", True),
    ("historicalinspection", "inspectors", 200, "检查人员", False),
    ("inspection", "inspectors", 200, "检查人员", False),
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
        table = apps.get_model("supervision", model)._meta.db_table
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {new_type(length)}")


class Migration(migrations.Migration):
    dependencies = [("supervision", "0005_disclosures_of_organisations")]

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
