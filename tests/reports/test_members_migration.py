"""The migration that indexes the records of editions can be taken back."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from reports.models import Edition, EditionMember

pytestmark = pytest.mark.once


@pytest.mark.django_db(transaction=True)
def test_the_migration_can_be_taken_back_and_done_again(edition: Edition) -> None:
    number, content = edition.members.count(), edition.content
    try:
        call_command("migrate", "reports", "0001", verbosity=0)
        assert "reports_editionmember" not in connection.introspection.table_names()
        kept = Edition.objects.values_list("content", flat=True)
        assert list(kept) == [content]
    finally:
        call_command("migrate", "reports", verbosity=0)
    assert EditionMember.objects.count() == number
    again = Edition.objects.get()
    assert (again.as_of, again.figures) == (edition.as_of, edition.figures)
    assert len(again.figures) == 14
