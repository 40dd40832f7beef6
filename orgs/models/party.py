"""The Party's work in an organisation (鄂民发〔2024〕92号 二（一）1; 渝北民〔2021〕114号 三（四）1)."""

from __future__ import annotations

from django.db import models

from reviews.models import Submission

#: The forms of the Party's work; an organisation without a body of its own has one of the others.
PARTY_FORMS = (
    "has_party_body",
    "has_party_instructor",
    "has_party_liaison",
    "has_trade_union",
    "has_youth_league",
)


class PartyWork(Submission):
    """Abstract base: in which forms the Party works in an organisation, and whether it is heard."""

    has_party_body = models.BooleanField("党组织", default=False)
    has_party_instructor = models.BooleanField("党建工作指导员", default=False)
    has_party_liaison = models.BooleanField("党建工作联络员", default=False)
    has_trade_union = models.BooleanField("工会组织", default=False)
    has_youth_league = models.BooleanField("共青团组织", default=False)
    party_body_since = models.DateField("党组织成立日期", null=True, blank=True)
    hears_party = models.BooleanField("重要决策邀请党组织负责人列席", default=False)
    party_contact = models.CharField("联系的党组织", max_length=100, blank=True)

    class Meta(Submission.Meta):
        abstract = True
