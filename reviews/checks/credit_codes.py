"""统一社会信用代码 (GB 32100-2015) and the organisation code inside it (GB 11714)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviews.checks.fields import field_label
from reviews.checks.narrow import FieldCheck
from reviews.checks.problems import Check, CheckedRecord, Problem

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = [pow(3, position, 31) for position in range(17)]
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_PATTERN = re.compile(rf"[{_CREDIT_ALPHABET}]{{18}}")


def credit_code_fault(code: str) -> str | None:
    """Return in Chinese why a 统一社会信用代码 is wrong (GB 32100-2015); None when it is right."""
    if len(code) != 18:
        return f"应为18位，现为{len(code)}位"
    if not _CREDIT_PATTERN.fullmatch(code):
        wrong = next(sign for sign in code if sign not in _CREDIT_ALPHABET)
        hint = {"O": "，是否应为数字0", "I": "，是否应为数字1"}.get(wrong, "")
        return f"含有不允许的字符“{wrong}”{hint}"
    total = sum(
        _CREDIT_ALPHABET.index(sign) * weight
        for sign, weight in zip(code, _CREDIT_WEIGHTS, strict=False)
    )
    expected = _CREDIT_ALPHABET[(31 - total % 31) % 31]
    return None if code[17] == expected else "校验位不符，请与证书逐位核对"


def organisation_code_holds(code: str) -> bool:
    """Return whether the check character of the organisation code (positions 9–17) is right (GB
    11714)."""
    total = sum(
        int(sign, 36) * weight
        for sign, weight in zip(code[8:16], _ORGANISATION_WEIGHTS, strict=True)
    )
    return code[16] == "0123456789X0"[11 - total % 11]


def valid_credit_code(field: str, *, is_organisation: bool = True) -> Check:
    """Return a check of GB 32100-2015.

    A wrong organisation code (GB 11714) or kind of body causes a warning only.
    """

    def check(record: CheckedRecord) -> Iterator[Problem]:
        code = getattr(record, field)
        if not code:
            return
        fault = credit_code_fault(code)
        label = field_label(record, field)
        if fault:
            yield Problem("credit_code", field, f"“{label}”{fault}")
            return
        if not organisation_code_holds(code):
            yield Problem(
                "credit_code_inner", field, f"“{label}”第17位主体标识校验不符，请核对", True
            )
        if is_organisation and code[:2] not in {"51", "52", "53"}:
            yield Problem(
                "credit_code_kind", field, f"“{label}”不是社会组织代码（应以51、52或53开头）", True
            )

    return FieldCheck((field,), bool, check)
