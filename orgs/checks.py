"""What is asked of organisations before they are submitted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviews.checks import OnlyWith, Problem

if TYPE_CHECKING:
    from orgs.models import Charity, CommunityOrg

_FORMS = re.compile(
    r"(会|社|队|中心|站|所|院|馆|校|团|组|室|坊|驿站|基金会|联盟|工作室|服务部|超市|家园|之家)(（[^）]{1,4}）)?$"
)


#: 慈善法 art. 22: the certificate is that of the 公开募捐资格.
certificate_number_of_qualified = OnlyWith("certificate_number", "has_public_fundraising", (True,))
certificate_days_of_qualified = OnlyWith(
    "certificate_expires_on", "has_public_fundraising", (True,)
)
#: Only who is registered has a 统一社会信用代码; who is filed has a number.
credit_code_of_registered = OnlyWith("credit_code", "tier", ("registered",))


def public_fundraising_certificate(charity: Charity) -> Iterator[Problem]:
    """A 公开募捐资格 rests on a certificate (慈善法 art. 22)."""
    if charity.has_public_fundraising and not charity.certificate_number:
        yield Problem(
            "certificate",
            "certificate_number",
            "具有公开募捐资格，请补填资格证书编号",
            is_warning=True,
        )


def registered_number(org: CommunityOrg) -> Iterator[Problem]:
    """A registered organisation has a credit code, a filed one a number."""
    if org.tier == "registered" and not org.credit_code:
        yield Problem(
            "credit_code_missing",
            "credit_code",
            "登记的社会组织应填统一社会信用代码",
            is_warning=True,
        )
    elif org.tier != "registered" and not org.number:
        yield Problem("number_missing", "number", "未填备案编号", is_warning=True)


def registered_name(org: CommunityOrg) -> Iterator[Problem]:
    """渝北民〔2021〕114号: the name of a registered body ends with its form."""
    if org.tier == "registered" and org.name and not _FORMS.search(org.name):
        yield Problem(
            "naming", "name", "名称应以组织形式结尾（如协会、服务中心、服务社）", is_warning=True
        )
