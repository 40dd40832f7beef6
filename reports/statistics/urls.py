"""Addresses of the statistical form."""

from django.urls import path

from guards.rates import makes_a_file
from reports.statistics.pages import org_statistics, org_statistics_file

urlpatterns = [
    path("<str:area>/", org_statistics, name="org-statistics"),
    path(
        "<str:area>/statistics.xlsx",
        makes_a_file(org_statistics_file),
        name="org-statistics-file",
    ),
]
