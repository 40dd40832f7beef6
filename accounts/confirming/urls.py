"""Addresses of changes that wait for a second person."""

from __future__ import annotations

from django.urls import path

from accounts.confirming.pages import change, changes

urlpatterns = [
    path("", changes, name="pending-changes"),
    path("<int:pk>/", change, name="pending-change"),
]
