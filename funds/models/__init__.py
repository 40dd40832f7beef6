"""Community charity funds and their money."""

from funds.models.funds import Fund, FundLevel, FundMember, Initiator, MemberKind
from funds.models.money import (
    Donation,
    DonationChannel,
    DonorType,
    Expenditure,
    FundRecord,
)

__all__ = [
    "Donation",
    "DonationChannel",
    "DonorType",
    "Expenditure",
    "Fund",
    "FundLevel",
    "FundMember",
    "FundRecord",
    "Initiator",
    "MemberKind",
]
