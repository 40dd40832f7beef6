"""The counting rule 周期内 reads a field of its own; indicators of other rules keep its default."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0008_choices_of_rules")]

    operations = [
        migrations.AddField(
            "indicator",
            "period",
            models.CharField(
                choices=[("quarter", "季度"), ("half_year", "半年"), ("year", "年度")],
                default="quarter",
                max_length=9,
                verbose_name="计数周期",
            ),
        ),
    ]
