"""Due items, which an area owes by a day: the item, its kind, and the registry of kinds.

An app that has things with a due day writes one `DueKind` and registers it when it is ready
(`AppConfig.ready`); reminders, mails and urging then work for it, too (`reports.filing.reminding`).
"""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class DueItem:
    """One thing that an area has to do by a day, such as the report of a period."""

    #: The code of its `DueKind`, and which item of that kind it is; the key never changes.
    kind: str
    key: str
    #: In Chinese: 七星岗街道2026年6月进展报告.
    title: str
    area_code: str
    due_on: datetime.date
    #: Days before `due_on` on which a reminder goes out; negative: days after it.
    reminders: tuple[int, ...]
    is_done: bool = False


class DueKind(ABC):
    """Base class: one kind of due items, which are queried from the database each time."""

    #: Stored with every reminder, so it never changes: `reports.report`.
    code: ClassVar[str]
    #: In Chinese: the action that is due by the day (…应于6月30日前报送), and the subjects of mails.
    act: ClassVar[str]
    reminder_head: ClassVar[str]
    overdue_head: ClassVar[str]
    urged: ClassVar[str]

    @abstractmethod
    def owed(self, on: datetime.date) -> Iterable[DueItem]:
        """Return the items that are not done and for which a reminder may be due by `day`."""

    @abstractmethod
    def find(self, key: str) -> DueItem | None:
        """One item in its present state; None where it no longer exists."""


_kinds: dict[str, DueKind] = {}


def register(kind: DueKind) -> None:
    """Make a kind known; ValueError where another one has its code."""
    if type(_kinds.setdefault(kind.code, kind)) is not type(kind):
        raise ValueError(f"two kinds of due items are called {kind.code}")


def unregister(code: str) -> None:
    """Remove a kind; without effect where none has the code."""
    _kinds.pop(code, None)


def due_kinds() -> list[DueKind]:
    """All kinds, in the order in which they registered."""
    return list(_kinds.values())


def due_kind(code: str) -> DueKind:
    """The kind with a code; KeyError where none registered."""
    return _kinds[code]


def find_item(code: str, key: str) -> DueItem | None:
    """One item in its present state; None where it or its kind no longer exists."""
    kind = _kinds.get(code)
    return kind.find(key) if kind else None
