"""App registration: 审计."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit log."""

    name = "audit"
    verbose_name = "审计"
