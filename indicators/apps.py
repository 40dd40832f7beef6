"""App registration of indicators (指标)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from running.upgrades import is_migrated

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from reviews.models import Submission


def _after_migrate(**_: object) -> None:
    """Count anew what an earlier release stored, or what a migration forgot, where there is a plan."""
    from indicators.models import Plan
    from indicators.store.series import ensure_layout

    if is_migrated() and Plan.objects.exists():
        ensure_layout()


class IndicatorsConfig(AppConfig):
    """The app that counts records into figures and compares them with targets."""

    name = "indicators"
    verbose_name = "指标与目标"

    def ready(self) -> None:
        """Connect signals: figures change in the transaction that changes records (ADR 0003)."""
        import indicators.rules  # noqa: F401  enters its rules for models and store
        from areas.signals import tree_changed
        from audit.chain.witnesses import Witness, declare_witness
        from dates.due_items import register
        from indicators.competences import competences_of_plans
        from indicators.documents.plans import mentions
        from indicators.duties.due import DutyDue
        from indicators.progress.impact_sentences import effect_sentences
        from indicators.store import series
        from indicators.store.catalogue import current_layout
        from policies.naming import declare_mentions
        from reviews.competence import declare_competences
        from reviews.signals import effect_asked, facts_changed
        from running.db_snapshot import read_snapshot

        def on_facts(sender: type[Submission], area_codes: set[str], **_: object) -> None:
            series.refresh(sender, area_codes)

        def on_tree(
            sender: type[Submission], area_codes: set[str] | None = None, **_: object
        ) -> None:
            if current_layout() is not None:
                series.refresh_tree(area_codes)

        def on_question(
            sender: type[Submission],
            records: QuerySet[Submission],
            is_gain: bool,
            user: User,
            **_: object,
        ) -> list[str]:
            return effect_sentences(sender, records, user, is_gain=is_gain)

        def figure_faults() -> Iterator[str]:
            with read_snapshot():
                yield from series.differences()

        post_migrate.connect(_after_migrate, sender=self)
        register(DutyDue())
        declare_witness(Witness("全部数据", figure_faults))
        declare_competences(competences_of_plans)
        declare_mentions(mentions)
        effect_asked.connect(on_question, weak=False, dispatch_uid="figures")
        facts_changed.connect(on_facts, weak=False, dispatch_uid="figures")
        tree_changed.connect(on_tree, weak=False, dispatch_uid="figures")
