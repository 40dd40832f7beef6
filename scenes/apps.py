"""App registration: 场景与活动."""

from django.apps import AppConfig


class ScenesConfig(AppConfig):
    """Charity scenes and activities."""

    name = "scenes"
    verbose_name = "场景与活动"
