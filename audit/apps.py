"""App registration: 审计."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from running.upgrades import is_migrated


def _after_migrate(**_: object) -> None:
    """Put back the triggers that migrations lost; cover what an earlier release stored."""
    from audit.chain.guards import install
    from audit.chain.witnesses import begin

    if is_migrated():
        install()
        begin()


class AuditConfig(AppConfig):
    """The audit log."""

    name = "audit"
    verbose_name = "审计"

    def ready(self) -> None:
        """Install the triggers after each `migrate`; check the log itself every night."""
        from audit.chain.verifying import CHAIN
        from audit.chain.witnesses import declare_witness

        declare_witness(CHAIN)
        post_migrate.connect(_after_migrate, sender=self)
