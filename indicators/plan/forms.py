"""Forms of the plan pages: revise a target, allocate it, change a rule, load a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from areas.models import Area
from conflicts.forms import ComparedForm
from guards.scanning import NotClean, check_clean
from guards.toml_files import MOST_BYTES
from indicators.measures import MEASURES, Measure
from indicators.models import Indicator, Plan, Target
from indicators.plan.targets import OPERATORS
from indicators.rules import CHOICES, OPTIONS, RULE_FIELDS, rule_of
from indicators.rules.answers.values import is_whole
from indicators.rules.base import Option
from reviews.models import REASON_LENGTH

FILE_LIMIT = MOST_BYTES


class ReasonForm(ComparedForm):
    """A form that asks for the reason of a change and the document behind it."""

    not_stored = ("document_number", "reason")

    document_number = forms.CharField(
        label="依据文号",
        required=False,
        max_length=60,
        widget=UnfoldAdminTextInputWidget(),
        help_text="有上级文件的填写，如 渝民〔2026〕9号",
    )
    reason = forms.CharField(
        label="修订理由",
        max_length=REASON_LENGTH,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def put_reason_last(self) -> None:
        """Order the fields: what is changed comes before the reason."""
        last = ("document_number", "reason")
        self.order_fields([*(name for name in self.fields if name not in last), *last])


def _number(indicator: Indicator, **options: Any) -> forms.DecimalField:
    """A field for a value in the indicator's unit; a ratio is typed in per cent (90) and stored as 0.9."""
    step = "1" if is_whole(indicator) else "any"
    widget = UnfoldAdminDecimalFieldWidget(attrs={"inputmode": "decimal", "step": step})
    return forms.DecimalField(max_digits=16, decimal_places=4, widget=widget, **options)


def _shown(indicator: Indicator, value: Decimal) -> str:
    return f"{(value * 100 if indicator.is_percentage else value).normalize():f}"


class TargetForm(ReasonForm):
    """The form 修订目标: value, relation and, for a coverage, the threshold."""

    told = "目标刚有变化"

    def __init__(self, target: Target, data: Mapping[str, object] | None = None) -> None:
        super().__init__(data)
        self.indicator = indicator = target.indicator
        self.at_least = target.at_least or indicator.at_least
        self.fields["operator"] = forms.ChoiceField(
            label="关系",
            choices=list(OPERATORS.items()),
            initial=target.operator,
            widget=UnfoldAdminSelectWidget(),
        )
        self.fields["value"] = _number(
            indicator, label=f"目标值（{indicator.unit}）", initial=_shown(indicator, target.value)
        )
        if rule_of(indicator).has_threshold:
            self.fields["at_least"] = forms.IntegerField(
                label="每个不少于",
                min_value=1,
                max_value=1_000_000_000,
                initial=self.at_least,
                widget=UnfoldAdminIntegerFieldWidget(),
                help_text="每个地区至少有这么多，才计入覆盖",
            )
        self.put_reason_last()

    def clean_value(self) -> Decimal:
        """The value as stored: per cent become a fraction of 1."""
        value: Decimal = self.cleaned_data["value"]
        return value / 100 if self.indicator.is_percentage else value

    def clean_at_least(self) -> int | None:
        """The new threshold; None where it stays as it is."""
        value: int = self.cleaned_data["at_least"]
        return None if value == self.at_least else value


class AllocationForm(ReasonForm):
    """The form 目标分解: one field for each area; an area whose field is empty takes no part."""

    told = "目标或分解刚有变化"

    def __init__(
        self,
        target: Target,
        areas: Sequence[Area],
        allocations: Mapping[str, Decimal],
        data: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data)
        self.areas = areas
        for area in areas:
            value = allocations.get(area.code)
            self.fields[_input_name(area)] = _number(
                target.indicator,
                label=str(area),
                required=False,
                min_value=0,
                initial=None if value is None else _shown(target.indicator, value),
            )
        del self.fields["document_number"]

    def rows(self) -> list[tuple[Area, forms.BoundField]]:
        """Each area with its field."""
        return [(area, self[_input_name(area)]) for area in self.areas]

    def allocations(self) -> dict[str, Decimal]:
        """The values entered, by area code."""
        values = {area.code: self.cleaned_data[_input_name(area)] for area in self.areas}
        return {code: value for code, value in values.items() if value is not None}


