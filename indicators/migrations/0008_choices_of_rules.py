"""The counting rules name themselves (`indicators.countings`); what belongs to single rules is a choice."""

from django.db import migrations, models

import indicators.countings


class Migration(migrations.Migration):
    dependencies = [("indicators", "0007_ratios_and_allocations")]

    operations = [
        migrations.AlterField(
            "indicator",
            "counting",
            models.CharField(
                choices=indicators.countings.choices, max_length=10, verbose_name="计算口径"
            ),
        ),
        migrations.AlterField(
            "indicator",
            "within",
            models.CharField(
                choices=[("stock", "截至当日"), ("year", "当年")],
                default="stock",
                max_length=5,
                verbose_name="覆盖计数",
            ),
        ),
        migrations.AlterField(
            "indicator",
            "against",
            models.CharField(
                choices=[("same_day", "上年同期"), ("whole_year", "上年全年")],
                default="same_day",
                max_length=10,
                verbose_name="对比",
            ),
        ),
    ]
