"""What an edition's content says of its day and its figures, beside it: pages need not read all of it."""

import json

from django.db import migrations, models


def fill(apps, schema_editor):
    editions = apps.get_model("reports", "Edition").objects
    for pk in list(editions.values_list("pk", flat=True)):
        content = json.loads(editions.values_list("content", flat=True).get(pk=pk))
        figures = {item["code"]: item["value"] for item in content["indicators"]}
        editions.filter(pk=pk).update(as_of=content["as_of"], figures=figures)


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_edition_members")]

    operations = [
        migrations.AddField(
            "edition", "as_of", models.DateField(verbose_name="数据截至", null=True)
        ),
        migrations.AddField(
            "edition", "figures", models.JSONField(default=dict, verbose_name="指标数值")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("edition", "as_of", models.DateField(verbose_name="数据截至")),
    ]
