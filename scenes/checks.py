"""What is asked of scenes before they are submitted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviews.checks import OnlyWith, Problem

if TYPE_CHECKING:
    from scenes.models import Scene


#: A known type needs no words of its own.
type_name_of_other = OnlyWith("type_name", "type", ("other",))


def type_named(scene: Scene) -> Iterator[Problem]:
    """其他 says what it is."""
    if scene.type == "other" and not scene.type_name:
        yield Problem("type_name", "type_name", "类型为“其他”时应写明类型名称", is_warning=True)


def six_haves_complete(scene: Scene) -> Iterator[Problem]:
    """云南 方案 二（三）: a 阵地 is to have all six; fewer stay visible but do not block."""
    if 0 < scene.haves < 6:
        yield Problem("six_haves", "has_staff", f"“六有”尚缺{6 - scene.haves}项", is_warning=True)
