"""Which level of the tree decides on a record, where rules say so (审核权限), and who steps in.

The rules stand in plans, which are above this room: `indicators` gives them by `declare_competences`.
Without a rule every reviewer whose area covers a record decides, as it was before there were rules.
"""

from reviews.competence.rules import Competence, all_competences, declare_competences
from reviews.competence.standing import DECISIONS, STEPPED_IN, Standing

__all__ = [
    "DECISIONS",
    "STEPPED_IN",
    "Competence",
    "Standing",
    "all_competences",
    "declare_competences",
]
