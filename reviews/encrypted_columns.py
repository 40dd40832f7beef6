"""A system check: nothing orders, searches or makes unique by a column that is stored encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.contrib.admin import site
from django.core.checks import Error
from django.db import models

from crypto.fields import EncryptedText
from reviews.models import Submission
from reviews.models.declaration import shape_faults
from reviews.privacy.uniques import UniqueTexts


def check_encrypted_columns(**_: object) -> list[Error]:
    """Return an error for each use that the database cannot serve."""
    return [
        Error(f"{model._meta.label} {fault}", id="reviews.E002")
        for model in apps.get_models()
        for fault in faults_of(model)
    ]


def faults_of(model: type[models.Model]) -> Iterator[str]:
    """Yield in English what a model, or its page, wrongly asks of its encrypted columns."""
    columns = {
        each.name: each for each in model._meta.concrete_fields if isinstance(each, EncryptedText)
    }
    for name, field in columns.items():
        if name in _ordered_by(model):
            yield f"orders by `{name}`, which is stored encrypted."
        if name in _indexed(model):
            yield f"indexes `{name}`, which is stored encrypted: use `UniqueTexts` or none."
        if not field.is_searched and name in _whole_texts(model):
            yield f"searches by `{name}`, which is stored encrypted: declare it `is_searched`."


def _ordered_by(model: type[models.Model]) -> set[str]:
    page = site._registry.get(model)
    told = [*(model._meta.ordering or ()), *((page.ordering or ()) if page is not None else ())]
    return {each.lstrip("-") for each in told if isinstance(each, str)}


def _indexed(model: type[models.Model]) -> set[str]:
    found = {name.lstrip("-") for index in model._meta.indexes for name in index.fields}
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            found |= {*constraint.fields} - {*getattr(constraint, "digested", ())}
    fields = model._meta.concrete_fields
    return found | {each.name for each in fields if each.unique or getattr(each, "db_index", False)}


def _whole_texts(model: type[models.Model]) -> set[str]:
    """Return the columns by whose whole texts rows are found."""
    found = set[str]()
    if issubclass(model, Submission) and not shape_faults(model.declaration):
        found |= {*model.declaration.searched, model.title_field}
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueTexts):
            found |= {*constraint.digested}
    if page := site._registry.get(model):
        found |= {str(each).split("__")[0].lstrip("=^@") for each in page.search_fields}
    return found
