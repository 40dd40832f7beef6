"""Every report has its own day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_filing_filled")]

    operations = [
        migrations.AlterField("report", "file_by", models.DateField(verbose_name="本级期限")),
    ]
