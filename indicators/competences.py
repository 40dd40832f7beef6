"""The plans' rules on who decides (`CompetenceRule`), as the review takes them."""

from __future__ import annotations

from indicators.models import CompetenceRule
from reviews.competence import Competence
from reviews.kinds import record_kinds


def competences_of_plans() -> list[Competence]:
    """Return the rules of all plans; one query.

    They hold from the day a plan is loaded until its file drops them: a regime of management does not
    end with the plan's last target.
    """
    kinds = {kind.declaration.address: kind for kind in record_kinds()}
    return [
        Competence(
            kind=kinds[rule.kind],
            root=rule.plan.area_code,
            where={
                name: value if isinstance(value, list) else [value]
                for name, value in rule.where.items()
            },
            level=rule.level,
            name=rule.name,
            office=rule.plan.label_of(rule.level),
            clause=rule.clause,
        )
        for rule in CompetenceRule.objects.select_related("plan")
        if rule.kind in kinds
    ]
