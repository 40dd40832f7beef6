"""Names only: `is_share` is `is_ratio`, `TargetShare` is `TargetAllocation`. No row changes."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

_OLD, _NEW = "indicators_targetshare", "indicators_targetallocation"


def _constraints(prefix):
    return (
        models.UniqueConstraint(
            fields=("target", "area"),
            name=f"{prefix}_once",
            violation_error_message="该地区的分解值已设",
        ),
        models.CheckConstraint(
            condition=Q(value__gte=0),
            name=f"{prefix}_not_negative",
            violation_error_message="分解值不能为负数",
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("indicators", "0006_filing")]

    operations = [
        migrations.RenameField("indicator", "is_share", "is_ratio"),
        migrations.RemoveConstraint("targetshare", f"{_OLD}_once"),
        migrations.RemoveConstraint("targetshare", f"{_OLD}_not_negative"),
        migrations.RenameModel("TargetShare", "TargetAllocation"),
        *(migrations.AddConstraint("targetallocation", each) for each in _constraints(_NEW)),
        migrations.AlterField(
            "targetallocation",
            "target",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocations",
                to="indicators.target",
                verbose_name="目标",
            ),
        ),
    ]
