"""Addresses of the page of emergency plans by area."""

from django.urls import path

from scenes.emergency.pages import emergency_page

urlpatterns = [path("<str:area>/", emergency_page, name="emergency")]
