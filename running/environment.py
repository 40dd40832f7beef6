"""Whole numbers from environment variables; a Chinese error names the variable and what would be right."""

from __future__ import annotations

import environ
from django.core.exceptions import ImproperlyConfigured

_env = environ.Env()


def whole(variable: str, default: int, least: int, told: str) -> int:
    """Return a number that is not below `least`; ImproperlyConfigured says what it should be, in the words
    of `told`."""
    text: str = _env.str(variable, default=str(default)).strip()
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise ImproperlyConfigured(f"环境变量 {variable} 应为{told}。")
    return int(text)


def days(variable: str, default: int, least: int) -> int:
    """Return a number of days that is not below `least`."""
    return whole(variable, default, least, f"不小于 {least} 的天数")


_MOST_YEARS = 100


def years(variable: str) -> int:
    """Return a number of years, 0 where none is set."""
    told = f"0至{_MOST_YEARS}的整数（年数，0 为不限）"
    found = whole(variable, 0, 0, told)
    if found > _MOST_YEARS:
        raise ImproperlyConfigured(f"环境变量 {variable} 应为{told}。")
    return found


def years_by_name(variable: str, example: str) -> dict[str, int]:
    """Return name → years of a variable such as `donations=30,talents=5`; empty where none is set."""
    found = {}
    for part in filter(None, (each.strip() for each in _env.str(variable, default="").split(","))):
        name, _, number = (each.strip() for each in part.partition("="))
        if not (name and number.isascii() and number.isdigit() and int(number) <= _MOST_YEARS):
            raise ImproperlyConfigured(
                f"环境变量 {variable} 应写成 类别=年数，用英文逗号隔开，年数为0至{_MOST_YEARS}的整数，"
                f"如 {example}（现有“{part}”）。"
            )
        found[name] = int(number)
    return found
