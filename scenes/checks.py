"""Checks of scenes and activities before submission."""

from __future__ import annotations

from collections.abc import Iterator

from reviews.checks import (
    OnlyWith,
    Problem,
    declare_checks,
    in_order,
    not_before_1949,
    not_in_future,
    not_negative,
    required,
)
from scenes.models import Activity, Scene

#: Only the type 其他 carries a name of its own (`type_name`).
type_name_of_other = OnlyWith("type_name", "type", ("other",))


def type_named(scene: Scene) -> Iterator[Problem]:
    """Warn when the type 其他 has no name."""
    if scene.type == "other" and not scene.type_name:
        yield Problem("type_name", "type_name", "类型为“其他”时应写明类型名称", is_warning=True)


def six_haves_complete(scene: Scene) -> Iterator[Problem]:
    """Warn when a 阵地 lacks one of the six haves (云南 方案 二（三）)."""
    if 0 < scene.haves < 6:
        yield Problem("six_haves", "has_staff", f"“六有”尚缺{6 - scene.haves}项", is_warning=True)


declare_checks(
    Scene,
    required("name", "type", "opened_on"),
    type_named,
    type_name_of_other,
    not_before_1949("opened_on"),
    not_in_future("opened_on"),
    in_order("opened_on", "closed_on"),
    not_negative("person_times"),
    six_haves_complete,
)

declare_checks(
    Activity,
    required("name", "held_on", "form"),
    not_before_1949("held_on"),
    not_in_future("held_on"),
    not_negative("person_times", "volunteer_times"),
)
