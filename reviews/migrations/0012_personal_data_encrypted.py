"""Personal data are encrypted where they are stored, in batches: after an interruption it goes on."""

from django.db import migrations

from audit.encryption.columns import Column, Table, encrypted, in_clear, rewrite_or_fail

TABLES = (
    Table(
        "reviews_personalrequest",
        (
            Column("other", "reviews.personalrequest.other"),
            Column("new", "reviews.personalrequest.new"),
            Column("asker", "reviews.personalrequest.asker"),
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
        ("reviews", "0011_texts_to_be_encrypted"),
        ("audit", "0003_chain"),
    ]

    operations = [migrations.RunPython(encrypt, decrypt)]
