"""Community charity funds, their money and their campaigns."""

from funds.models.campaigns import Campaign
from funds.models.funds import Fund, FundLevel, FundMember, Initiator, MemberKind
from funds.models.money import (
    Donation,
    DonationChannel,
    DonorType,
    Expenditure,
    FundRecord,
)

__all__ = [
    "Campaign",
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
