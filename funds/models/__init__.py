"""Community charity funds, their money and their campaigns."""

from funds.models.campaigns import Campaign
from funds.models.funds import (
    DOMAINS,
    RULES,
    Fund,
    FundLevel,
    FundMember,
    Initiator,
    MemberKind,
    MoneySource,
)
from funds.models.money import (
    Donation,
    DonationChannel,
    DonorType,
    Expenditure,
    FundRecord,
    Stated,
)

__all__ = [
    "DOMAINS",
    "RULES",
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
    "MoneySource",
    "Stated",
]
