"""What a demonstration consists of: a plan's area, accounts, ledgers and manual figures."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from accounts.models import Role
from areas.codes import COUNTY_LEVEL, cut_to, is_within
from areas.models import Area
from demo.ledgers.draw import Tree, Values
from demo.ledgers.workbook import Form, Office, write_workbook
from reviews.models import Submission


class Account(NamedTuple):
    """A demonstration account; `demo` prints its password."""

    username: str
    label: str
    role: Role
    area: str | None = None
    department: str = ""


class LedgerFile(NamedTuple):
    """A workbook, its ledger kind, and the code of the area below which to import it."""

    kind: str
    path: Path
    root: str


class Contents(NamedTuple):
    """The ledger kind and name of a workbook, and its sheets: (name, form, rows)."""

    kind: str
    name: str
    sheets: Sequence[tuple[str, Form, Sequence[Values]]]


#: Accounts without an area, which every demonstration has.
EVERYWHERE = (
    Account("guanli", "系统管理员", Role.ADMINISTRATOR),
    Account("anquan", "安全管理员", Role.SECURITY),
    Account("shenji", "审计员", Role.AUDITOR),
)


@dataclass(frozen=True)
class DemoPlace:
    """The demonstration of one plan as of a day.

    `write_ledgers` writes workbooks into a folder and returns them in import order. `figures`
    builds unsaved records that no ledger contains, `steps` those that follow stored ones, such as
    rectifications of inspections and refunds of gifts. `aftermath` runs after all reports are filed and
    changes nothing when it runs again.
    """

    plan: str
    root: str
    day: datetime.date
    #: The reviewer and the clerk of the root come first.
    accounts: tuple[Account, ...]
    write_ledgers: Callable[[Path], list[LedgerFile]]
    figures: Callable[[], Sequence[Submission]] = tuple
    steps: Callable[[], Sequence[Submission]] = tuple
    aftermath: Callable[[], None] | None = None
    #: The year whose targets to show when the year of `day` has none.
    target_year: int | None = None
    #: Root codes of further trees that the demonstration needs.
    neighbours: tuple[str, ...] = ()

    @property
    def reviewer(self) -> str:
        """User name of the account that approves and seals."""
        return self.accounts[0].username

    @property
    def clerk(self) -> str:
        """User name of the account that imports and submits."""
        return self.accounts[1].username


def accounts_of(
    name: str,
    root: tuple[str, str],
    below: tuple[str, str],
    above: tuple[str, str],
    department: str = "",
) -> tuple[Account, ...]:
    """Build a place's accounts from (code, label) pairs.

    `department` is that of the observer. They are the root's reviewer and clerk, a clerk of the township `below`, an observer of the area
    `above`, and those without an area.
    """
    return (
        Account(f"{name}sh", f"{root[1]}审核员", Role.REVIEWER, root[0]),
        Account(f"{name}tb", f"{root[1]}填报员", Role.CLERK, root[0]),
        Account(f"{name}xz", f"{below[1]}填报员", Role.CLERK, below[0]),
        Account(f"{name}gc", f"{above[1]}观察员", Role.OBSERVER, above[0], department),
        *EVERYWHERE,
    )


def by_county(tree: Tree) -> dict[Area, dict[Area, Sequence[Area]]]:
    """Group the streets and their communities by county."""
    codes = {cut_to(street.code, COUNTY_LEVEL) for street in tree}
    return {
        county: {street: tree[street] for street in tree if is_within(street.code, county.code)}
        for county in Area.objects.filter(code__in=codes)
    }


def county_sheets(
    rows: Sequence[Values], counties: Mapping[Area, Tree], form: Callable[[Area], Form]
) -> list[tuple[str, Form, Sequence[Values]]]:
    """Build one sheet per county that has rows; every row begins with its street."""
    sheets = list[tuple[str, Form, Sequence[Values]]]()
    for county in counties:
        own = [row for row in rows if is_within(row[0].code, county.code)]
        if own:
            sheets.append((str(county), form(county), own))
    return sheets


def write_all(
    folder: Path, root: str, office: Office, workbooks: Sequence[Contents], first: int = 1
) -> list[LedgerFile]:
    """Write numbered workbooks into the folder and return them in order."""
    files = []
    for number, (kind, name, sheets) in enumerate(workbooks, start=first):
        path = folder / f"{number:02d}-{name}（演示数据）.xlsx"
        files.append(LedgerFile(kind, write_workbook(path, sheets, office), root))
    return files
