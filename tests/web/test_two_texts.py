"""Two people edit the text of one report: the second sees both texts and takes either."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from indicators.models import Plan
from reports.filing.preparing import prepare_reports
from reports.models import Report
from reports.pages.text import SectionForm
from tests.reports.filing.conftest import PREPARED
from tests.types import Response, Visit

pytestmark = pytest.mark.once  # pages; `test_every_page_opens` opens each on PostgreSQL


@pytest.fixture
def report(yuzhong: Plan) -> Report:
    return prepare_reports(PREPARED)[0]


def _sections(page: Response) -> dict[str, SectionForm]:
    return {each.code: each for each in page.context["sections"]}


def _sent(page: Response, **changes: str) -> dict[str, str]:
    sent: dict[str, str] = {}
    for each in page.context["sections"]:
        sent |= {each.code: each.text, f"{each.code}-was": each.was}
        sent |= {f"{each.code}-told": "1"} if each.is_two else {}
    return sent | changes


def test_both_texts_are_shown_and_either_is_taken(
    visit: Visit, shiju: User, quji: User, report: Report
) -> None:
    first, second = visit(shiju), visit(quji)
    url = reverse("report-edit", args=[report.pk])
    one, other = first.get(url), second.get(url)
    code, untouched = list(_sections(one))[:2]
    first.post(url, _sent(one, **{code: "甲的文字", untouched: "甲改的另一段"}))
    told = second.post(url, _sent(other, **{code: "乙的文字"}))
    assert told.status_code == 400
    shown = _sections(told)
    assert (shown[code].text, shown[code].was, shown[code].is_two) == ("乙的文字", "甲的文字", True)
    assert (shown[untouched].text, shown[untouched].is_two) == ("甲改的另一段", False)
    assert "现在保存的<b>甲的文字</b>" in told.content.decode()
    owed = second.post(url, _sent(told))
    assert "请选定采用哪一份" in owed.content.decode()
    assert _sections(owed)[code].is_two
    second.post(url, _sent(owed, **{f"take-{code}": "stored"}))
    report.refresh_from_db()
    assert report.narrative[code]["text"] == "甲的文字"
    assert second.post(url, _sent(owed, **{f"take-{code}": "mine"})).status_code == 302
    report.refresh_from_db()
    assert report.narrative[code]["text"] == "乙的文字"
    assert report.narrative[untouched]["text"] == "甲改的另一段"
