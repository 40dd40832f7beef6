"""The library of policy documents: numbers, circles, who reads what, search, and the plans."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Role, User
from areas.models import Area
from indicators.models import Plan
from policies.models import PolicyDocument
from policies.naming import named_by
from reviews.checks import blocking, find_all_problems, find_problems
from reviews.evidence.attachments import add_attachment, readable_attachment
from reviews.models import Status
from tests.conftest import DISTRICT, HUAYIPO, NEIGHBOUR, QIXINGGANG
from tests.photos import photo
from tests.types import Make
from tests.worlds import share

REFORM = "渝民〔2025〕95号"
FOUND = "社区慈善基金"


def _codes(document: PolicyDocument) -> list[str]:
    return [problem.code for problem in blocking(find_problems(document))]


def _all_codes(document: PolicyDocument) -> list[str]:
    return [problem.code for problem in find_problems(document)]


def _page(user: User, address: str, **query: str) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(address, query)


def _listed(user: User, **query: str) -> set[str]:
    answer = _page(user, "/policies/", **query)
    return {line.document.title for line in answer.context["found"]}


# --- numbers and circles ------------------------------------------------------------------------


def test_a_number_is_kept_in_its_normal_form_and_stands_once(district: Area, make: Make) -> None:
    first = make(PolicyDocument, area_id=DISTRICT, document_number=REFORM)
    second = make(PolicyDocument, area_id=DISTRICT, title="另一份", document_number="")
    second.document_number = "渝民[2025]第095号"
    second.complete()
    assert second.document_number == REFORM
    (problem,) = blocking(find_problems(second))
    assert (problem.field, first.title in problem.message) == ("document_number", True)
    with pytest.raises(ValidationError, match="同一文号"):
        second.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()
    PolicyDocument.objects.filter(pk=first.pk).update(status=Status.VOID)
    second.save()
    assert _codes(second) == []


def test_what_an_area_above_has_approved_is_not_registered_again(
    district: Area, make: Make, quji: User
) -> None:
    above = make(PolicyDocument, area_id=DISTRICT, document_number=REFORM)
    below = make(PolicyDocument, area_id=QIXINGGANG, document_number=REFORM)
    assert _codes(below) == []  # nobody below sees the draft above
    PolicyDocument.objects.filter(pk=above.pk).update(status=Status.APPROVED)
    assert _codes(below) == ["same_number"]
    assert _codes(above) == []
    other = make(PolicyDocument, area_id=NEIGHBOUR, document_number=REFORM)
    assert _codes(other) == []


def test_the_same_number_twice_in_one_ledger_is_told(district: Area) -> None:
    twice = [
        PolicyDocument(area=district, title=title, document_number=REFORM, state="in_force")
        for title in ("甲", "乙")
    ]
    found = find_all_problems(twice)
    assert ["same_number" in [each.code for each in problems] for problems in found] == [
        False,
        True,
    ]


def test_a_title_without_a_number_twice_is_warned_of(district: Area, make: Make) -> None:
    first = make(PolicyDocument, area_id=DISTRICT, title="社区基金 建设指引")
    second = make(PolicyDocument, area_id=DISTRICT, title="社区基金建设指引")
    other = make(PolicyDocument, area_id=QIXINGGANG, title="社区基金建设指引")
    codes = [[each.code for each in find_problems(one)] for one in (first, second, other)]
    assert codes == [["same_title"], ["same_title"], []]


def test_book_marks_around_a_title_are_no_part_of_it(
    district: Area, approved: Make, make: Make, quji: User
) -> None:
    """Texts name a title within them, so a document would not be found by its name."""
    document = approved(PolicyDocument, area_id=DISTRICT, document_number="")
    document.title = " 《社区慈善办法》"
    document.complete()
    document.save()
    assert document.title == "社区慈善办法"
    assert [each.pk for each in named_by(quji, "依据《社区慈善办法》")] == [document.pk]
    assert _listed(quji, q="《社区慈善办法》") == {"社区慈善办法"}
    whole = make(PolicyDocument, title="关于印发《社区慈善办法》的通知", document_number="")
    whole.complete()
    assert whole.title == "关于印发《社区慈善办法》的通知"
    again = PolicyDocument(
        area=district, title="《社区慈善办法》", issuers="某局", state="in_force"
    )
    assert "same_title" in _all_codes(again)


def test_nothing_is_told_of_a_draft_above(district: Area, make: Make, approved: Make) -> None:
    """Whoever enters a document may not read the drafts of the areas above."""
    day = datetime.date(2026, 6, 1)
    issued = datetime.date(2026, 3, 1)
    own = make(PolicyDocument, area_id=HUAYIPO, based_on="《县办法》", issued_on=issued)
    make(PolicyDocument, area_id=DISTRICT, title="县办法", document_number="", issued_on=day)
    assert "later_basis" not in _all_codes(own)
    PolicyDocument.objects.filter(title="县办法").update(status="approved")
    assert "later_basis" in _all_codes(own)


def test_no_document_rests_on_itself(district: Area, make: Make) -> None:
    first = make(PolicyDocument, title="甲办法", based_on="《乙意见》")
    second = make(PolicyDocument, title="乙意见", document_number=REFORM, based_on="《丙方案》")
    third = make(PolicyDocument, title="丙方案")
    assert (_codes(first), _codes(second)) == ([], [])
    third.based_on = "《甲办法》；《中华人民共和国慈善法》"
    (problem,) = blocking(find_problems(third))
    assert (problem.code, problem.field) == ("circle", "based_on")
    assert "《丙方案》 → 《甲办法》 → 《乙意见》 → 《丙方案》" in problem.message
    third.based_on = "《丙方案》"
    assert _codes(third) == ["circle"]
    elsewhere = make(PolicyDocument, area_id=NEIGHBOUR, title="丙方案", based_on="《甲办法》")
    assert _codes(elsewhere) == []  # 甲办法 of another district is another document


# --- who reads what -----------------------------------------------------------------------------


@pytest.fixture
def world(district: Area, make: Make, yuzhong: Plan) -> dict[str, PolicyDocument]:
    """Documents of the district, of a community and of the neighbour; one draft of the district."""
    plan = make(
        PolicyDocument,
        area_id=DISTRICT,
        title=f"关于印发《{yuzhong.title}》的通知",
        based_on="《重庆市深入推进社区慈善发展改革方案》（渝民[2025]95号）；《慈善组织信息公开办法》",
    )
    reform = make(
        PolicyDocument,
        area_id=DISTRICT,
        title="重庆市深入推进社区慈善发展改革方案",
        document_number=REFORM,
        text=f"第一条　推动{FOUND}健康发展。",
    )
    own = make(PolicyDocument, area_id=HUAYIPO, title="社区公约", based_on="渝民〔2025〕95号")
    other = make(PolicyDocument, area_id=NEIGHBOUR, title="江北办法", based_on="渝民〔2025〕95号")
    rows = PolicyDocument.objects.filter(pk__in=[each.pk for each in (plan, reform, own, other)])
    rows.update(status=Status.APPROVED)
    draft = make(PolicyDocument, area_id=DISTRICT, title="征求意见稿")
    return {"plan": plan, "reform": reform, "own": own, "other": other, "draft": draft}


share(__name__, "world")


def test_approved_documents_are_read_from_below_and_nothing_of_a_neighbour(
    world: dict[str, PolicyDocument], jiedao: User, quji: User, jiangbei: User, guanli: User
) -> None:
    above = {world["plan"].title, world["reform"].title}
    assert _listed(jiedao) == _listed(quji) == above | {"社区公约"}
    assert _listed(jiangbei) == {"江北办法"}
    assert _page(guanli, "/policies/").status_code == 404
    reached = {
        (user.username, name): _page(user, f"/policies/{world[name].pk}/").status_code
        for user in (jiedao, quji, jiangbei)
        for name in ("reform", "draft", "other")
    }
    assert [key for key, status in reached.items() if status == 200] == [
        ("jiedao", "reform"),
        ("quji", "reform"),
        ("quji", "draft"),
        ("jiangbei", "other"),
    ]


def test_files_are_served_to_whoever_may_read_the_document(
    world: dict[str, PolicyDocument], quji: User, jiedao: User, jiangbei: User
) -> None:
    draft = world["draft"]
    pk = add_attachment(draft, SimpleUploadedFile("原件.jpg", photo()), by=quji).pk
    readers = (quji, jiedao, jiangbei)
    assert [bool(readable_attachment(user, pk)) for user in readers] == [True, False, False]
    PolicyDocument.objects.filter(pk=draft.pk).update(status=Status.APPROVED)
    assert [bool(readable_attachment(user, pk)) for user in readers] == [True, True, False]
    assert "原件.jpg" in _page(jiedao, f"/policies/{draft.pk}/").content.decode()


def test_what_is_read_from_below_is_not_changed_from_below(
    world: dict[str, PolicyDocument], jiedao: User
) -> None:
    reform = world["reform"]
    reviewer = User.objects.create_user("qxgsh", role=Role.REVIEWER, area_id=QIXINGGANG)
    for user in (jiedao, reviewer):
        change = f"/admin/policies/policydocument/{reform.pk}/change/"
        assert _page(user, change).status_code in (302, 403, 404)
        assert not PolicyDocument.objects.visible_to(user).filter(pk=reform.pk).exists()


# --- search and links ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", [FOUND, "改革方案", "渝民（2025）95", "重庆市民政局 健康发展", "方案　健康"]
)
def test_words_are_found_in_title_number_and_text(
    world: dict[str, PolicyDocument], jiedao: User, words: str
) -> None:
    assert world["reform"].title in _listed(jiedao, q=words)


def test_all_words_must_be_there_and_a_sign_of_the_database_is_a_sign(
    world: dict[str, PolicyDocument], jiedao: User
) -> None:
    for words in (f"{FOUND} 江北", "%", "_", "'"):
        assert _listed(jiedao, q=words) == set()
    assert _listed(jiedao, state="repealed") == set()
    assert len(_listed(jiedao, state="none")) == 3  # no state is asked for


def test_the_page_shows_what_it_rests_on_what_rests_on_it_and_which_plans(
    world: dict[str, PolicyDocument], yuzhong: Plan, jiedao: User
) -> None:
    reform = _page(jiedao, f"/policies/{world['reform'].pk}/").context
    assert {each.title for each in reform["resting"]} == {world["plan"].title, "社区公约"}
    assert [each.text for each in reform["mentions"]["以本文件为依据的工作方案"]] == [yuzhong.title]
    plan = _page(jiedao, f"/policies/{world['plan'].pk}/").context
    assert [len(said.documents) for said in plan["bases"]] == [1, 0]
    assert [each.text for each in plan["mentions"]["落实本文件的工作方案"]] == [yuzhong.title]
    shown = _page(jiedao, f"/admin/indicators/plan/{yuzhong.pk}/change/").context["documents"]
    assert [each.pk for each in shown.own] == [world["plan"].pk]
    assert world["reform"].pk in {each.pk for said in shown.bases for each in said.documents}


def test_of_documents_with_one_number_the_nearest_is_named(
    district: Area, approved: Make, quji: User
) -> None:
    for area in (HUAYIPO, QIXINGGANG, DISTRICT):  # the street registered first
        approved(PolicyDocument, area_id=area, title=area, document_number=REFORM)
    assert [each.title for each in named_by(quji, REFORM)] == [DISTRICT]
    quji.area_id = QIXINGGANG
    assert [each.title for each in named_by(quji, REFORM)] == [QIXINGGANG]
