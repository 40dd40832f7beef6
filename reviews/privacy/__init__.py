"""Personal data of records: how they are marked and masked, who may see them, and what no record may hold."""

from reviews.privacy.erased import ERASED, is_erased, mark_of, was_erased_from
from reviews.privacy.identity import (
    IDENTITY_DIGITS,
    holds_identity_number,
    holds_mobile_number,
    without_mobile_numbers,
)
from reviews.privacy.marks import (
    SensitiveText,
    kept_text,
    masked_text,
    sensitive_fields,
    uncovered,
    without_persons,
)
from reviews.privacy.masks import (
    is_masked,
    masked,
    masked_name,
    persons_q,
    sees_all_persons,
    sees_persons,
)
from reviews.privacy.uniques import UniqueTexts

__all__ = [
    "ERASED",
    "IDENTITY_DIGITS",
    "SensitiveText",
    "UniqueTexts",
    "holds_identity_number",
    "holds_mobile_number",
    "is_erased",
    "is_masked",
    "kept_text",
    "mark_of",
    "masked",
    "masked_name",
    "masked_text",
    "persons_q",
    "sees_all_persons",
    "sees_persons",
    "sensitive_fields",
    "uncovered",
    "was_erased_from",
    "without_mobile_numbers",
    "without_persons",
]
