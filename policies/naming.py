"""Which documents of the library a text names, and who names a document.

A document is named by its 文号 or by its title in book marks, as plan files, tasks, duties and other
documents do it. Nothing else is stored: a document that is registered later is found in texts that
were written before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from areas.codes import is_within
from policies.models import PolicyDocument
from policies.numbers import names_number, names_title, plain_text
from reviews.models import Status

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Name:
    """How texts name a document: its 文号, or its title in book marks."""

    pk: int
    title: str
    number: str

    def is_in(self, text: str) -> bool:
        """Return whether a text names the document."""
        plain = plain_text(text)
        return names_number(plain, self.number) or names_title(plain, self.title, self.number)


@dataclass(frozen=True)
class Said:
    """A text with the documents of the library that it names."""

    text: str
    documents: tuple[Name, ...]


def name_of(document: PolicyDocument) -> Name:
    """Return how texts name a document."""
    return Name(document.pk, document.title, document.document_number)


def _distance(area: str, own: str) -> tuple[bool, int]:
    """How near an area is to one's own: first one's own and those above, the next one first."""
    is_above = is_within(own, area)
    return not is_above, -len(area) if is_above else len(area)


class Library:
    """The approved documents that a user may read, to find them in texts; one query."""

    def __init__(self, user: User) -> None:
        rows = PolicyDocument.objects.readable_by(user).approved().order_by("pk")
        read = rows.values_list("area_id", "pk", "title", "document_number")
        own = user.area_id or ""
        near = sorted(read, key=lambda row: _distance(row[0], own))
        self.names = [Name(*values) for _, *values in near]

    def named_in(self, text: str) -> tuple[Name, ...]:
        """Return the documents that a text names; of several with one 文号 that of the nearest area."""
        found: dict[str, Name] = {}
        for name in self.names:
            if name.is_in(text):
                found.setdefault(name.number or name.title, name)
        return tuple(found.values())

    def read(self, texts: Iterable[str]) -> list[Said]:
        """Return each text with the documents that it names."""
        return [Said(text, self.named_in(text)) for text in texts]


def named_by(user: User, *texts: str) -> tuple[Name, ...]:
    """Return the documents of the library that the user may read and that texts name."""
    said = "\n".join(texts)
    return Library(user).named_in(said) if said.strip() else ()


def resting_on(document: PolicyDocument, user: User) -> list[PolicyDocument]:
    """Return the living documents that the user may read and whose 依据文件 names this one."""
    rows = PolicyDocument.objects.readable_by(user).living().exclude(based_on="").defer("text")
    name = name_of(document)
    found = [each for each in rows.exclude(pk=document.pk) if name.is_in(each.based_on)]
    return sorted(found, key=lambda each: (each.status != Status.APPROVED, each.title))


# --- who names a document -----------------------------------------------------------------------


@dataclass(frozen=True)
class Mention:
    """A place outside the library that names a document: what it is, its words, its address."""

    group: str
    text: str
    link: str


#: Returns the places of a room above that name a document, for a user.
Mentioning = Callable[[PolicyDocument, "User"], Sequence[Mention]]
_MENTIONING: list[Mentioning] = []


def declare_mentions(mentioning: Mentioning) -> None:
    """Add what a room above knows of documents: the plans that carry them out, tasks, duties."""
    if mentioning not in _MENTIONING:
        _MENTIONING.append(mentioning)


def mentions_of(document: PolicyDocument, user: User) -> dict[str, list[Mention]]:
    """Return the places that name a document, by group."""
    found: dict[str, list[Mention]] = {}
    for mentioning in _MENTIONING:
        for mention in mentioning(document, user):
            found.setdefault(mention.group, []).append(mention)
    return found
