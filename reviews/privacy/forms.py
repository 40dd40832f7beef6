"""Forms that show personal data masked: what is sent back masked stays as it is stored."""

from __future__ import annotations

from typing import Any

from django.db import models
from typing_extensions import override

from conflicts.forms import ComparedForm
from reviews.privacy.marks import kept_text, masked_text, sensitive_fields
from reviews.privacy.masks import is_masked

_LOST = "“{}”中有“*”，是遮盖后的内容，请填写完整内容；不需要修改的保持原样"


class MaskedForm(ComparedForm):
    """Mixin of forms that edit a stored row; put it before `ModelForm` in the bases."""

    instance: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row: models.Model = self.instance
        for name in sensitive_fields(type(row)) if row.pk else ():
            if name in self.fields:
                self.initial[name] = masked_text(row, name)

    @override
    def _differs(self, name: str, raw: list[str]) -> bool:
        """Return whether an input means another value than the stored one: its whole text does not."""
        row: models.Model = self.instance
        if name in sensitive_fields(type(row)) and raw == [getattr(row, name)]:
            return False
        return super()._differs(name, raw)

    @override
    def clean(self) -> dict[str, Any]:
        """Put the stored text in the place of its mask; refuse any other text with stars."""
        values = super().clean() or self.cleaned_data
        row: models.Model = self.instance
        for name in sensitive_fields(type(row)):
            sent = values.get(name)
            if sent and row.pk:
                sent = values[name] = kept_text(row, name, sent, values)
            if sent and is_masked(sent) and sent != getattr(row, name):
                self.add_error(name, _LOST.format(self.fields[name].label))
        return values
