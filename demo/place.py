"""What it takes to show a plan at work: its area, accounts, ledgers and figures by hand."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from accounts.models import Role
from areas.codes import COUNTY_LEVEL, cut_to, is_within
from areas.models import Area
from demo.ledgers import Form, Office, Tree, Values, write_workbook
from reviews.models import Submission


class Account(NamedTuple):
    """An account whose password `demo` prints."""

    username: str
    label: str
    role: Role
    area: str | None = None


class LedgerFile(NamedTuple):
    """A workbook and the root below which it is to be imported."""

    kind: str
    path: Path
    root: str


class Contents(NamedTuple):
    """A workbook's KIND and name, and its sheets: (name, form, rows)."""

    kind: str
    name: str
    sheets: Sequence[tuple[str, Form, Sequence[Values]]]


#: Accounts that every place has: they hang on no area.
EVERYWHERE = (
    Account("guanli", "系统管理员", Role.ADMINISTRATOR),
    Account("shenji", "审计员", Role.AUDITOR),
)


@dataclass(frozen=True)
class DemoPlace:
    """A plan's area as of the day on which its demonstration stands.

    `write_ledgers` takes a folder and gives the ledgers in the order in which they need each other;
    `figures` are unsaved records that no ledger carries; `aftermath` is what happened to the area
    once all had been reported, and happens only once.
    """

    plan: str
    root: str
    day: datetime.date
    #: The root's reviewer and clerk first.
    accounts: tuple[Account, ...]
    write_ledgers: Callable[[Path], list[LedgerFile]]
    figures: Callable[[], Sequence[Submission]] = tuple
    aftermath: Callable[[], None] | None = None
    #: Whose targets to show, where the day's own year has none.
    target_year: int | None = None
    #: Roots of further trees that play a part.
    neighbours: tuple[str, ...] = ()

    @property
    def reviewer(self) -> str:
        """Who approves and seals."""
        return self.accounts[0].username

    @property
    def clerk(self) -> str:
        """Who imports and submits."""
        return self.accounts[1].username


def accounts_of(
    name: str,
    root: tuple[str, str],
    below: tuple[str, str],
    above: tuple[str, str],
) -> tuple[Account, ...]:
    """A place's accounts from (code, label): reviewer and clerk, a township's clerk, an observer."""
    return (
        Account(f"{name}sh", f"{root[1]}审核员", Role.REVIEWER, root[0]),
        Account(f"{name}tb", f"{root[1]}填报员", Role.CLERK, root[0]),
        Account(f"{name}xz", f"{below[1]}填报员", Role.CLERK, below[0]),
        Account(f"{name}gc", f"{above[1]}观察员", Role.OBSERVER, above[0]),
        *EVERYWHERE,
    )


def by_county(tree: Tree) -> dict[Area, dict[Area, Sequence[Area]]]:
    """The streets and their communities by their county."""
    codes = {cut_to(street.code, COUNTY_LEVEL) for street in tree}
    return {
        county: {street: tree[street] for street in tree if is_within(street.code, county.code)}
        for county in Area.objects.filter(code__in=codes)
    }


def county_sheets(
    rows: Sequence[Values], counties: Mapping[Area, Tree], form: Callable[[Area], Form]
) -> list[tuple[str, Form, Sequence[Values]]]:
    """A sheet for each county that has rows; a row begins with its street."""
    sheets = list[tuple[str, Form, Sequence[Values]]]()
    for county in counties:
        own = [row for row in rows if is_within(row[0].code, county.code)]
        if own:
            sheets.append((str(county), form(county), own))
    return sheets


def write_all(
    folder: Path, root: str, office: Office, workbooks: Sequence[Contents], first: int = 1
) -> list[LedgerFile]:
    """Write numbered workbooks into the folder, in order."""
    files = []
    for number, (kind, name, sheets) in enumerate(workbooks, start=first):
        path = folder / f"{number:02d}-{name}（演示数据）.xlsx"
        files.append(LedgerFile(kind, write_workbook(path, sheets, office), root))
    return files
