"""Which ledgers a workbook of each kind may hold (`import_records KIND`)."""

from funds.resources import FUNDS, MONEY
from orgs.resources import CHARITIES, ORGS, TEAMS, TRAININGS
from projects.resources import AIDS, PROJECTS
from reviews.ledger.declaration import Ledger
from scenes.resources import ACTIVITIES, SCENES

KINDS: dict[str, tuple[Ledger, ...]] = {
    "funds": (FUNDS,),
    "orgs": (ORGS,),
    "projects": (PROJECTS,),
    "money": (MONEY,),
    "scenes": (SCENES,),
    "activities": (ACTIVITIES, TRAININGS, AIDS),
    "teams": (TEAMS,),
    "charities": (CHARITIES,),
}
