"""What was there when reports began to climb the tree: its days, its fractions, its events.

A migration of its own: PostgreSQL alters no table whose rows were changed in the same transaction.
"""

import json

from django.db import migrations, models
from django.utils import timezone


def fill_days(apps, schema_editor):
    """What was there is due on the plan's day, and was first filed when its first edition was sealed."""
    reports = apps.get_model("reports", "Report").objects
    reports.update(file_by=models.F("due_on"))
    firsts = apps.get_model("reports", "Edition").objects.filter(number=1)
    for report, sealed_at in list(firsts.values_list("report", "sealed_at")):
        reports.filter(pk=report).update(first_filed_on=timezone.localtime(sealed_at).date())


def fill_fractions(apps, schema_editor):
    editions = apps.get_model("reports", "Edition").objects
    for pk in list(editions.values_list("pk", flat=True)):
        content = json.loads(editions.values_list("content", flat=True).get(pk=pk))
        found = {item["code"]: [item["numerator"], item["denominator"]] for item in content["indicators"]}
        editions.filter(pk=pk).update(fractions=found)


def fill_events(apps, schema_editor):
    """Every edition there is was filed, or corrected what had been."""
    event = apps.get_model("reports", "ReportEvent")
    editions = apps.get_model("reports", "Edition").objects.defer("content").order_by("pk")
    event.objects.bulk_create(
        event(
            report_id=edition.report_id,
            action="file" if edition.number == 1 else "correct",
            by_id=edition.sealed_by_id,
            at=edition.sealed_at,
            note=edition.reason,
            edition_id=edition.pk,
        )
        for edition in editions
    )


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_exports")]

    operations = [
        migrations.RunPython(fill_days, migrations.RunPython.noop),
        migrations.RunPython(fill_fractions, migrations.RunPython.noop),
        migrations.RunPython(fill_events, migrations.RunPython.noop),
    ]
