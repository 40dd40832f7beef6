"""Personal data that came back as they were read: masked. What is stored stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from api.rows import Rows
from reviews.checks import Problem, field_label
from reviews.models import Submission
from reviews.privacy import kept_text, sees_persons, sensitive_fields, uncovered

if TYPE_CHECKING:
    from accounts.models import User


def restored(
    record: Submission, given: Mapping[str, Any], related: Sequence[Rows]
) -> dict[str, Any]:
    """Return the given values with the stored texts in the place of their masks."""
    values = dict(given)
    if record.pk is None:
        return values
    for name in sensitive_fields(type(record)):
        if values.get(name):
            values[name] = kept_text(record, name, values[name], given)
    for rows in related:
        if rows.name in values:
            values[rows.name] = rows.restored(record, values[rows.name])
    return values


def uncovered_faults(record: Submission, given: Mapping[str, Any], by: User) -> Iterator[Problem]:
    """Yield a problem for each masked text that a change by somebody who may not see it would show."""
    if record.pk is None or sees_persons(by, record.area_id):
        return
    for name in uncovered(record, given):
        if name not in given:
            label = field_label(record, name)
            yield Problem("masked", name, f"“{label}”已遮盖，这样修改时须重新填写完整内容")
