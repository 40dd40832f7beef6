"""Querysets of charities: which ones a user may choose as a host."""

from __future__ import annotations

from reviews.querysets import OfferedBelowQuerySet


class CharityQuerySet(OfferedBelowQuerySet):
    """Charities: a street's fund may be hosted by one above it."""
