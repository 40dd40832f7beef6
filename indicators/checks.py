"""What is asked of figures that are reported by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.apps import apps

from reviews.checks import Problem

if TYPE_CHECKING:
    from indicators.models import ManualFigure


def known_indicator(figure: ManualFigure) -> Iterator[Problem]:
    """Only a plan's own manual indicator takes a manual figure."""
    indicator = apps.get_model("indicators", "Indicator").objects.filter(
        plan__code=figure.plan_code, code=figure.indicator_code, counting="manual"
    )
    if figure.plan_code and figure.indicator_code and not indicator.exists():
        yield Problem(
            "indicator",
            "indicator_code",
            f"方案“{figure.plan_code}”没有人工填报指标“{figure.indicator_code}”",
        )


def denominator_given(figure: ManualFigure) -> Iterator[Problem]:
    """A share of nothing is no figure."""
    if figure.denominator is not None and figure.denominator <= 0:
        yield Problem("denominator", "denominator", "“总数”应大于0")


def fraction_in_range(figure: ManualFigure) -> Iterator[Problem]:
    """More done than there is stays visible."""
    numbers = figure.numerator, figure.denominator
    if None not in numbers and figure.denominator > 1 and figure.numerator > figure.denominator:
        yield Problem("share", "numerator", "“完成数”大于“总数”，请核对", is_warning=True)
