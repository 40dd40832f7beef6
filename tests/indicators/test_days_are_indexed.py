"""Every day field that a measure counts by has an index, so that days within a month are read
quickly; an end that is worked out (`ends_by`) is no field.
"""

from __future__ import annotations

import pytest
from django.db.models import Model

from indicators.measures import MEASURES

_DAYS = sorted(
    {
        (measure.model if "__" not in name else measure.record_model, name.split("__")[-1])
        for measure in MEASURES.values()
        if measure.record is not None
        for name in (measure.start, "" if measure.ends_by else measure.end)
        if name
    },
    key=str,
)


@pytest.mark.parametrize(("model", "name"), _DAYS)
def test_a_day_of_a_measure_has_an_index(model: type[Model], name: str) -> None:
    assert [name] in [index.fields for index in model._meta.indexes]
