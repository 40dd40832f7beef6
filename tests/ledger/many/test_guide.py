"""The page that tells clerks what the platform understands is as new as the platform."""

from __future__ import annotations

import os

import pytest

from accounts.models import User
from ledgers.workbooks.limits import UnusableFile
from ledgers.workbooks.opening import open_sheets
from tests.ledger.many.facts import Outcome, outcome
from tests.ledger.many.guide import PAGE, WRITE, guide
from tests.ledger.many.plain import FUND
from tests.ledger.test_other_files import OTHERS
from tests.ledger.workbooks import fund, imported

pytestmark = pytest.mark.once


def test_the_page_says_what_the_platform_answers(quji: User, shiju: User) -> None:
    imported(quji, "funds", fund(基金名称=FUND), approve_as=shiju)

    def read(kind: str, content: bytes) -> Outcome:
        return outcome(kind, content, quji)

    page = guide(read, sorted({_refusal(content) for content, _ in OTHERS.values()}))
    if os.environ.get(WRITE):
        PAGE.write_text(page, encoding="utf-8")
    written = PAGE.read_text(encoding="utf-8")
    assert written == page, "run `python -m tests.ledger.many.guide`"


def _refusal(content: bytes) -> str:
    with pytest.raises(UnusableFile) as caught:
        open_sheets(content)
    return str(caught.value).removeprefix("无法读取：")
