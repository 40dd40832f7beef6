"""重要变更: proposed by one person, confirmed by another; nobody raises themselves or a friend alone."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from areas.models import Area, AreaSuccession
from areas.services import register_succession
from audit.acts import Act
from audit.models import AuditEvent
from indicators.models import Indicator, Plan, Revision, Target
from indicators.plan.files import export_plan
from indicators.plan.preview import fingerprint
from indicators.plan.targets import allocation_areas, revise_target
from proposals.kinds import ProposalRefused
from proposals.models import ChangeState, PendingChange
from proposals.services import confirm, refuse, withdraw
from tests.conftest import DISTRICT, NEIGHBOUR, QIXINGGANG
from tests.types import Response, Visit
from tests.web.forms import filled_in

pytestmark = pytest.mark.once  # rules of roles; the statements are the same on both databases

ON = datetime.date(2026, 1, 25)


@pytest.fixture(autouse=True)
def _two_persons(settings: Settings) -> None:
    settings.SECOND_PERSON = True


def _target(plan: Plan, code: str = "funds") -> Target:
    return plan.indicators.get(code=code).targets.get(due_on__year=2026, place="annex")


def _shown(page: Response) -> dict[str, object]:
    """Return what the page's form would send back."""
    values = {each.html_name: each.value() for each in page.context["form"]}
    values["seen"] = page.context.get("seen")
    return {name: value for name, value in values.items() if value not in (None, False)}


def _waiting() -> PendingChange:
    return PendingChange.objects.get(state=ChangeState.WAITING)


def _page_of(change: PendingChange) -> str:
    return reverse("pending-change", args=[change.pk])


# --- every path waits ---------------------------------------------------------------------------


def _revises(client: Client, plan: Plan) -> Response:
    url = reverse("admin:indicators_target_revise", args=[_target(plan).pk])
    return client.post(url, _shown(client.get(url)) | {"value": "30", "reason": "加码"})


def _allocates(client: Client, plan: Plan) -> Response:
    url = reverse("admin:indicators_target_shares", args=[_target(plan).pk])
    shares = {f"share-{area.code}": "3" for area in allocation_areas(plan)}
    return client.post(url, _shown(client.get(url)) | shares | {"reason": "分解"})


def _changes_a_rule(client: Client, plan: Plan) -> Response:
    indicator = Indicator.objects.get(plan=plan, code="trained")
    url = reverse("admin:indicators_indicator_rule", args=[indicator.pk])
    sent = _shown(client.get(url)) | {"reading": "另一说法", "reason": "试"}
    page = client.post(url, sent)
    return client.post(url, sent | {"seen": page.context["seen"], "confirmed": "1"})


def _loads_a_file(client: Client, plan: Plan) -> Response:
    raw = export_plan(plan).replace('value = "19"', 'value = "23"', 1).encode()
    sent = {
        "name": "plan.toml",
        "content": base64.b64encode(raw).decode(),
        "seen": fingerprint(plan),
        "reason": "更新",
    }
    return client.post(reverse("admin:indicators_plan_load_file"), sent)


def _uncounts(client: Client, plan: Plan) -> Response:
    url = reverse("admin:areas_area_change", args=[QIXINGGANG])
    sent = filled_in(client.get(url), reason="撤销")
    sent.pop("is_counted")
    return client.post(url, sent)


def _adds_an_area(client: Client, plan: Plan) -> Response:
    url = reverse("admin:areas_area_add")
    new = {"code": f"{QIXINGGANG}099", "name": "新社区", "kind": "community", "reason": "新设"}
    return client.post(url, filled_in(client.get(url), **new))


def _registers_a_succession(client: Client, plan: Plan) -> Response:
    url = reverse("admin:areas_areasuccession_add")
    values = {"predecessor": NEIGHBOUR, "successor_code": "500199", "on": "2026-01-25"}
    return client.post(url, filled_in(client.get(url), **values, reason="批复"))


PATHS: dict[Callable[[Client, Plan], Response], str] = {
    _revises: "shiju",
    _allocates: "shiju",
    _changes_a_rule: "shiju",
    _loads_a_file: "shiju",
    _uncounts: "guanli",
    _adds_an_area: "guanli",
    _registers_a_succession: "guanli",
}


