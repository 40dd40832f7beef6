"""TOML files within bounds: their length, how deep their tables lie, how long lists and how large numbers are."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

MOST_BYTES = 256 * 1024
#: A section of a plan, its tables, a list in one, and the entries of that list: five; plans may grow a little.
MOST_DEPTH = 8
MOST_ENTRIES = 2000
MOST_TEXT = 20_000
#: The largest number: ten thousand times a large city's yearly giving, in yuan.
MOST_NUMBER = 10**15
#: Digits behind the point.
MOST_PLACES = 9


class UnusableToml(ValueError):
    """The file cannot be read; the Chinese message names the place."""


def parsed(name: str, raw: bytes) -> dict[str, Any]:
    """Return the tables of a file (`raw`: its bytes in UTF-8); UnusableToml says what is beyond a bound."""
    if len(raw) > MOST_BYTES:
        raise UnusableToml(f"{name}：文件超过{MOST_BYTES // 1024}KB")
    try:
        data = tomllib.loads(raw.decode("utf-8-sig"))
    except RecursionError:
        raise UnusableToml(_too_deep(name)) from None
    except ValueError as error:  # of TOML, of UTF-8, or of a number with thousands of digits
        raise UnusableToml(f"{name}：不是有效的 TOML 文件（{str(error)[:200]}）") from None
    _check(name, data, 0)
    return data


def check_number(where: str, number: Decimal) -> None:
    """Raise UnusableToml for a number that is larger, or has more digits behind the point, than any target."""
    exponent = number.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    if abs(number) > MOST_NUMBER or places > MOST_PLACES:
        raise UnusableToml(
            f"{where}：数值过大或小数位过多，应在1000万亿以内、小数不超过{MOST_PLACES}位"
        )


def _check(where: str, value: object, depth: int) -> None:
    if depth > MOST_DEPTH:
        raise UnusableToml(_too_deep(where))
    if isinstance(value, dict | list):
        if len(value) > MOST_ENTRIES:
            raise UnusableToml(f"{where}：有{len(value)}项，应不超过{MOST_ENTRIES}项")
        pairs = value.items() if isinstance(value, dict) else enumerate(value, start=1)
        for key, each in pairs:
            _check(f"{where} {str(key)[:60]}", each, depth + 1)
    elif isinstance(value, str) and len(value) > MOST_TEXT:
        raise UnusableToml(f"{where}：文字有{len(value)}字，应不超过{MOST_TEXT}字")
    elif isinstance(value, int) and abs(value) > MOST_NUMBER:
        raise UnusableToml(f"{where}：数值过大，应在1000万亿以内")


def _too_deep(where: str) -> str:
    return f"{where}：嵌套过深，应不超过{MOST_DEPTH}层"
