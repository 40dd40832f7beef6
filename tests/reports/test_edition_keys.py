"""docs/edition-format.md lists exactly the keys of every format."""

from __future__ import annotations

import json

import pytest

from reports.schema.content import FORMAT, EditionContent
from tests.reports.edition_keys import declared, found, holds_nothing, listed
from tests.reports.sealed_before import OLD_FORMATS, sealed_in

pytestmark = pytest.mark.once


def test_the_page_lists_the_keys_of_todays_format_with_their_types() -> None:
    assert listed(FORMAT) == set(declared(EditionContent))


@pytest.mark.parametrize("number", OLD_FORMATS)
def test_the_page_lists_the_keys_of_an_old_format(number: int) -> None:
    keys = listed(number)
    documents = [json.loads(row["content"]) for row in sealed_in(number)]
    there = {path for document in documents for path in found(document, keys)}
    paths = {key.path for key in keys}
    assert there - paths == set()
    empty = tuple(path for document in documents for path in holds_nothing(document))
    assert {path for path in paths - there if not path.startswith(empty)} == set()
