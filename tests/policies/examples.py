"""Values of policy documents with which checks find fault, and close ones that pass.

`tests/records/test_checks.py` tries them with those of the other kinds.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from policies.models import TEXT_LENGTH, PolicyDocument
from reviews.models import Submission
from tests.records.examples import DAY

Kind = type[Submission]
Slip = tuple[Kind, dict[str, Any], str, str]

TODAY = timezone.localdate()
TOMORROW = TODAY + datetime.timedelta(days=1)
BEFORE = DAY - datetime.timedelta(days=1)
EARLY = datetime.date(1949, 9, 30)
_OVER = {"state": "repealed"}

#: (kind, change, code and field of the finding): findings that block a submission.
BLOCKED: list[Slip] = [
    (PolicyDocument, {"title": ""}, "required", "title"),
    (PolicyDocument, {"issuers": ""}, "required", "issuers"),
    (PolicyDocument, {"state": ""}, "required", "state"),
    (PolicyDocument, {"document_number": "第95号"}, "number_form", "document_number"),
    (PolicyDocument, {"document_number": "渝民〔1025〕95号"}, "number_year", "document_number"),
    (PolicyDocument, {"issued_on": EARLY}, "too_early", "issued_on"),
    (PolicyDocument, {"issued_on": TOMORROW}, "future", "issued_on"),
    (PolicyDocument, {"issued_on": DAY, "in_force_on": BEFORE}, "order", "in_force_on"),
    (PolicyDocument, _OVER | {"issued_on": DAY, "ended_on": BEFORE}, "order", "ended_on"),
    (PolicyDocument, _OVER | {"ended_on": TOMORROW}, "future", "ended_on"),
    (PolicyDocument, {"text": "文" * (TEXT_LENGTH + 1)}, "too_long", "text"),
    (PolicyDocument, {"address": "www.mca.gov.cn"}, "address", "address"),
]
#: The same for findings that stay visible but do not block.
WARNED: list[Slip] = [
    (
        PolicyDocument,
        {"document_number": "渝民〔2025〕95号", "issued_on": DAY},
        "number_year",
        "document_number",
    ),
    (PolicyDocument, _OVER, "end_missing", "ended_on"),
    (PolicyDocument, {"ended_on": DAY}, "not_applicable", "ended_on"),
    (PolicyDocument, {"replaced_by": "《新办法》"}, "not_applicable", "replaced_by"),
    (PolicyDocument, {"based_on": "慈善法"}, "not_cited", "based_on"),
    (PolicyDocument, _OVER | {"ended_on": DAY, "replaced_by": "新法"}, "not_cited", "replaced_by"),
]
#: Valid values that are close to invalid ones.
ACCEPTED: list[tuple[Kind, dict[str, Any]]] = [
    (PolicyDocument, {"issued_on": TODAY, "in_force_on": TOMORROW}),
    (PolicyDocument, {"issued_on": None, "document_number": "渝民〔2025〕95号"}),
    (PolicyDocument, {"document_number": "民政部令第81号", "address": "https://www.mca.gov.cn/1"}),
    (PolicyDocument, {"based_on": "《慈善法》；渝民〔2025〕95号\n《办法》"}),
    (PolicyDocument, _OVER | {"ended_on": DAY, "replaced_by": "《新办法》（渝民〔2026〕1号）"}),
    (PolicyDocument, {"text": "文" * TEXT_LENGTH}),
]
