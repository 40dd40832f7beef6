"""The hosts that webhooks may send to: origins that the operator lists (`WEBHOOK_TARGETS`),
compared exactly.

Addresses that a browser, `urllib` and `requests` might parse differently are refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
#: ASCII host names (an IDN as `xn--…`) without empty labels, and so without a trailing dot.
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_BRACKETED = re.compile(r"\[[0-9a-f:.]+\]")
#: Printable ASCII without quotes, angle brackets or the backslash, which some parse as a slash.
_ADDRESS = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&()*+,;=%]+")


class Origin(NamedTuple):
    """The parts of an address that must match a listed origin."""

    scheme: str
    host: str
    port: int


def origin_of(url: str) -> Origin:
    """Return scheme, host and port of an address; ValueError (in Chinese) for an ambiguous address."""
    if not _ADDRESS.fullmatch(url):
        raise ValueError("只能用英文字母、数字和常用符号，不能有空格、反斜杠、井号或中文")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("不是有效的网址") from None
    if parts.scheme not in _DEFAULT_PORTS or "@" in parts.netloc:
        raise ValueError("应以 https:// 或 http:// 开头，不能带用户名和口令")
    host, _, digits = _halves(parts.netloc.lower())
    if not (_NAME.fullmatch(host) or _BRACKETED.fullmatch(host)):
        raise ValueError("主机名称不正确")
    if port == 0 or (port is None and digits is not None):
        raise ValueError("端口不正确")
    return Origin(parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme])


def _halves(netloc: str) -> tuple[str, str, str | None]:
    """Split host and port text; the port text is None without a colon."""
    end = netloc.rfind("]") + 1
    host, colon, digits = netloc[end:].partition(":")
    return netloc[:end] + host, colon, digits if colon else None


def is_origin(text: str) -> bool:
    """Return whether a line of the setting is a plain origin: `https://host[:port]`."""
    try:
        origin_of(text)
    except ValueError:
        return False
    parts = urlsplit(text)
    return parts.path in ("", "/") and not parts.query and not text.endswith("?")


def target_fault(url: str, targets: Sequence[str]) -> str:
    """Return in Chinese why nothing may be sent to an address; an empty text when it is allowed."""
    try:
        origin = origin_of(url)
    except ValueError as error:
        return f"接收地址有误：{error}"
    if origin in {origin_of(each) for each in targets if is_origin(each)}:
        return ""
    if not targets:
        return "尚未配置允许接收的主机（环境变量 WEBHOOK_TARGETS），请联系运维人员"
    return f"不在允许接收的主机之内；允许的有：{'、'.join(targets)}"
