"""The totals above a list are those of its records, counted one by one."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from orgs.models import SERVED, CommunityOrg, Nature
from reviews.fields import label_of
from reviews.pages.lists.totals import TotalGroup
from tests.conftest import HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.types import Make

Counted = Counter[str]


def _in_force(org: CommunityOrg, day: datetime.date) -> bool:
    is_open = org.closed_on is None or org.closed_on > day
    is_valid = org.valid_until is None or org.valid_until >= day
    return org.status == "approved" and org.registered_on <= day and is_open and is_valid


def _words(org: CommunityOrg) -> list[str]:
    """Every line of the totals on which an organisation stands, in the plainest way."""
    served = [label_of(CommunityOrg, name) for name in SERVED if getattr(org, name)]
    place = "街道（乡镇）以上"
    if org.area.level == 5:
        place = "城镇社区" if org.area.is_urban else "农村社区"
    return [
        f"类别/{org.get_category_display()}",
        f"组织性质/{org.get_nature_display() or '未填'}",
        f"城乡/{place}",
        *(f"服务对象/{word}" for word in served or ["未填"]),
    ]


def _counted(orgs: list[CommunityOrg], holds: Callable[[CommunityOrg], bool]) -> Counted:
    return Counter(word for org in orgs if holds(org) for word in ["/合计", *_words(org)])


def test_the_totals_of_a_list_are_those_of_its_records(
    district: Area, make: Make, quji: User
) -> None:
    Area.objects.filter(code=MINSHENGLU).update(is_urban=False)
    dice, today = random.Random(11), timezone.localdate()
    for _ in range(30):
        since = today - datetime.timedelta(days=dice.randint(10, 700))
        make(
            CommunityOrg,
            area_id=dice.choice([HUAYIPO, MINSHENGLU, QIXINGGANG]),
            category=dice.choice(["charity", "service"]),
            nature=dice.choice(["", *Nature.values]),
            registered_on=since,
            valid_until=dice.choice([None, today, today - datetime.timedelta(days=1)]),
            closed_on=dice.choice([None, None, today]),
            status=dice.choice(["approved", "approved", "draft", "void"]),
            **{name: dice.random() < 0.3 for name in SERVED},
        )
    client = Client()
    client.force_login(quji)
    page = reverse("admin:orgs_communityorg_changelist")
    for asked in ({}, {"category__exact": "charity"}):
        groups: list[TotalGroup] = client.get(page, asked).context["cl"].totals()
        rows = CommunityOrg.objects.select_related("area")
        orgs = [org for org in rows if not asked or org.category == "charity"]
        expected = {
            "records": _counted(orgs, lambda org: org.status != "void"),
            "approved": _counted(orgs, lambda org: org.status == "approved"),
            "in_force": _counted(orgs, lambda org: _in_force(org, today)),
        }
        for name, numbers in expected.items():
            for group in groups:
                if group.title in ("管理层级", "枢纽类型"):
                    continue
                for line in group.lines:
                    key = f"{group.title}/{line.label}"
                    assert getattr(line, name) == numbers[key], (name, key)


@pytest.mark.once
def test_an_old_record_is_asked_for_what_it_lacks(district: Area, make: Make, quji: User) -> None:
    client, org = Client(), make(CommunityOrg, nature="")
    client.force_login(quji)
    address = reverse("admin:orgs_communityorg_change", args=[org.pk])
    asked = "原记录未填"
    form = client.get(address).context["adminform"].form
    assert asked in str(form.fields["nature"].help_text)
    assert asked not in str(client.get(reverse("admin:orgs_communityorg_add")).content)
    CommunityOrg.objects.filter(pk=org.pk).update(nature="public")
    form = client.get(address).context["adminform"].form
    assert asked not in str(form.fields["nature"].help_text)
