"""The glossary: one word, one meaning, and every identifier in it exists in the code."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache

import pytest

from tests.house import ROOT, is_test, modules, text_of

pytestmark = pytest.mark.once

_IDENTIFIER = re.compile(r"`([^`]+)`")


def _rows() -> list[list[str]]:
    lines = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()
    cells = [line.strip("|").split("|") for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in cells[2:]]


def _identifiers() -> list[str]:
    """The identifiers of the terms; an identifier in a meaning may occur in several rows."""
    return [name for _, term, _ in _rows() for name in _IDENTIFIER.findall(term)]


@cache
def _names() -> dict[str, set[str]]:
    """Map each name that the source defines to the names in its body, if it is a class."""
    found: dict[str, set[str]] = {}
    for path in modules():
        if is_test(path):
            continue
        for node in ast.walk(ast.parse(text_of(path))):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, set()).update(_defined(node))
            for name in _defined(node):
                found.setdefault(name, set())
    return found


def _defined(node: ast.AST) -> set[str]:
    """The functions, classes and variables that a node's body defines directly."""
    names: set[str] = set()
    body = getattr(node, "body", ())
    for child in body if isinstance(body, list) else ():
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            names.add(child.name)
        targets = getattr(child, "targets", None) or [getattr(child, "target", None)]
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def _exists(identifier: str) -> bool:
    if "/" in identifier:
        return any(ROOT.glob(identifier))
    path = ROOT / identifier.replace(".", "/")
    if path.is_dir() or path.with_suffix(".py").exists():
        return True
    owner, _, name = identifier.rpartition(".")
    return name in _names()[owner] if owner in _names() else identifier in _names()


def test_no_term_stands_twice() -> None:
    chinese = Counter(row[0] for row in _rows())
    assert [term for term, times in chinese.items() if times > 1] == []


def test_no_identifier_stands_for_two_terms() -> None:
    assert [name for name, times in Counter(_identifiers()).items() if times > 1] == []


def test_every_identifier_exists_in_the_code() -> None:
    assert [name for name in _identifiers() if not _exists(name)] == []


def test_every_row_has_a_term_and_a_meaning() -> None:
    assert [row for row in _rows() if len(row) != 3 or not all(row)] == []
