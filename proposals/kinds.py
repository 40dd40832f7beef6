"""The kinds of changes, declared by the rooms that they belong to."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.db.models import Q

    from proposals.models import PendingChange

    Person = AbstractBaseUser | AnonymousUser

#: What a kind needs to apply a change, as JSON holds it.
Payload = Mapping[str, Any]


#: What stands for a personal value where it is not shown.
MASK = "（已隐去）"


class ProposalRefused(Exception):
    """The change cannot be proposed or decided on; the Chinese message says why."""


class Line(NamedTuple):
    """One difference: label, value before and after as texts; the audit log masks personal ones."""

    label: str
    before: str
    after: str
    is_personal: bool = False


@dataclass(frozen=True)
class Proposal:
    """A change to be proposed. `subject` and `payload` as in `PendingChange`."""

    kind: str
    subject: str
    title: str
    payload: Payload
    lines: Iterable[Line]
    area: str = ""


@dataclass(frozen=True)
class Outcome:
    """What applying a change did; `secret` is shown once to who confirmed, with what it is."""

    said: str
    key: str = ""
    secret: str = ""
    secret_name: str = ""


class ChangeKind(ABC):
    """One kind of changes: who may propose and confirm them, and how they are applied."""

    key: ClassVar[str]
    title: ClassVar[str]

    @abstractmethod
    def may_propose(self, user: Person, area: str) -> bool:
        """Whether a user may propose such a change."""

    @abstractmethod
    def may_confirm(self, user: Person, area: str) -> bool:
        """Whether a user may confirm such a change, if somebody else has proposed it."""

    @abstractmethod
    def readers(self, user: Person) -> Q | None:
        """Return the condition of this kind's rows that a user may confirm; None for none."""

    @abstractmethod
    def state(self, payload: Payload) -> object:
        """Return what is stored now of what the change starts from; a change of it is noticed."""

    @abstractmethod
    def apply(self, change: PendingChange, *, by: Person) -> Outcome:
        """Apply the change; ProposalRefused where it cannot be done. `by` confirms it."""

    def dropped(self, change: PendingChange) -> None:  # noqa: B027  most kinds keep nothing
        """Let go of what was kept for the change: it was refused or withdrawn."""

    def is_about(self, user: Person, payload: Payload) -> bool:
        """Whether the change is about the user's own account, who then decides nothing."""
        return False

    def acts_alone(self, user: Person, payload: Payload) -> bool:
        """Whether the change takes effect without a second person, because there can be none."""
        return False


_kinds: dict[str, ChangeKind] = {}


def declare(kind: ChangeKind) -> None:
    """Declare a kind of changes; ValueError for a second one with the same key."""
    if kind.key in _kinds:
        raise ValueError(kind.key)
    _kinds[kind.key] = kind


def kind_of(key: str) -> ChangeKind:
    """Return the kind with a key; KeyError where nobody declares it."""
    return _kinds[key]


def change_kinds() -> Iterable[ChangeKind]:
    """Return all declared kinds."""
    return _kinds.values()
