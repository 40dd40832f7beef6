"""API of the record kinds that have rows of their own."""

from api.records import RecordViewSet
from api.rows import Rows
from funds.models import Fund, FundMember


class FundViewSet(RecordViewSet):
    """Funds in scope, with the members of their management groups."""

    queryset = Fund.objects.all()
    related = (Rows("members", "members", FundMember, "fund", ("name", "kind", "duty")),)
