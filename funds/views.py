"""API viewsets of kinds with rows: funds."""

from api.records import RecordViewSet
from api.rows import Rows
from funds.models import Fund, FundMember


class FundViewSet(RecordViewSet):
    """Funds with the members of their management groups."""

    queryset = Fund.objects.all()
    related = (Rows("members", "members", FundMember, "fund", ("name", "kind", "duty")),)
