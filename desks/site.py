"""The site of the admin, which keeps small what every one of its pages costs."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from typing_extensions import override
from unfold.sites import UnfoldAdminSite

from desks.navigation import MenuEntry, is_active, navigation


class PlatformSite(UnfoldAdminSite):
    """Makes the side bar in one walk, and the list of all models only for a page that shows it."""

    @override
    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the list of apps; the permissions of all models are asked when it is first read."""
        made = partial(super().get_app_list, request, app_label)
        return cast("list[Any]", SimpleLazyObject(made))

    @override
    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Return the groups of links that the user may see; `active` says which is this page."""
        return [
            {**group, "items": [_entry(item, request) for item in group["items"]]}
            for group in navigation(request)
        ]


def _entry(item: MenuEntry, request: HttpRequest) -> dict[str, object]:
    """Return what the side bar shows of a link."""
    shown = {"title": item["title"], "icon": item["icon"], "link": str(item["link"])}
    return {**shown, "active": is_active(item, request)}
