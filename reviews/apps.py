"""App registration: 审核."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import autodiscover_modules


class ReviewsConfig(AppConfig):
    """Records from draft to approved fact, and their review."""

    name = "reviews"
    verbose_name = "审核与导入"

    def ready(self) -> None:
        """Collect the checks of all record kinds: each app declares its own in `checks`."""
        autodiscover_modules("checks")
        from reviews.pages.completeness import check_record_kinds

        register(check_record_kinds)
