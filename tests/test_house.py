"""The bounds of the house: types, modules in a folder, the size of `config/`."""

from __future__ import annotations

import pytest

from tests.house import (
    any_per_thousand,
    count_any,
    count_ignores,
    ignores,
    is_test,
    lines_of,
    modules,
    modules_per_folder,
)

pytestmark = pytest.mark.once

#: Bounds only ever go down.
MOST_ANY_PER_THOUSAND = 8.0
MOST_IGNORES = 25
MOST_MODULES = 12
MOST_CONFIG_LINES = 800


def test_any_is_rare_in_the_source() -> None:
    assert (
        any_per_thousand(path for path in modules() if not is_test(path)) <= MOST_ANY_PER_THOUSAND
    )


def test_any_is_rare_in_the_tests() -> None:
    assert any_per_thousand(filter(is_test, modules())) <= MOST_ANY_PER_THOUSAND


def test_few_type_errors_are_ignored() -> None:
    assert ignores(modules()) <= MOST_IGNORES


def test_no_folder_holds_more_modules_than_one_can_see() -> None:
    full = {str(folder): n for folder, n in modules_per_folder().items() if n > MOST_MODULES}
    assert full == {}


def test_config_is_wiring_alone() -> None:
    assert lines_of("config") <= MOST_CONFIG_LINES


def test_an_import_of_any_is_no_use_and_a_mention_in_text_is_none() -> None:
    source = 'from typing import (\n    Any,\n)\n\nx: Any = "Any"  # Any\n'
    assert count_any(source) == 1


def test_an_ignored_error_is_counted_where_mypy_reads_one() -> None:
    assert count_ignores("x = 1  # type" + ": ignore[assignment]\n") == 1
