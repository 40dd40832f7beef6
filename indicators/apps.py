"""App registration: 指标."""

from typing import Any

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """Counts facts into figures and compares them with targets."""

    name = "indicators"
    verbose_name = "指标与目标"

    def ready(self) -> None:
        """Follow the facts: figures change in the transaction that changed them (ADR 0003)."""
        from areas.signals import tree_changed
        from indicators import series
        from reviews.signals import facts_changed

        def on_facts(sender: Any, area_codes: set[str], **_: Any) -> None:
            series.refresh(sender, area_codes)

        def on_tree(sender: Any, **_: Any) -> None:
            if series.current_layout() is not None:
                series.recompute_all()

        facts_changed.connect(on_facts, weak=False, dispatch_uid="figures")
        tree_changed.connect(on_tree, weak=False, dispatch_uid="figures")
