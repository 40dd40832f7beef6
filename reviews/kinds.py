"""The collection of all record kinds."""

from django.apps import apps

from reviews.models import Submission
from reviews.models.declaration import shape_faults


def record_kinds() -> list[type[Submission]]:
    """Return the models of all record kinds, in the order of their apps."""
    return [model for model in apps.get_models() if issubclass(model, Submission)]


def sound_kinds() -> list[type[Submission]]:
    """Return the kinds whose declaration can be read; `manage.py check` names the others."""
    return [kind for kind in record_kinds() if not shape_faults(kind.declaration)]
