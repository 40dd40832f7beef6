"""Above the county, a report adds up the editions of the areas below.

The records stand beside it.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from django.db.models import Q

from accounts.models import Role, User
from areas.models import Area
from funds.models import Donation, Fund
from indicators.models import Indicator, Plan
from indicators.plan.loading import load_plans
from indicators.progress.progress import progress_of
from indicators.store.series import recompute_all
from orgs.models import Training
from reports.editions.sealing import SealError, seal
from reports.filing.preparing import prepare_reports
from reports.models import Edition, Report
from reports.paper.blocks import Paragraph
from reports.paper.document import document_of
from reviews.services import approve, reopen, submit
from tests.conftest import DISTRICT, HUAYIPO, MINSHENGLU
from tests.indicators.test_shortfalls import succeed
from tests.indicators.worlds import World, load_world_plan, seeds
from tests.reports.filing.conftest import JUNE, PREPARED, Day, File, corrected, signer
from tests.types import Make
from tests.worlds import share

_WORLDS = seeds(range(700, 708), 3)


def _tree(folder: Path, root: str) -> Plan:
    """Load the world's indicators as a plan that province, prefectures and counties file for."""
    load_world_plan(folder)
    text = (folder / "world.toml").read_text(encoding="utf-8")
    report = '\n[plan.report]\ndue = ["06-30"]\nfirst_due = 2026-06-30\nlevels = [1, 2, 3]\n'
    text = text.replace('code = "world"', 'code = "tree"').replace(f'"{DISTRICT}"', f'"{root}"')
    text = text.replace("\n\n[[indicator]]", f"{report}\n[[indicator]]", 1)
    path = folder / "tree.toml"
    path.write_text(text, encoding="utf-8")
    return load_plans([path])[0]


def _file_all(plan: Plan, on: Day) -> dict[str, Edition]:
    """Let every area file, the lowest level first."""
    reports = Report.objects.filter(plan=plan).order_by("-area__level", "area")
    return {
        report.area_id: seal(report, by=signer(report.area_id), on=on)
        for report in reports.select_related("plan", "area")
    }


@pytest.mark.django_db
@pytest.mark.parametrize("seed", _WORLDS)
def test_when_all_have_filed_the_sum_is_what_the_records_say(seed: int, tmp_path: Path) -> None:
    """In any world with any successions, nothing is lost or counted twice."""
    world = World(Random(seed), is_whole=True)
    plan = _tree(tmp_path, "50")
    world.fill(world.random.randint(4, 9))
    if seed % 2:
        succeed(world, 3)
    recompute_all()
    assert Report.objects.count() == 0
    prepare_reports(JUNE)
    editions = _file_all(plan, JUNE)
    assert "50" in editions
    for code, edition in editions.items():
        live = progress_of(plan, [code], JUNE)[code]
        for item in live:
            sealed = [Decimal(each) for each in edition.fractions[item.indicator.code][:2]]
            told = f"{code} {item.indicator.code}"
            assert sealed == [item.figure.numerator, item.figure.denominator], told
        found = edition.as_content().consolidation
        assert found.differences == []
        assert {each.difference for each in found.sums} <= {"0"}


def _sum_by_hand(editions: list[Edition], code: str) -> Decimal:
    return sum((Decimal(edition.fractions[code][0]) for edition in editions), Decimal(0))


@pytest.fixture
def filed_below(province_plan: Plan, approved: Make, file: File) -> Plan:
    """A few records; streets, county and prefecture have filed, the province has not."""
    fund = approved(Fund, established_on=Day(2026, 3, 1))
    approved(Donation, fund=fund, amount_yuan=Decimal("1234.56"))
    approved(Training, person_times=7)
    prepare_reports(PREPARED)
    below = Report.objects.filter(plan=province_plan).exclude(area="50")
    for report in below.order_by("-area__level", "area").select_related("plan", "area"):
        seal(report, by=signer(report.area_id), on=JUNE)
    return province_plan


share(__name__, "filed_below")


def _values(edition: Edition) -> dict[str, str | None]:
    return dict(edition.figures)


def test_what_is_approved_after_those_below_have_filed_is_not_in_the_provinces_report(
    filed_below: Plan, approved: Make, file: File
) -> None:
    approved(Fund, area_id=MINSHENGLU)
    edition = file("50", missing_reason="报送后新增，计入下期")
    assert _values(edition)["funds"] == "1"
    found = edition.as_content().consolidation
    funds = next(each for each in found.sums if each.code == "funds")
    assert (funds.reported, funds.direct, funds.summed) == ("1", "0", "1")
    assert (funds.live, funds.difference) == ("2", "1")
    listed = [each for each in found.differences if each.code == "funds"]
    assert [(each.area, each.sealed_text, each.live_text) for each in listed] == [
        ("5001", "1", "2")
    ]
    assert listed[0].difference_text == "+1支"


@pytest.mark.parametrize("change", [{"code": "jijin"}, {"unit": "个"}, {"counting": "cumulative"}])
def test_figures_of_another_rule_are_not_added_and_nobody_is_left_unaware(
    filed_below: Plan, file: File, change: dict[str, str]
) -> None:
    Indicator.objects.filter(plan=filed_below, code="funds").update(**change)
    recompute_all()
    with pytest.raises(SealError, match=r"下级报告与审核台账有\d+处不一致"):
        file("50")
    content = file("50", missing_reason="口径有调整，下期统一").as_content()
    code = change.get("code", "funds")
    item = next(each for each in content.indicators if each.code == code)
    assert (item.value, item.status) == (None, "no_data")
    told = [each for each in content.consolidation.differences if each.code == code]
    assert {each.sealed_text for each in told} == {"无此指标或口径不同"}
    assert content.seal.missing_reason == "口径有调整，下期统一"


