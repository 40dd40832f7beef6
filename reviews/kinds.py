"""Every kind of business records."""

from django.apps import apps

from reviews.models import Submission


def record_kinds() -> list[type[Submission]]:
    """The models, in the order of their apps."""
    return [model for model in apps.get_models() if issubclass(model, Submission)]
