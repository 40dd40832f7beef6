"""The unit of a column: what its titles, the row of units and the lines around the table say together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledgers.units.stated import NOTHING, Stated
from ledgers.units.words import YUAN, Unit, unit_of


@dataclass(frozen=True, slots=True)
class ColumnUnit:
    """The unit in which a column is given, "" where nothing says it, or why it is not known."""

    word: str = ""
    #: In Chinese; "" when the unit is known, or nothing is said.
    fault: str = ""


def column_unit(measure: str, titles: Sequence[Stated], lines: Stated = NOTHING) -> ColumnUnit:
    """Return the unit of a column that is kept in `measure` (元, 人, 人次).

    `titles` are what its own title, the row of units below it and the title of its group say;
    `lines` is what stands around the table. Whoever disagrees with another is at fault: nobody can
    tell which of them is right.
    """
    unclear = next((title.unclear for title in titles if title.unclear), "")
    if unclear:
        return ColumnUnit(
            fault=f"看不懂列名中的单位“{unclear}”，请写成如（{measure}）或（万{measure}）"
        )
    own = [unit for title in titles for unit in title.units]
    fault = next(filter(None, (_fault(unit, measure) for unit in own)), "")
    if fault:
        return ColumnUnit(fault=fault)
    scales = {unit.scale: unit for unit in own}
    if len(scales) > 1:
        return ColumnUnit(fault=_contradiction("列名", [*scales.values()]))
    title = own[0] if own else None
    if lines.unclear and title is None and (measure == YUAN or unit_of(lines.unclear)):
        said = lines.unclear
        return ColumnUnit(fault=f"看不懂单位行中的“{said}”，请写成如“单位：元”或“单位：万元”")
    around = list(_fitting(measure, lines, title))
    fault = next((_fault(unit, measure) for unit in around if _fault(unit, measure)), "")
    if fault and title is None:
        return ColumnUnit(fault=f"单位行：{fault}")
    return _agreed(title, around)


def _agreed(title: Unit | None, around: Sequence[Unit]) -> ColumnUnit:
    """Return the unit of the title where the lines around the table allow it, else theirs."""
    if title is not None:
        if around and all(unit.scale != title.scale or unit.is_foreign for unit in around):
            words = "、".join(unit.word for unit in around)
            return ColumnUnit(
                fault=f"列名写的单位是“{title.word}”，单位行写的是“{words}”，无法确定以哪个为准："
                "请改成一致，或从单位行中删去"
            )
        return ColumnUnit(title.word)
    if len({unit.scale for unit in around}) > 1:
        return ColumnUnit(fault=_contradiction("单位行", around))
    return ColumnUnit(around[0].word if around else "")


def _fitting(measure: str, lines: Stated, title: Unit | None) -> Iterator[Unit]:
    """Yield the units of the lines that may mean this column.

    单位：个 says nothing of a column of 人次.
    """
    for unit in lines.units:
        if measure == YUAN:
            if unit.is_money:
                yield unit
        elif unit.scale != 1 and not unit.is_money and title is None:
            yield unit


def _fault(unit: Unit, measure: str) -> str:
    """Return why a column that is kept in `measure` cannot be given in a unit; "" when it can."""
    if unit.is_foreign:
        return f"单位“{unit.word}”是外币，平台只登记人民币：请折合成人民币填写，并改写单位"
    if not unit.fits(measure):
        return f"写的单位是“{unit.word}”，本列以“{measure}”计，请核对列名或换算后填写"
    return ""


def _contradiction(where: str, units: Sequence[Unit]) -> str:
    words = "”和“".join(dict.fromkeys(unit.word for unit in units))
    return f"{where}同时写了“{words}”，无法确定以哪个为准：请在列名中只写一个单位"
