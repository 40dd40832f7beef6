"""Organisations and people of community charity: charities, community organisations with their
assessments and major activities, volunteer teams, trainings, talents."""

from orgs.models.assessments import (
    MOST_POINTS,
    EventKind,
    Grade,
    MajorActivity,
    OrgAssessment,
    OrgRecord,
    Reply,
)
from orgs.models.charities import FOUNDERS, Charity, Endowment, LegalForm
from orgs.models.community_orgs import (
    HUB_SERVICES,
    SERVED,
    CommunityOrg,
    HubKind,
    Nature,
    OrgCategory,
    Tier,
    Venue,
)
from orgs.models.party import PARTY_FORMS, PartyWork
from orgs.models.talents import Certificate, Talent, TalentRole
from orgs.models.teams import HELP_FORMS, HELPED, SERVICES, TeamKind, VolunteerTeam
from orgs.models.trainings import AUDIENCES, CONTENTS, TEACHING_FORMS, Training, TrainingKind

__all__ = [
    "AUDIENCES",
    "CONTENTS",
    "FOUNDERS",
    "HELPED",
    "HELP_FORMS",
    "HUB_SERVICES",
    "MOST_POINTS",
    "PARTY_FORMS",
    "SERVED",
    "SERVICES",
    "TEACHING_FORMS",
    "Certificate",
    "Charity",
    "CommunityOrg",
    "Endowment",
    "EventKind",
    "Grade",
    "HubKind",
    "LegalForm",
    "MajorActivity",
    "Nature",
    "OrgAssessment",
    "OrgCategory",
    "OrgRecord",
    "PartyWork",
    "Reply",
    "Talent",
    "TalentRole",
    "TeamKind",
    "Tier",
    "Training",
    "TrainingKind",
    "Venue",
    "VolunteerTeam",
]
