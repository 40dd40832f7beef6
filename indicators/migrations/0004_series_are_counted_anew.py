from django.db import migrations


def forget_stored_series(apps, schema_editor):
    """They are derived from the records; the new form is counted anew before it is next needed."""
    apps.get_model("indicators", "AreaSeries").objects.all().delete()
    apps.get_model("indicators", "SeriesLayout").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("indicators", "0003_live_targets")]

    operations = [migrations.RunPython(forget_stored_series, migrations.RunPython.noop)]
