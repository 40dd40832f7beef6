"""Fast writing of many rows: COPY for new rows, INSERT … SELECT for rows derived from stored ones."""

from reviews.bulk.copying import store_new, store_packed
from reviews.bulk.derived import insert_from, write_history
from reviews.bulk.packed import PackedRecord, pack, packed_row

__all__ = [
    "PackedRecord",
    "insert_from",
    "pack",
    "packed_row",
    "store_new",
    "store_packed",
    "write_history",
]
