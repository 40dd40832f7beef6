"""复制上一条: the clerk's own last record fills in the next form."""

from __future__ import annotations

import datetime

import pytest
from django.db import models
from django.test import Client
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from funds.models import Donation, Fund
from orgs.models import Training
from reviews.models import Status, Submission
from scenes.models import Activity, Scene
from tests.conftest import DAY, HUAYIPO, JIEFANGBEI, MINSHENGLU, QIXINGGANG
from tests.records.kinds import RECORD_KINDS, kind_name, sound
from tests.types import Make, Response, Visit
from tests.web.forms import filled_in
from tests.web.test_entry_drafts import add_page

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL


@pytest.fixture
def clerk(visit: Visit, jiedao: User) -> Client:
    return visit(jiedao)


def _begun(client: Client, kind: type[Submission]) -> Response:
    return client.get(add_page(kind) + "?copy=last")


def _values(response: Response) -> dict[str, object]:
    form = response.context["adminform"].form
    return {name: form[name].value() for name in form.fields}


def test_the_last_record_is_offered_and_fills_the_form(
    clerk: Client, make: Make, jiedao: User
) -> None:
    fund = make(Fund)
    make(Donation, fund=fund, created_by=jiedao, channel="cash", purpose="旧")
    make(
        Donation,
        fund=fund,
        created_by=jiedao,
        channel="transfer",
        donor_type="enterprise",
        purpose="助学",
        handler="赵会计",
        donor_name="张三",
        donated_on=DAY,
        amount_yuan=77,
    )
    assert "?copy=last" in clerk.get(add_page(Donation)).content.decode()
    values = _values(_begun(clerk, Donation))
    copied = {name: values[name] for name in ("fund", "channel", "donor_type", "purpose")}
    assert copied == {
        "fund": fund.pk,
        "channel": "transfer",
        "donor_type": "enterprise",
        "purpose": "助学",
    }
    for name in ("amount_yuan", "receipt_number", "donor_name", "handler", "note"):
        assert not values[name], name
    assert values["donated_on"] == timezone.localdate()


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_names_numbers_days_and_quantities_are_left_out(
    clerk: Client, make: Make, jiedao: User, kind: type[Submission]
) -> None:
    record = sound(make, kind, area_id=HUAYIPO)
    kind.objects.filter(pk=record.pk).update(created_by=jiedao)
    response = _begun(clerk, kind)
    form, values = response.context["adminform"].form, _values(response)
    for name in form.fields:
        column = kind._meta.get_field(name)
        must_differ = isinstance(
            column, models.DateField | models.DecimalField | models.IntegerField
        )
        if must_differ or name in ("name", "number", "receipt_number", "credit_code"):
            assert isinstance(column, models.Field)
            is_default = column.has_default() and values[name] == column.get_default()
            assert is_default or values[name] in (None, "", timezone.localdate()), name
    assert values.get("area", HUAYIPO) == HUAYIPO


def test_six_haves_are_looked_at_anew(clerk: Client, make: Make, jiedao: User) -> None:
    make(Scene, created_by=jiedao, has_staff=True, operator="社区")
    values = _values(_begun(clerk, Scene))
    assert (values["has_staff"], values["operator"]) == (False, "社区")


def test_the_rows_come_along_and_are_saved(clerk: Client, make: Make, jiedao: User) -> None:
    communities = Area.objects.within(QIXINGGANG).filter(level=5)
    reached = sorted(communities.values_list("code", flat=True))[:2]
    activity = make(
        Activity, area_id=QIXINGGANG, created_by=jiedao, reached=reached, organiser="街道"
    )
    page = _begun(clerk, Activity)
    sent = filled_in(page, name="中秋慰问", held_on="2026-09-25")
    assert clerk.post(add_page(Activity) + "?copy=last", sent).status_code == 302
    new = Activity.objects.exclude(pk=activity.pk).get()
    assert sorted(new.communities.values_list("code", flat=True)) == reached
    assert (new.held_on, new.organiser) == (datetime.date(2026, 9, 25), "街道")
    assert activity.reaches.count() == 2


def test_no_person_comes_along(clerk: Client, make: Make, jiedao: User) -> None:
    fund = make(Fund, created_by=jiedao, host_name="甲慈善会")
    fund.members.create(name="李强", kind="street", duty="组长")
    page = _begun(clerk, Fund)
    assert _values(page)["host_name"] == "甲慈善会"
    group = page.context["inline_admin_formsets"][0].formset
    assert "李强" not in page.content.decode()
    assert group.forms == []


def test_only_the_clerks_own_record_is_copied(
    clerk: Client, make: Make, quji: User, jiedao2: User
) -> None:
    make(Training, created_by=quji, organiser="区民政局")
    make(Training, area_id=JIEFANGBEI, created_by=jiedao2, organiser="解放碑")
    page = _begun(clerk, Training)
    assert _values(page)["organiser"] in (None, "")
    assert "?copy=last" not in page.content.decode()


def test_what_is_out_of_scope_or_void_is_not_copied(
    clerk: Client, make: Make, jiedao: User
) -> None:
    make(Training, created_by=jiedao, organiser="作废的", status=Status.VOID)
    make(Training, area_id=MINSHENGLU, created_by=jiedao, organiser="别处的")
    assert _values(_begun(clerk, Training))["organiser"] in (None, "")


def test_who_may_not_enter_copies_nothing(visit: Visit, shiju: User, make: Make) -> None:
    make(Training, created_by=shiju)
    assert _begun(visit(shiju), Training).status_code == 403
