"""Rewrites encrypted columns as they are stored: in batches, each of which stays done when the next fails.

The digests of the log (`audit.chain.covers`) are of the clear texts, so they stay true.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from audit.chain.lifting import lifted
from audit.chain.protected import append_only
from crypto.ciphers import Undecipherable, decrypt, encrypt, is_encrypted, key_and_cipher, prefix_of
from crypto.fields import EncryptedText, cipher_name

_AT_ONCE = 500


@dataclass(frozen=True)
class Column:
    """One encrypted column: its name in the table, the place that its texts name, and how it is found."""

    name: str
    place: str
    is_searched: bool = False


@dataclass(frozen=True)
class Table:
    """A table with encrypted columns and the column of its key."""

    name: str
    columns: tuple[Column, ...]
    key: str = "id"


@dataclass
class Rewritten:
    """What a rewriting did: rows changed, and in Chinese what could not be."""

    rows: int = 0
    faults: list[str] = field(default_factory=list)


#: A stored text of a column → what is stored instead.
Change = Callable[[Column, str], str]


def tables() -> list[Table]:
    """Return every table that has encrypted columns."""
    found = []
    for model in apps.get_models():
        fields = [each for each in model._meta.local_fields if isinstance(each, EncryptedText)]
        columns = tuple(Column(str(each.column), each.place, each.is_searched) for each in fields)
        if columns:
            found.append(Table(model._meta.db_table, columns, str(model._meta.pk.column)))
    return found


def encrypted(column: Column, stored: str) -> str:
    """Return a stored text under the current key and cipher; one that is already stays as it is."""
    if is_encrypted(stored):
        clear = decrypt(stored, column.place, settings.FIELD_KEYS)
        if stored.startswith(prefix_of(settings.FIELD_KEYS.current, cipher_name())):
            return stored
        stored = clear
    return encrypt(
        stored,
        column.place,
        settings.FIELD_KEYS,
        cipher_name(),
        is_searched=column.is_searched,
    )


def in_clear(column: Column, stored: str) -> str:
    """Return a stored text in clear."""
    return decrypt(stored, column.place, settings.FIELD_KEYS)


def rewrite(table: Table, change: Change) -> Rewritten:
    """Store every text of a table's columns changed; what fails is told, and left as it is."""
    done = Rewritten()
    is_guarded = table.name in {model._meta.db_table for model in append_only()}
    for rows in batches(table):
        changes = [each for row in rows if (each := _changed(table, row, change, done))]
        with transaction.atomic(), lifted() if changes and is_guarded else nullcontext():
            for key, before, after in changes:
                done.rows += _store(table, key, before, after, done)
    return done


def rewrite_or_fail(table: Table, change: Change) -> None:
    """Rewrite a table within a migration; RuntimeError in Chinese where a text cannot be."""
    if faults := rewrite(table, change).faults:
        raise RuntimeError(f"{'；'.join(faults[:5])}（共{len(faults)}处）")


def batches(table: Table) -> Iterator[Sequence[tuple[int, ...]]]:
    """Yield the rows of a table as they are stored, some at a time: the key and the columns."""
    quote = connection.ops.quote_name
    key, name = quote(table.key), quote(table.name)
    told = ", ".join([key, *(quote(column.name) for column in table.columns)])
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {told} FROM {name} WHERE {key} > %s ORDER BY {key} LIMIT {_AT_ONCE}",  # noqa: S608
                [last],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


_Changed = tuple[int, Sequence[str | None], Sequence[str | None]]


def _changed(
    table: Table, row: Sequence[object], change: Change, done: Rewritten
) -> _Changed | None:
    key = int(str(row[0]))
    before = [None if each is None else str(each) for each in row[1:]]
    try:
        after = [
            change(column, text) if text else text
            for column, text in zip(table.columns, before, strict=True)
        ]
    except Undecipherable as fault:
        done.faults.append(f"{table.name} 第{key}号：{fault}")
        return None
    return (key, before, after) if after != before else None


def _store(
    table: Table,
    key: int,
    before: Sequence[str | None],
    after: Sequence[str | None],
    done: Rewritten,
) -> int:
    """Store a row's texts unless somebody has changed them meanwhile, who has encrypted them."""
    quote = connection.ops.quote_name
    moved = [
        (quote(column.name), old, new)
        for column, old, new in zip(table.columns, before, after, strict=True)
        if old != new
    ]
    told = ", ".join(f"{name} = %s" for name, _, _ in moved)
    held = " AND ".join(f"{name} = %s" for name, _, _ in moved)
    command = f"UPDATE {quote(table.name)} SET {told} WHERE {quote(table.key)} = %s AND {held}"  # noqa: S608
    given = [*(new for _, _, new in moved), key, *(old for _, old, _ in moved)]
    has_digests = any(column.is_searched for column in table.columns)
    try:
        with transaction.atomic(savepoint=has_digests), connection.cursor() as cursor:
            cursor.execute(command, given)
            return int(cursor.rowcount)
    except IntegrityError:
        done.faults.append(f"{table.name} 第{key}号与另一行重复，请先在页面上删去其中一行")
        return 0


def keys_in_use() -> Counter[tuple[str, str]]:
    """Return how many texts are stored under each (fingerprint, cipher); ("", "") for those in clear."""
    found: Counter[tuple[str, str]] = Counter()
    for table in tables():
        for rows in batches(table):
            texts = (text for row in rows for text in row[1:] if text)
            found.update(key_and_cipher(str(text)) for text in texts)
    return found


def unreadable() -> Iterator[str]:
    """Yield in Chinese each stored text that is in clear or cannot be decrypted."""
    for table in tables():
        for rows in batches(table):
            for key, *texts in rows:
                for column, text in zip(table.columns, texts, strict=True):
                    if text and (fault := _fault(column, str(text))):
                        yield f"{table.name}.{column.name} 第{key}号：{fault}"


def _fault(column: Column, text: str) -> str:
    if not is_encrypted(text):
        return "未加密，不是本系统写入"
    try:
        decrypt(text, column.place, settings.FIELD_KEYS)
    except Undecipherable as fault:
        return str(fault)
    return ""


def missing_keys() -> Iterator[str]:
    """Yield in Chinese the keys that are missing, judged by the first and last text of each column.

    A few quick statements, for the start of the platform; `keys_in_use` reads everything.
    """
    known = set(settings.FIELD_KEYS.by_fingerprint)
    seen = {fingerprint for fingerprint, _ in map(key_and_cipher, _samples()) if fingerprint}
    for fingerprint in sorted(seen - known):
        yield (
            f"缺少加密个人信息所用的密钥（指纹 {fingerprint}）：请在环境变量 FIELD_KEYS 中补上该密钥"
            "（内置安装为数据目录下的 keys/field 文件，可从密钥备份取回），否则个人信息无法读取"
        )


def _samples() -> Iterator[str]:
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in tables():
            for column in table.columns if table.name in present else ():
                for order in ("ASC", "DESC"):
                    cursor.execute(_one_of(table, column, order))
                    if found := cursor.fetchone():
                        yield str(found[0])


def _one_of(table: Table, column: Column, order: str) -> str:
    quote = connection.ops.quote_name
    name, key = quote(column.name), quote(table.key)
    where = f"WHERE {name} <> '' ORDER BY {key} {order} LIMIT 1"
    return f"SELECT {name} FROM {quote(table.name)} {where}"  # noqa: S608
