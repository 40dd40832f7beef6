"""The name of a private donor is masked wherever a donation is mentioned.

An organisation's is not.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.models import User
from funds.models import Donation
from indicators.models import Plan
from reviews.privacy import masked, masked_name
from tests.types import Make, Visit

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("王小明", "王**"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("李", "李"),
        ("", ""),
    ],
)
def test_the_surname_stays(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("张 三", "张 *"),
        ("张\u3000三", "张\u3000*"),
        ("张 小明", "张 **"),
        ("张三 李四", "张* 李*"),
        ("张三、李 四", "张*、李 *"),
        ("已删除3f9a、张 三", "已删除、张 *"),
        ("张 三 已删除3f9a", "张 * 已删除"),
        ("已删除3f9a、13812345678、李四", "已删除、138****5678、李*"),
        ("已删除", "已删除"),
    ],
)
def test_blanks_within_a_name_uncover_nothing(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("陈先生", "person", "陈**"),
        ("陈先生", "", "陈**"),
        ("阿布都热依木·吐尔逊", "person", "阿*********"),
        ("某某公司", "enterprise", "某某公司"),
        ("渝中区慈善会", "", "渝中区慈善会"),
        ("某公司", "", "某公司"),
        ("商会", "", "商会"),
        ("", "person", "匿名"),
        ("匿名", "", "匿名"),
    ],
)
def test_who_gave_is_named_or_masked(name: str, kind: str, shown: str) -> None:
    donation = Donation(donor_name=name, donor_type=kind, amount_yuan=Decimal(5))
    assert donation.donor_shown == shown
    assert str(donation) == f"{shown} 5元"


def test_what_a_figure_is_made_of_names_no_private_person(
    yuzhong: Plan, approved: Make, visit: Visit, shengting: User
) -> None:
    donation = approved(Donation, donor_name="陈先生", donor_type="person")
    client = visit(shengting)
    for url in (
        f"/figures/yuzhong-2026/raised/{donation.area_id}/?on=2026-06-15&part=1",
        f"/records/funds.donation/{donation.pk}/figures/",
        "/admin/funds/donation/",
    ):
        page = client.get(url)
        assert page.status_code == 200
        assert "陈先生" not in page.content.decode(), url
        assert "陈**" in page.content.decode(), url
