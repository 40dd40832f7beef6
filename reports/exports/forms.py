"""The forms for an export and a subscription. Both offer and accept only areas in the user's scope."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from typing_extensions import override

from accounts.models import User
from areas.models import Area
from indicators.progress.services import plans_of_area
from reports.models.exports import Export, Subscription
from reviews.kinds import record_kinds
from reviews.models import Status

#: The most areas that the list holds; with more, it ends one level higher.
_MOST_AREAS = 500
_LEVELS_BELOW = 2
#: The states that can be chosen; approved records are facts and come first.
_STATUSES = [
    (Status.APPROVED, Status.APPROVED.label),
    (Status.PENDING, Status.PENDING.label),
    (Status.DRAFT, Status.DRAFT.label),
    (Status.RETURNED, Status.RETURNED.label),
    (Status.VOID, Status.VOID.label),
    ("", "全部状态（不含已作废）"),
]


def areas_offered(user: User) -> list[Area]:
    """The user's area and those below it, as many levels as fit the list."""
    root = user.area
    if root is None:
        return []
    own = Area.objects.within(root.code).existing_on(timezone.localdate())
    for depth in range(_LEVELS_BELOW, 0, -1):
        found = list(own.filter(level__lte=root.level + depth).order_by("code")[: _MOST_AREAS + 1])
        if len(found) <= _MOST_AREAS:
            return found
    return [root]


def area_choices(user: User) -> list[tuple[str, str]]:
    """The offered areas as (code, name), indented by level."""
    areas = areas_offered(user)
    first = areas[0].level if areas else 0
    return [(area.code, "　" * (area.level - first) + str(area)) for area in areas]


class ScopedForm(forms.Form):
    """Base class: a form with an area in the user's scope."""

    area = forms.CharField(
        label="地区", max_length=12, error_messages={"required": "请选择地区"}, widget=forms.Select
    )

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.user, self.label_suffix = user, ""
        cast(forms.Select, self.fields["area"].widget).choices = area_choices(user)
        for name, field in self.fields.items():
            field.widget.attrs["id"] = f"{type(self).__name__.lower()}-{name}"

    def clean_area(self) -> Area:
        """The area; an error where it is unknown or out of scope."""
        code = self.cleaned_data["area"]
        area = Area.objects.filter(code=code).first() if self.user.covers(code) else None
        if area is None:
            raise forms.ValidationError("没有这个地区，或不在您的管辖范围")
        return area


class ExportForm(ScopedForm):
    """Requests a ledger of one record kind."""

    kind = forms.ChoiceField(
        label="台账",
        choices=[],
        error_messages={"required": "请选择台账", "invalid_choice": "没有这种台账"},
    )
    status = forms.ChoiceField(
        label="状态",
        choices=_STATUSES,
        required=False,
        initial=Status.APPROVED,
        error_messages={"invalid_choice": "没有这种状态"},
    )
    since = forms.DateField(
        label="起始日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "起始日期应写成 2026-06-30 的样子"},
    )
    until = forms.DateField(
        label="截止日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "截止日期应写成 2026-06-30 的样子"},
    )
    field_order = ("kind", "area", "status", "since", "until")

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(user, data)
        kinds = [(kind._meta.label_lower, str(kind._meta.verbose_name)) for kind in record_kinds()]
        cast(forms.ChoiceField, self.fields["kind"]).choices = [("", "请选择"), *kinds]

    @override
    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", "截止日期不应早于起始日期")
        return given

    def export(self) -> Export:
        """The requested object; not stored yet."""
        return Export(requested_by=self.user, **self.cleaned_data)


class SubscriptionForm(ScopedForm):
    """Requests a monthly workbook of a plan's figures."""

    plan = forms.ChoiceField(
        label="方案",
        choices=[],
        error_messages={"required": "请选择方案", "invalid_choice": "没有这个方案"},
    )
    day = forms.IntegerField(
        label="每月几日",
        min_value=1,
        max_value=31,
        widget=forms.Select(choices=[(day, f"{day}日") for day in range(1, 32)]),
        error_messages={
            "required": "请填写每月几日",
            "invalid": "每月几日应为1至31的整数",
            "min_value": "每月几日应为1至31的整数",
            "max_value": "每月几日应为1至31的整数",
        },
    )
    field_order = ("plan", "area", "day")

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(user, data)
        self.plans = {plan.code: plan for plan in plans_of_area(user.area_id or "")}
        plans = [(code, plan.title) for code, plan in self.plans.items()]
        cast(forms.ChoiceField, self.fields["plan"]).choices = plans

    @override
    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        area, plan = given.get("area"), self.plans.get(given.get("plan", ""))
        if area is None or plan is None:
            return given
        if plan not in plans_of_area(area.code):
            self.add_error("area", "该方案不适用于这个地区")
        same = Subscription.objects.filter(user=self.user, plan=plan, area=area)
        if same.filter(cancelled_at=None).exists():
            self.add_error("area", "已订阅该地区该方案的定期报表")
        return given | {"plan": plan}

    def subscription(self) -> Subscription:
        """The requested object; not stored yet."""
        return Subscription(user=self.user, **self.cleaned_data)
