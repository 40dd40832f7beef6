"""A report that several offices sign together is sealed when all have signed (云南 通知)."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from indicators.models import Plan
from reports.editions.content import content_of
from reports.editions.sealing import SealError, seal
from reports.models import Report
from reports.schema.shown import ShownContent
from reports.signatures import signs_for
from reports.workflow import HandlingError, edit, sign
from tests.conftest import DISTRICT, JIEFANGBEI, QIXINGGANG
from tests.reports.filing.conftest import JUNE
from tests.worlds import share

_STREET, _SOCIAL = "七星岗街道办事处", "七星岗街道社会工作办"
_SIGNATORIES = {"4": ["{office}", {"name": "{area}社会工作办", "department": "社会工作办"}]}


@pytest.fixture
def joint(streets: list[str]) -> Report:
    """A street's report that two offices sign."""
    Plan.objects.update(report_joint=True, report_signatories=_SIGNATORIES)
    return Report.objects.select_related("plan", "area").get(area=QIXINGGANG, due_on=JUNE)


@pytest.fixture
def social(joint: Report) -> User:
    return User.objects.create_user(
        "sheban", role=Role.OBSERVER, area_id=QIXINGGANG, department="社会工作办"
    )


share(__name__, "joint")


def _shown(report: Report) -> ShownContent:
    return ShownContent.of(content_of(report, report.as_of(timezone.localdate())).content)


def test_it_is_not_sealed_before_all_have_signed(joint: Report, social: User, jiedao: User) -> None:
    with pytest.raises(SealError, match=f"{_SOCIAL}尚未会签，没有封存"):
        seal(joint, by=jiedao)
    sign(joint, by=social, shown=_shown(joint))
    edition = seal(joint, by=jiedao)
    content = edition.as_content()
    assert list(content.signatories) == [_STREET, _SOCIAL]
    signed = [(each.signatory, each.by) for each in content.seal.signatures]
    assert signed == [(_STREET, "jiedao"), (_SOCIAL, "sheban")]
    assert json.loads(edition.content)["seal"]["signatures"][1]["signatory"] == _SOCIAL


def test_what_has_changed_since_is_signed_again(joint: Report, social: User, jiedao: User) -> None:
    seen = _shown(joint)
    sign(joint, by=social, shown=seen)
    edit(joint, {"plans": "再开两场培训。"}, by=jiedao)
    joint.refresh_from_db()
    with pytest.raises(SealError, match=f"{_SOCIAL}会签之后报告内容有变化，须重新会签"):
        seal(joint, by=jiedao, is_checked=True)
    with pytest.raises(HandlingError, match="报告内容有变化，没有会签"):
        sign(joint, by=social, shown=seen)
    sign(joint, by=social, shown=_shown(joint))
    assert seal(joint, by=jiedao, is_checked=True).number == 1


def test_a_correction_is_signed_anew(joint: Report, social: User, jiedao: User) -> None:
    sign(joint, by=social, shown=_shown(joint))
    seal(joint, by=jiedao)
    with pytest.raises(SealError, match="尚未会签"):
        seal(joint, by=jiedao, reason="更正")


@pytest.mark.parametrize(
    ("role", "area", "department", "names"),
    [
        (Role.OBSERVER, QIXINGGANG, "社会工作办", [_SOCIAL]),
        (Role.REVIEWER, QIXINGGANG, "社会工作办", [_SOCIAL]),
        (Role.CLERK, QIXINGGANG, "", [_STREET]),
        (Role.CLERK, QIXINGGANG, "民政办", [_STREET]),
        (Role.CLERK, QIXINGGANG, "社会工作办", []),
        (Role.OBSERVER, QIXINGGANG, "", []),
        (Role.OBSERVER, JIEFANGBEI, "社会工作办", []),
        (Role.REVIEWER, DISTRICT, "", []),
    ],
)
def test_each_signs_for_its_own_office_only(
    joint: Report, role: Role, area: str, department: str, names: list[str]
) -> None:
    user = User.objects.create_user("ren", role=role, area_id=area, department=department)
    assert [office.name for office in signs_for(user, joint)] == names
    if not names:
        with pytest.raises(HandlingError, match="签署单位的账号"):
            sign(joint, by=user, shown=_shown(joint))


def test_the_pages_say_who_is_missing_and_take_the_signature(
    joint: Report, social: User, jiedao: User, client: Client
) -> None:
    client.force_login(jiedao)
    assert f"{_SOCIAL}：尚未会签" in client.get(f"/reports/{joint.pk}/").content.decode()
    client.force_login(social)
    page = client.get(f"/reports/{joint.pk}/sign/")
    sent = {"shown": page.context["seen"]}
    assert client.post(f"/reports/{joint.pk}/sign/", sent).status_code == 302
    assert "sheban" in client.get(f"/reports/{joint.pk}/").content.decode()
    client.force_login(jiedao)
    page = client.get(f"/reports/{joint.pk}/seal/")
    assert "尚未会签" in page.content.decode()  # the street's own office, which sealing signs for
    client.post(f"/reports/{joint.pk}/seal/", {"after": 0, "shown": page.context["seen"]})
    assert joint.editions.count() == 1


def test_a_plan_that_asks_for_no_joint_signature_offers_none(
    joint: Report, jiedao: User, client: Client
) -> None:
    Plan.objects.update(report_joint=False)
    client.force_login(jiedao)
    assert client.get(f"/reports/{joint.pk}/sign/").status_code == 403
    assert "会签" not in client.get(f"/reports/{joint.pk}/").content.decode()
    joint.plan.refresh_from_db()
    assert seal(joint, by=jiedao).as_content().seal.signatures == []
