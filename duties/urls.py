"""Addresses of the pages of duties."""

from django.urls import path

from duties.views import duties, duties_export, duty_item, duty_urge
from guards.rates import makes_a_file

urlpatterns = [
    path("item/<path:key>/urge/", duty_urge, name="duty-urge"),
    path("item/<path:key>/", duty_item, name="duty-item"),
    path("<slug:area>/", duties, name="duties"),
    path("<slug:area>/duties.xlsx", makes_a_file(duties_export), name="duties-export"),
]
