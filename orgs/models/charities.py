"""Charities: who hosts funds, and the community foundations among them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from orgs.models.party import PARTY_FORMS, PartyWork
from reviews.models import KindDeclaration, Submission, days_in_order, once
from reviews.privacy import SensitiveText


class LegalForm(models.TextChoices):
    """Legal forms of charities (慈善法 art. 8)."""

    FOUNDATION = "foundation", "基金会"
    ASSOCIATION = "association", "社会团体"
    SERVICE = "service", "社会服务机构"


class Endowment(models.TextChoices):
    """Whether one founder paid for a community foundation, or several (鄂民发〔2024〕92号 二（一）2)."""

    SOLE = "sole", "独立注资"
    JOINT = "joint", "联合注资"


#: The six kinds of founders of a community foundation (鄂民发〔2024〕92号 二（一）2).
FOUNDERS = (
    "paid_by_government",
    "paid_by_state_company",
    "paid_by_bank",
    "paid_by_company",
    "paid_by_organisation",
    "paid_by_person",
)


class Charity(PartyWork):
    """A charity that hosts funds: its account holds all their money (慈善法 arts. 8, 22).

    State machine: see `reviews.models.Submission`.
    """

    name = models.CharField("慈善组织名称", max_length=100)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    legal_form = models.CharField("组织形式", max_length=12, choices=LegalForm, blank=True)
    is_community_foundation = models.BooleanField("社区基金会", default=False)
    endowment = models.CharField("注资方式", max_length=8, choices=Endowment, blank=True)
    paid_by_government = models.BooleanField("政府部门注资", default=False)
    paid_by_state_company = models.BooleanField("国有企业注资", default=False)
    paid_by_bank = models.BooleanField("金融机构注资", default=False)
    paid_by_company = models.BooleanField("民营企业注资", default=False)
    paid_by_organisation = models.BooleanField("社会组织注资", default=False)
    paid_by_person = models.BooleanField("个人注资", default=False)
    registered_on = models.DateField("登记日期", null=True, blank=True)
    has_public_fundraising = models.BooleanField("具有公开募捐资格", default=False)
    certificate_number = models.CharField("公开募捐资格证书编号", max_length=40, blank=True)
    certificate_expires_on = models.DateField("证书有效期至", null=True, blank=True)
    in_communities_since = models.DateField("开展社区慈善业务日期", null=True, blank=True)
    closed_on = models.DateField("注销日期", null=True, blank=True)
    leader = SensitiveText("负责人", max_length=50, blank=True)
    phone = SensitiveText("联系电话", max_length=30, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    is_offered_below: ClassVar[bool] = True

    declaration = KindDeclaration(
        address="charities",
        icon="account_balance",
        example={
            "area": "500103",
            "name": "重庆市渝中区慈善会",
            "credit_code": "51500103MJ1234561J",
            "legal_form": "association",
            "registered_on": "2010-06-01",
            "has_public_fundraising": True,
            "certificate_number": "渝慈公募0001",
            "certificate_expires_on": "2030-05-31",
        },
        sealed=("name", "credit_code", "registered_on", "has_public_fundraising"),
        sheet=40,
        exported=(
            "name",
            "credit_code",
            "legal_form",
            "is_community_foundation",
            "endowment",
            *FOUNDERS,
            "registered_on",
            "has_public_fundraising",
            "certificate_number",
            "certificate_expires_on",
            "in_communities_since",
            *PARTY_FORMS,
            "party_body_since",
            "hears_party",
            "party_contact",
            "closed_on",
        ),
        wide=("name", "party_contact"),
        prose=("phone", "party_contact", "note"),
        not_copied=("name", "credit_code", "certificate_number", "note"),
        persons_until="closed_on",
    )
    identity: ClassVar[tuple[str, ...]] = ("area_id", "name")
    numbers: ClassVar[tuple[str, ...]] = ("credit_code", "certificate_number")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("credit_code",),)
    date_field: ClassVar[str] = "registered_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "慈善组织"
        indexes = [
            models.Index(fields=("registered_on",), name="orgs_charity_registered_on"),
            models.Index(fields=("closed_on",), name="orgs_charity_closed_on"),
        ]
        constraints = [
            *Submission.Meta.constraints,
            once("area", "name", name="orgs_charity_name_once", message="同一地区已有同名慈善组织"),
            days_in_order(
                "registered_on",
                "closed_on",
                name="orgs_charity_dates_in_order",
                message="注销日期不能早于登记日期",
                is_first_optional=True,
            ),
        ]
