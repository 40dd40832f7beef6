"""App registration: 监督管理."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Guidance, audits, disclosures, inspections and complaints."""

    name = "supervision"
    verbose_name = "监督管理"
