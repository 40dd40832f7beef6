"""Addresses of the page 需求 → 项目 → 资源."""

from django.urls import path

from projects.matching.pages import matching_page

urlpatterns = [path("<str:area>/", matching_page, name="matching")]
