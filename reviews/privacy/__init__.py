"""Personal data of records: who sees them, how they are masked, and what no record may hold."""

from reviews.privacy.identity import IDENTITY_DIGITS, holds_identity_number
from reviews.privacy.masks import (
    is_masked,
    masked,
    masked_fields,
    masked_name,
    personal_fields,
    sees_all_persons,
    sees_persons,
)

__all__ = [
    "IDENTITY_DIGITS",
    "holds_identity_number",
    "is_masked",
    "masked",
    "masked_fields",
    "masked_name",
    "personal_fields",
    "sees_all_persons",
    "sees_persons",
]
