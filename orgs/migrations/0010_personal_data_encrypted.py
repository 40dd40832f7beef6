"""Personal data are encrypted where they are stored, in batches: after an interruption it goes on."""

from django.db import migrations

from audit.encryption.columns import Column, Table, encrypted, in_clear, rewrite_or_fail

TABLES = (
    Table(
        "orgs_historicalcharity",
        (
            Column("leader", "orgs.charity.leader"),
            Column("phone", "orgs.charity.phone"),
        ),
        key="history_id",
    ),
    Table(
        "orgs_charity",
        (
            Column("leader", "orgs.charity.leader"),
            Column("phone", "orgs.charity.phone"),
        ),
    ),
    Table(
        "orgs_historicalcommunityorg",
        (
            Column("leader", "orgs.communityorg.leader"),
            Column("phone", "orgs.communityorg.phone"),
        ),
        key="history_id",
    ),
    Table(
        "orgs_communityorg",
        (
            Column("leader", "orgs.communityorg.leader"),
            Column("phone", "orgs.communityorg.phone"),
        ),
    ),
    Table(
        "orgs_historicalmajoractivity",
        (
            Column("safety_leader", "orgs.majoractivity.safety_leader"),
            Column("safety_phone", "orgs.majoractivity.safety_phone"),
        ),
        key="history_id",
    ),
    Table(
        "orgs_majoractivity",
        (
            Column("safety_leader", "orgs.majoractivity.safety_leader"),
            Column("safety_phone", "orgs.majoractivity.safety_phone"),
        ),
    ),
    Table(
        "orgs_historicaltalent",
        (
            Column("name", "orgs.talent.name", is_searched=True),
            Column("contact", "orgs.talent.contact"),
        ),
        key="history_id",
    ),
    Table(
        "orgs_talent",
        (
            Column("name", "orgs.talent.name", is_searched=True),
            Column("contact", "orgs.talent.contact"),
        ),
    ),
    Table(
        "orgs_historicalvolunteerteam",
        (
            Column("leader", "orgs.volunteerteam.leader"),
            Column("phone", "orgs.volunteerteam.phone"),
        ),
        key="history_id",
    ),
    Table(
        "orgs_volunteerteam",
        (
            Column("leader", "orgs.volunteerteam.leader"),
            Column("phone", "orgs.volunteerteam.phone"),
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
        ("orgs", "0009_texts_to_be_encrypted"),
        ("audit", "0003_chain"),
    ]

    operations = [migrations.RunPython(encrypt, decrypt)]
