"""Personal data are encrypted where they are stored, in batches: after an interruption it goes on."""

from django.db import migrations

from audit.encryption.columns import Column, Table, encrypted, in_clear, rewrite_or_fail

TABLES = (
    Table(
        "funds_historicaldonation",
        (
            Column("donor_name", "funds.donation.donor_name"),
            Column("handler", "funds.donation.handler"),
        ),
        key="history_id",
    ),
    Table(
        "funds_donation",
        (
            Column("donor_name", "funds.donation.donor_name"),
            Column("handler", "funds.donation.handler"),
        ),
    ),
    Table(
        "funds_historicalexpenditure",
        (
            Column("handler", "funds.expenditure.handler"),
        ),
        key="history_id",
    ),
    Table(
        "funds_expenditure",
        (
            Column("handler", "funds.expenditure.handler"),
        ),
    ),
    Table(
        "funds_historicalfund",
        (
            Column("leader", "funds.fund.leader"),
            Column("phone", "funds.fund.phone"),
        ),
        key="history_id",
    ),
    Table(
        "funds_fund",
        (
            Column("leader", "funds.fund.leader"),
            Column("phone", "funds.fund.phone"),
        ),
    ),
    Table(
        "funds_fundmember",
        (
            Column("name", "funds.fundmember.name", is_searched=True),
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
        ("funds", "0007_texts_to_be_encrypted"),
        ("audit", "0003_chain"),
    ]

    operations = [migrations.RunPython(encrypt, decrypt)]
