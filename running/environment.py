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
