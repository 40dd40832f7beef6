"""App registration: 慈善基金."""

from django.apps import AppConfig


class FundsConfig(AppConfig):
    """Charity funds, their donations and expenditures."""

    name = "funds"
    verbose_name = "慈善基金"
