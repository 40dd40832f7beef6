"""Checks of texts: addresses of the web, and what must not say who somebody is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviews.checks.fields import field_label
from reviews.checks.problems import Check, CheckedRecord, Problem
from reviews.privacy import holds_mobile_number

_ADDRESS = re.compile(r"https?://[^\s/]+\S*")


def valid_address(field: str) -> Check:
    """Return a check that a text is an address of the web."""

    def check(record: CheckedRecord) -> Iterator[Problem]:
        value = getattr(record, field)
        if value and not _ADDRESS.fullmatch(value):
            label = field_label(record, field)
            message = f"“{label}”应以 http:// 或 https:// 开头（现为{value[:40]}）"
            yield Problem("address", field, message)

    return check


def no_personal_data(*fields: str, is_warning: bool = True) -> Check:
    """Return a check of mobile numbers in these texts, a warning unless the texts are for the public;
    identity numbers no record may hold.

    A record that others read must not say who somebody is (个人信息保护法 arts. 5, 6).
    """

    def check(record: CheckedRecord) -> Iterator[Problem]:
        for field in fields:
            if holds_mobile_number(getattr(record, field)):
                yield mobile_problem(field, field_label(record, field), is_warning=is_warning)

    return check


def mobile_problem(field: str, label: str, *, is_warning: bool = True) -> Problem:
    """Return what is said of a field that holds a mobile number (个人信息保护法 arts. 5, 6)."""
    message = f"“{label}”中有手机号码，不应填写能识别个人的信息，请删去"
    return Problem("personal", field, message, is_warning)
