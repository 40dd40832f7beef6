"""All addresses, greppable."""

from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from areas.views import AreaViewSet
from config.import_pages import (
    import_commit,
    import_job,
    import_marked,
    import_progress,
    import_recheck,
    import_template,
    import_undo,
    imports,
)
from config.views import board, healthz, home, readyz
from funds.views import DonationViewSet, ExpenditureViewSet, FundViewSet
from indicators.views import ProgressView, figure, quality
from orgs.views import CharityViewSet, CommunityOrgViewSet, TrainingViewSet, VolunteerTeamViewSet
from projects.views import AidViewSet, ProjectViewSet
from reports.dashboard.pages import dashboard, dashboard_export
from reports.views import record_figures
from reviews.attachment_pages import attachment
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
    path("board/", board, name="board"),
    path("admin/", admin.site.urls),
    path("dashboard/<slug:plan>/<slug:area>/", dashboard, name="dashboard"),
    path(
        "dashboard/<slug:plan>/<slug:area>/figures.xlsx", dashboard_export, name="dashboard-export"
    ),
    path("figures/<slug:plan>/<slug:indicator>/<slug:area>/", figure, name="figure"),
    path("records/<str:kind>/<int:pk>/figures/", record_figures, name="record-figures"),
    path("quality/<str:area>/", quality, name="quality"),
    path("imports/", imports, name="imports"),
    path("imports/<int:pk>/", import_job, name="import"),
    path("imports/<int:pk>/progress/", import_progress, name="import-progress"),
    path("imports/<int:pk>/commit/", import_commit, name="import-commit"),
    path("imports/<int:pk>/check/", import_recheck, name="import-recheck"),
    path("imports/<int:pk>/marked.xlsx", import_marked, name="import-marked"),
    path("imports/templates/<slug:kind>.xlsx", import_template, name="import-template"),
    path("imports/batches/<int:pk>/undo/", import_undo, name="import-undo"),
    path("attachments/<int:pk>/", attachment, name="attachment"),
    path("api/v1/progress/", ProgressView.as_view(), name="api-progress"),
    path("api/v1/", include(router.urls)),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
