"""The history records for every field who entered or changed it, and the former value."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from simple_history.middleware import HistoryRequestMiddleware

from accounts.models import User
from orgs.models import VolunteerTeam
from reviews.models import Submission
from tests.records.kinds import RECORD_KINDS, kind_name, sound
from tests.types import Make


@pytest.fixture
def acting(rf: RequestFactory) -> Callable[..., None]:
    """`acting(user, work)`: do the work inside a request of the user."""

    def act(user: User, work: Callable[[], object]) -> None:
        def respond(request: HttpRequest) -> HttpResponse:
            work()
            return HttpResponse()

        request = rf.post("/")
        request.user = user
        HistoryRequestMiddleware(respond)(request)

    return act


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_entering_and_editing_are_written_down_with_their_user(
    make: Make, quji: User, jiedao: User, acting: Callable[..., None], kind: type[Submission]
) -> None:
    def edit() -> None:
        record = kind.objects.get()
        record.area_id = "500103003013"
        record.save()

    acting(quji, lambda: sound(make, kind, area_id="500103001003"))
    acting(jiedao, edit)
    entries = kind.objects.get().history.order_by("history_id")
    assert [(entry.history_type, entry.history_user, entry.area_id) for entry in entries] == [
        ("+", quji, "500103001003"),
        ("~", jiedao, "500103003013"),
    ]


def test_the_difference_names_the_fields_with_old_and_new_value(
    make: Make, quji: User, acting: Callable[..., None]
) -> None:
    team = make(VolunteerTeam, name="红岩队", volunteers=8)

    def edit() -> None:
        team.name, team.volunteers = "红岩志愿队", 9
        team.save()

    acting(quji, edit)
    new, old = team.history.all()
    changes = {change.field: (change.old, change.new) for change in new.diff_against(old).changes}
    changes.pop("updated_at", None)
    assert changes == {"name": ("红岩队", "红岩志愿队"), "volunteers": (8, 9)}


def test_what_a_record_was_on_a_day_can_be_read_again(make: Make, quji: User) -> None:
    team = make(VolunteerTeam, name="红岩队")
    first = team.history.get().history_date
    team.name = "嘉陵队"
    team.save()
    assert team.history.as_of(first).name == "红岩队"
