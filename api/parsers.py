"""JSON as it is meant: no NaN, no name twice, no half signs, not without end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from typing_extensions import override

from api.faults import Fault

#: What one request may weigh.
MOST_BYTES = 16 * 1024 * 1024


class JsonParser(BaseParser):
    """`application/json` in UTF-8."""

    media_type = "application/json"

    @override
    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value; 400 where it is none, 413 where it is too much."""
        data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise Fault("请求超过16兆，请分成几次", "too_large", status_code=413)
        try:
            text = data.decode("utf-8")
            value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
            if "\\u" in text:  # half a sign is no text: nothing could be answered that names it
                json.dumps(value, ensure_ascii=False).encode()
            return value
        except (ValueError, RecursionError):
            raise ParseError from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that is there twice would lose a value."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated name")
    return found


def _refuse(word: str) -> Any:
    raise ValueError(word)
