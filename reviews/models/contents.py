"""Contents of records under the log's keyed digests: covered at each submission, compared every night.

A submitted record can be changed only through transitions, so it must stay as its last cover says.
Drafts change freely; they must be as their last stored version says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db import models

from audit.chain.covers import cover
from audit.chain.verifying import Comparison
from reviews.fields import history_of
from reviews.models.attachments import Attachment
from reviews.models.events import ReviewEvent
from reviews.models.states import Action, Status
from reviews.models.submission import Submission
from reviews.models.versions import links_to

if TYPE_CHECKING:
    from reviews.querysets import SubmissionQuerySet

#: Columns that transitions change; the review events say what they must be.
_MOVED = frozenset(
    {
        *("status", "transition_id", "review_reason", "updated_at"),
        *("submitted_by_id", "submitted_at", "reviewed_by_id", "reviewed_at"),
    }
)
_FILES = "reviews.attachment"
_AT_ONCE = 500


def content_columns(model: type[Submission]) -> list[str]:
    """Return the columns of a kind that only its clerks change."""
    return [field.attname for field in model._meta.concrete_fields if field.attname not in _MOVED]


def columns_of_content(model: type[Submission]) -> list[str]:
    """Return what a digest of a record's content is made of: columns, rows below, attachments."""
    below = [
        f"{link.model._meta.label_lower}:{field.attname}"
        for link in links_to(model)
        for field in link.model._meta.concrete_fields
    ]
    files = [f"{_FILES}:{name}" for name in _file_columns()]
    return [*content_columns(model), *below, *files]


def _file_columns() -> list[str]:
    return [field.attname for field in Attachment._meta.concrete_fields]


def cover_contents(records: SubmissionQuerySet) -> int:
    """Cover the contents of stored records as they are now; return their number.

    To be called whenever a submitted record is changed in another way than by its clerk.
    """
    model = records.model
    return cover(model._meta.label_lower, columns_of_content(model), contents_of(records))


def contents_of(records: SubmissionQuerySet) -> Iterator[tuple[int, Sequence[object]]]:
    """Yield the key of each record and its content."""
    model, columns = records.model, content_columns(records.model)
    stored = records.order_by("pk").values_list("pk", *columns)
    part: dict[int, list[object]] = {}
    for key, *values in stored.iterator(chunk_size=2000):
        part[key] = values
        if len(part) == _AT_ONCE:
            yield from _with_belongings(model, part)
            part = {}
    yield from _with_belongings(model, part)


def _with_belongings(
    model: type[Submission], part: dict[int, list[object]]
) -> Iterator[tuple[int, Sequence[object]]]:
    """Yield records with the rows below them and their attachments."""
    below: dict[int, list[object]] = defaultdict(list)
    for link in links_to(model):
        names = [field.attname for field in link.model._meta.concrete_fields]
        rows = link.model._default_manager.filter(**{f"{link.name}__in": list(part)})
        for key, *values in rows.order_by("pk").values_list(link.attname, *names):
            below[key].append([link.model._meta.label_lower, *values])
    kind = ContentType.objects.get_for_model(model)
    files = Attachment.objects.filter(content_type=kind, removed_at=None, object_id__in=list(part))
    for key, *values in files.order_by("pk").values_list("object_id", *_file_columns()):
        below[key].append([_FILES, *values])
    for key, values in part.items():
        yield key, [*values, *below[key]]


# --- the check of the night ------------------------------------------------------------------------


def verify_records(kinds: Iterable[type[Submission]]) -> Iterator[str]:
    """Yield in Chinese each record that is not as its versions, its cover and its events say."""
    for model in kinds:
        yield from _verify_versions(model)
        yield from _verify_submitted(model)
        yield from _verify_states(model)


def _verify_versions(model: type[Submission]) -> Iterator[str]:
    """Compare each record with the last version that was stored of it."""
    name, columns = str(model._meta.verbose_name), content_columns(model)
    history = history_of(model).model
    tracked = {field.attname for field in history.tracked_fields}
    compared = [column for column in columns if column in tracked]
    last = history._default_manager.order_by().values("id").annotate(last=models.Max("history_id"))
    rows = history._default_manager.filter(history_id__in=last.values("last"))
    versions = {
        key: None if kind == "-" else values
        for key, kind, *values in rows.values_list("id", "history_type", *compared).iterator()
    }
    for key, *values in (
        model._default_manager.order_by("pk").values_list("pk", *compared).iterator()
    ):
        if key not in versions:
            yield f"{name}第{key}号没有留痕，不是本系统写入"
        elif versions.pop(key) != values:
            yield f"{name}第{key}号与最后一次留痕不符"
    for key in sorted(key for key, version in versions.items() if version is not None):
        yield f"{name}第{key}号被删除"


def _verify_submitted(model: type[Submission]) -> Iterator[str]:
    """Compare each submitted record with its content at its submission."""
    name, expected = str(model._meta.verbose_name), ",".join(columns_of_content(model))
    compared = Comparison(model._meta.label_lower)
    submitted = model._default_manager.filter(status__in=(Status.PENDING, Status.APPROVED))
    for key, values in contents_of(submitted):
        if key not in compared.rows:
            yield f"{name}第{key}号没有提交时的校验值"
        elif compared.columns(key) != expected:
            yield f"{name}第{key}号的字段已不是提交时的字段，无法核验"
        elif not compared.is_same(key, list(values)):
            yield f"{name}第{key}号的内容、明细或附件与提交时不符"


def _verify_states(model: type[Submission]) -> Iterator[str]:
    """Compare each record's state with its review events."""
    name = str(model._meta.verbose_name)
    kind = ContentType.objects.get_for_model(model)
    events = ReviewEvent.objects.filter(content_type=kind).order_by("at", "pk")
    told: dict[int, dict[str, object]] = {}
    columns = ("object_id", "action", "to_status", "by_id", "at", "reason")
    for key, action, status, by, at, reason in events.values_list(*columns).iterator():
        told.setdefault(key, dict(_UNMOVED)).update(_after(action, status, by, at, reason))
    for row in model._default_manager.order_by("pk").values("pk", *_UNMOVED).iterator():
        key = row.pop("pk")
        if row != told.get(key, _UNMOVED):
            yield f"{name}第{key}号的状态、提交或审核信息与审核记录不符"


#: The columns that transitions set, as a draft has them.
_UNMOVED: dict[str, Any] = {
    "status": Status.DRAFT.value,
    "submitted_by_id": None,
    "submitted_at": None,
    "reviewed_by_id": None,
    "reviewed_at": None,
    "review_reason": "",
}


def _after(action: str, status: str, by: int, at: object, reason: str) -> dict[str, object]:
    """Return what a transition sets."""
    changes: dict[str, object] = {"status": status, "review_reason": reason}
    if action == Action.SUBMIT:
        changes |= {"submitted_by_id": by, "submitted_at": at}
        changes |= {"reviewed_by_id": None, "reviewed_at": None}
    elif action != Action.VOID:
        changes |= {"reviewed_by_id": by, "reviewed_at": at}
    return changes
