"""Every reminder names its report as a due item.

A migration of its own: PostgreSQL alters no table whose rows were changed in the same transaction.
Backwards: reminders of other things than reports, and of reports that are gone, have no place in
the older table and are deleted.
"""

from django.db import migrations
from django.db.models import CharField, F
from django.db.models.functions import Cast

KIND = "reports.report"


def name_reports(apps, schema_editor):
    reminders = apps.get_model("reports", "Reminder").objects
    reminders.update(kind=KIND, key=Cast(F("report_id"), CharField()))


def link_reports(apps, schema_editor):
    reminders = apps.get_model("reports", "Reminder").objects
    reports = set(apps.get_model("reports", "Report").objects.values_list("pk", flat=True))
    for pk, kind, key in list(reminders.values_list("pk", "kind", "key")):
        if kind == KIND and int(key) in reports:
            reminders.filter(pk=pk).update(report_id=int(key))
        else:
            reminders.filter(pk=pk).delete()


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_reminders_of_due_items")]

    operations = [migrations.RunPython(name_reports, link_reports)]
