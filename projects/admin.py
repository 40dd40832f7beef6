"""Admin pages of projects, aid, needs, resources, matches and contracts."""

from django.contrib import admin
from typing_extensions import override

from projects.models import Aid, Match, Need, Project, Resource, ServiceContract
from reviews.pages.lists.totals import Lifetime
from reviews.pages.record_admin import RecordAdmin

_NOTE = ("备注", ("note",), "")


@admin.register(Project)
class ProjectAdmin(RecordAdmin):
    """Pages of charity projects (公益慈善项目)."""

    kind_filters = ("stage", "direction", "is_aid", "source")
    list_select_related = ("area", "submitted_by")
    autocomplete_fields = ("area", "fund", "implementer_org", "partner_charity", "scene")
    groups = (
        ("项目信息", ("area", "name", ("stage", "direction"), "category"), ""),
        (
            "服务对象",
            (("for_elderly", "for_children", "for_hardship", "for_disabled", "for_special"),),
            "ticks",
        ),
        ("服务内容", ("served", "services", ("other_service", "charge")), ""),
        ("项目性质", ("is_aid", "is_micro", "micro_kind"), ""),
        ("需求分析和立项决议", ("feasibility", ("resolved_on", "resolution")), ""),
        ("起止时间", (("starts_on", "ends_on"),), ""),
        (
            "实施和合作",
            (
                "parties",
                ("implementer", "implementer_org"),
                ("partner", "partner_charity"),
                ("site", "scene"),
            ),
            "",
        ),
        ("资金", (("source", "fund"), ("budget_yuan", "spent_yuan")), ""),
        ("福利彩票公益金补助", (("subsidised_on", "subsidy_yuan"),), ""),
        ("受益情况", (("people", "person_times"), "volunteer_times"), ""),
        ("满意度回访", (("surveyed_on", "surveyed"), ("precise", "expert", "satisfied")), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "area": "实施项目的社区（村）；几个社区共同实施的选街道（乡镇）或区县",
        "name": "项目申报书或协议上的名称，如 华一坡社区助老项目",
        "stage": "尚未开始的选“储备”或“立项”，不计入指标；开始后改为“实施”，完成后改为“结项”；不填的按已开始计",
        "direction": "项目主要属于哪个方向",
        "category": "本单位自己的分类，没有的留空",
        "for_special": "社区矫正对象、戒毒康复人员等特殊人群",
        "served": "服务的是哪些人，可多选；没有列出的不选",
        "services": "提供哪些服务，可多选；没有列出的填在“其他服务”",
        "other_service": "以上没有的服务，用顿号隔开",
        "micro_kind": "主要解决哪一类问题",
        "charge": "无偿：不收费；低偿：只收部分成本；有偿：按市场价收费",
        "is_aid": "面向特殊困难对象的项目，同时计入帮扶项目指标；须注明服务对象",
        "is_micro": "预算较小、解决身边具体问题的社区慈善项目；预算超过10万元会提示（平台默认，文件未定）",
        "feasibility": "项目回应什么需求、为什么可行；储备项目在此写明",
        "resolved_on": "基金管理小组（或审批单位）同意立项的日期；决议文件请作为附件上传",
        "resolution": "决议的文号，没有文号的写决议内容",
        "starts_on": "储备、立项的填计划开始时间，可以晚于今天；已开始的填实际开始时间",
        "ends_on": "进行中的项目留空，也可填计划结束时间；结项的必填",
        "parties": "实际参加本项目的各方，可多选",
        "implementer": "负责实施的单位名称；选了“实施组织”的不用填",
        "implementer_org": "实施单位是已登记的社区社会组织的，在此选择",
        "partner": "合作的社会工作机构、志愿服务组织等；选了“合作慈善组织”的不用填",
        "partner_charity": "合作的是已登记的慈善组织的，在此选择",
        "site": "项目实施的具体地点，如小区、楼栋、广场",
        "scene": "在已登记的慈善服务场景实施的，在此选择",
        "source": "项目的主要资金来源",
        "fund": "由已登记的基金资助的在此选择；没有的留空",
        "budget_yuan": "立项时批准的预算",
        "spent_yuan": "到目前为止实际支出的",
        "subsidised_on": "补助到账的日期",
        "subsidy_yuan": "成效明显、居民满意度高的项目得到的福利彩票公益金补助；没有的留空",
        "people": "同一人只计一次，不跨地区相加",
        "person_times": "同一人受益几次计几人次",
        "volunteer_times": "参加服务的志愿者，同一人参加几次计几人次",
        "surveyed_on": "完成满意度回访的日期，三项满意度按该日计入",
        "surveyed": "实际答复的服务对象人数",
        "precise": "答复中认为服务找准了需要的人数；精准度＝该人数÷回访人数",
        "expert": "答复中认为服务专业的人数；专业度＝该人数÷回访人数",
        "satisfied": "答复中表示满意的人数；满意度＝该人数÷回访人数",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("stage", "is_aid", "starts_on", "budget_yuan")


@admin.register(Aid)
class AidAdmin(RecordAdmin):
    """Pages of aid records (帮扶记录)."""

    kind_filters = ("group", "service")
    autocomplete_fields = ("area", "project")
    today = ("helped_on",)
    groups = (
        ("帮扶信息", ("area", "project", "helped_on", ("group", "service"), "content"), ""),
        ("数量与金额", (("person_times", "amount_yuan"),), ""),
        ("备注", ("note",), ""),
    )
    help_texts = {
        "area": "受助人所在的社区（村）；跨社区的选街道（乡镇）或区县",
        "helped_on": "帮扶的日期；一次帮扶多人的登记一条",
        "group": "受助人属于哪一类；几类都有的分开登记",
        "service": "属于哪一类服务，便于按服务统计；没有列出的不选",
        "content": "做了什么，如走访慰问、助餐助浴；不要填写受助人姓名",
        "person_times": "同一人受助几次计几人次",
        "project": "属于已登记项目的帮扶在此选择；没有的留空",
        "amount_yuan": "发放的款物金额，物资按评估价折算；没有的留空",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("group", "helped_on", "person_times")


@admin.register(Need)
class NeedAdmin(RecordAdmin):
    """Pages of needs (居民需求)."""

    kind_filters = ("direction", "group", "lacks")
    today = ("found_on",)
    groups = (
        ("需求信息", ("area", "name", ("direction", "group"), "people"), ""),
        ("所需服务和资源", ("services", "lacks", "site"), ""),
        ("调查情况", (("found_on", "found_by"), ("needed_by", "closed_on")), ""),
        _NOTE,
    )
    help_texts = {
        "area": "有这项需求的社区（村）；全街道共有的选街道（乡镇）",
        "name": "概括需要什么，如“高龄老人午餐需求”；不写姓名、门牌和证件号码",
        "direction": "需要哪个方向的服务，用于推荐项目",
        "group": "哪类人需要",
        "people": "大约涉及多少人；不清楚的留空",
        "services": "需要哪些服务，可多选",
        "lacks": "解决它主要缺什么，用于推荐资源；不缺的留空",
        "site": "需求所在的小区、楼栋等",
        "found_on": "调查发现这项需求的日期",
        "found_by": "怎样了解到这项需求",
        "needed_by": "居民希望在此之前解决；没有期限的留空",
        "closed_on": "不再需要或已另行解决的填终止日期；登记供需对接后不用填",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("direction", "group", "found_on")


@admin.register(Resource)
class ResourceAdmin(RecordAdmin):
    """Pages of resources (慈善资源)."""

    kind_filters = ("kind", "group")
    today = ("available_from",)
    groups = (
        ("资源信息", ("area", "name", ("kind", "group"), ("quantity", "unit")), ""),
        ("提供方", ("provider", "site"), ""),
        ("可用时间", (("available_from", "closed_on"),), ""),
        _NOTE,
    )
    help_texts = {
        "area": "资源所在的社区（村）；供全街道使用的选街道（乡镇），下级社区也可选用",
        "name": "概括是什么资源，如 社区活动室",
        "kind": "场地、资金、物资、人力、服务；都不是的选其他",
        "group": "只供某类人使用的选该类；不限的选“全体居民”",
        "quantity": "有多少，如2（间）、50000（元）、30（人）；说不清的留空",
        "unit": "数量的单位，如间、元、件、人",
        "provider": "谁提供这项资源，如驻区单位、企业名称",
        "site": "在哪里，如小区、楼栋、仓库；资金等没有地点的留空",
        "available_from": "从哪天起可以使用",
        "closed_on": "自该日起不能再用；仍可用的留空",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("kind", "group", "available_from")


@admin.register(Match)
class MatchAdmin(RecordAdmin):
    """Pages of matches (供需对接)."""

    list_select_related = ("area", "submitted_by", "project")
    autocomplete_fields = ("project", "need", "resource")
    today = ("matched_on",)
    groups = (
        ("对接双方", ("project", "need", "resource"), ""),
        ("对接情况", (("matched_on", "quantity"), "matter"), ""),
        _NOTE,
    )
    help_texts = {
        "project": "用哪个项目回应需求、使用资源；所属地区随项目",
        "need": "本项目回应的需求；只登记资源的留空",
        "resource": "本项目使用的资源；只登记需求的留空",
        "matched_on": "项目、需求、资源三方商定对接之日，自该日起为已对接",
        "matter": "对接了什么，如“社区活动室每日午间用于老年助餐”；不写个人姓名",
        "quantity": "使用资源的数量，单位与该资源相同；没有选资源的留空",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("project", "matched_on")


@admin.register(ServiceContract)
class ServiceContractAdmin(RecordAdmin):
    """Pages of service contracts (购买服务合同)."""

    kind_filters = ("acceptance", "funding_field", "funding")
    totals = ("funding_field", "funding")
    lifetime = Lifetime("closed_on", "ends_on")
    summed = "amount_yuan"
    lines = {"opinion": 3}
    autocomplete_fields = ("area", "provider_org")
    groups = (
        ("合同信息", ("area", "name", ("number", "buyer"), ("provider", "provider_org")), ""),
        ("购买内容", ("support", "other_support"), ""),
        ("经费", ("amount_yuan", ("funding_field", "funding"), "funder"), ""),
        ("合同期限", ("signed_on", ("starts_on", "ends_on"), "closed_on"), ""),
        ("验收", (("accepted_on", "acceptance"), "opinion"), ""),
        _NOTE,
    )
    help_texts = {
        "area": "购买服务的街道（乡镇）",
        "name": "合同上的名称，如 七星岗街道社区慈善支持服务",
        "number": "合同上的编号，没有的留空",
        "buyer": "合同上的购买方名称；与所属地区的街道办事处相同的留空",
        "provider": "承接服务的社会工作服务机构等；选了“承接组织”的不用填",
        "provider_org": "承接机构是已登记的社区社会组织的，在此选择",
        "support": "购买哪几个方面的专业支持，可多选",
        "other_support": "五个方面之外的购买内容",
        "amount_yuan": "合同约定的总金额",
        "funding_field": "由哪个领域的经费支付，各领域的金额据此合计",
        "funding": "政府购买服务资金、业务工作经费等；用几种资金的选主要的一种",
        "funder": "出资的部门，如 区民政局、团区委；由本街道出资的填街道办事处",
        "signed_on": "合同上的签订日期，合同份数和金额按该日计入",
        "starts_on": "服务从哪天开始",
        "ends_on": "服务到哪天为止；到期前60天起在工作台提醒",
        "closed_on": "提前解除合同的日期；正常履行的留空",
        "accepted_on": "完成验收的日期；验收材料请作为附件上传",
        "acceptance": "验收的结论；填了验收日期的必填",
        "opinion": "验收的主要意见",
    }

    @override
    def list_fields(self) -> tuple[str, ...]:
        return ("provider", "amount_yuan", "ends_on")
