"""Puts the admin on the platform's own site."""

from django.contrib.admin.apps import AdminConfig


class SiteConfig(AdminConfig):
    """The admin; stands beside `desks.apps`, where Django takes one app for the package."""

    default_site = "desks.site.PlatformSite"
