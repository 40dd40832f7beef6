"""Checks before the submission of a record: one list for form, import and API.

A check is a function of one record that yields problems. Checks over many records (repeated names)
run once per batch, so an import of 100,000 rows takes few queries. Each app declares the checks of
its kinds in its module `checks` (`declare_checks`).
"""

from reviews.checks.amounts import MOST_DIGITS, amount_faults, exact_amounts, yuan_text
from reviews.checks.credit_codes import (
    credit_code_fault,
    organisation_code_holds,
    valid_credit_code,
)
from reviews.checks.fields import (
    OneOf,
    OnlyWith,
    field_label,
    in_order,
    not_before_1949,
    not_in_future,
    not_negative,
    positive,
    required,
    valid_phone,
)
from reviews.checks.finding import (
    Checks,
    checks_of,
    declare_checks,
    declare_for_every_kind,
    find_all_problems,
    find_problems,
    has_checks,
)
from reviews.checks.narrow import FieldCheck, NarrowCheck
from reviews.checks.persons import personal_faults
from reviews.checks.problems import (
    Check,
    CheckedRecord,
    KindCheck,
    Problem,
    RecordBatch,
    SetCheck,
    blocking,
    kinds_of,
    records_at,
    values_of,
)
from reviews.checks.repeats import (
    SAME_NUMBER,
    SAME_RECORD,
    folded_key,
    identical,
    is_number,
    key_of,
    repeated,
    repeated_in,
    repeated_problem,
    same_numbers,
)
from reviews.checks.texts import no_personal_data, valid_address

__all__ = [
    "MOST_DIGITS",
    "SAME_NUMBER",
    "SAME_RECORD",
    "Check",
    "CheckedRecord",
    "Checks",
    "FieldCheck",
    "KindCheck",
    "NarrowCheck",
    "OneOf",
    "OnlyWith",
    "Problem",
    "RecordBatch",
    "SetCheck",
    "amount_faults",
    "blocking",
    "checks_of",
    "credit_code_fault",
    "declare_checks",
    "declare_for_every_kind",
    "exact_amounts",
    "field_label",
    "find_all_problems",
    "find_problems",
    "folded_key",
    "has_checks",
    "identical",
    "in_order",
    "is_number",
    "key_of",
    "kinds_of",
    "no_personal_data",
    "not_before_1949",
    "not_in_future",
    "not_negative",
    "organisation_code_holds",
    "personal_faults",
    "positive",
    "records_at",
    "repeated",
    "repeated_in",
    "repeated_problem",
    "required",
    "same_numbers",
    "valid_address",
    "valid_credit_code",
    "valid_phone",
    "values_of",
    "yuan_text",
]
