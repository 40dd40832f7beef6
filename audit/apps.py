"""App registration: 审计."""

from django.apps import AppConfig
from django.core.checks import Tags, register
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
        """Install the triggers after each `migrate`; check the log and what is encrypted every night."""
        from audit.chain.verifying import CHAIN
        from audit.chain.witnesses import Witness, declare_witness
        from audit.encryption.columns import unreadable
        from audit.encryption.starting import check_keys

        declare_witness(CHAIN)
        declare_witness(Witness("加密的个人信息", unreadable))
        register(check_keys, Tags.database)
        post_migrate.connect(_after_migrate, sender=self)
