"""Admin pages of funds and their money."""

from __future__ import annotations

from django.contrib import admin
from typing_extensions import override

from funds.models import DOMAINS, Campaign, Donation, Expenditure, Fund, FundMember
from reviews.pages.record_admin import RecordAdmin
from reviews.pages.scoped_admin import ComparedInline


class FundMemberInline(ComparedInline):
    """Members of a fund's management group (管理小组)."""

    model = FundMember
    tab = False


@admin.register(Fund)
class FundAdmin(RecordAdmin):
    """Pages of community charity funds (社区慈善基金)."""

    kind_filters = ("level", "host_has_public_fundraising")
    inlines = (FundMemberInline,)
    autocomplete_fields = ("area", "host")
    groups = (
        ("基金信息", ("area", "name", ("level", "initiator")), ""),
        (
            "依托慈善组织",
            (
                "host",
                "host_name",
                "host_credit_code",
                "host_has_public_fundraising",
                "agreement_number",
            ),
            "",
        ),
        ("设立与终止", (("established_on", "closed_on"),), ""),
        ("资金", (("initial_yuan", "money_source"),), ""),
        ("服务领域", (DOMAINS, "other_domain"), "ticks"),
        ("工作基金", ("is_working_fund",), ""),
        (
            "管理制度",
            (
                ("raising_rule_on", "management_rule_on"),
                ("use_rule_on", "oversight_rule_on"),
                "rules_document",
            ),
            "",
        ),
        ("管理小组", ("committee_size",), ""),
        ("联系方式", (("leader", "phone"),), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "area": "街道级基金选街道（乡镇），社区级基金选社区（村）",
        "name": "依托组织全称＋街道（社区）名称＋字号＋（社区）基金",
        "host": "已建档的依托组织在此选择；名称留空时，名称、信用代码和公开募捐资格按档案填写",
        "host_credit_code": "18位，以51、52或53开头",
        "closed_on": "自该日起不再运行；仍在运行的留空",
        "is_working_fund": "镇街设立、支持社区社会组织发展的工作基金勾选",
        "phone": "只有本地区的填报员和审核员能看到全部号码",
        "money_source": "基金的资金主要来自公开募捐，还是依托组织的可支配资金",
        "rules_document": "募集、管理、使用、监督制度所在文件的名称或文号；文件可作为附件上传",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("level", "established_on", "closed_on")


@admin.register(Donation)
class DonationAdmin(RecordAdmin):
    """Pages of donations (捐赠收入)."""

    kind_filters = ("channel", "donor_type")
    list_select_related = ("area", "submitted_by", "fund")
    autocomplete_fields = ("area", "fund", "campaign", "refund_of")
    today = ("donated_on",)
    shown_when = {"area": "!fund"}
    groups = (
        ("归属", ("fund", "area"), ""),
        (
            "捐赠信息",
            (
                "donated_on",
                ("donor_name", "donor_type"),
                ("channel", "channel_name"),
                "campaign",
                "purpose",
            ),
            "",
        ),
        ("金额与票据", (("amount_yuan", "receipt_number"), "handler"), ""),
        ("退赠", ("refund_of",), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "fund": "捐给某支基金的选择该基金，所属地区随基金；没有归入基金的留空并选择所属地区",
        "donor_name": "捐赠人不愿公开姓名的填“匿名”",
        "channel": "物资、服务按评估价折算成金额",
        "receipt_number": "捐赠票据编号；捐赠人放弃票据的在备注中说明",
        "refund_of": "退还以往的一笔捐赠时选择原捐赠，金额填负数（如-200.00），日期填退还的日期；其他一律留空",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("fund", "amount_yuan", "donated_on")


@admin.register(Expenditure)
class ExpenditureAdmin(RecordAdmin):
    """Pages of expenditures (基金支出)."""

    autocomplete_fields = ("fund", "project")
    list_select_related = ("area", "submitted_by", "fund")
    today = ("spent_on",)
    groups = (
        ("支出信息", ("fund", "spent_on", "purpose", "project"), ""),
        ("金额与审批", (("amount_yuan", "resolution_number"), "handler"), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "fund": "支出的所属地区随基金",
        "purpose": "资助了什么；不要填写受助人姓名",
        "project": "为已登记的项目支出的在此选择，基金账簿按项目汇总；没有的留空",
        "resolution_number": "管理小组（管委会）同意支出的决议或会议纪要编号",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("fund", "amount_yuan", "spent_on")


@admin.register(Campaign)
class CampaignAdmin(RecordAdmin):
    """Pages of campaigns (募捐活动)."""

    list_select_related = ("area", "submitted_by", "fund", "charity")
    autocomplete_fields = ("area", "fund", "charity")
    shown_when = {"area": "!fund && !charity"}
    groups = (
        ("开展募捐的", ("fund", "charity", "area"), ""),
        (
            "活动信息",
            ("name", ("starts_on", "ends_on"), ("platform", "target_yuan"), "purpose"),
            "",
        ),
        ("资格与备案", ("partner_name", ("plan_number", "filed_on")), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "fund": "为某支基金募捐的选该基金；慈善组织自行募捐的不选基金，选慈善组织",
        "area": "随所选的基金或慈善组织，不用填写",
        "partner_name": "没有公开募捐资格的，填写合作的具有公开募捐资格的慈善组织",
        "plan_number": "募捐方案应在活动开始的10日前报民政部门备案",
        "starts_on": "可以填写今后的日期",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("starts_on", "ends_on", "plan_number")