def _facts(plan: Plan) -> list[object]:
    areas = Area.objects.order_by("code").values_list()
    return [
        export_plan(plan),
        list(areas),
        AreaSuccession.objects.count(),
        Revision.objects.count(),
    ]


@pytest.mark.parametrize("act", PATHS, ids=lambda act: act.__name__)
def test_one_person_changes_nothing_and_a_second_one_does(
    act: Callable[[Client, Plan], Response],
    yuzhong: Plan,
    visit: Visit,
    request: pytest.FixtureRequest,
    shiju: User,
    guanli: User,
    anquan: User,
) -> None:
    proposer = request.getfixturevalue(PATHS[act])
    before, client = _facts(yuzhong), visit(proposer)
    answer = act(client, yuzhong)
    change = _waiting()
    assert answer["Location"] == _page_of(change)
    assert _facts(yuzhong) == before
    assert client.post(_page_of(change), {"confirm": "1"}).status_code == 409
    assert _facts(yuzhong) == before
    second = anquan if proposer == guanli else guanli
    shown = visit(second).get(_page_of(change)).content.decode()
    assert all(line[2] in shown for line in change.lines)
    assert visit(second).post(_page_of(change), {"confirm": "1"}).status_code == 302
    change.refresh_from_db()
    assert (change.state, change.proposed_by, change.decided_by) == ("done", proposer, second)
    assert _facts(yuzhong) != before
    acts = set(AuditEvent.objects.values_list("act", "user_id"))
    assert {(Act.PROPOSED, proposer.pk), (Act.CONFIRMED, second.pk)} <= acts
    for revision in Revision.objects.all():
        assert (revision.by, revision.confirmed_by) == (proposer, second)


def test_a_withdrawal_of_a_succession_waits_too(visit: Visit, guanli: User, anquan: User) -> None:
    row = register_succession(NEIGHBOUR, "500199", ON)
    url = reverse("admin:areas_areasuccession_delete", args=[row.pk])
    assert visit(guanli).post(url, {"post": "yes"})["Location"] == _page_of(_waiting())
    assert AreaSuccession.objects.count() == 1
    confirm(_waiting().pk, by=anquan)
    assert AreaSuccession.objects.count() == 0


def test_another_name_of_an_area_moves_no_figure(visit: Visit, guanli: User) -> None:
    url = reverse("admin:areas_area_change", args=[QIXINGGANG])
    client = visit(guanli)
    client.post(url, filled_in(client.get(url), name="七星岗街道办事处"))
    assert Area.objects.get(code=QIXINGGANG).name == "七星岗街道办事处"
    assert AuditEvent.objects.filter(act=Act.AREA_CHANGED).exists()


def test_a_command_changes_no_plan_alone(
    yuzhong: Plan, shiju: User, guanli: User, tmp_path: Path
) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(
        export_plan(yuzhong).replace('value = "19"', 'value = "23"', 1), encoding="utf-8"
    )
    with pytest.raises(CommandError, match="须另一人确认"):
        call_command("load_plans", path)
    call_command("load_plans", path, overwrite=True, by="shiju", reason="更新")
    assert _target(yuzhong).value == 19
    confirm(_waiting().pk, by=guanli)
    assert _target(yuzhong).value == 23


# --- who decides --------------------------------------------------------------------------------


@pytest.fixture
def change(yuzhong: Plan, visit: Visit, shiju: User) -> PendingChange:
    _revises(visit(shiju), yuzhong)
    return _waiting()


@pytest.mark.parametrize(
    ("name", "read", "confirmed"),
    [
        ("quji", 404, 404),
        ("shengting", 403, 403),
        ("jiangbei", 404, 404),
        ("anquan", 404, 404),
        ("shenji", 200, 409),
        ("shiju", 200, 409),
        ("guanli", 200, 302),
    ],
)
def test_another_person_with_the_right_role_decides(
    change: PendingChange,
    visit: Visit,
    request: pytest.FixtureRequest,
    name: str,
    read: int,
    confirmed: int,
) -> None:
    client = visit(request.getfixturevalue(name))
    url = _page_of(change)
    assert client.get(url).status_code == read
    refused = AuditEvent.objects.filter(act=Act.CONFIRMED, outcome="refused")
    assert client.post(url, {"confirm": "1"}).status_code == confirmed
    assert refused.exists() or confirmed != 409
    listed = client.get(reverse("pending-changes"))
    assert listed.status_code == (403 if read == 403 else 200)
    assert (change.title in listed.content.decode()) == (read == 200)


