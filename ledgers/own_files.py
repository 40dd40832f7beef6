"""Files that the platform itself made and a clerk uploads: ledgers that come back, and what is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledgers.cells import as_text
from ledgers.workbooks.grids import Grid
from reviews.kinds import sound_kinds
from reviews.models import WORKBOOK_TITLES, Submission

if TYPE_CHECKING:
    from accounts.models import User
    from areas.models import Area

#: A record and what the columns of an exported ledger show of it, from 所属地区 on, without 状态.
ShownRow = tuple[Submission, Sequence[object]]
#: Gives the records of a kind in an area that a user sees, as an exported ledger shows them.
ShowRows = Callable[[type[Submission], "User", "Area"], Iterable[ShownRow]]
#: The first texts of a sheet, row by row, without empty cells.
Texts = Sequence[Sequence[str]]

#: The first and the last titles of an exported ledger.
FIRST_TITLES, LAST_TITLE = ("序号", "所属地区", "地区代码"), "状态"
_DEPTH = 8
#: Record kind → keys of the workbooks that hold it.
KEYS: dict[type[Submission], list[str]] = {}


@dataclass(frozen=True)
class OwnFile:
    """A file of the platform that is no ledger: how its sheets are known, and what a clerk is told."""

    is_it: Callable[[Texts], bool]
    sentence: str


def has_row(*titles: str) -> Callable[[Texts], bool]:
    """Return a test whether a row of a sheet holds all these titles."""
    wanted = set(titles)
    return lambda texts: any(wanted <= set(row) for row in texts)


def _is_plan(texts: Texts) -> bool:
    """Return whether a text is the file of a plan."""
    return any(row and row[0].startswith(("[plan]", "[[indicator")) for row in texts)


#: Files that no app of its own knows.
_SHARED = (
    OwnFile(
        has_row("代码", "名称", "类别", "纳入考核"),
        "这是区划表，不是台账：请由系统管理员用 import_areas 导入，或在“行政区划”中修改",
    ),
    OwnFile(_is_plan, "这是方案文件，不是台账：请由系统管理员在“方案”中载入"),
)
#: What the apps' `resources` list as `OWN_FILES`.
OWN_FILES: list[OwnFile] = []
#: How exported ledgers show records; an app gives it as `SHOWN_ROWS`.
SHOW_ROWS: list[ShowRows] = []


def first_texts(grid: Grid) -> Texts:
    """Return the texts of a sheet's first rows."""
    return [[text for text in map(as_text, row) if text] for row in grid.rows[:_DEPTH]]


def told_own(grid: Grid, kinds: Iterable[type[Submission]]) -> str:
    """Return what a sheet of the platform is, in Chinese; "" for a ledger, also for an exported one
    of these kinds."""
    exported = exported_kind(grid)
    if exported is not None:
        return "" if exported in kinds else _told_export(exported)
    texts = first_texts(grid)
    return next((each.sentence for each in (*_SHARED, *OWN_FILES) if each.is_it(texts)), "")


def _told_export(kind: type[Submission]) -> str:
    name = str(kind._meta.verbose_name)
    keys = KEYS.get(kind, [])
    if not keys:
        return f"这是平台导出的“{name}”台账，这一类记录不从台账导入，请在“{name}”中录入"
    return f"这是平台导出的“{name}”台账，请选择台账种类“{WORKBOOK_TITLES[keys[0]]}”后上传"


def exported_kind(grid: Grid) -> type[Submission] | None:
    """Return the kind whose exported ledger a sheet is; None for any other sheet."""
    row = head_row(grid)
    if row is None:
        return None
    title = next((texts[0] for texts in first_texts(grid)[:row] if texts), "")
    named = [kind for kind in sound_kinds() if title.endswith(f"{kind._meta.verbose_name}台账")]
    return max(named, key=lambda kind: len(str(kind._meta.verbose_name)), default=None)


def head_row(grid: Grid) -> int | None:
    """Return the row of the titles of an exported ledger."""
    for number, row in enumerate(grid.rows[:_DEPTH]):
        texts = [text for text in map(as_text, row) if text]
        if tuple(texts[: len(FIRST_TITLES)]) == FIRST_TITLES and texts[-1] == LAST_TITLE:
            return number
    return None
