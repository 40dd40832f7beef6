"""The callers of the permission walk, and where the object lies relative to the caller's area."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import models
from django.test import Client
from django.test.client import ClientHandler

from accounts.models import BUSINESS_ROLES, Role, User
from funds.models import Fund
from tests.conftest import DISTRICT, HUAYIPO, JIEFANGBEI, NEIGHBOUR, QIXINGGANG
from tests.types import Make
from work.models import DemonstrationApplication

#: The five roles, and None for a caller who is not logged in.
WHO: tuple[Role | None, ...] = (*Role, None)


class Place(StrEnum):
    """Where an object lies relative to the caller's area."""

    OWN = "本级"
    BELOW = "下级"
    ABOVE = "上级"
    BESIDE = "邻区"


@dataclass(frozen=True)
class Ground:
    """The areas that represent each place; for a caller at `looks_up`, `own` is the area above."""

    own: str
    below: str
    beside: str
    looks_up: str

    def area_of(self, place: Place) -> str:
        """Return the area of the object."""
        found = {Place.BELOW: self.below, Place.BESIDE: self.beside}
        return found.get(place, self.own)

    def caller_at(self, place: Place) -> str:
        """Return the area of the caller."""
        return self.looks_up if place == Place.ABOVE else self.own

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas in which objects are needed."""
        return (self.own, self.below, self.beside)


_DISTRICT = Ground(DISTRICT, HUAYIPO, NEIGHBOUR, QIXINGGANG)
#: One level lower, for kinds that a district does not register itself.
_STREET = Ground(QIXINGGANG, HUAYIPO, JIEFANGBEI, HUAYIPO)


def ground_of(kind: type[models.Model]) -> Ground:
    """Return the areas for a kind.

    Funds and applications belong to streets and communities, all others to the district.
    """
    return _STREET if kind in (Fund, DemonstrationApplication) else _DISTRICT


@dataclass
class Office:
    """Users of every role at every area, created on demand, and their clients.

    `clerk` and `reviewer` of the province create the objects.
    """

    make: Make
    #: Shared, so that middleware is loaded once.
    handler: ClientHandler = field(default_factory=lambda: ClientHandler(False))
    users: dict[tuple[Role, str], User] = field(default_factory=dict)
    clients: dict[int | None, Client] = field(default_factory=dict)
    #: Tokens of integrations by role and area.
    tokens: dict[tuple[Role, str], str] = field(default_factory=dict)
    #: Answers by request, so that the same request is not sent twice.
    heard: dict[Hashable, str] = field(default_factory=dict)

    def user(self, role: Role, area: str) -> User:
        """Return the user of a role and area; administrators and auditors have no area."""
        at = area if role in BUSINESS_ROLES else ""
        if (role, at) not in self.users:
            name = f"{role.value}{at}"
            self.users[role, at] = User.objects.create_user(name, role=role, area_id=at or None)
        return self.users[role, at]

    def caller(self, who: Role | None, ground: Ground, place: Place) -> User | None:
        """Return the user of a role from whom the object lies at this place."""
        return self.user(who, ground.caller_at(place)) if who else None

    def client(self, user: User | None) -> Client:
        """Return a client in which the user is logged in."""
        key = user.pk if user else None
        if key not in self.clients:
            client = Client(raise_request_exception=False)
            client.handler = self.handler
            if user:
                client.force_login(user)
            self.clients[key] = client
        return self.clients[key]

    @property
    def clerk(self) -> User:
        """The clerk who enters all records."""
        return self.user(Role.CLERK, "50")

    @property
    def reviewer(self) -> User:
        """The reviewer who approves them."""
        return self.user(Role.REVIEWER, "50")
