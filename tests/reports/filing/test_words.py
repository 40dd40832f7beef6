"""The text of a report: drafted from the figures, edited by users of its area, and sealed."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from funds.models import Fund
from indicators.models import Plan
from reports.editions.narrative import SECTIONS
from reports.editions.sealing import seal
from reports.filing.preparing import prepare_reports
from reports.models import Report
from reports.schema.content import ReportContent
from reports.workflow import HandlingError, edit
from tests.conftest import DISTRICT, HUAYIPO, QIXINGGANG
from tests.reports.filing.conftest import JUNE, PREPARED, Day, File
from tests.types import Make
from tests.worlds import share

#: These tests do not depend on the kind of database.
pytestmark = pytest.mark.once


def _report(code: str = DISTRICT) -> Report:
    return Report.objects.select_related("plan", "area").get(area=code, due_on=JUNE)


def _words(content: ReportContent) -> dict[str, str]:
    return {each.code: each.text for each in content.narrative}


@pytest.fixture
def prepared(yuzhong: Plan, approved: Make) -> Report:
    for _ in range(2):
        approved(Fund, area_id=HUAYIPO)
    prepare_reports(PREPARED)
    return _report()


share(__name__, "prepared")


# --- drafts -----------------------------------------------------------------------------------


def test_every_figure_is_told_with_its_value_and_target(prepared: Report) -> None:
    draft = prepared.draft["narrative"]
    assert set(draft) == set(SECTIONS)
    lines = draft["progress"].splitlines()
    assert lines[0] == "截至2026年6月1日，渝中区加强社区慈善建设工作指标完成情况如下："
    assert (
        lines[1] == "1. 社区慈善基金为2支，完成2026年底目标19支的10.53%，尚差17支，进度严重滞后。"
    )
    names = [each["name"] for each in prepared.draft["indicators"]]
    assert len(names) == 14
    for number, name in enumerate(names, start=1):
        assert lines[number].startswith(f"{number}. {name}")


def test_what_lags_is_a_problem_and_what_is_missing_a_plan(prepared: Report) -> None:
    draft = prepared.draft["narrative"]
    behind = [
        f"{each['name']}{each['status_label']}"
        for each in prepared.draft["indicators"]
        if each["status"] in ("lagging", "behind")
    ]
    assert behind
    for words in behind:
        assert sum(f" {words}" in line for line in draft["problems"].splitlines()) == 1
    assert "2026年底前社区慈善基金达到19支，还需再新增17支。" in draft["plans"]
    assert "百分点" in draft["plans"]


def test_what_is_new_is_told(prepared: Report) -> None:
    assert prepared.draft["narrative"]["measures"] == "登记在册并经审核：社区慈善基金2项。"


def test_a_street_without_targets_is_not_called_late(few_streets: Plan, approved: Make) -> None:
    approved(Fund, area_id=HUAYIPO)
    prepare_reports(PREPARED)
    draft = _report(QIXINGGANG).draft["narrative"]
    assert "1. 社区慈善基金为1支。" in draft["progress"]
    assert "目标" not in draft["progress"] + draft["plans"]


def test_the_next_report_tells_what_changed_since_the_last(
    prepared: Report, shiju: User, approved: Make
) -> None:
    seal(prepared, by=shiju, on=JUNE)
    approved(Fund, area_id=HUAYIPO)
    november = prepare_reports(Day(2026, 11, 1))[0]
    last = november.draft or Report.objects.get(pk=november.pk).draft
    assert "与上期（2026年6月）相比，社区慈善基金增加1支" in last["narrative"]["progress"]
    assert last["narrative"]["measures"] == "本期新登记并经审核：社区慈善基金1项。"


def test_who_is_missing_is_named(few_streets: Plan) -> None:
    prepare_reports(PREPARED)
    assert "尚有3个街道未报送本期报告：七星岗街道、" in _report().draft["narrative"]["problems"]


# --- editing ----------------------------------------------------------------------------------


def test_what_was_written_is_sealed_and_the_rest_drafted_anew(
    prepared: Report, quji: User, shiju: User, approved: Make
) -> None:
    edit(prepared, {"problems": "  （一）人手不足。\n\n 部分街道兼职。 "}, by=quji)
    approved(Fund, area_id=HUAYIPO)
    words = _words(seal(prepared, by=shiju, on=JUNE, is_checked=True).as_content())
    assert words["problems"] == "（一）人手不足。\n部分街道兼职。"
    assert "社区慈善基金为3支" in words["progress"]


def test_an_emptied_section_is_drafted_again(prepared: Report, quji: User) -> None:
    edit(prepared, {"problems": "人手不足。"}, by=quji)
    assert set(_report().narrative) == {"problems"}
    edit(_report(), {"problems": "  "}, by=quji)
    assert _report().narrative == {}


def test_saving_the_draft_as_it_is_keeps_following_the_figures(
    prepared: Report, quji: User
) -> None:
    edit(prepared, dict(prepared.draft["narrative"]), by=quji)
    assert _report().narrative == {}
    assert not prepared.events.filter(action="edit").exists()


def test_who_wrote_what_is_in_the_timeline(prepared: Report, quji: User) -> None:
    edit(prepared, {"problems": "人手不足。", "plans": "加强培训。"}, by=quji)
    event = prepared.events.get(action="edit")
    assert (event.by, event.note) == (quji, "存在问题、下一步打算")


def test_an_edited_section_knows_the_draft_it_was_made_from(
    prepared: Report, quji: User, approved: Make, client: Client
) -> None:
    edit(prepared, {"plans": "加强培训。"}, by=quji)
    approved(Fund, area_id=HUAYIPO)
    prepare_reports(PREPARED)
    client.force_login(quji)
    page = client.get(f"/reports/{prepared.pk}/edit/")
    moved = {each.code: each.has_moved for each in page.context["sections"]}
    assert moved == {"progress": False, "measures": False, "problems": False, "plans": True}
    assert "数据有更新" in page.content.decode()


@pytest.mark.parametrize("user", ["jiedao", "shengting", "jiangbei", "guanli", "shenji"])
def test_others_write_nothing(prepared: Report, request: pytest.FixtureRequest, user: str) -> None:
    with pytest.raises(HandlingError, match="只有本地区的填报员和审核员"):
        edit(prepared, {"plans": "越权"}, by=request.getfixturevalue(user))
    assert _report().narrative == {}


@pytest.mark.parametrize(
    ("texts", "message"),
    [({"plans": "长" * 20_001}, "“下一步打算”过长"), ({"other": "字"}, "没有“other”这一部分")],
)
def test_what_does_not_fit_is_refused(
    prepared: Report, quji: User, texts: dict[str, str], message: str
) -> None:
    with pytest.raises(HandlingError, match=message):
        edit(prepared, texts, by=quji)


def test_a_filed_streets_words_do_not_change(few_streets: Plan, file: File, jiedao: User) -> None:
    prepare_reports(PREPARED)
    edition = file(QIXINGGANG)
    edit(_report(QIXINGGANG), {"plans": "加强培训。"}, by=jiedao)
    edition.refresh_from_db()
    assert "加强培训" not in edition.content
    second = file(QIXINGGANG, reason="补充文稿")
    assert _words(second.as_content())["plans"] == "加强培训。"
