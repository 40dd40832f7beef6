"""The counting rules by name, for the rooms below `indicators.rules` (models, checks, store).

A rule itself is a class in `indicators.rules`, which reads models and series; so models cannot import
it. `indicators.rules` enters the names of its classes here when Django starts.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Counting:
    """One counting rule by name: `code` in files, API and database, `label` in Chinese.

    `is_reported`: its figures are entered by hand (人工填报数), not counted from records.
    """

    code: str
    label: str
    is_reported: bool


_COUNTINGS: dict[str, Counting] = {}


def register(counting: Counting) -> None:
    """Make a counting rule known; the order of the calls is the order of the choices."""
    _COUNTINGS[counting.code] = counting


def choices() -> list[tuple[str, str]]:
    """(code, label) of every counting rule, as the choices of `Indicator.counting`."""
    return [(each.code, each.label) for each in _COUNTINGS.values()]


def reported() -> list[str]:
    """The codes of the rules whose figures are entered by hand."""
    return [each.code for each in _COUNTINGS.values() if each.is_reported]
