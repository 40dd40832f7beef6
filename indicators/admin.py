"""The admin pages of plans and of figures without records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field as DbField
from django.db.models import Model, OuterRef, Subquery
from django.forms import Field
from django.http import HttpRequest
from typing_extensions import override
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from indicators import countings
from indicators.measures import MEASURES
from indicators.models import (
    Covers,
    Duty,
    DutyExcuse,
    Indicator,
    ManualFigure,
    OpeningBalance,
    Plan,
)
from indicators.plan.file_pages import PlanFilePages
from indicators.plan.pages import PlanPages
from reviews.checks import OnlyWith
from reviews.pages.entry import RecordForm
from reviews.pages.record_admin import RecordAdmin
from reviews.pages.scoped_admin import ReadOnlyAdmin
from reviews.querysets import SubmissionQuerySet
from reviews.trail.differences import amount_text


class SettingsAdmin(ReadOnlyAdmin):
    """Base of pages that everyone who sees records, and the administrator, may read."""

    @override
    def has_module_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(user.is_authenticated and (user.sees_records or user.is_administrator))

    @override
    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request)


@admin.register(Plan)
class PlanAdmin(PlanPages, PlanFilePages, SettingsAdmin):
    """The list of plans (工作方案)."""

    list_display = ("title", "document_number", "issuer", "issued", "area_code", "edited_at")
    fields = (
        "code",
        "title",
        "document_number",
        "issuer",
        "issued_on",
        "issued_note",
        "area_code",
        "starts_on",
        "ends_on",
        "lagging_from",
        "report_first_due",
        "edited_at",
    )
    readonly_fields = ("edited_at",)

    @display(description="成文日期", ordering="issued_on")
    def issued(self, plan: Plan) -> str:
        """The day in words, or why there is none."""
        return plan.issued_text


_FLOWS = tuple(code for code, measure in MEASURES.items() if not measure.is_stock)


class OpeningBalanceForm(RecordForm):
    """The form hides the covered time for a stock, which has no year."""

    conditions = (OnlyWith("covers", "measure", ("", *_FLOWS)),)

    def value_when_hidden(self, name: str) -> object:
        """Return `all`, since a stock has accumulated over all years."""
        return Covers.ALL if name == "covers" else super().value_when_hidden(name)


@admin.register(OpeningBalance)
class OpeningBalanceAdmin(RecordAdmin):
    """The pages of opening balances (期初数)."""

    form = OpeningBalanceForm
    read_as = {"measure": "measure_words", "quantity": "amount"}
    groups = (
        ("期初数", ("area", "measure", "covers", "as_of", "quantity", "is_more_than"), ""),
        ("依据", ("evidence",), ""),
    )
    help_texts = {
        "measure": "平台启用前已有、没有逐条登记的数量；不分类型，方案只统计其中几类的，也全部计入",
        "covers": "“本年累计”只计入当年和增长类指标，“历年累计”只计入方案期累计类指标",
        "as_of": "期初数统计到哪一天",
        "quantity": "金额以元计，其余填整数",
        "is_more_than": "依据中写“1200多万元”“150余个”的，数量填1200万元、150个，并勾选此项；指标按所填数量计",
        "evidence": "数据来自哪份报表或文件",
    }

    def formfield_for_dbfield(
        self, db_field: DbField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        """Offer a list of measures instead of a text field for the code."""
        if db_field.name == "measure":
            db_field.choices = [
                (code, measure.name)
                for code, measure in MEASURES.items()
                if measure.record is not None
            ]
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @display(description="计量")
    def measure_words(self, balance: OpeningBalance) -> str:
        """The measure in Chinese."""
        return balance.get_measure_display()

    @display(description="数量", ordering="quantity")
    def amount(self, balance: OpeningBalance) -> str:
        """The quantity with its unit, and whether there is more."""
        more = "，实际多于此数" if balance.is_more_than else ""
        return f"{amount_text(balance, 'quantity')}{more}"

    def list_fields(self) -> tuple[str, ...]:
        """The day, covered time and quantity."""
        return ("as_of", "covers", "amount")


#: (value, label), or (heading, choices under it).
Choice = tuple[str, str | list[tuple[str, str]]]


class ByNameForm(RecordForm):
    """Base of forms that offer what is stored as a code by its name."""

    def offer(self, name: str, choices: Sequence[Choice]) -> None:
        """Turn a field into a list of choices; the record's present value stays among them."""
        field = self.fields.get(name)
        if field is None:
            return
        held = getattr(self.instance, name)
        known = {code for code, label in choices if isinstance(label, str)}
        known |= {code for _, group in choices if isinstance(group, list) for code, _ in group}
        more = [(held, held)] if held and held not in known else []
        self.fields[name] = forms.ChoiceField(
            label=field.label,
            help_text=field.help_text,
            choices=[("", "请选择"), *choices, *more],
            widget=UnfoldAdminSelectWidget(),
            error_messages={"required": f"请选择“{field.label}”"},
        )