def test_a_reviewer_of_the_province_confirms_and_one_of_a_street_does_not(
    change: PendingChange, jiangbei: User
) -> None:
    for area, may in ((QIXINGGANG, False), ("50", True)):
        User.objects.filter(pk=jiangbei.pk).update(area=area)
        reviewer = User.objects.get(pk=jiangbei.pk)
        if may:
            confirm(change.pk, by=reviewer)
        else:
            with pytest.raises(ProposalRefused, match="角色"):
                confirm(change.pk, by=reviewer)


def test_what_has_changed_meanwhile_is_not_confirmed(
    change: PendingChange, yuzhong: Plan, shiju: User, guanli: User, visit: Visit
) -> None:
    revise_target(_target(yuzhong), by=shiju, value=Decimal(25), reason="另一次")
    answer = visit(guanli).post(_page_of(change), {"confirm": "1"})
    assert answer.status_code == 409
    assert "原状已有变化" in answer.content.decode()
    assert _target(yuzhong).value == 25


@pytest.mark.parametrize("values", [{"payload": {"target": 1, "value": "1"}}, {"reason": "别的"}])
def test_what_was_altered_in_the_database_is_not_confirmed(
    change: PendingChange, guanli: User, values: dict[str, object]
) -> None:
    PendingChange.objects.filter(pk=change.pk).update(**values)
    with pytest.raises(ProposalRefused, match="与提出时不符"):
        confirm(change.pk, by=guanli)


def test_a_refused_one_stays_and_is_told(change: PendingChange, guanli: User, visit: Visit) -> None:
    client = visit(guanli)
    assert client.post(_page_of(change), {"refuse": "1"}).status_code == 409  # without a reason
    client.post(_page_of(change), {"refuse": "1", "decision": "依据不足"})
    change.refresh_from_db()
    assert (change.state, change.decision) == (ChangeState.REFUSED, "依据不足")
    with pytest.raises(ProposalRefused, match="未同意"):
        confirm(change.pk, by=guanli)
    assert AuditEvent.objects.filter(act=Act.REJECTED, user_id=guanli.pk).exists()


def test_only_the_proposer_withdraws(change: PendingChange, shiju: User, guanli: User) -> None:
    with pytest.raises(ProposalRefused, match="提出人"):
        withdraw(change.pk, by=guanli)
    withdraw(change.pk, by=shiju)
    with pytest.raises(ProposalRefused, match="已撤回"):
        refuse(change.pk, by=guanli, reason="试")


def test_one_change_at_a_time_waits_for_an_object(
    change: PendingChange, yuzhong: Plan, visit: Visit, shiju: User
) -> None:
    assert "已有一项变更待确认" in _revises(visit(shiju), yuzhong).content.decode()
    assert PendingChange.objects.count() == 1


def test_who_has_lost_the_duty_proposes_no_more(
    change: PendingChange, shiju: User, guanli: User
) -> None:
    User.objects.filter(pk=shiju.pk).update(role="clerk")
    with pytest.raises(ProposalRefused, match="不再担任"):
        confirm(change.pk, by=guanli)


def test_the_desk_says_what_waits(change: PendingChange, visit: Visit, guanli: User) -> None:
    assert "待您确认的变更 1 项" in visit(guanli).get("/").content.decode()


def test_one_person_alone_is_a_setting_that_says_so(
    yuzhong: Plan, visit: Visit, shiju: User, guanli: User, settings: Settings
) -> None:
    assert "SECOND_PERSON=0" not in visit(guanli).get("/").content.decode()
    settings.SECOND_PERSON = False
    _revises(visit(shiju), yuzhong)
    change = PendingChange.objects.get()
    assert (change.state, change.is_alone, change.decided_by) == (ChangeState.DONE, True, shiju)
    assert _target(yuzhong).value == 30
    for page in ("/", reverse("pending-changes")):
        assert "SECOND_PERSON=0" in visit(guanli).get(page).content.decode()
    assert change.area == DISTRICT
