"""Checks of service contracts before submission."""

from __future__ import annotations

from collections.abc import Iterator

from projects.models import ServiceContract
from reviews.checks import (
    Problem,
    declare_checks,
    in_order,
    not_before_1949,
    not_in_future,
    positive,
    required,
)


def support_named(contract: ServiceContract) -> Iterator[Problem]:
    """Require one of the five areas of support (渝中 方案 二（六）), or another one in words."""
    if not contract.support and not contract.other_support:
        yield Problem("required", "support", "“购买内容”应至少选一项；其他内容填在“其他购买内容”")


def acceptance_complete(contract: ServiceContract) -> Iterator[Problem]:
    """Require day and result of an acceptance together."""
    if contract.acceptance and contract.accepted_on is None:
        yield Problem("required", "accepted_on", "填了验收结果，应填“验收日期”")
    elif contract.accepted_on is not None and not contract.acceptance:
        yield Problem("required", "acceptance", "填了验收日期，应填“验收结果”")


def ended_early(contract: ServiceContract) -> Iterator[Problem]:
    """An early end lies before the end that was agreed on."""
    end, agreed = contract.closed_on, contract.ends_on
    if end is not None and agreed is not None and end > agreed:
        message = f"“提前终止日期”{end}应早于“服务截止日期”{agreed}；按期履行的留空"
        yield Problem("ended_late", "closed_on", message)


declare_checks(
    ServiceContract,
    required("name", "provider", "amount_yuan", "signed_on", "starts_on", "ends_on"),
    not_before_1949("signed_on", "starts_on", "ends_on", "closed_on", "accepted_on"),
    not_in_future("signed_on", "closed_on", "accepted_on"),
    in_order("starts_on", "ends_on"),
    in_order("starts_on", "closed_on"),
    in_order("starts_on", "accepted_on"),
    positive("amount_yuan"),
    ended_early,
    support_named,
    acceptance_complete,
)
