"""Columns of personal data take encrypted texts, which are longer: what bounds a text is its form."""

from django.db import migrations, models

#: Model, column, length of a text, label, and whether it may be empty.
COLUMNS = (
    ("donation", "donor_name", 100, "捐赠人", True),
    ("donation", "handler", 50, "经办人", True),
    ("expenditure", "handler", 50, "经办人", True),
    ("fund", "leader", 50, "负责人", True),
    ("fund", "phone", 30, "联系电话", True),
    ("fundmember", "name", 50, "姓名", False),
    ("historicaldonation", "donor_name", 100, "捐赠人", True),
    ("historicaldonation", "handler", 50, "经办人", True),
    ("historicalexpenditure", "handler", 50, "经办人", True),
    ("historicalfund", "leader", 50, "负责人", True),
    ("historicalfund", "phone", 30, "联系电话", True),
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
        table = apps.get_model("funds", model)._meta.db_table
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {new_type(length)}")


class Migration(migrations.Migration):
    dependencies = [("funds", "0006_working_funds")]

    operations = [
        migrations.RemoveConstraint(model_name="fundmember", name="funds_fundmember_once"),
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
