"""What was filed keeps its recipients; what the plan's own area filed to itself is compiled only.

A migration of its own: PostgreSQL alters no table whose rows were changed in the same transaction.
"""

from django.db import migrations
from django.db.models import Q

#: Before, all recipients shared one reception, by any reviewer of an area above.
ROLES = ["reviewer"]


def _named(plan):
    """The plan's recipients, and whether one of them is an office of its issuers."""
    issuers = plan.issuer.split("、")
    named = [each if isinstance(each, str) else each["name"] for each in plan.report_recipients]
    return issuers, named, any(each.startswith(tuple(issuers)) for each in named)


def keep_recipients(apps, schema_editor):
    """Write the recipients as the papers printed them: one reception for all of them."""
    plans = apps.get_model("indicators", "Plan").objects
    reports = apps.get_model("reports", "Report").objects
    events = apps.get_model("reports", "ReportEvent").objects
    for plan in plans.all():
        issuers, named, is_own = _named(plan)
        filed = reports.filter(plan=plan, first_filed_on__isnull=False)
        for is_top in (True, False):
            names = named if is_top or is_own else issuers
            own = Q(area=plan.area_code)
            rows = filed.filter(own if is_top else ~own)
            name = "、".join(names)
            if not name:
                continue
            office = {"name": name, "area": "", "department": "", "roles": ROLES}
            rows.update(recipients=[office])
            judged = events.filter(report__in=rows, action__in=("receive", "return"))
            judged.update(recipient=name)


def mark_compilations(apps, schema_editor):
    """Nobody files to itself: reports that were never filed are owed to nobody."""
    plans = apps.get_model("indicators", "Plan").objects
    reports = apps.get_model("reports", "Report").objects
    for plan in plans.all():
        _, named, is_own = _named(plan)
        if is_own or not named:
            own = reports.filter(plan=plan, area=plan.area_code, first_filed_on__isnull=True)
            own.update(is_compilation=True)


class Migration(migrations.Migration):
    dependencies = [("reports", "0012_recipients"), ("indicators", "0013_report_form")]

    operations = [
        migrations.RunPython(keep_recipients, migrations.RunPython.noop),
        migrations.RunPython(mark_compilations, migrations.RunPython.noop),
    ]
