"""The totals above a list are those of its records, counted one by one."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from orgs.models import SERVED, CommunityOrg, Nature, OrgAssessment
from projects.models import ServiceContract
from reviews.fields import label_of
from reviews.pages.lists.totals import TotalGroup
from tests.conftest import HUAYIPO, MINSHENGLU, QIXINGGANG
from tests.records.kinds import sound
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


def test_amounts_are_those_of_approved_contracts(district: Area, make: Make, quji: User) -> None:
    for field, status, amount in (
        ("eldercare", "approved", "100.10"),
        ("eldercare", "approved", "0.05"),
        ("eldercare", "pending", "7"),
        ("", "approved", "3"),
        ("relief", "void", "9"),
    ):
        given = {"funding_field": field, "status": status, "amount_yuan": Decimal(amount)}
        make(ServiceContract, area_id=QIXINGGANG, **given)
    client = Client()
    client.force_login(quji)
    page = client.get(reverse("admin:projects_servicecontract_changelist"))
    groups: list[TotalGroup] = page.context["cl"].totals()
    assert groups[0].lines[0].amount == Decimal("103.15")
    (fields,) = [group for group in groups if group.title == "经费领域"]
    told = {line.label: (line.records, line.amount) for line in fields.lines if line.records}
    assert told == {"养老服务": (3, Decimal("100.15")), "未填": (1, Decimal(3))}
    assert "103.15元" in page.content.decode()


def test_a_list_without_ends_says_nothing_of_what_is_in_force(
    district: Area, make: Make, quji: User
) -> None:
    sound(make, OrgAssessment, grade="good", status="approved").save()
    client = Client()
    client.force_login(quji)
    page = client.get(reverse("admin:orgs_orgassessment_changelist"))
    (first, *_) = page.context["cl"].totals()
    assert (first.lines[0].records, first.lines[0].in_force) == (1, None)
    assert "今天有效" not in page.content.decode()
