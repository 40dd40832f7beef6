"""All addresses, greppable."""

from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from areas.views import AreaViewSet
from config.views import healthz, home, readyz
from funds.views import DonationViewSet, ExpenditureViewSet, FundViewSet
from indicators.views import ProgressView, dashboard, figure, quality
from orgs.views import CharityViewSet, CommunityOrgViewSet, TrainingViewSet, VolunteerTeamViewSet
from projects.views import AidViewSet, ProjectViewSet
from reports.views import record_figures
from scenes.views import ActivityViewSet, SceneViewSet

router = SimpleRouter()
router.register("areas", AreaViewSet)
router.register("charities", CharityViewSet)
router.register("community-orgs", CommunityOrgViewSet)
router.register("volunteer-teams", VolunteerTeamViewSet)
router.register("trainings", TrainingViewSet)
router.register("scenes", SceneViewSet)
router.register("activities", ActivityViewSet)
router.register("projects", ProjectViewSet)
router.register("aids", AidViewSet)
router.register("funds", FundViewSet)
router.register("donations", DonationViewSet)
router.register("expenditures", ExpenditureViewSet)

urlpatterns = [
    path("", home, name="home"),
    path("admin/", admin.site.urls),
    path("dashboard/<slug:plan>/<slug:area>/", dashboard, name="dashboard"),
    path("figures/<slug:plan>/<slug:indicator>/<slug:area>/", figure, name="figure"),
    path("records/<str:kind>/<int:pk>/figures/", record_figures, name="record-figures"),
    path("quality/<str:area>/", quality, name="quality"),
    path("api/v1/progress/", ProgressView.as_view(), name="api-progress"),
    path("api/v1/", include(router.urls)),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
