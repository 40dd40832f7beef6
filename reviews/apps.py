"""App registration: 审核."""

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """From draft to fact."""

    name = "reviews"
    verbose_name = "审核与导入"
