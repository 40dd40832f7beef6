"""Verifies the log: triggers, digests of events, the chain, and every covered row."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from audit.acts import Act
from audit.chain.covers import (
    GONE,
    Digests,
    content_of_cover,
    cover_rows,
    digests_of,
    parts_of,
)
from audit.chain.guards import missing_guards
from audit.chain.links import content_of_link, link_leftovers, remembered
from audit.chain.protected import declared, histories
from audit.chain.witnesses import Witness
from audit.events import content_of
from audit.macs import is_valid
from audit.models import AuditEvent, Cover, Link, Permit

#: How old a version may be that was stored by a transaction longer than the beat.
_LATE = datetime.timedelta(days=2)
#: key → the digest that holds, with the cover that says so.
Held = dict[int, tuple[str, int]]


def cover_histories() -> int:
    """Cover the versions that were stored since the last time; return their number."""
    return sum(map(cover_history, histories()))


def cover_history(model: type[Model]) -> int:
    """Cover the versions of one kind that were stored since the last time; return their number."""
    rows = model._default_manager.filter(pk__gt=_last_covered(model))
    return cover_rows(rows) if rows.exists() else 0


def _last_covered(model: type[Model]) -> int:
    keys = Cover.objects.filter(label=model._meta.label_lower).order_by("-pk")
    return max(
        (int(text.rpartition(",")[2]) for text in keys.values_list("keys", flat=True)[:50]),
        default=0,
    )


def verify_chain() -> Iterator[str]:
    """Yield a Chinese sentence for each fault of the log and of the rows that it covers."""
    cover_histories()
    link_leftovers()
    for table in missing_guards():
        yield f"数据表 {table} 缺少防改动触发器"
    if Permit.objects.exists():
        yield "防改动触发器被长期解除（授权改动表中有残留记录）"
    yield from _verify_events()
    yield from _verify_covers()
    yield from _verify_links()
    for model in declared():
        yield from verify_rows(model)
    for model in histories():
        yield from verify_rows(model, is_history=True)


#: The check of the log itself; the other rooms add theirs.
CHAIN = Witness("审计链与留痕", verify_chain)


def _verify_events() -> Iterator[str]:
    seen = set[str]()
    for event in AuditEvent.objects.order_by("pk").iterator(chunk_size=2000):
        where = f"审计日志第{event.pk}号（{timezone.localtime(event.at):%Y-%m-%d %H:%M}）"
        if not is_valid(event.mac, content_of(event)):
            yield f"{where}被改动，或不是本系统写入"
        if event.mac in seen:
            yield f"{where}是另一条日志的复制"
        seen.add(event.mac)


def _verify_covers() -> Iterator[str]:
    seen = set[str]()
    for cover in Cover.objects.order_by("pk").iterator(chunk_size=200):
        if not is_valid(cover.mac, content_of_cover(cover)):
            yield f"逐行校验第{cover.pk}号被改动，或不是本系统写入"
        if cover.mac in seen:
            yield f"逐行校验第{cover.pk}号是另一条的复制"
        seen.add(cover.mac)


def _verify_links() -> Iterator[str]:
    stored = {
        model._meta.label_lower: dict(model._default_manager.values_list("pk", "mac"))
        for model in (AuditEvent, Cover)
    }
    cleared = cleared_through()
    known, head_known = remembered()
    position, head = 0, ""
    for link in Link.objects.order_by("position").iterator(chunk_size=2000):
        if link.position != position + 1:
            yield f"审计链第{position + 1}环缺失"
        elif not is_valid(link.head, content_of_link(link, head)):
            yield f"审计链第{link.position}环被改动"
        yield from _verify_linked(link, stored.get(link.label, {}), cleared)
        position, head = link.position, link.head
        if position == known and head != head_known:
            yield f"审计链第{position}环与数据目录中记下的链值不符"
    if position < known:
        yield f"审计链只到第{position}环，数据目录中记有第{known}环：链尾被截去"


def _verify_linked(link: Link, stored: dict[int, str], cleared: int) -> Iterator[str]:
    mac = stored.get(link.row_id)
    name = apps.get_model(link.label)._meta.verbose_name if link.label in _LINKED else link.label
    if mac is None:
        if link.label != "audit.auditevent" or link.row_id > cleared:
            yield f"{name}第{link.row_id}号被删除（审计链第{link.position}环）"
    elif mac != link.row_mac:
        yield f"{name}第{link.row_id}号与审计链第{link.position}环不符"


_LINKED = ("audit.auditevent", "audit.cover")


def cleared_through() -> int:
    """Return the number up to which events were cleared when their keeping ended; 0: none."""
    found = AuditEvent.objects.filter(act=Act.LOG_CLEARED, outcome="done").order_by("-pk")
    for event in found:
        if is_valid(event.mac, content_of(event)) and event.after:
            return int(event.after["through"])
    return 0


# --- covered rows ----------------------------------------------------------------------------------


def held(label: str) -> tuple[Held, dict[int, Cover]]:
    """Return what the last cover of each row says, and these covers without their rows."""
    rows: Held = {}
    covers: dict[int, Cover] = {}
    for cover in Cover.objects.filter(label=label).order_by("pk").iterator(chunk_size=200):
        for key, digest in parts_of(cover):
            rows[key] = digest, cover.pk
        cover.keys = cover.digests = ""
        covers[cover.pk] = cover
    return rows, covers


class Comparison:
    """Compares rows of one table with what their covers say."""

    def __init__(self, label: str) -> None:
        self.rows, self._covers = held(label)
        self._digests: dict[str, Digests | None] = {}

    def columns(self, key: int) -> str:
        """Return the columns under a row's digest."""
        return self._covers[self.rows[key][1]].columns

    def is_same(self, key: int, values: list[object]) -> bool:
        """Return whether a row is as it was covered."""
        digest, number = self.rows[key]
        cover = self._covers[number]
        signature = cover.mac.rpartition("$")[0]
        if signature not in self._digests:
            self._digests[signature] = _known(cover)
        digests = self._digests[signature]
        return digests is not None and digests.of(key, values) == digest


def _known(cover: Cover) -> Digests | None:
    try:
        return digests_of(cover)
    except (KeyError, ValueError):
        return None


def verify_rows(model: type[Model], is_history: bool = False) -> Iterator[str]:
    """Yield the rows of an append-only table that were changed, deleted or added by others."""
    compared = Comparison(model._meta.label_lower)
    left = {key for key, (digest, _) in compared.rows.items() if digest != GONE}
    name = str(model._meta.verbose_name)
    known = {field.attname for field in model._meta.concrete_fields}
    late = list[int]()
    for row in model._default_manager.order_by("pk").iterator(chunk_size=2000):
        key = int(row.pk)
        if key not in left:
            if is_history and _is_late(row):
                late.append(key)
            else:
                yield f"{name}第{key}号不是本系统写入"
            continue
        left.discard(key)
        columns = _split(compared.columns(key))
        if not known.issuperset(columns):
            yield f"{name}第{key}号的字段已不是写入时的字段，无法核验"
        elif not compared.is_same(key, [getattr(row, column) for column in columns]):
            yield f"{name}第{key}号被改动"
    for key in sorted(left):
        yield f"{name}第{key}号被删除"
    if late:
        cover_rows(model._default_manager.filter(pk__in=late))


@lru_cache(maxsize=512)
def _split(columns: str) -> list[str]:
    return columns.split(",")


def _is_late(row: Any) -> bool:
    """Whether a version may come from a transaction that ended after the beat covered later ones."""
    return bool(row.history_date > timezone.now() - _LATE)
