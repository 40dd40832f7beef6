"""Reminders get a kind and a key beside their report, which then needs not be there."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0007_file_by")]

    operations = [
        migrations.AddField(
            "reminder", "kind", models.CharField(default="", max_length=40, verbose_name="事项类别")
        ),
        migrations.AddField(
            "reminder", "key", models.CharField(default="", max_length=200, verbose_name="事项编号")
        ),
        migrations.AlterField(
            "reminder",
            "report",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reminders",
                to="reports.report",
            ),
        ),
    ]