class ManualFigureForm(ByNameForm):
    """Offers plans and indicators by name, and only those whose figures are reported by hand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        manual = Indicator.objects.filter(counting__in=countings.reported()).select_related("plan")
        plans: dict[str, str] = {}
        names: dict[str, list[tuple[str, str]]] = {}
        for each in manual.order_by("plan__code", "position"):
            plans[each.plan.code] = each.plan.title
            names.setdefault(each.plan.title, []).append((each.code, f"{each.name}（{each.unit}）"))
        self.offer("plan_code", list(plans.items()))
        self.offer("indicator_code", list(names.items()))


@admin.register(ManualFigure)
class ManualFigureAdmin(RecordAdmin):
    """The pages of manual figures (人工填报数)."""

    form = ManualFigureForm
    read_as = {
        "plan_code": "plan_words",
        "indicator_code": "indicator_words",
        "numerator": "amount",
    }
    groups = (
        ("指标", ("area", "plan_code", "indicator_code", "as_of"), ""),
        ("数值", (("numerator", "denominator"),), ""),
        ("依据", ("evidence",), ""),
    )
    help_texts = {
        "plan_code": "没有所需的方案时，说明各方案都不设人工填报的指标",
        "indicator_code": "选择所选方案下的指标",
        "as_of": "数值统计到哪一天",
        "numerator": "比例类指标填分子，如满意的人数",
        "denominator": "比例类指标填分母，如受访的人数；数量类指标保留1",
        "evidence": "数据来自哪份调查、报表或文件",
    }

    @display(description="方案")
    def plan_words(self, figure: ManualFigure) -> str:
        """The title of the plan."""
        return figure.get_plan_code_display()

    @display(description="指标")
    def indicator_words(self, figure: ManualFigure) -> str:
        """The indicator in Chinese."""
        return figure.get_indicator_code_display()

    @display(description="完成数", ordering="numerator")
    def amount(self, figure: ManualFigure) -> str:
        """The numerator with the unit of its indicator; a part of a percentage has none."""
        return amount_text(figure, "numerator")

    def list_fields(self) -> tuple[str, ...]:
        """The plan, day and numbers."""
        return ("plan_code", "as_of", "numerator", "denominator")


class DutyExcuseForm(ByNameForm):
    """Offers plans and duties by name, and only duties from which somebody may be excused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        duties = Duty.objects.filter(is_excusable=True).select_related("plan")
        plans: dict[str, str] = {}
        names: dict[str, list[tuple[str, str]]] = {}
        for each in duties.order_by("plan__code", "position"):
            plans[each.plan.code] = each.plan.title
            names.setdefault(each.plan.title, []).append((each.code, each.name))
        self.offer("plan_code", list(plans.items()))
        self.offer("duty_code", list(names.items()))


@admin.register(DutyExcuse)
class DutyExcuseAdmin(RecordAdmin):
    """The pages of excuses from duties (履责免除)."""

    form = DutyExcuseForm
    read_as = {"plan_code": "plan_words", "duty_code": "duty_words"}
    groups = (
        ("免除的事项", ("area", "plan_code", "duty_code", ("debtor", "period")), ""),
        ("理由", ("excused_on", "reason"), ""),
    )
    help_texts = {
        "plan_code": "没有所需的方案时，说明各方案都没有可以免除的履责事项",
        "duty_code": "选择所选方案下的履责事项",
        "debtor": "履责主体是地区的填区划代码；是慈善组织、基金等的填其档案编号。在履责日历点开事项，选“申请免除”的，已自动填好",
        "period": "如 2025、2025-H1、2025-Q1、2025-03；只办一次的填“一次”",
        "excused_on": "自哪一天起免除",
        "reason": "为何这一期不必办理，依据什么",
    }

    @display(description="方案")
    def plan_words(self, excuse: DutyExcuse) -> str:
        """The title of the plan."""
        return excuse.get_plan_code_display()

    @display(description="履责事项")
    def duty_words(self, excuse: DutyExcuse) -> str:
        """The duty in Chinese."""
        return getattr(excuse, "duty_name", None) or excuse.get_duty_code_display()

    @override
    def get_queryset(self, request: HttpRequest) -> SubmissionQuerySet:
        """Return the excuses with the names of their duties, so that a list asks for none."""
        duty = Duty.objects.filter(plan__code=OuterRef("plan_code"), code=OuterRef("duty_code"))
        rows: SubmissionQuerySet = super().get_queryset(request)
        return rows.annotate(duty_name=Subquery(duty.values("name")[:1]))

    def list_fields(self) -> tuple[str, ...]:
        """The duty, debtor, period and day."""
        return ("duty_words", "debtor", "period", "excused_on")
