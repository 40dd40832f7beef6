"""Strict JSON: rejects NaN, duplicate keys, lone surrogates and oversized bodies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from typing_extensions import override

from api.faults import Fault
from guards.bodies import MOST_OF_JSON
from guards.invisible import without_invisible

#: The size limit of a request body in bytes.
MOST_BYTES = MOST_OF_JSON


class JsonParser(BaseParser):
    """Parses `application/json` in UTF-8."""

    media_type = "application/json"

    @override
    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, object] | None = None,
    ) -> Any:
        """Return the value; ParseError (400) for invalid JSON, Fault (413) for an oversized body."""
        data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise Fault("请求超过16兆，请分成几次", "too_large", status_code=413)
        try:
            text = data.decode("utf-8")
            value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
            if "\\u" in text:  # a lone surrogate could not be encoded in a response
                json.dumps(value, ensure_ascii=False).encode()
            return _visible(value) if "\\u" in text or not text.isascii() else value
        except (ValueError, RecursionError):
            raise ParseError from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Build an object; ValueError for a duplicate key, because one of its values would be lost."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("repeated name")
    return found


def _visible(value: Any) -> Any:
    """Return the value with the invisible characters of all its texts left out."""
    if isinstance(value, str):
        return without_invisible(value)
    if isinstance(value, list):
        return [_visible(each) for each in value]
    if isinstance(value, dict):
        return {name: _visible(each) for name, each in value.items()}
    return value


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)
