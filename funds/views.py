"""API of the record kinds."""

from funds.models import Donation, Expenditure, Fund, FundMember
from reviews.api.rows import Rows
from reviews.views import RecordViewSet


class DonationViewSet(RecordViewSet):
    """Donation records in scope."""

    queryset = Donation.objects.all()


class ExpenditureViewSet(RecordViewSet):
    """Expenditure records in scope."""

    queryset = Expenditure.objects.all()


class FundViewSet(RecordViewSet):
    """Fund records in scope."""

    queryset = Fund.objects.all()
    related = (Rows("members", "members", FundMember, "fund", ("name", "kind", "duty")),)
