"""Models of projects: the library, the aid, needs and resources, and bought services."""

from projects.models.aids import Aid, AidGroup
from projects.models.choices import (
    Charge,
    Direction,
    FundingField,
    FundingSource,
    Group,
    MicroKind,
    ResourceKind,
)
from projects.models.contracts import AcceptanceResult, ServiceContract
from projects.models.needs import FoundBy, Match, Need, Resource
from projects.models.projects import PLANNED, SATISFACTION, Project, ProjectSource, ProjectStage

__all__ = [
    "PLANNED",
    "SATISFACTION",
    "AcceptanceResult",
    "Aid",
    "AidGroup",
    "Charge",
    "Direction",
    "FoundBy",
    "FundingField",
    "FundingSource",
    "Group",
    "Match",
    "MicroKind",
    "Need",
    "Project",
    "ProjectSource",
    "ProjectStage",
    "Resource",
    "ResourceKind",
    "ServiceContract",
]
