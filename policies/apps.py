"""App registration: 政策文件."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """The library of policy documents: what rests on what, and which plans carry it out."""

    name = "policies"
    verbose_name = "政策文件"
