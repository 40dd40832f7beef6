"""Admin pages of policy documents."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from typing_extensions import override

from policies.models import PolicyDocument
from reviews.pages.record_admin import RecordAdmin


@admin.register(PolicyDocument)
class PolicyDocumentAdmin(RecordAdmin):
    """Pages of policy documents (政策文件)."""

    kind_filters = ("state",)
    lines = {"based_on": 3, "text": 12}
    groups = (
        ("文件", ("area", "title", ("document_number", "issuers")), ""),
        ("日期和效力", (("issued_on", "in_force_on"), ("state", "ended_on"), "replaced_by"), ""),
        ("依据", ("based_on",), ""),
        ("内容", ("summary", "text", "address"), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "area": "保存该文件的地区；审核通过后，本级和下级都能在文件库中查阅",
        "title": "文件的全称，不加书名号",
        "document_number": "如 渝民〔2025〕95号，括号写法不限；文件没有文号的留空",
        "issuers": "联合发文的，各机关之间用顿号隔开",
        "issued_on": "文件落款的日期；文件未载明的留空",
        "in_force_on": "自成文之日起施行的留空；可以填以后的日期",
        "state": "现在是否有效；部分条款被修改的选“已修改”",
        "ended_on": "废止或有效期届满的日期",
        "replaced_by": "修改、废止本文件的文件，写作《文件名称》（文号）",
        "based_on": "本文件依据的文件，写作《文件名称》（文号），几份之间用分号隔开；文件库中有的自动链接",
        "summary": "一两句话说明文件要求什么",
        "text": "可粘贴正文，供全文检索；文件原件请作为附件上传",
        "address": "公开发布的网页，以 http:// 或 https:// 开头；不公开的留空",
    }

    @override
    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        return ("title", "document_number", "issuers", "area__short_name")

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("document_number", "issued_on", "validity")

    @admin.display(description="效力", ordering="state")
    def validity(self, document: PolicyDocument) -> str:
        """Whether the document holds today, in words."""
        return document.standing()
