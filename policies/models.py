"""Policy documents: laws, rules, notices and plans that the work rests on."""

from __future__ import annotations

import re
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from typing_extensions import override

from policies.numbers import normal_number
from reviews.models import KindDeclaration, Submission, days_in_order

#: The longest text of a document that is kept to be searched, in characters.
TEXT_LENGTH = 50_000


class PolicyState(models.TextChoices):
    """Whether a document holds today; one whose day of force lies ahead is 尚未施行."""

    IN_FORCE = "in_force", "现行有效"
    AMENDED = "amended", "已修改"
    REPEALED = "repealed", "已废止"
    EXPIRED = "expired", "已失效"


class PolicyDocument(Submission):
    """A policy document (政策文件) in the library of the area that keeps it.

    渝中 方案 cites 渝民〔2025〕95号 and others, 云南 方案 三（一） asks for 政策措施和有关制度. Documents are linked by how
    texts name them, by 文号 or by 《title》: `based_on`, plans, tasks and duties
    (`policies.naming`). State machine: see `reviews.models.Submission`.
    """

    title = models.CharField("文件名称", max_length=200)
    document_number = models.CharField("文号", max_length=60, blank=True)
    issuers = models.CharField("发文机关", max_length=200)
    issued_on = models.DateField("成文日期", null=True, blank=True)
    in_force_on = models.DateField("施行日期", null=True, blank=True)
    ended_on = models.DateField("失效日期", null=True, blank=True)
    state = models.CharField("效力状态", max_length=8, choices=PolicyState)
    replaced_by = models.CharField("替代文件", max_length=260, blank=True)
    based_on = models.CharField("依据文件", max_length=2000, blank=True)
    summary = models.CharField("内容摘要", max_length=500, blank=True)
    text = models.TextField("正文", blank=True)
    address = models.CharField("公开网址", max_length=300, blank=True)
    note = models.CharField("备注", max_length=500, blank=True)

    declaration = KindDeclaration(
        address="policy-documents",
        icon="gavel",
        example={
            "area": "500103",
            "title": "重庆市深入推进社区慈善发展改革方案",
            "document_number": "渝民〔2025〕95号",
            "issuers": "重庆市民政局",
            "issued_on": "2025-07-18",
            "state": "in_force",
            "summary": "社区慈善发展改革的总体要求和任务",
        },
        sealed=("title", "document_number", "issuers", "issued_on", "in_force_on", "state"),
        sheet=250,
        exported=(
            "title",
            "document_number",
            "issuers",
            "issued_on",
            "in_force_on",
            "ended_on",
            "state",
            "replaced_by",
            "based_on",
            "summary",
            "address",
        ),
        wide=("title", "issuers", "replaced_by", "based_on", "summary", "address"),
        searched=("document_number", "issuers", "summary"),
        prose=("replaced_by", "based_on", "summary", "text", "address", "note"),
        not_copied=(
            *("title", "document_number", "replaced_by", "based_on", "summary", "text"),
            *("address", "note"),
        ),
    )
    identity: ClassVar[tuple[str, ...]] = ("area_id", "title", "document_number")
    recognised_by: ClassVar[tuple[tuple[str, ...], ...]] = (("document_number",),)
    is_read_below: ClassVar[bool] = True
    title_field: ClassVar[str] = "title"
    date_field: ClassVar[str] = "issued_on"

    class Meta(Submission.Meta):
        verbose_name = verbose_name_plural = "政策文件"
        indexes = [models.Index(fields=("issued_on",), name="policies_policy_issued_on")]
        constraints = [
            *Submission.Meta.constraints,
            models.UniqueConstraint(
                fields=("area", "document_number"),
                condition=~Q(status="void") & ~Q(document_number=""),
                name="policies_policydocument_number_once",
                violation_error_message="本地区的文件库中已有同一文号的文件，请勿重复登记",
            ),
            days_in_order(
                "issued_on",
                "in_force_on",
                name="policies_policydocument_force_in_order",
                message="施行日期不能早于成文日期",
                is_first_optional=True,
            ),
        ]

    @override
    def complete(self) -> None:
        """Bring the document number into its normal form, where it has one; leave out book marks around
        the title, within which texts name it."""
        super().complete()
        self.title = bare_title(self.title)
        self.document_number = normal_number(self.document_number) or self.document_number

    @property
    def full_title(self) -> str:
        """`《title》（number）`, as texts cite it."""
        number = f"（{self.document_number}）" if self.document_number else ""
        return f"《{self.title}》{number}"

    @property
    def bases(self) -> list[str]:
        """The documents that it rests on, one text each."""
        return parts_of(self.based_on)

    def standing(self) -> str:
        """Return in words whether it holds today: `2026-09-01起施行` before its day of force."""
        today = timezone.localdate()
        if self.state == PolicyState.IN_FORCE and self.in_force_on and self.in_force_on > today:
            return f"{self.in_force_on:%Y-%m-%d}起施行"
        return self.get_state_display()


def bare_title(text: str) -> str:
    """Return a title without book marks around it: `《社区慈善办法》` → `社区慈善办法`."""
    return found[1].strip() if (found := re.fullmatch(r"\s*《([^《》]+)》\s*", text)) else text


def parts_of(text: str) -> list[str]:
    """Return the documents of a text such as `《甲》（渝民〔2025〕95号）；《乙》`, one text each."""
    return [part.strip() for part in re.split(r"[；;\n]", text) if part.strip()]
