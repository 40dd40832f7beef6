"""Amounts on pages."""

from __future__ import annotations

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def yuan(amount: Decimal | int | None) -> str:
    """Return an amount in yuan with thousands and two decimals; nothing for none."""
    return "" if amount is None else f"{amount:,.2f}"
