"""Contents that the tests of documents share: as sealed, and with more sections filled in."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from reports.models import Edition
from reports.paper import document, word, workbook
from reports.paper.blocks import Block
from reports.schema.formats import parsed
from tests.reports.sealed_before import sealed_in

Content = dict[str, Any]

#: Sealing takes a second and tests only read, so one edition serves all files.
_SEALED: dict[str, str] = {}

MISSING: list[Content] = [
    {
        "code": f"5001030{number}",
        "name": f"第{number}街道",
        "label": "已退回" if number > 47 else "逾期",
        "file_by": "2026-06-25",
        "first_filed_on": None,
        "number": None,
        "sha256": "",
        "as_of": None,
        "is_zero": False,
        "values": {},
    }
    for number in range(10, 50)
]

_RECORD = {
    **{"kind": "funds.fund", "id": 1, "kind_name": "社区慈善基金", "name": "某社区慈善基金"},
    **{"area": "某社区", "change": "新增", "old": "0", "new": "1"},
}


def sealed(request: pytest.FixtureRequest) -> tuple[Content, str]:
    """Return content and digest of an edition of 渝中区 due on 30 June 2026.

    Duties and tasks are left out: their parts have tests of their own.
    """
    if not _SEALED:
        edition: Edition = request.getfixturevalue("edition")
        _SEALED.update(content=edition.content, sha256=edition.sha256)
    content = json.loads(_SEALED["content"]) | {"duties": [], "tasks": []}
    return content, _SEALED["sha256"]


def told(content: Content) -> Content:
    """Return the content with texts, an earlier period, missing areas and a correction."""
    content = copy.deepcopy(content)
    codes = [item["code"] for item in content["indicators"]]
    now = sealed_values(content)
    content["plan"]["document_number"] = "渝中民〔2025〕12号"
    content["narrative"] = narrative("（一）健全机制\n各街道定期会商。\n1.压实责任\n落实到人。")
    content["comparison"] = [
        {
            "key": "last",
            "label": "上期（2025年11月）",
            "as_of": "2025-11-30",
            "source": "edition",
            "values": {**now, "funds": "1", "coverage": "0.01"},
            "texts": {},
        },
        {
            "key": "year",
            "label": "上年同期（2025年6月）",
            "as_of": "2025-06-30",
            "source": "records",
            "values": dict.fromkeys(codes),
            "texts": {},
        },
    ]
    content["filing"] = {"children": MISSING}
    content["seal"] |= {
        "number": 2,
        "reason": "补报基金台账",
        "missing_reason": "正在核对台账",
    }
    content["corrections"] = {
        "against": 1,
        "figures": [
            {
                **{"code": "funds", "name": "社区慈善基金", "unit": "支", "old": "3", "new": "4"},
                "old_target": "19",
                "new_target": "19",
                "records": [_RECORD],
                "editions": [],
            }
        ],
        "others": ["文稿“存在问题”有改动"],
    }
    return content


def narrative(measures: str) -> list[dict[str, str]]:
    """Return the four sections; the third is empty."""
    return [
        {"code": "progress", "title": "工作进展", "text": "各项工作有序推进。"},
        {"code": "measures", "title": "主要做法", "text": measures},
        {"code": "problems", "title": "存在问题", "text": "　\n"},
        {"code": "plans", "title": "下一步打算", "text": "继续推进。"},
    ]


def before_words() -> Content:
    """An edition of format 1, which has figures only."""
    content: Content = json.loads(sealed_in(1)[0]["content"])
    return content


def document_of(content: Content, sha256: str = "") -> list[Block]:
    """The blocks of a content that is given as JSON."""
    return document.document_of(parsed(content), sha256)


def build_document(content: Content, sha256: str) -> bytes:
    """The Word document of a content that is given as JSON."""
    return word.build_document(parsed(content), sha256)


def build_workbook(content: Content, sha256: str) -> bytes:
    """The workbook of a content that is given as JSON."""
    return workbook.build_workbook(parsed(content), sha256)


def sealed_values(content: Content) -> dict[str, str | None]:
    """Return indicator → value."""
    return {item["code"]: item["value"] for item in content["indicators"]}


def texts(blocks: list[Block]) -> Iterator[str]:
    """Yield all texts of the blocks in reading order."""
    for block in blocks:
        for value in vars(block).values():
            yield from _strings(value)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from value.split("\n")
    elif isinstance(value, tuple):
        for each in value:
            yield from _strings(each)
