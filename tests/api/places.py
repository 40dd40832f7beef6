"""Who calls the API in the walk of permissions, and where the thing lies that is called for."""

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

#: The five roles, and nobody.
WHO: tuple[Role | None, ...] = (*Role, None)


class Place(StrEnum):
    """Where a thing lies, seen from the caller's own area."""

    OWN = "本级"
    BELOW = "下级"
    ABOVE = "上级"
    BESIDE = "邻区"


@dataclass(frozen=True)
class Ground:
    """Areas that lie to each other as the places say; a caller of `below` looks up to `own`."""

    own: str
    below: str
    beside: str
    looks_up: str

    def area_of(self, place: Place) -> str:
        """Where the thing lies."""
        found = {Place.BELOW: self.below, Place.BESIDE: self.beside}
        return found.get(place, self.own)

    def caller_at(self, place: Place) -> str:
        """Where the caller belongs."""
        return self.looks_up if place == Place.ABOVE else self.own

    @property
    def areas(self) -> tuple[str, ...]:
        """Where things have to be."""
        return (self.own, self.below, self.beside)


_DISTRICT = Ground(DISTRICT, HUAYIPO, NEIGHBOUR, QIXINGGANG)
#: One level down: what no district registers itself.
_STREET = Ground(QIXINGGANG, HUAYIPO, JIEFANGBEI, HUAYIPO)


def ground_of(kind: type[models.Model]) -> Ground:
    """A fund is a street's or a community's; everything else may be the district's own."""
    return _STREET if kind is Fund else _DISTRICT


@dataclass
class Office:
    """Users of every role at every area, made as they are asked for, and their browsers.

    `clerk` and `reviewer` of the province make what the walk finds.
    """

    make: Make
    #: Middleware is loaded once.
    handler: ClientHandler = field(default_factory=lambda: ClientHandler(False))
    users: dict[tuple[Role, str], User] = field(default_factory=dict)
    clients: dict[int | None, Client] = field(default_factory=dict)
    #: Tokens of integrations.
    tokens: dict[tuple[Role, str], str] = field(default_factory=dict)
    #: Answers by what was asked.
    heard: dict[Hashable, str] = field(default_factory=dict)

    def user(self, role: Role, area: str) -> User:
        """Administrators and auditors have no area."""
        at = area if role in BUSINESS_ROLES else ""
        if (role, at) not in self.users:
            name = f"{role.value}{at}"
            self.users[role, at] = User.objects.create_user(name, role=role, area_id=at or None)
        return self.users[role, at]

    def caller(self, who: Role | None, ground: Ground, place: Place) -> User | None:
        """Who looks from there at a place."""
        return self.user(who, ground.caller_at(place)) if who else None

    def client(self, user: User | None) -> Client:
        """A browser in which the user is logged in."""
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
        """Enters whatever there is to be found."""
        return self.user(Role.CLERK, "50")

    @property
    def reviewer(self) -> User:
        """Approves it."""
        return self.user(Role.REVIEWER, "50")
