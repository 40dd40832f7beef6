"""What organisations are assessed and report, and the people of community charity."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

from areas.querysets import within_q
from demo.ledgers.draw import Day, Draw, tuples, words
from orgs.models import (
    Certificate,
    CommunityOrg,
    EventKind,
    Grade,
    MajorActivity,
    OrgAssessment,
    Reply,
    Talent,
    TalentRole,
)
from reviews.models import Submission

_NAMES = words("王某芳 李某强 张某梅 陈某华 刘某英 赵某军 周某兰 吴某勇 欧阳某静 孙某霞")
_EVENTS = tuples(
    "邻里文化节:festival 迎春文艺汇演:performance 居民趣味运动会:contest 重阳敬老集会:gathering"
)
_GRADES = ((90, Grade.EXCELLENT), (80, Grade.GOOD), (60, Grade.PASSED), (0, Grade.FAILED))
_USES = {
    Grade.EXCELLENT: "优先承接社区服务项目并予以表扬",
    Grade.GOOD: "纳入培育扶持名单",
    Grade.PASSED: "由社区指导改进",
    Grade.FAILED: "限期改进，半年后复评",
}
_SKILLS = words("项目设计 老年照护 心理疏导 儿童服务 矛盾调解 活动策划")
#: Days of an assessment after the end of its year, and of a report before its activity.
_ASSESSED_AFTER, _REPORTED_BEFORE = 20, 12
_TALENTS = 24


def people_records(root: str, day: Day, draw: Draw, years: tuple[int, ...]) -> list[Submission]:
    """Build the assessments of the years, the major activities and the talents of a place."""
    rows = CommunityOrg.objects.approved().filter(within_q("area_id", root), closed_on=None)
    orgs = list(rows.select_related("area").order_by("area_id", "pk"))
    return [
        *_assessments(orgs, day, draw, years),
        *_activities(orgs[::7], day, draw),
        *_talents(orgs, day, draw),
    ]


def _assessments(
    orgs: list[CommunityOrg], day: Day, draw: Draw, years: tuple[int, ...]
) -> Iterator[OrgAssessment]:
    """Build an assessment of four organisations in five for each year in which they were there."""
    for year in years:
        assessed_on = min(Day(year, 12, 31) + datetime.timedelta(_ASSESSED_AFTER), day)
        for org in orgs:
            if org.registered_on.year <= year and draw.random() < 0.8:
                yield _assessment(org, year, assessed_on, draw)


def _assessment(org: CommunityOrg, year: int, day: Day, draw: Draw) -> OrgAssessment:
    score, other = draw.choice((95, 92, 88, 85, 82, 76, 70, 55)), draw.randint(-4, 4)
    grade = next(grade for least, grade in _GRADES if score >= least)
    return OrgAssessment(
        organisation=org,
        area_id=org.area_id,
        year=str(year),
        assessed_on=day,
        committees_score=Decimal(score),
        residents_score=Decimal(score + other),
        residents=draw.randint(15, 60),
        grade=grade,
        use_made=_USES[grade],
    )


def _activities(orgs: list[CommunityOrg], day: Day, draw: Draw) -> Iterator[MajorActivity]:
    """Build one reported activity of each organisation; the last one still lies ahead."""
    for at, org in enumerate(orgs):
        name, kind = draw.choice(_EVENTS)
        ahead = at == len(orgs) - 1
        held_on = day + datetime.timedelta(5) if ahead else draw.day(org.registered_on, day)
        reported_on = held_on - datetime.timedelta(_REPORTED_BEFORE)
        yield MajorActivity(
            organisation=org,
            area_id=org.area_id,
            name=f"{org.area}{name}",
            kind=EventKind(kind),
            held_on=held_on,
            place=f"{org.area}文化广场",
            people_expected=draw.randint(8, 40) * 10,
            safety_leader=draw.choice(_NAMES),
            safety_phone=draw.leader()[1],
            safety_measures="制定应急预案，安排秩序维护和医疗保障",
            reported_on=reported_on,
            reply="" if ahead else Reply.AGREED,
            replied_on=None if ahead else reported_on + datetime.timedelta(2),
        )


def _talents(orgs: list[CommunityOrg], day: Day, draw: Draw) -> Iterator[Talent]:
    """Build talents of all roles, most of them of an organisation."""
    certificates = [*Certificate.values, Certificate.ASSISTANT, Certificate.NONE]
    for at, org in enumerate(draw.sample(orgs, min(_TALENTS, len(orgs)))):
        certificate = draw.choice(certificates)
        is_qualified = certificate != Certificate.NONE
        trained_on = draw.day(max(org.registered_on, Day(day.year - 1, 1, 1)), day)
        yield Talent(
            area_id=org.area_id,
            name=draw.choice(_NAMES),
            contact=draw.leader()[1],
            role=TalentRole.values[at % len(TalentRole.values)],
            organisation=org if at % 4 else None,
            since=org.registered_on,
            certificate=certificate,
            certified_on=Day(day.year - 2, 9, 30) if is_qualified else None,
            trained_on=trained_on,
            has_mastered=is_qualified or at % 3 == 0,
            skills=draw.choice(_SKILLS),
            incentives="报考补贴、持证奖励" if is_qualified else "",
        )
