"""Checks of organisations, their assessments and activities, teams, trainings and talents."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from areas.spelling import folded
from orgs.models import (
    FOUNDERS,
    HUB_SERVICES,
    MOST_POINTS,
    Certificate,
    Charity,
    CommunityOrg,
    Grade,
    HubKind,
    MajorActivity,
    OrgAssessment,
    PartyWork,
    Reply,
    Talent,
    TeamKind,
    Training,
    TrainingKind,
    VolunteerTeam,
)
from reviews.checks import (
    CheckedRecord,
    OnlyWith,
    Problem,
    declare_checks,
    field_label,
    in_order,
    not_before_1949,
    not_in_future,
    not_negative,
    positive,
    required,
    valid_credit_code,
    valid_phone,
)

#: The certificate is that of the 公开募捐资格 (慈善法 art. 22).
certificate_number_of_qualified = OnlyWith("certificate_number", "has_public_fundraising", (True,))
certificate_days_of_qualified = OnlyWith(
    "certificate_expires_on", "has_public_fundraising", (True,)
)
#: Only a registered organisation has a 统一社会信用代码; one on file (备案) has a number.
credit_code_of_registered = OnlyWith("credit_code", "tier", ("registered",))


def public_fundraising_certificate(charity: Charity) -> Iterator[Problem]:
    """Warn when the certificate number of a 公开募捐资格 is missing (慈善法 art. 22)."""
    if charity.has_public_fundraising and not charity.certificate_number:
        yield Problem(
            "certificate",
            "certificate_number",
            "具有公开募捐资格，请补填资格证书编号",
            is_warning=True,
        )


def registered_number(org: CommunityOrg) -> Iterator[Problem]:
    """Warn when a registered organisation has no credit code, or one on file no number."""
    if org.tier == "registered" and not org.credit_code:
        yield Problem(
            "credit_code_missing",
            "credit_code",
            "登记的社会组织应填统一社会信用代码",
            is_warning=True,
        )
    elif org.tier != "registered" and not org.number:
        yield Problem("number_missing", "number", "未填备案编号", is_warning=True)


#: Who paid for it is asked of a community foundation only (鄂民发〔2024〕92号 二（一）2).
founders_of_a_community_foundation = [
    OnlyWith(name, "is_community_foundation", (True,)) for name in ("endowment", *FOUNDERS)
]


def endowment_fits(charity: Charity) -> Iterator[Problem]:
    """Warn of a sole endowment by several kinds of founders."""
    kinds = sum(getattr(charity, name) for name in FOUNDERS)
    if charity.endowment == "sole" and kinds > 1:
        message = f"独立注资只应有一个注资方，现勾选了{kinds}类"
        yield Problem("endowment", "endowment", message, is_warning=True)


#: A body of the Party is set up on a day; the other forms of its work have none.
day_of_party_body = OnlyWith("party_body_since", "has_party_body", (True,))


def party_body_dated(record: PartyWork) -> Iterator[Problem]:
    """Warn of a body of the Party without its day: it should be as old as the organisation
    (鄂民发〔2024〕92号 二（一）1)."""
    if record.has_party_body and record.party_body_since is None:
        message = "已建立党组织，请补填“党组织成立日期”"
        yield Problem("party_body_day", "party_body_since", message, is_warning=True)


#: Only a registered organisation may be a charity (慈善法 arts. 8, 10).
charity_of_registered = OnlyWith("charity_since", "tier", ("registered",))
#: What a hub is there for is asked of hubs only.
work_of_hub = [
    OnlyWith(name, "hub_kind", tuple(HubKind.values), is_empty_said=True)
    for name in ("hub_duties", "hub_operator", *HUB_SERVICES)
]


def charity_is_the_same(org: CommunityOrg) -> Iterator[Problem]:
    """An organisation and its record as a charity have one credit code, and the day of it is known."""
    if org.charity is None:
        return
    if org.charity_since is None:
        message = "已选“慈善组织档案”，请补填“认定为慈善组织日期”"
        yield Problem("charity_day", "charity_since", message, is_warning=True)
    codes = {org.credit_code, org.charity.credit_code}
    if all(codes) and len(codes) > 1:
        message = (
            f"“统一社会信用代码”{org.credit_code}与慈善组织“{org.charity}”的"
            f"{org.charity.credit_code}不同，应为同一组织，请核对"
        )
        yield Problem("charity_code", "charity", message)


def hub_has_services(org: CommunityOrg) -> Iterator[Problem]:
    """Warn of a hub of which none of the four services is said (渝北民〔2021〕114号 三（一）2)."""
    if org.hub_kind and not any(getattr(org, name) for name in HUB_SERVICES):
        message = f"“枢纽类型”为{org.get_hub_kind_display()}，请勾选所提供的平台服务"
        yield Problem("hub_services", "hub_leads_party", message, is_warning=True)


def party_members_among_members(org: CommunityOrg) -> Iterator[Problem]:
    """Warn of more members of the Party than members."""
    if org.members is not None and (org.party_members or 0) > org.members:
        message = f"“党员数”{org.party_members}多于“成员数”{org.members}，请核对"
        yield Problem("party_members", "party_members", message, is_warning=True)


declare_checks(
    Charity,
    required("name"),
    valid_credit_code("credit_code"),
    not_before_1949("registered_on"),
    not_in_future("registered_on", "closed_on"),
    in_order("registered_on", "closed_on"),
    public_fundraising_certificate,
    certificate_number_of_qualified,
    certificate_days_of_qualified,
    *founders_of_a_community_foundation,
    endowment_fits,
    not_before_1949("in_communities_since", "party_body_since"),
    not_in_future("in_communities_since", "party_body_since"),
    day_of_party_body,
    party_body_dated,
    valid_phone("phone"),
)

declare_checks(
    CommunityOrg,
    required("name", "category", "tier", "registered_on"),
    valid_credit_code("credit_code"),
    not_before_1949("registered_on"),
    not_in_future("registered_on"),
    in_order("registered_on", "closed_on"),
    in_order("registered_on", "valid_until"),
    not_negative("members", "party_members", "volunteers"),
    party_members_among_members,
    registered_number,
    credit_code_of_registered,
    not_before_1949("charter_on", "charity_since", "party_body_since"),
    not_in_future("charter_on", "charity_since", "party_body_since"),
    in_order("registered_on", "charity_since"),
    charity_of_registered,
    charity_is_the_same,
    *work_of_hub,
    hub_has_services,
    day_of_party_body,
    party_body_dated,
    valid_phone("phone"),
)

#: The kind 其他 must be named; nothing else carries a name of its own.
kind_of_other_team = OnlyWith(
    "other_kind", "kind", (TeamKind.OTHER,), is_empty_said=True, is_required=True
)


def households_of_helping_team(team: VolunteerTeam) -> Iterator[Problem]:
    """Warn of households that are helped in neither form."""
    if team.households and not (team.by_household or team.by_pairing):
        message = "填了“包户、结对户数”，请勾选“综合包户”或“结对帮扶”"
        yield Problem("help_form", "by_household", message, is_warning=True)


declare_checks(
    VolunteerTeam,
    required("name", "founded_on"),
    kind_of_other_team,
    households_of_helping_team,
    not_before_1949("founded_on"),
    not_in_future("founded_on"),
    in_order("founded_on", "closed_on"),
    not_negative("volunteers", "social_workers", "households"),
    valid_phone("phone"),
)

#: The kind 其他 must be named; nothing else carries a name of its own.
kind_of_other_training = OnlyWith(
    "other_kind", "kind", (TrainingKind.OTHER,), is_empty_said=True, is_required=True
)


def people_within_times(training: Training) -> Iterator[Problem]:
    """Warn of more people than 人次: whoever came once is one of each."""
    if training.person_times and (training.people or 0) > training.person_times:
        message = f"“参训人数”{training.people}多于“参训人次”{training.person_times}，请核对"
        yield Problem("people", "people", message, is_warning=True)


declare_checks(
    Training,
    required("name", "held_on", "person_times"),
    kind_of_other_training,
    people_within_times,
    not_before_1949("held_on"),
    not_in_future("held_on"),
    positive("person_times"),
    not_negative("people"),
)

# --- assessments ----------------------------------------------------------------------------------

_YEAR = re.compile(r"(19|20)\d{2}", re.ASCII)


def assessed_year(assessment: OrgAssessment) -> Iterator[Problem]:
    """The year is one that the assessment can be about, and the organisation was there."""
    year, day = assessment.year, assessment.assessed_on
    if not year:
        return
    if not _YEAR.fullmatch(year):
        yield Problem("year", "year", f"“评估年度”应为四位数字的年份，如2025（现为{year}）")
        return
    if day is not None and int(year) > day.year:
        yield Problem("year", "year", f"“评估年度”{year}晚于评议日期{day}")
    if assessment.organisation_id and int(year) < assessment.organisation.registered_on.year:
        since = assessment.organisation.registered_on
        message = f"“评估年度”{year}早于该组织的登记（备案）日期{since}"
        yield Problem("year", "year", message)


def scores_in_range(assessment: OrgAssessment) -> Iterator[Problem]:
    """Scores are 0 to 100 points."""
    for name in ("committees_score", "residents_score"):
        score = getattr(assessment, name)
        if score is not None and not 0 <= score <= MOST_POINTS:
            label = field_label(assessment, name)
            message = f"“{label}”应为0至{MOST_POINTS}分（现为{score}）"
            yield Problem("score", name, message)


def residents_of_their_score(assessment: OrgAssessment) -> Iterator[Problem]:
    """Warn of a score by residents without their number, and of a number without a score."""
    if assessment.residents_score is not None and not assessment.residents:
        message = "填了“居民评分”，请补填“参评居民人数”"
        yield Problem("residents", "residents", message, is_warning=True)
    elif assessment.residents and assessment.residents_score is None:
        message = "填了“参评居民人数”，请补填“居民评分”"
        yield Problem("residents_score", "residents_score", message, is_warning=True)


def use_of_failed(assessment: OrgAssessment) -> Iterator[Problem]:
    """Warn of 不合格 without what follows from it (渝北民〔2021〕114号 三（四）2: 结果运用)."""
    if assessment.grade == Grade.FAILED and not assessment.use_made:
        message = "评估等次为“不合格”，请在“结果运用”中写明如何处理"
        yield Problem("use_made", "use_made", message, is_warning=True)


declare_checks(
    OrgAssessment,
    required("organisation", "year", "assessed_on", "committees_score", "grade"),
    assessed_year,
    not_before_1949("assessed_on"),
    not_in_future("assessed_on"),
    scores_in_range,
    not_negative("residents"),
    residents_of_their_score,
    use_of_failed,
)

# --- major activities -----------------------------------------------------------------------------

#: A reply has its day and its text.
reply_of_replied = [
    OnlyWith(name, "reply", tuple(Reply.values), is_empty_said=True)
    for name in ("replied_on", "reply_text")
]


def reported_before(activity: MajorActivity) -> Iterator[Problem]:
    """Warn of an activity that was reported on its day or after it."""
    if activity.reported_on and activity.held_on and activity.reported_on >= activity.held_on:
        message = f"报告日期{activity.reported_on}不早于举办日期{activity.held_on}，应在举办前报告"
        yield Problem("late_report", "reported_on", message, is_warning=True)


def reply_told(activity: MajorActivity) -> Iterator[Problem]:
    """A reply has a day; conditions and a refusal are told."""
    if activity.reply and activity.replied_on is None:
        yield Problem("replied_on", "replied_on", "填了“答复意见”，应填“答复日期”")
    if activity.reply in (Reply.CONDITIONS, Reply.REFUSED) and not activity.reply_text:
        message = f"答复意见为“{activity.get_reply_display()}”，应在“答复要求”中写明要求或理由"
        yield Problem("reply_text", "reply_text", message)


declare_checks(
    MajorActivity,
    required(
        "organisation", "name", "kind", "held_on", "place", "people_expected", "safety_leader"
    ),
    required("reported_on"),
    not_before_1949("held_on", "reported_on"),
    not_in_future("reported_on", "replied_on"),
    in_order("reported_on", "replied_on"),
    positive("people_expected"),
    reported_before,
    *reply_of_replied,
    reply_told,
    valid_phone("safety_phone"),
)

# --- talents --------------------------------------------------------------------------------------

_QUALIFIED = (Certificate.ASSISTANT, Certificate.WORKER, Certificate.SENIOR)
#: Only who holds a certificate got it on a day.
day_of_certificate = OnlyWith(
    "certified_on", "certificate", tuple(map(str, _QUALIFIED)), is_empty_said=True
)


def mastered_by_training(talent: Talent) -> Iterator[Problem]:
    """Warn of knowledge that neither a training nor a certificate shows (渝北 三（二）1)."""
    is_shown = talent.trained_on is not None or talent.certificate in _QUALIFIED
    if talent.has_mastered and not is_shown:
        message = "勾选了“已掌握社会工作专业知识和方法”，请补填“最近培训日期”或“职业资格”"
        yield Problem("mastered", "has_mastered", message, is_warning=True)


def one_record_a_person(records: Sequence[CheckedRecord]) -> Iterator[tuple[int, Problem]]:
    """Warn of a name that another talent of the area has who did not leave: whoever is on file in two
    roles would be counted twice."""
    found = [
        (at, each, (each.area_id, folded(each.name)))
        for at, each in enumerate(records)
        if isinstance(each, Talent) and each.name and each.area_id and each.left_on is None
    ]
    stored = _talents_in({area for *_, (area, _) in found})
    seen: set[tuple[str, str]] = set()
    for at, record, key in found:
        if key in seen or stored.get(key, set()) - {record.pk}:
            message = (
                "本地区人才库中已有同名的人；是同一人的请修改原来的记录，"
                "一人登记两次会多计人数；是同名的两人请说明"
            )
            yield at, Problem("same_person", "name", message, is_warning=True)
        seen.add(key)


def _talents_in(areas: Collection[str]) -> dict[tuple[str, str], set[int]]:
    """Return the talents of some areas who did not leave: (area, folded name) → primary keys."""
    taken: dict[tuple[str, str], set[int]] = {}
    if areas:
        rows = Talent.objects.living().filter(area_id__in=areas, left_on=None).order_by()
        for pk, area, name in rows.values_list("pk", "area_id", "name"):
            taken.setdefault((area, folded(name)), set()).add(pk)
    return taken


declare_checks(
    Talent,
    required("name", "role", "since"),
    not_before_1949("since", "certified_on", "trained_on"),
    not_in_future("since", "left_on", "certified_on", "trained_on"),
    in_order("since", "left_on"),
    day_of_certificate,
    mastered_by_training,
    batch=(one_record_a_person,),
)
