"""A list takes the filters that it declares, and tells what else an address names."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.messages import get_messages
from django.test import Client, RequestFactory

from accounts.models import User
from guards.lists import DeclaredList
from scenes.models import Scene
from tests.types import Make

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def test_every_list_is_one_of_declared_filters() -> None:
    request = RequestFactory().get("/")
    lists = {model: each.get_changelist(request) for model, each in admin.site._registry.items()}
    assert [model for model, kind in lists.items() if not issubclass(kind, DeclaredList)] == []


@pytest.mark.parametrize(
    "lookup", ["name__regex", "name__startswith", "name", "status__regex", "created_by__id__exact"]
)
def test_a_lookup_that_no_filter_declares_tells_nothing(
    client: Client, jiedao: User, make: Make, lookup: str
) -> None:
    make(Scene)
    client.force_login(jiedao)
    answer = client.get("/admin/scenes/scene/", {lookup: "^nichts"})
    told = [str(message) for message in get_messages(answer.wsgi_request)]
    assert answer.status_code == 200
    assert answer.context["cl"].result_count == 1
    assert [f"没有“{lookup}”这样的筛选条件，已忽略" in each for each in told] == [True]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"status__exact": "draft"}, 1),
        ({"status__exact": "approved"}, 0),
        ({"status__in": "approved,void"}, 0),
        ({"opened_on__gte": "2099-01-01"}, 0),
        ({"area__gte": "600000", "area__lt": "700000"}, 0),
        ({"id__in": "0"}, 0),
    ],
)
def test_filters_and_the_links_of_this_site_work(
    client: Client, jiedao: User, make: Make, query: dict[str, str], number: int
) -> None:
    make(Scene)
    client.force_login(jiedao)
    answer = client.get("/admin/scenes/scene/", query)
    assert answer.context["cl"].result_count == number
    assert list(get_messages(answer.wsgi_request)) == []
