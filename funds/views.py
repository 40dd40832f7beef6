"""API of the record kinds."""

from api.records import RecordViewSet
from api.rows import Rows
from funds.models import Donation, Expenditure, Fund, FundMember


class DonationViewSet(RecordViewSet):
    """Donation records in scope."""

    queryset = Donation.objects.all()
    example = {
        "fund": 1,
        "donated_on": "2026-04-01",
        "amount_yuan": "1200.00",
        "donor_name": "某科技公司",
        "donor_type": "enterprise",
        "channel": "transfer",
        "receipt_number": "渝财00000001",
    }


class ExpenditureViewSet(RecordViewSet):
    """Expenditure records in scope."""

    queryset = Expenditure.objects.all()
    example = {
        "fund": 1,
        "spent_on": "2026-05-06",
        "amount_yuan": "300.00",
        "purpose": "为独居老人购置防滑垫",
        "resolution_number": "管委会〔2026〕3号",
    }


class FundViewSet(RecordViewSet):
    """Fund records in scope."""

    queryset = Fund.objects.all()
    related = (Rows("members", "members", FundMember, "fund", ("name", "kind", "duty")),)
    example = {
        "area": "500103001003",
        "name": "重庆市渝中区慈善会华一坡社区邻里基金",
        "level": "community",
        "host_name": "重庆市渝中区慈善会",
        "host_has_public_fundraising": True,
        "initiator": "community",
        "established_on": "2026-03-01",
        "initial_yuan": "50000.00",
        "members": [{"name": "王某", "kind": "community", "duty": "组长"}],
    }