def test_who_compiles_over_a_difference_says_why(
    filed_below: Plan, file: File, approved: Make
) -> None:
    approved(Fund, area_id=MINSHENGLU)
    with pytest.raises(SealError, match="如仍按下级报告汇总，请写明说明"):
        file("50")
    content = file("50", missing_reason="报送后新增，计入下期").as_content()
    assert content.seal.missing_reason == "报送后新增，计入下期"
    said = [block.text for block in document_of(content) if isinstance(block, Paragraph)]
    assert "下级所报与审核台账不一致的说明：报送后新增，计入下期。" in said
    assert content.trend is not None
    trend = content.trend.values["funds"]
    assert trend[-1] == "1"  # the last point is the figure that is signed


def test_a_county_counts_the_records_themselves(
    province_plan: Plan, approved: Make, file: File
) -> None:
    """Records are reviewed in the county; the streets' editions are listed beside them."""
    prepare_reports(PREPARED)
    streets = Report.objects.filter(plan=province_plan, area__level=4)
    for report in streets.select_related("plan", "area"):
        seal(report, by=signer(report.area_id), on=JUNE)
    approved(Fund)
    edition = file(DISTRICT)
    assert _values(edition)["funds"] == "1"
    content = edition.as_content()
    assert not content.consolidation.is_from_editions
    assert [each.name for each in content.consolidation.differences][:1] == ["七星岗街道"]


@pytest.mark.once
def test_what_is_registered_above_counts_where_it_is_registered(
    filed_below: Plan, approved: Make, file: File, quji: User, shiju: User
) -> None:
    for user, role in ((quji, Role.CLERK), (shiju, Role.REVIEWER)):
        User.objects.filter(pk=user.pk).update(area_id="50", role=role)
    for user in (quji, shiju):
        user.refresh_from_db()
    approved(Training, area_id="50", person_times=30)
    content = file("50").as_content()
    trained = next(each for each in content.consolidation.sums if each.code == "trained")
    assert (trained.reported, trained.direct, trained.summed) == ("7", "30", "37")
    assert [len(sheet.rows) for sheet in content.ledgers] == [1]


@pytest.mark.once
def test_who_is_missing_is_left_out_and_named(filed_below: Plan, make: Make, file: File) -> None:
    second = Area(code="5002", name="另一市", kind="prefecture")
    county = Area(code="500299", name="另一区", kind="county")
    for one in (second, county):
        one.derive()
        one.save()
    prepare_reports(PREPARED)
    training = make(Training, area_id="500299", person_times=100)
    clerk = User.objects.create_user("tian", role=Role.CLERK, area_id="500299")
    submit(training, by=clerk, reason="测试")
    approve(training, by=signer("500299"))
    content = file("50", missing_reason="正在核对").as_content()
    assert [each.code for each in content.filing.missing] == ["5002"]
    assert next(each.value for each in content.indicators if each.code == "trained") == "7"
    values = {each.code: each.values for each in content.children}
    assert set(values["5002"].values()) == {None}


@pytest.mark.once
def test_states_follow_the_consolidated_figures(
    filed_below: Plan, approved: Make, file: File
) -> None:
    for _ in range(19):
        approved(Fund, area_id=HUAYIPO)
    content = file("50", missing_reason="报送后新增，计入下期").as_content()
    funds = next(each for each in content.indicators if each.code == "funds")
    assert (funds.value, funds.rate, funds.status) == ("1", "0.0526", "behind")


def test_a_later_correction_below_reaches_the_province_by_a_correction_of_its_own(
    filed_below: Plan, file: File, shiju: User
) -> None:
    first = file("50")
    fund = Fund.objects.get()
    reopen(fund, by=shiju, reason="重复登记")
    for code in (HUAYIPO[:9], DISTRICT, "5001"):
        file(code, reason="核减重复基金")
    second = file("50", reason="下级更正")
    assert (_values(first)["funds"], _values(second)["funds"]) == ("1", "0")
    figures = {each.code: each for each in corrected(second).figures}
    told = figures["funds"].editions[0]
    assert (told.old, told.new) == ("1", "0")


@pytest.mark.once
def test_the_sum_is_the_sum_of_the_editions_by_hand(
    filed_below: Plan, approved: Make, file: File
) -> None:
    approved(Fund, area_id=MINSHENGLU)
    edition = file("50", missing_reason="报送后新增，计入下期")
    below = list(Edition.objects.filter(Q(report__area="5001"), report__plan=filed_below))
    for code in ("funds", "raised", "trained", "scenes"):
        assert Decimal(edition.fractions[code][0]) == _sum_by_hand(below, code)


@pytest.mark.once
def test_as_of_is_kept_for_each_child(filed_below: Plan, file: File) -> None:
    content = file("50", on=Day(2026, 7, 3)).as_content()
    assert content.as_of == JUNE
    assert {each.as_of for each in content.filing.children} == {JUNE}
    assert content.file_by == JUNE
