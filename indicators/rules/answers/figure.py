"""A figure: the result of a counting rule on the series of one area."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Figure:
    """Numerator and denominator in the indicator's unit; both add up over the areas below.

    A denominator of zero means that there is no data, never 0 or 100 %. So does one below zero: the
    refunds of last year exceed its gifts, and nothing can be compared with that.
    """

    numerator: Decimal
    denominator: Decimal

    @property
    def value(self) -> Decimal | None:
        """Numerator by denominator; None when there is nothing to divide by."""
        return self.numerator / self.denominator if self.denominator > 0 else None


#: The figure of an area that does not exist on the day.
NO_FIGURE = Figure(Decimal(0), Decimal(0))
