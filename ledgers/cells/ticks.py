"""Columns whose cell names several of a record's flags: 老年人、儿童."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ledgers.cells.cell import Cell, CellError
from ledgers.cells.texts import word_list
from reviews.fields import field_of, label_of
from reviews.models import Submission


@dataclass(frozen=True, eq=False)
class Ticks:
    """The flags `names` of a kind, as the words of one cell; other words go into the text `other`."""

    kind: type[Submission]
    names: tuple[str, ...]
    other: str = ""
    #: What is cut off the end of the flags' labels: 政府部门注资 is written 政府部门.
    cut: str = ""
    #: Further words for a flag: 低保户 → for_low_income.
    aliases: Mapping[str, str] | None = None

    def __call__(self, cell: Cell) -> dict[str, object]:
        """Return the flags that the cell names, and the text of its other words."""
        words = word_list(cell)
        known = self._known()
        found: dict[str, object] = {known[word]: True for word in words if word in known}
        others = [word for word in words if word not in known and word != "其他"]
        if others and not self.other:
            labels = "、".join(self._labels())
            raise CellError(f"“{others[0]}”无法识别，应为：{labels}")
        if others:
            found[self.other] = self._fitting("、".join(others))
        return found

    def _known(self) -> dict[str, str]:
        return dict(zip(self._labels(), self.names, strict=True)) | dict(self.aliases or {})

    def _labels(self) -> list[str]:
        return [label_of(self.kind, name).removesuffix(self.cut) for name in self.names]

    def _fitting(self, text: str) -> str:
        most = field_of(self.kind, self.other).max_length
        if most is not None and len(text) > most:
            label = label_of(self.kind, self.other)
            raise CellError(f"{label}共{len(text)}字，不应超过{most}字")
        return text
