"""The chain: each event and cover is tied to the one before it, right after its transaction.

Tying them within the transaction would let one long transaction hold up all others. Whoever cannot get
the lock at once leaves the rows for the next one, or for the beat (`link_leftovers`).
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection, transaction

from audit.macs import mac_of
from audit.models import AuditEvent, Cover, Link

logger = logging.getLogger(__name__)

#: The number of the lock on PostgreSQL; any number that nothing else uses.
_LOCK = 20_261_130
#: How long SQLite waits for another writer, in milliseconds.
_WAIT = 300
#: How far below a new row others may still be untied that began before it.
_LOOK_BACK = 200
_AT_ONCE = 1000
#: Rows of a table that are not in the chain. Through the ORM it would take longer to write than to run.
_UNTIED = (
    "SELECT {place} AS place, CAST(%s AS varchar(80)) AS label, made.id AS id, made.mac AS mac "
    "FROM {table} made WHERE made.id >= %s AND NOT EXISTS ("
    "SELECT 1 FROM audit_link tied WHERE tied.label = %s AND tied.row_id = made.id)"
)
#: The file in DATA_DIR that tells how long the chain was: rows cut off its end are noticed.
HEAD_FILE = "audit-head"


class _Waiting(threading.local):
    """The lowest key of each model that a transaction of this thread has written and not tied."""

    def __init__(self) -> None:
        self.lowest: dict[type[AuditEvent] | type[Cover], int] = {}


_waiting = _Waiting()


def link_after_commit(row: AuditEvent | Cover) -> None:
    """Tie a new row to the chain once its transaction is committed, all rows of it together.

    A row that is rolled back leaves its key behind, which only makes the next one look back further.
    """
    lowest = _waiting.lowest
    lowest[type(row)] = min(int(row.pk), lowest.get(type(row), int(row.pk)))
    transaction.on_commit(_link_soon, robust=True)


def _link_soon() -> None:
    if connection.in_atomic_block:  # the commit of a test that is taken back
        return
    lowest, _waiting.lowest = _waiting.lowest, {}
    if not lowest:  # an earlier row of the same transaction has tied this one
        return
    try:
        _link({model: key - _LOOK_BACK for model, key in lowest.items()})
    except OperationalError:
        logger.info("the chain is busy: the rows are tied to it later")


def link_leftovers() -> int:
    """Tie all rows that are not in the chain; return their number."""
    return _link({AuditEvent: 0, Cover: 0})


def _link(lowest: Mapping[type[AuditEvent] | type[Cover], int]) -> int:
    """Tie the untied rows of each model from its key on; 0 while another process does it."""
    with _brief(), transaction.atomic():
        if not _has_lock():
            return 0
        links = list(_links(_untied(lowest)))
        if links:
            Link.objects.bulk_create(links, batch_size=_AT_ONCE)
    if links:
        _remember(links[-1])
    return len(links)


def _untied(lowest: Mapping[type[AuditEvent] | type[Cover], int]) -> list[tuple[str, int, str]]:
    """Return label, key and mac of the untied rows of each model from its key on; one statement."""
    parts, values = list[str](), list[str | int]()
    for place, (model, start) in enumerate(lowest.items()):
        table, label = connection.ops.quote_name(model._meta.db_table), model._meta.label_lower
        parts.append(_UNTIED.format(place=place, table=table))
        values += [label, start, label]
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY place, id", values)
        return [(label, key, mac) for _, label, key, mac in cursor.fetchall()]


def _links(rows: Iterable[tuple[str, int, str]]) -> Iterator[Link]:
    position, before = head()
    for label, row_id, mac in rows:
        position += 1
        link = Link(position=position, label=label, row_id=row_id, row_mac=mac)
        link.head = before = mac_of(content_of_link(link, before))
        yield link


def content_of_link(link: Link, head_before: str) -> list[object]:
    """Return what a link's head covers."""
    return ["audit.link", head_before, link.position, link.label, link.row_id, link.row_mac]


@contextmanager
def _brief() -> Iterator[None]:
    """Let SQLite wait a moment only: the page that waits has done its work already."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        kept = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {_WAIT}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {kept}")


def _has_lock() -> bool:
    """Take the lock of the chain until the end of the transaction, without waiting for it."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


# --- the length of the chain, outside the database -------------------------------------------------


def _remember(link: Link) -> None:
    """Write the head to DATA_DIR; a later one of another process may be overwritten."""
    file = Path(settings.DATA_DIR) / HEAD_FILE
    part = file.with_name(f".{HEAD_FILE}.{os.getpid()}")
    part.write_text(json.dumps([link.position, link.head]), encoding="ascii")
    part.chmod(0o600)
    part.replace(file)


def remembered() -> tuple[int, str]:
    """Return position and head of the chain as DATA_DIR has them; (0, "") where it has none."""
    file = Path(settings.DATA_DIR) / HEAD_FILE
    if not file.exists():
        return 0, ""
    position, head = json.loads(file.read_text(encoding="ascii"))
    return int(position), str(head)


def head() -> tuple[int, str]:
    """Return position and head of the chain in the database."""
    last = Link.objects.order_by("-position").values_list("position", "head").first()
    return last or (0, "")
