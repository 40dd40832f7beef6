"""Addresses of the open items of supervision."""

from django.urls import path

from supervision.pages import open_page

urlpatterns = [path("<str:area>/", open_page, name="open-items")]
