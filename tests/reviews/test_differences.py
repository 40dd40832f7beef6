"""A record compared with its last approved version, as Chinese text."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Protocol

import pytest
from django.db import models
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import User
from areas.models import Area
from audit.chain.lifting import lifted
from funds.models import Donation, Fund, FundMember
from indicators.models import ManualFigure, OpeningBalance, Plan
from orgs.models import Charity, CommunityOrg
from reviews.fields import attribute_history
from reviews.models import Status, Submission
from reviews.services import approve, reopen, submit
from reviews.trail.differences import (
    EMPTY,
    HIDDEN,
    Comparison,
    FieldTexts,
    amount_text,
    changes_between,
    compare,
    content_fields,
    row_table,
)
from reviews.trail.timeline import timeline_of
from scenes.models import Activity, Scene
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU
from tests.records.kinds import RECORD_KINDS, kind_name, sound
from tests.types import Make, Record


def changed(comparison: Comparison) -> dict[str, tuple[str, str]]:
    return {row.label: (row.before, row.now) for row in comparison.rows if row.is_changed}


def rows(comparison: Comparison) -> dict[str, str]:
    return {row.label: row.now for row in comparison.rows}


class Edited(Protocol):
    """`edited(Scene, name="新名")`: a record that was approved, taken back and changed."""

    def __call__(
        self, kind: type[Record], before: dict[str, object] | None = None, **after: object
    ) -> Record: ...


@pytest.fixture
def edited(approved: Make, shiju: User) -> Edited:
    """`edited(Scene, name="新名")`: approved, taken back and changed."""

    def change(
        kind: type[Record], before: dict[str, object] | None = None, **after: object
    ) -> Record:
        record = approved(kind, **(before or {}))
        reopen(record, by=shiju, reason="请核对")
        for name, value in after.items():
            setattr(record, name, value)
        record.save()
        return record

    return change


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_every_field_of_every_kind_is_shown_in_chinese(
    make: Make, shiju: User, district: Area, kind: type[Submission]
) -> None:
    shown = compare(sound(make, kind), shiju)
    labels = [row.label for row in shown.rows]
    assert labels == [str(field.verbose_name) for field in content_fields(kind)]
    assert all(not label.isascii() for label in labels)
    assert {"状态", "录入时间", "审核人", "导入批次"}.isdisjoint(labels)


def test_what_was_never_approved_stands_alone(make: Make, quji: User, shiju: User) -> None:
    record = make(Scene)
    submit(record, by=quji, reason="测试")
    shown = compare(record, shiju)
    assert (shown.approved_at, shown.is_known, shown.changed) == (None, False, 0)


def test_an_approved_record_is_what_was_approved(approved: Make, shiju: User) -> None:
    shown = compare(approved(Scene), shiju)
    assert shown.is_known
    assert shown.approved_by == "shiju"
    assert shown.changed == 0


def test_changed_fields_show_before_and_now(edited: Edited, shiju: User) -> None:
    scene = edited(
        Scene,
        {"name": "慈善墙", "type": "wall", "person_times": 1200},
        name="慈善小巷",
        type="alley",
        has_staff=True,
        opened_on=datetime.date(2026, 2, 3),
        person_times=None,
        area_id=MINSHENGLU,
    )
    assert changed(compare(Scene.objects.get(pk=scene.pk), shiju)) == {
        "所属地区": ("华一坡社区", "民生路社区"),
        "场景名称": ("慈善墙", "慈善小巷"),
        "类型": ("慈善墙", "慈善小巷"),
        "建成日期": ("2026年3月1日", "2026年2月3日"),
        "有人员": ("否", "是"),
        "年服务人次": ("1,200", EMPTY),
    }


def test_money_is_compared_by_its_amount_and_shown_with_its_cents(
    edited: Edited, shiju: User
) -> None:
    fund = edited(Fund, {"initial_yuan": "80000"}, initial_yuan="80000.00", note="改")
    assert changed(compare(Fund.objects.get(pk=fund.pk), shiju)) == {"备注": (EMPTY, "改")}
    assert rows(compare(Fund.objects.get(pk=fund.pk), shiju))["起始资金（元）"] == "80,000.00"


def test_a_kind_that_speaks_for_its_codes_is_heard(make: Make, shiju: User) -> None:
    balance = make(OpeningBalance, measure="funds")
    shown = rows(compare(balance, shiju))
    assert shown["计量"] == balance.get_measure_display()
    assert not shown["计量"].isascii()


def test_the_last_of_several_approvals_counts(edited: Edited, quji: User, shiju: User) -> None:
    scene = edited(Scene, {"name": "第一"}, name="第二")
    submit(scene, by=quji, reason="测试")
    approve(scene, by=shiju)
    assert compare(scene, shiju).changed == 0
    reopen(scene, by=shiju, reason="再核对")
    scene.name = "第三"
    scene.save()
    assert changed(compare(scene, shiju)) == {"场景名称": ("第二", "第三")}


def test_where_no_version_was_kept_it_says_so(approved: Make, shiju: User) -> None:
    scene = approved(Scene)
    with lifted():
        scene.history.all().delete()
    shown = compare(scene, shiju)
    assert shown.approved_at is not None
    assert (shown.is_known, shown.changed) == (False, 0)


# --- whose names ---------------------------------------------------------------------------------


def test_what_a_record_refers_to_is_named(edited: Edited, make: Make, shiju: User) -> None:
    first, second = make(Charity, name="旧慈善会"), make(Charity, name="新慈善会")
    fund = edited(Fund, {"host": first}, host=second)
    assert changed(compare(fund, shiju)) == {"依托组织档案": ("旧慈善会", "新慈善会")}


def test_a_neighbours_record_that_was_referred_to_once_is_not_named(
    edited: Edited, make: Make, shiju: User, jiedao: User
) -> None:
    theirs, own = make(Fund, name="解放碑基金", area_id=MINSHENGLU), make(Fund, name="七星岗基金")
    donation = edited(Donation, {"fund": theirs}, fund=own, area_id=HUAYIPO)
    assert changed(compare(donation, shiju))["基金"] == ("解放碑基金", "七星岗基金")
    assert changed(compare(donation, jiedao))["基金"] == (HIDDEN, "七星岗基金")


def test_what_a_record_refers_to_today_is_named_although_it_lies_above(
    make: Make, jiedao: User
) -> None:
    host = make(Charity, name="渝中区慈善会", area_id=DISTRICT)
    assert rows(compare(make(Fund, host=host), jiedao))["依托组织档案"] == "渝中区慈善会"


def test_the_names_of_many_versions_cost_as_many_queries_as_those_of_one(
    make: Make, shiju: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fund = make(Fund)
    for number in range(6):
        fund.host = make(Charity, name=f"慈善会{number}")
        fund.save()
    versions = list(fund.history.order_by("history_id"))
    with django_assert_num_queries(2):
        words = FieldTexts(fund, shiju, versions)
        found = changes_between(versions[1], versions[5], words)
    assert [(each.before, each.now) for each in found] == [("慈善会0", "慈善会4")]


# --- rows below a record -------------------------------------------------------------------------


def test_rows_are_shown_as_they_are_now(make: Make, shiju: User) -> None:
    fund = make(Fund)
    FundMember.objects.create(fund=fund, name="王芳", kind="street")
    FundMember.objects.create(fund=make(Fund), name="别的基金的人", kind="street")
    table = row_table(FundMember, fund)
    assert (table.title, table.columns) == ("管理小组成员", ["姓名", "身份", "职务"])
    assert table.rows == [["王*", "街道（乡镇）有关负责人", EMPTY]]


def test_communities_reached_are_named(make: Make, district: Area) -> None:
    activity = make(Activity, reached=[HUAYIPO, MINSHENGLU])
    table = row_table(Activity.communities.through, activity)
    assert table.rows == [["华一坡社区"], ["民生路社区"]]


def test_the_status_is_no_difference(approved: Make, shiju: User) -> None:
    scene = approved(Scene)
    reopen(scene, by=shiju, reason="请核对")
    assert scene.status == Status.RETURNED
    assert compare(scene, shiju).changed == 0


# --- units ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "before", "now"),
    [
        ("funds", "2支", "3支"),
        ("raised", "2.00元", "3.00元"),
        ("aided", "2人次", "3人次"),
        ("orgs", "2个", "3个"),
        ("trainings", "2场", "3场"),
    ],
)
def test_an_opening_balance_has_the_unit_of_its_measure(
    make: Make, quji: User, shiju: User, measure: str, before: str, now: str
) -> None:
    balance = make(OpeningBalance, measure=measure, quantity=2, created_by=quji)
    submit(balance, by=quji, reason="核对过")
    approve(balance, by=shiju)
    reopen(balance, by=shiju, reason="有误")
    balance.quantity = Decimal(3)
    attribute_history(balance, quji)
    balance.save()
    assert changed(compare(balance, shiju)) == {"数量": (before, now)}
    (edit,) = [each for each in timeline_of(balance, shiju) if each.title == "修改"]
    assert [(each.before, each.now) for each in edit.changes] == [(before, now)]
    assert amount_text(balance, "quantity") == now


def test_a_measure_that_changed_shows_each_number_in_its_own_unit(make: Make, shiju: User) -> None:
    balance = make(OpeningBalance, measure="funds", quantity=2)
    balance.measure = "raised"
    balance.save()
    edit = next(each for each in timeline_of(balance, shiju) if each.title == "修改")
    changes = {each.label: (each.before, each.now) for each in edit.changes}
    assert changes == {"计量": ("社区慈善基金", "筹集款物"), "数量": ("2支", "2.00元")}


@pytest.mark.parametrize(
    ("unit", "shown"), [("个", "91个"), ("人次", "91人次"), ("元", "91.00元"), ("%", "91.00")]
)
def test_a_manual_figure_has_the_unit_of_its_indicator(
    make: Make, shiju: User, yuzhong: Plan, unit: str, shown: str
) -> None:
    yuzhong.indicators.filter(code="funds").update(counting="manual", unit=unit)
    figure = make(
        ManualFigure,
        plan_code=yuzhong.code,
        indicator_code="funds",
        numerator=91,
        denominator=100,
    )
    found = rows(compare(figure, shiju))
    assert (found["完成数"], found["总数"]) == (shown, "100.00")


def test_members_are_counted_in_people(make: Make, shiju: User) -> None:
    org = make(CommunityOrg, members=1200, party_members=None)
    shown = rows(compare(org, shiju))
    assert (shown["成员数"], shown["党员数"]) == ("1,200人", EMPTY)


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=kind_name)
def test_every_number_says_its_unit_or_its_label_does(kind: type[Submission]) -> None:
    # A denominator has the unit of the numerator, or none; a quantity has that of its resource.
    of_another = {"denominator", "quantity"}
    for field in content_fields(kind):
        is_number = isinstance(field, models.IntegerField | models.DecimalField)
        if is_number and field.name not in of_another and field.name not in kind.units:
            said = any(word in str(field.verbose_name) for word in ("元", "人次", "人数"))
            assert said or kind.measured_by, field
