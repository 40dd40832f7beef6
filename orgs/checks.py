"""Checks of charities, community organisations, teams and trainings before submission."""

from __future__ import annotations

from collections.abc import Iterator

from orgs.models import FOUNDERS, Charity, CommunityOrg, Training, VolunteerTeam
from reviews.checks import (
    OnlyWith,
    Problem,
    declare_checks,
    in_order,
    not_before_1949,
    not_in_future,
    not_negative,
    positive,
    required,
    valid_credit_code,
    valid_phone,
)

#: The certificate is that of the 公开募捐资格 (慈善法 art. 22).
certificate_number_of_qualified = OnlyWith("certificate_number", "has_public_fundraising", (True,))
certificate_days_of_qualified = OnlyWith(
    "certificate_expires_on", "has_public_fundraising", (True,)
)
#: Only a registered organisation has a 统一社会信用代码; one on file (备案) has a number.
credit_code_of_registered = OnlyWith("credit_code", "tier", ("registered",))


def public_fundraising_certificate(charity: Charity) -> Iterator[Problem]:
    """Warn when the certificate number of a 公开募捐资格 is missing (慈善法 art. 22)."""
    if charity.has_public_fundraising and not charity.certificate_number:
        yield Problem(
            "certificate",
            "certificate_number",
            "具有公开募捐资格，请补填资格证书编号",
            is_warning=True,
        )


def registered_number(org: CommunityOrg) -> Iterator[Problem]:
    """Warn when a registered organisation has no credit code, or one on file no number."""
    if org.tier == "registered" and not org.credit_code:
        yield Problem(
            "credit_code_missing",
            "credit_code",
            "登记的社会组织应填统一社会信用代码",
            is_warning=True,
        )
    elif org.tier != "registered" and not org.number:
        yield Problem("number_missing", "number", "未填备案编号", is_warning=True)


#: Who paid for it is asked of a community foundation only (鄂民发〔2024〕92号 二（一）2).
founders_of_a_community_foundation = [
    OnlyWith(name, "is_community_foundation", (True,)) for name in ("endowment", *FOUNDERS)
]


def endowment_fits(charity: Charity) -> Iterator[Problem]:
    """Warn of a sole endowment by several kinds of founders."""
    kinds = sum(getattr(charity, name) for name in FOUNDERS)
    if charity.endowment == "sole" and kinds > 1:
        message = f"独立注资只应有一个注资方，现勾选了{kinds}类"
        yield Problem("endowment", "endowment", message, is_warning=True)


declare_checks(
    Charity,
    required("name"),
    valid_credit_code("credit_code"),
    not_before_1949("registered_on"),
    not_in_future("registered_on", "closed_on"),
    in_order("registered_on", "closed_on"),
    public_fundraising_certificate,
    certificate_number_of_qualified,
    certificate_days_of_qualified,
    *founders_of_a_community_foundation,
    endowment_fits,
    valid_phone("phone"),
)

declare_checks(
    CommunityOrg,
    required("name", "category", "tier", "registered_on"),
    valid_credit_code("credit_code"),
    not_before_1949("registered_on"),
    not_in_future("registered_on"),
    in_order("registered_on", "closed_on"),
    in_order("registered_on", "valid_until"),
    not_negative("members", "party_members"),
    registered_number,
    credit_code_of_registered,
    valid_phone("phone"),
)

declare_checks(
    VolunteerTeam,
    required("name", "founded_on"),
    not_before_1949("founded_on"),
    not_in_future("founded_on"),
    in_order("founded_on", "closed_on"),
    not_negative("volunteers"),
    valid_phone("phone"),
)

declare_checks(
    Training,
    required("name", "held_on", "person_times"),
    not_before_1949("held_on"),
    not_in_future("held_on"),
    positive("person_times"),
    not_negative("people"),
)
