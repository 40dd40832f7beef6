"""The addresses of the library of policy documents, below `/policies/`."""

from django.urls import path

from policies.pages import policies, policy

urlpatterns = [
    path("", policies, name="policies"),
    path("<int:pk>/", policy, name="policy"),
]
