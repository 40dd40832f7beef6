"""Which ledgers a workbook of each kind may hold (`import_records KIND`)."""

from funds.resources import FUNDS, MONEY
from ledgers.declaration import Ledger
from orgs.resources import CHARITIES, ORGS, TEAMS, TRAININGS
from projects.resources import AIDS, PROJECTS
from reviews.models import LedgerKind
from scenes.resources import ACTIVITIES, SCENES

KINDS: dict[str, tuple[Ledger, ...]] = {
    LedgerKind.FUNDS: (FUNDS,),
    LedgerKind.ORGS: (ORGS,),
    LedgerKind.PROJECTS: (PROJECTS,),
    LedgerKind.MONEY: (MONEY,),
    LedgerKind.SCENES: (SCENES,),
    LedgerKind.ACTIVITIES: (ACTIVITIES, TRAININGS, AIDS),
    LedgerKind.TEAMS: (TEAMS,),
    LedgerKind.CHARITIES: (CHARITIES,),
}
