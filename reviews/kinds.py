"""The collection of all record kinds."""

from django.apps import apps

from reviews.models import Submission


def record_kinds() -> list[type[Submission]]:
    """Return the models of all record kinds, in the order of their apps."""
    return [model for model in apps.get_models() if issubclass(model, Submission)]
