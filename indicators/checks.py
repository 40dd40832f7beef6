"""What is asked of figures that are reported by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.apps import apps

from reviews.checks import Problem

if TYPE_CHECKING:
    from indicators.models import ManualFigure, OpeningBalance

#: Measures whose opening balances are entered in yuan.
MONEY_MEASURES = frozenset({"raised", "spent"})


def known_indicator(records: Sequence[Any]) -> Iterator[tuple[int, Problem]]:
    """Only a plan's own manual indicator takes a manual figure."""
    indicators = apps.get_model("indicators", "Indicator").objects.filter(counting="manual")
    known = set(indicators.values_list("plan__code", "code"))
    for position, figure in enumerate(records):
        name = (getattr(figure, "plan_code", ""), getattr(figure, "indicator_code", ""))
        if all(name) and name not in known:
            message = f"方案“{name[0]}”没有人工填报指标“{name[1]}”"
            yield position, Problem("indicator", "indicator_code", message)


def whole_unless_money(balance: OpeningBalance) -> Iterator[Problem]:
    """Half a fund is no fund."""
    quantity = balance.quantity
    if quantity is not None and balance.measure not in MONEY_MEASURES and quantity % 1:
        yield Problem("whole", "quantity", f"“数量”应为整数（现为{quantity}）")


def denominator_given(figure: ManualFigure) -> Iterator[Problem]:
    """A share of nothing is no figure."""
    if figure.denominator is not None and figure.denominator <= 0:
        yield Problem("denominator", "denominator", "“总数”应大于0")


def fraction_in_range(figure: ManualFigure) -> Iterator[Problem]:
    """More done than there is stays visible."""
    numbers = figure.numerator, figure.denominator
    if None not in numbers and figure.denominator > 1 and figure.numerator > figure.denominator:
        yield Problem("share", "numerator", "“完成数”大于“总数”，请核对", is_warning=True)
