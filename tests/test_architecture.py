"""`docs/architecture.md` is true: every arrow is an import, and every import follows arrows."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import grimp
import pytest
from django.conf import settings

pytestmark = pytest.mark.once

ROOT = Path(settings.BASE_DIR)
PAGE = ROOT / "docs" / "architecture.md"
#: Rooms that the map leaves out because they may import every other one.
ABOVE_ALL = {"config"}

_DIAGRAM = re.compile(r"```mermaid\n%% (\S+)\n(.*?)```", re.DOTALL)
_ARROW = re.compile(r"^ *(\S+) (-->|-\.->)(?:\|(\w+)\|)? (\S+)$", re.MULTILINE)

Arrow = tuple[str, str]


@cache
def _imports() -> grimp.ImportGraph:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return grimp.build_graph(*project["tool"]["importlinter"]["root_packages"], cache_dir=None)


@cache
def _diagram(name: str) -> str:
    return dict(_DIAGRAM.findall(PAGE.read_text(encoding="utf-8")))[name]


def _arrows(name: str, line: str = "-->") -> list[Arrow]:
    return [(a, b) for a, kind, _, b in _ARROW.findall(_diagram(name)) if kind == line]


def _calls(name: str) -> list[tuple[str, str, str]]:
    """Dotted arrows: from where, by which signal, task or registry, to where."""
    return [(a, word, b) for a, kind, word, b in _ARROW.findall(_diagram(name)) if kind == "-.->"]


def _room_imports() -> set[Arrow]:
    graph = _imports()
    rooms = {module.split(".")[0] for module in graph.modules} - ABOVE_ALL
    return {
        (room, other)
        for room in rooms
        for other in rooms - {room}
        if graph.find_matching_direct_imports(import_expression=f"{room}.** -> {other}.**")
    }


def _reached(start: str, arrows: list[Arrow]) -> set[str]:
    found, waiting = set[str](), [start]
    while waiting:
        here = waiting.pop()
        below = {b for a, b in arrows if a == here} - found
        found |= below
        waiting += below
    return found


@pytest.mark.parametrize("name", ["rooms", "ledger", "approval", "report"])
def test_every_line_of_a_diagram_is_an_arrow(name: str) -> None:
    first, *lines = _diagram(name).splitlines()
    assert first.startswith("flowchart ")
    assert [line for line in lines if not _ARROW.fullmatch(line)] == []


def test_every_arrow_between_rooms_is_an_import() -> None:
    assert set(_arrows("rooms")) <= _room_imports()


def test_every_import_between_rooms_follows_the_arrows() -> None:
    arrows = _arrows("rooms")
    against = {(a, b) for a, b in _room_imports() if b not in _reached(a, arrows)}
    assert not against


def test_no_arrow_says_what_others_say_already() -> None:
    arrows = _arrows("rooms")
    longer = [
        (a, b) for a, b in arrows if b in _reached(a, [each for each in arrows if each != (a, b)])
    ]
    assert not longer


@pytest.mark.parametrize("walk", ["ledger", "approval", "report"])
def test_every_step_of_a_walk_is_an_import(walk: str) -> None:
    graph = _imports()
    steps = _arrows(walk)
    assert len(steps) >= 5
    unknown = {module for step in steps for module in step} - graph.modules
    assert not unknown
    assert [step for step in steps if not _imports_one(graph, *step)] == []


def _imports_one(graph: grimp.ImportGraph, importer: str, imported: str) -> bool:
    return graph.direct_import_exists(importer=importer, imported=imported)


@pytest.mark.parametrize("walk", ["ledger", "approval", "report"])
def test_what_a_walk_reaches_without_an_import_is_named_on_both_sides(walk: str) -> None:
    calls = _calls(walk)
    assert calls
    missing = [
        (module, word)
        for start, word, end in calls
        for module in (start, end)
        if not re.search(rf"\b{word}\b", _source(module))
    ]
    assert not missing


def _source(module: str) -> str:
    path = ROOT.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return file.read_text(encoding="utf-8")


def test_the_page_names_files_that_are_there() -> None:
    named = re.findall(r"`([a-z_]+(?:/[a-z_]+)+\.py)`", PAGE.read_text(encoding="utf-8"))
    assert named
    assert [path for path in named if not (ROOT / path).is_file()] == []
