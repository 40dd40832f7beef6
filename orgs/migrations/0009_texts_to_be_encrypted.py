"""Columns of personal data take encrypted texts, which are longer: what bounds a text is its form."""

from django.db import migrations, models

#: Model, column, length of a text, label, and whether it may be empty.
COLUMNS = (
    ("charity", "leader", 50, "负责人", True),
    ("charity", "phone", 30, "联系电话", True),
    ("communityorg", "leader", 50, "负责人", True),
    ("communityorg", "phone", 30, "联系电话", True),
    ("historicalcharity", "leader", 50, "负责人", True),
    ("historicalcharity", "phone", 30, "联系电话", True),
    ("historicalcommunityorg", "leader", 50, "负责人", True),
    ("historicalcommunityorg", "phone", 30, "联系电话", True),
    ("historicalmajoractivity", "safety_leader", 50, "安全负责人", False),
    ("historicalmajoractivity", "safety_phone", 30, "安全负责人电话", True),
    ("historicaltalent", "contact", 60, "联系方式", True),
    ("historicaltalent", "name", 50, "姓名", False),
    ("historicalvolunteerteam", "leader", 50, "负责人", True),
    ("historicalvolunteerteam", "phone", 30, "联系电话", True),
    ("majoractivity", "safety_leader", 50, "安全负责人", False),
    ("majoractivity", "safety_phone", 30, "安全负责人电话", True),
    ("talent", "contact", 60, "联系方式", True),
    ("talent", "name", 50, "姓名", False),
    ("volunteerteam", "leader", 50, "负责人", True),
    ("volunteerteam", "phone", 30, "联系电话", True),
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
        table = apps.get_model("orgs", model)._meta.db_table
        schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {new_type(length)}")


class Migration(migrations.Migration):
    dependencies = [("orgs", "0008_choices_of_premises_publicity_and_trainings")]

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
