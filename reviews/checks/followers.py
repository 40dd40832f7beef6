"""Batch check of the area of a record over which others took it: a fund's money, a case's steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Q, QuerySet

from reviews.checks.problems import CheckedRecord, Problem, values_of
from reviews.fields import field_of, related_model

_CHUNK = 500
#: The states in which a record holds its area: it was submitted. Any other one takes over the new
#: area before it is submitted again.
_SUBMITTED = ("pending", "approved")


class Follower(NamedTuple):
    """A kind whose records take their area over from the reference `link`, if none of `before` is filled."""

    kind: type[CheckedRecord]
    link: str
    before: tuple[str, ...]

    def rows(self, sources: Sequence[int]) -> QuerySet[Any, Any]:
        """Return the sources and the areas of the submitted records of these sources."""
        first = Q(**{f"{name}__isnull": True for name in self.before})
        wanted = {f"{self.link}__in": sources, "status__in": _SUBMITTED}
        rows = self.kind._default_manager.filter(first, **wanted)
        return rows.order_by().values_list(f"{self.link}_id", "area_id")


@cache
def followers_of(kind: type[CheckedRecord]) -> tuple[Follower, ...]:
    """Return the kinds that take their area over from a kind (`Submission.area_from`)."""
    return tuple(
        Follower(model, name, links[:at])
        for model in apps.get_models()
        if issubclass(model, CheckedRecord)
        for links in (getattr(model, "area_from", ()),)
        for at, name in enumerate(links)
        if related_model(field_of(model, name)) is kind
    )


def area_kept(
    kind: type[CheckedRecord], records: Sequence[CheckedRecord]
) -> Iterator[tuple[int, Problem]]:
    """Refuse another area for a record while submitted ones took over the one that it had."""
    columns = (kind._meta.pk.attname, "area_id")
    known = {pk: at for at, (pk, area) in enumerate(values_of(records, columns)) if pk and area}
    told: set[int] = set()
    for follower in followers_of(kind) if known else ():
        for pk, area in _areas_of(follower, list(known)):
            record = records[known[pk]]
            if area != record.area_id and pk not in told:
                told.add(pk)
                yield known[pk], _moved(record, follower)


def _areas_of(follower: Follower, pks: Sequence[int]) -> Iterator[tuple[int, str]]:
    for start in range(0, len(pks), _CHUNK):
        yield from follower.rows(pks[start : start + _CHUNK]).distinct()


def _moved(record: CheckedRecord, follower: Follower) -> Problem:
    links: tuple[str, ...] = getattr(record, "area_from", ())
    field = next((name for name in links if getattr(record, f"{name}_id")), "area")
    message = (
        f"已登记“{follower.kind._meta.verbose_name}”，其所属地区随本记录，不能改变所属地区；"
        "确需改变的，请先由审核员退回、撤回通过或作废这些记录"
    )
    return Problem("area_kept", field, message)
