"""Where records count today: a row under a street's new name meets the records of its old one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from areas.codes import is_within
from areas.models import Area
from areas.naming import bare_name
from areas.querysets import within_q
from areas.spelling import folded, folded_value
from areas.successions import Successions, codes_in_successors


class Homes:
    """The area for which the records of each area count today, by all successions of the tree.

    `root` is the area of the import: only records that count within it are compared.
    """

    def __init__(self, successions: Successions, root: str) -> None:
        self._successions, self._root = successions, root
        self._today = timezone.localdate()
        self._known = codes_in_successors() if successions else set()
        self._homes: dict[str, str] = {}

    def of(self, code: str) -> str:
        """Return the code of the area for which records of `code` count today."""
        if not self._successions:
            return code
        if code not in self._homes:
            home = self._successions.destination(code, self._today, self._known)
            self._homes[code] = home
        return self._homes[code]

    def key(self, names: Iterable[str], values: Iterable[object]) -> tuple[object, ...]:
        """Return the key of some fields: the home of an area, texts folded, other values as they
        are."""
        return tuple(map(self.value, names, values))

    def value(self, name: str, value: object) -> object:
        """Return what is compared of a field."""
        if name == "area_id" and isinstance(value, str):
            return self.of(value)
        return folded_value(value)

    def in_new_words(self, key: str) -> str:
        """Return the folded name of a record with the names of areas that were renamed or merged as
        they are now: 七星岗街道互助会 is 新华街道互助会."""
        for old, new in self._new_words:
            key = key.replace(old, new)
        return key

    @cached_property
    def _new_words(self) -> list[tuple[str, str]]:
        """The names of areas that were followed within the root, and of those that follow, the longest
        first."""
        moved = {
            code: home for code in self._successions.predecessors if (home := self.of(code)) != code
        }
        moved = {code: home for code, home in moved.items() if is_within(home, self._root)}
        names = dict(
            Area.objects.filter(code__in=[*moved, *moved.values()]).values_list("code", "name")
        )
        pairs = {
            (folded(form(names[code])), folded(form(names[home])))
            for code, home in moved.items()
            if code in names and home in names
            for form in (str, bare_name)
        }
        told = [pair for pair in pairs if pair[0] != pair[1] and len(pair[0]) > 1]
        return sorted(told, key=lambda pair: len(pair[0]), reverse=True)

    def holds(self, code: str) -> bool:
        """Return whether an area lies within the root itself, so that its clerk may change records."""
        return is_within(code, self._root)

    def nearby(self, codes: Sequence[str]) -> Q:
        """Return the condition that an area lies between these codes, or came to the root."""
        return Q(area_id__gte=min(codes), area_id__lte=max(codes)) | self._followed()

    def everywhere(self) -> Q:
        """Return the condition that an area lies within the root, or came to it."""
        return within_q("area_id", self._root) | self._followed()

    def _followed(self) -> Q:
        inside = Q(pk__in=[])
        for predecessor in self._successions.predecessors:
            if is_within(self.of(predecessor), self._root):
                inside |= within_q("area_id", predecessor)
        return inside
