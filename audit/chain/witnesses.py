"""Witnesses: what the rooms above let the check of the night verify, and cover when the log begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import transaction

from audit.acts import Act
from audit.chain.covers import cover_rows
from audit.chain.links import remembered
from audit.chain.protected import declared, histories
from audit.events import record
from audit.models import AuditEvent, Cover


@dataclass(frozen=True)
class Witness:
    """One check of the night: its Chinese name, and its faults in Chinese sentences."""

    name: str
    faults: Callable[[], Iterator[str]]
    #: Covers what is stored already; returns the number of rows.
    cover_all: Callable[[], int] = lambda: 0


_witnesses: list[Witness] = []


def declare_witness(witness: Witness) -> None:
    """Add a check to those of every night."""
    _witnesses.append(witness)


def witnesses() -> list[Witness]:
    """Return the declared checks."""
    return list(_witnesses)


def begin() -> None:
    """Cover what an earlier release stored; once: not where the log has begun."""
    if AuditEvent.objects.exists() or Cover.objects.exists() or remembered()[0]:
        return
    with transaction.atomic():
        number = sum(cover_rows(model._default_manager.all()) for model in declared() + histories())
        number += sum(witness.cover_all() for witness in _witnesses)
        if number:
            record(Act.BASELINE, after={"行数": number}, detail="升级时对已有数据建立留痕基线")
