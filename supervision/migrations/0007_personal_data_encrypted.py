"""Personal data are encrypted where they are stored, in batches: after an interruption it goes on."""

from django.db import migrations

from audit.encryption.columns import Column, Table, encrypted, in_clear, rewrite_or_fail

TABLES = (
    Table(
        "supervision_historicalguidancevisit",
        (
            Column("visitors", "supervision.guidancevisit.visitors"),
        ),
        key="history_id",
    ),
    Table(
        "supervision_guidancevisit",
        (
            Column("visitors", "supervision.guidancevisit.visitors"),
        ),
    ),
    Table(
        "supervision_historicalinspection",
        (
            Column("inspectors", "supervision.inspection.inspectors"),
        ),
        key="history_id",
    ),
    Table(
        "supervision_inspection",
        (
            Column("inspectors", "supervision.inspection.inspectors"),
        ),
    ),
)


def encrypt(apps, schema_editor):
    for table in TABLES:
        rewrite_or_fail(table, encrypted)


def decrypt(apps, schema_editor):
    for table in TABLES:
        rewrite_or_fail(table, in_clear)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("supervision", "0006_texts_to_be_encrypted"),
        ("audit", "0003_chain"),
    ]

    operations = [migrations.RunPython(encrypt, decrypt)]
