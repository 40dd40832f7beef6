"""The address and the browser that a request came from."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings

from audit.events import address_of

if TYPE_CHECKING:
    from django.http import HttpRequest

_LONGEST_AGENT = 200


def client_address(request: HttpRequest) -> str:
    """Return the client's address; empty where the server knows none (a socket of the machine).

    Behind `PROXY_COUNT` proxies it is what the outermost of them saw (`audit.events.address_of`).
    """
    return _plain(address_of(request)) or _plain(str(request.META.get("REMOTE_ADDR") or ""))


def counted_address(request: HttpRequest) -> str:
    """Return the address under which failures are counted; empty where it names nobody.

    Of IPv6 the network counts, because every client has a whole one. A proxy of this machine that
    the settings do not name would stand for everybody.
    """
    address = client_address(request)
    if not address:
        return ""
    found = ipaddress.ip_address(address)
    is_unnamed_proxy = found.is_loopback and "HTTP_X_FORWARDED_FOR" in request.META
    if is_unnamed_proxy and not settings.PROXY_COUNT:
        return ""
    if found.version == 6:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return address


def agent_of(request: HttpRequest) -> str:
    """Return what the browser says of itself, cut to what is stored."""
    return str(request.META.get("HTTP_USER_AGENT", ""))[:_LONGEST_AGENT]


def device_of(agent: str) -> str:
    """Return browser and system in words, as far as an agent tells them."""
    browsers = (
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("360SE", "360浏览器"),
        ("Chrome", "Chrome"),
    )
    systems = (("HarmonyOS", "鸿蒙"), ("Android", "安卓"), ("iPhone", "iPhone"), ("iPad", "iPad"))
    more = (("Windows", "Windows"), ("Mac OS", "macOS"), ("Kylin", "麒麟"), ("UOS", "统信"))
    found = [
        next((name for mark, name in names if mark in agent), "")
        for names in (browsers, (*systems, *more, ("Linux", "Linux")))
    ]
    return "，".join(filter(None, found)) or "未知设备"


def _plain(text: str) -> str:
    """Return an address in its one spelling; empty for what is none."""
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)
