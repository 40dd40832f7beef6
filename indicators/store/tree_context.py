"""The data behind the figures of one subtree, read once and passed on (ADR 0019)."""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import islice, takewhile

from areas.models import Area
from areas.successions import Successions, codes_in_successors
from indicators.models import AreaSeries, SeriesLayout
from indicators.store.catalogue import current_layout


class TreeContext:
    """One subtree of the database: areas, successions, the layout and the rows of the stored series.

    Each part is read at its first use and then kept. A context serves one answer, one page or one
    sealing: create it inside `read_snapshot` or under a writer's locks, pass it to everything that
    reads, and drop it. It never sees a later change.
    """

    def __init__(self, root: str, codes: Collection[str] | None = None) -> None:
        """`root`: the code of the topmost area. `codes`: the only areas that are looked up
        (default: the whole subtree).
        """
        self.root, self._codes = root, codes
        #: By area: the first and last year that were read, and the stored bytes by year.
        self._years: dict[str, tuple[int, int]] = {}
        self._blobs: dict[str, dict[int, bytes]] = {}

    @cached_property
    def successions(self) -> Successions:
        """The successions (区划沿革) of the whole tree."""
        return Successions.stored()

    @cached_property
    def layout(self) -> SeriesLayout | None:
        """Which series are stored, in which order and for which years; None before anything is stored."""
        return current_layout()

    # --- areas ------------------------------------------------------------------------------

    @cached_property
    def areas(self) -> dict[str, Area]:
        """The areas by code, in code order, including those that no longer exist."""
        rows = Area.objects.within(self.root)
        if self._codes is not None:
            rows = Area.objects.filter(code__in=self._codes)
        return {area.code: area for area in rows.order_by("code")}

    def exists(self, code: str, day: datetime.date) -> bool:
        """Return whether an area exists on a day; False for an unknown code."""
        area = self.areas.get(code)
        return area is not None and area.exists_on(day)

    def existing(self, day: datetime.date, root: str = "", level: int | None = None) -> list[Area]:
        """Return the areas below `root` (default: all) that exist on a day, in code order.

        `level`: only those of one level.
        """
        areas = self._of_level.get(level, [])
        first = bisect_left(areas, root, key=_code_of)
        inside = takewhile(lambda area: area.code.startswith(root), islice(areas, first, None))
        return [area for area in inside if area.exists_on(day)]

    @cached_property
    def _of_level(self) -> dict[int | None, list[Area]]:
        """By level, and under None all of them: areas in code order, those of a subtree in a row."""
        found: dict[int | None, list[Area]] = {None: sorted(self.areas.values(), key=_code_of)}
        for area in found[None]:
            found.setdefault(area.level, []).append(area)
        return found

    def homes_of(self, codes: Collection[str], day: datetime.date) -> dict[str, str]:
        """Return for each of these areas the one for which its records count on a day."""
        if not self.successions:
            return {code: code for code in codes}
        return {
            code: self.successions.destination(code, day, self._in_successors) for code in codes
        }

    @cached_property
    def _in_successors(self) -> set[str]:
        return codes_in_successors()

    # --- stored series ----------------------------------------------------------------------

    def blobs(
        self, codes: Collection[str], first: int, last: int
    ) -> Iterator[tuple[str, int, bytes]]:
        """Yield (area code, year, stored bytes) of the years first … last, without years that are all zero.

        One statement reads all areas of which these years were not read before.
        """
        missing = [code for code in codes if not self._has_read(code, first, last)]
        if missing:
            rows = AreaSeries.objects.filter(area_id__in=missing, year__range=(first, last))
            self._years |= dict.fromkeys(missing, (first, last))
            self._blobs |= {code: {} for code in missing}
            for code, year, blob in rows.values_list("area_id", "year", "blob"):
                self._blobs[code][year] = bytes(blob)
        for code in codes:
            for year, blob in self._blobs[code].items():
                if first <= year <= last:
                    yield code, year, blob

    def _has_read(self, code: str, first: int, last: int) -> bool:
        years = self._years.get(code)
        return years is not None and years[0] <= first and last <= years[1]


def _code_of(area: Area) -> str:
    return area.code
