"""Manual figures that no indicator counts any more, because it is counted in another way now."""

from __future__ import annotations

from django.db.models import Count

from indicators import countings
from indicators.models import ManualFigure, Plan


def left_figures(plan: Plan) -> list[str]:
    """One sentence for each indicator of the plan that has manual figures and is not reported by hand.

    The records stay as they are; sealed editions hold what they were sealed with.
    """
    counts = dict(
        ManualFigure.objects.approved()
        .filter(plan_code=plan.code)
        .order_by()
        .values_list("indicator_code")
        .annotate(Count("pk"))
    )
    counted = plan.indicators.exclude(counting__in=countings.reported()).filter(code__in=counts)
    return [
        f"指标“{each.name}”已改为按“{each.get_counting_display()}”计，原有{counts[each.code]}条"
        "已通过的人工填报数保留备查，不再计入；已封存的报告不变"
        for each in counted
    ]
