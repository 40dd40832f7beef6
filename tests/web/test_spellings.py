"""A form drops invisible characters, and two spellings of a name are one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from orgs.models import CommunityOrg
from tests.types import Make, Visit

pytestmark = pytest.mark.once


def test_a_form_drops_invisible_characters_and_refuses_a_second_spelling(
    visit: Visit, quji: User, make: Make
) -> None:
    make(CommunityOrg, area_id="500103001003", name="互助会（甲）")
    browser = visit(quji)
    sent = {
        "area": "500103001003",
        "name": "互助会\u2060(甲)",
        "category": "charity",
        "tier": "street",
        "registered_on": "2026-03-01\u200b",
    }
    refused = browser.post(reverse("admin:orgs_communityorg_add"), sent)
    assert "同名" in refused.content.decode()
    browser.post(reverse("admin:orgs_communityorg_add"), sent | {"name": "互助\u200b会\ufeff"})
    assert CommunityOrg.objects.latest("pk").name == "互助会"
