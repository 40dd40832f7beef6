"""How the pages look: the settings of django-unfold."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def _file(path: str) -> Callable[[HttpRequest], str]:
    """Return a function that gives the address of a static file when a page is made."""
    return lambda request: static(path)


LOOK: dict[str, Any] = {
    "SITE_TITLE": "社区慈善工作平台",
    "SITE_HEADER": "社区慈善工作平台",
    "SITE_SYMBOL": "volunteer_activism",
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": _file("favicon.svg"),
        }
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "STYLES": [
        _file("css/platform.css"),
        _file("css/access.css"),
    ],
    "SCRIPTS": [
        _file("js/chinese.js"),
        _file("js/access.js"),
        _file("js/kept.js"),
    ],
    "LOGIN": {"form": "accounts.access.pages.forms.LoginForm"},
    "ACCOUNT": {
        "navigation": [
            {"title": "登录记录", "link": reverse_lazy("login-sessions")},
            {"title": "修改口令", "link": reverse_lazy("admin:password_change")},
        ]
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
    },
    "COLORS": {
        "primary": {
            "50": "#fdf3f1",
            "100": "#fbe4df",
            "200": "#f7ccc3",
            "300": "#efa898",
            "400": "#e37a64",
            "500": "#d2543b",
            "600": "#b83a23",
            "700": "#9a2f1c",
            "800": "#7f2a1b",
            "900": "#6a281c",
            "950": "#3a110a",
        }
    },
}
