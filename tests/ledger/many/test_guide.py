"""The page that tells clerks what the platform understands is as new as the platform."""

from __future__ import annotations

import os
import re

import pytest

from accounts.models import User
from ledgers.workbooks.limits import UnusableFile
from ledgers.workbooks.opening import open_sheets
from tests.ledger.many.facts import Outcome, outcome
from tests.ledger.many.guide import PAGE, TABLES, WRITE, as_markdown, as_tables, sections
from tests.ledger.many.plain import FUND
from tests.ledger.test_other_files import OTHERS
from tests.ledger.workbooks import fund, imported

pytestmark = pytest.mark.once


def test_the_page_says_what_the_platform_answers(quji: User, shiju: User) -> None:
    imported(quji, "funds", fund(基金名称=FUND), approve_as=shiju)

    def read(kind: str, content: bytes) -> Outcome:
        return outcome(kind, content, quji)

    found = sections(read, [_refused(label, content) for label, (content, _) in OTHERS.items()])
    for path, page in ((PAGE, as_markdown(found)), (TABLES, as_tables(found))):
        if os.environ.get(WRITE):
            path.write_text(page, encoding="utf-8")
        written = path.read_text(encoding="utf-8")
        assert written == page, "run `python -m tests.ledger.many.guide`"


def _refused(label: str, content: bytes) -> tuple[str, str, str]:
    with pytest.raises(UnusableFile) as caught:
        open_sheets(content)
    sentence = str(caught.value)
    what = re.search(r"而是(.+?)[；，]", sentence)
    assert what, label
    return what[1], "—", f"请改正：{sentence}"
