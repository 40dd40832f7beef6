"""Reminders are unique by what is due, and know no report any more."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0009_reminders_filled"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint("reminder", "reports_reminder_once"),
        migrations.RemoveConstraint("reminder", "reports_reminder_urged_once_a_day"),
        migrations.RemoveField("reminder", "report"),
        migrations.AlterField(
            "reminder", "kind", models.CharField(max_length=40, verbose_name="事项类别")
        ),
        migrations.AlterField(
            "reminder", "key", models.CharField(max_length=200, verbose_name="事项编号")
        ),
        migrations.AddConstraint(
            "reminder",
            models.UniqueConstraint(
                fields=("kind", "key", "mark"),
                name="reports_reminder_once",
                violation_error_message="该提醒已发出",
            ),
        ),
        migrations.AddConstraint(
            "reminder",
            models.UniqueConstraint(
                fields=("kind", "key", "by", "on"),
                name="reports_reminder_urged_once_a_day",
                violation_error_message="今天已催报",
            ),
        ),
    ]
