from django.db import migrations


def forget_stored_series(apps, schema_editor):
    """They are derived; duties that are due on a day of a record, or done within a period, count otherwise."""
    apps.get_model("indicators", "AreaSeries").objects.all().delete()
    apps.get_model("indicators", "SeriesLayout").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("indicators", "0016_period_of_excuses")]

    operations = [migrations.RunPython(forget_stored_series, migrations.RunPython.noop)]