def _input_name(area: Area) -> str:
    return f"share-{area.code}"


def _measures(now: str = "") -> list[tuple[str, str]]:
    """Return the measures to choose from, with the one chosen `now`, which a plan may have narrowed."""
    codes = [code for code, measure in MEASURES.items() if measure.record is not None]
    if now in MEASURES and now not in codes:
        codes.append(now)
    named = [(code, _measure_words(MEASURES[code])) for code in codes]
    return [("", "不计量（人工填报）"), *named]


def _measure_words(measure: Measure) -> str:
    return f"{measure.name}（{'时点数' if measure.is_stock else '发生数'}）"


def _option_field(option: Option, plan: Plan) -> forms.Field:
    """The form field of an option, by the kind of its model field."""
    field = option.model_field
    words: dict[str, Any] = {"label": field.verbose_name, "help_text": option.help_text}
    if option.is_area_level:
        levels = [("", "不适用"), *((level, plan.label_of(level)) for level in (3, 4, 5))]
        return forms.TypedChoiceField(
            choices=levels,
            coerce=int,
            empty_value=None,
            required=False,
            widget=UnfoldAdminSelectWidget(),
            **words,
        )
    if field.flatchoices:
        return forms.ChoiceField(
            choices=field.flatchoices, widget=UnfoldAdminSelectWidget(), **words
        )
    if isinstance(field, models.BooleanField):
        return forms.BooleanField(required=False, widget=UnfoldBooleanWidget(), **words)
    if isinstance(field, models.CharField):
        stored = plan.duties.values_list("code", "name") if plan.pk else ()
        duties = [("", "不适用"), *stored]
        return forms.ChoiceField(
            choices=duties, required=False, widget=UnfoldAdminSelectWidget(), **words
        )
    return forms.IntegerField(
        min_value=1, max_value=1_000_000_000, widget=UnfoldAdminIntegerFieldWidget(), **words
    )


class RuleForm(ReasonForm):
    """The form 修改口径: the fields of `rules.RULE_FIELDS`; `rules.OPTIONS` gives those of single rules."""

    counting = forms.ChoiceField(
        label="计算口径", choices=CHOICES, widget=UnfoldAdminSelectWidget()
    )
    reading = forms.CharField(
        label="口径说明",
        max_length=300,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )

    def __init__(self, indicator: Indicator, data: Mapping[str, object] | None = None) -> None:
        super().__init__(data, initial={name: getattr(indicator, name) for name in RULE_FIELDS})
        measures = _measures(indicator.measure)
        self.fields["measure"] = forms.ChoiceField(
            label="计量", choices=measures, required=False, widget=UnfoldAdminSelectWidget()
        )
        for option in OPTIONS:
            self.fields[option.field] = _option_field(option, indicator.plan)
        self.order_fields(RULE_FIELDS)
        self.put_reason_last()

    def rule(self) -> dict[str, object]:
        """The values entered, by field of `Indicator`."""
        return {name: self.cleaned_data[name] for name in RULE_FIELDS}


class PlanFileForm(forms.Form):
    """The form 载入方案文件: which file."""

    file = forms.FileField(
        label="方案文件",
        help_text="TOML 文件，不超过256KB",
        widget=forms.FileInput(attrs={"class": "visually-hidden", "accept": ".toml"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse a file that is larger than any plan."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > FILE_LIMIT:
            raise forms.ValidationError("文件超过256KB，不是方案文件")
        try:
            check_clean(file.chunks())
        except NotClean as refused:
            raise forms.ValidationError(f"文件{refused}") from None
        file.seek(0)
        return file
