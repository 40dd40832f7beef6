"""All addresses of the site in one list."""

from django.contrib import admin
from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from accounts.access.pages.own import OwnPassword
from api.areas import AreaViewSet
from api.pages import api_schema, no_such_endpoint, redoc, redoc_script, swagger
from api.routes import register_records
from config.health import healthz, readyz, robots
from desks.views import board, home
from guards.rates import makes_a_file
from indicators.api.duties import DutyViewSet, InstancesView
from indicators.api.figures import FiguresView, LineageView, ProgressView
from indicators.api.plans import (
    IndicatorViewSet,
    PlanViewSet,
    TargetAllocationViewSet,
    TargetViewSet,
    TaskViewSet,
)
from indicators.views import figure, quality
from ledgers.api import BatchViewSet, ImportViewSet
from ledgers.pages import (
    import_commit,
    import_guide,
    import_job,
    import_marked,
    import_progress,
    import_recheck,
    import_template,
    import_undo,
    imports,
)
from reports.api import EditionViewSet, ReportViewSet
from reports.dashboard.pages import dashboard, dashboard_export
from reports.exports.pages import (
    delivery_download,
    export_download,
    export_page,
    export_progress,
    exports,
    subscribe,
    unsubscribe,
)
from reports.pages.calendar import calendar
from reports.pages.duty_export import duty_export
from reports.pages.editions import edition_file, edition_verify
from reports.pages.record_figures import record_figures
from reports.pages.report import (
    report,
    report_prepare,
    report_preview,
    report_receive,
    report_return,
    report_seal,
    report_urge,
)
from reports.pages.signing import report_sign
from reports.pages.text import report_edit
from reports.pages.verify import verify
from reviews.pages.attachment_pages import attachment, thumbnail
from reviews.pages.persons import persons_ending, record_erase, record_persons

router = SimpleRouter()
router.register("areas", AreaViewSet)
#: The lists of all record kinds, each at the `address` of its declaration: funds/.
register_records(router)
router.register("plans", PlanViewSet)
router.register("indicators", IndicatorViewSet)
router.register("targets", TargetViewSet)
router.register("tasks", TaskViewSet)
router.register("target-shares", TargetAllocationViewSet)
router.register("duties", DutyViewSet)
router.register("reports", ReportViewSet, basename="api-report")
router.register("editions", EditionViewSet, basename="api-edition")
router.register("imports", ImportViewSet)
router.register("import-batches", BatchViewSet)

urlpatterns = [
    path("", home, name="home"),
    path("account/", include("accounts.access.pages.urls")),
    path("board/", board, name="board"),
    # Before the shell's own page, which would take another form.
    path("admin/password_change/", OwnPassword.as_view(), name="own-password"),
    path("admin/", admin.site.urls),
    path("changes/", include("accounts.confirming.urls")),
    path("dashboard/<slug:plan>/<slug:area>/", dashboard, name="dashboard"),
    path(
        "dashboard/<slug:plan>/<slug:area>/figures.xlsx",
        makes_a_file(dashboard_export),
        name="dashboard-export",
    ),
    path(
        "duties/<slug:plan>/<slug:area>/instances.csv",
        makes_a_file(duty_export),
        name="duty-export",
    ),
    path("figures/<slug:plan>/<slug:indicator>/<slug:area>/", figure, name="figure"),
    path("duties/", include("duties.urls")),
    path("", include("reports.books.urls")),
    path("reports/", calendar, name="reports"),
    path("reports/<int:pk>/", report, name="report"),
    path("reports/<int:pk>/edit/", report_edit, name="report-edit"),
    path("reports/<int:pk>/prepare/", report_prepare, name="report-prepare"),
    path("reports/<int:pk>/preview/", report_preview, name="report-preview"),
    path("reports/<int:pk>/seal/", report_seal, name="report-seal"),
    path("reports/<int:pk>/sign/", report_sign, name="report-sign"),
    path("reports/<int:pk>/receive/", report_receive, name="report-receive"),
    path("reports/<int:pk>/return/", report_return, name="report-return"),
    path("reports/<int:pk>/urge/", report_urge, name="report-urge"),
    path("reports/editions/<int:pk>.<slug:kind>", makes_a_file(edition_file), name="edition-file"),
    path("reports/editions/<int:pk>/verify/", edition_verify, name="edition-verify"),
    path("records/<str:kind>/<int:pk>/figures/", record_figures, name="record-figures"),
    path("records/<str:kind>/<int:pk>/persons/", record_persons, name="record-persons"),
    path("records/persons-ending/", persons_ending, name="persons-ending"),
    path("records/<str:kind>/<int:pk>/persons/erase/", record_erase, name="record-erase"),
    path("quality/<str:area>/", quality, name="quality"),
    path("supervision/", include("supervision.urls")),
    path("matching/", include("projects.matching.urls")),
    path("emergency/", include("scenes.emergency.urls")),
    path("statistics/", include("reports.statistics.urls")),
    path("tasks/", include("work.urls")),
    path("policies/", include("policies.urls")),
    path("imports/", imports, name="imports"),
    path("imports/<int:pk>/", import_job, name="import"),
    path("imports/<int:pk>/progress/", import_progress, name="import-progress"),
    path("imports/<int:pk>/commit/", import_commit, name="import-commit"),
    path("imports/<int:pk>/check/", import_recheck, name="import-recheck"),
    path("imports/<int:pk>/marked.xlsx", makes_a_file(import_marked), name="import-marked"),
    path("imports/guide/", import_guide, name="import-guide"),
    path(
        "imports/templates/<slug:kind>.xlsx", makes_a_file(import_template), name="import-template"
    ),
    path("imports/batches/<int:pk>/undo/", import_undo, name="import-undo"),
    path("exports/", exports, name="exports"),
    path("exports/<int:pk>/", export_page, name="export"),
    path("exports/<int:pk>/progress/", export_progress, name="export-progress"),
    path("exports/<int:pk>/download/", export_download, name="export-download"),
    path("exports/subscriptions/", subscribe, name="subscribe"),
    path("exports/subscriptions/<int:pk>/cancel/", unsubscribe, name="unsubscribe"),
    path("exports/deliveries/<int:pk>/download/", delivery_download, name="delivery-download"),
    path("verify/", verify, name="verify"),
    path("attachments/<int:pk>/", attachment, name="attachment"),
    path("attachments/<int:pk>/small/", thumbnail, name="attachment-small"),
    path("api/v1/progress/", ProgressView.as_view(), name="api-progress"),
    path("api/v1/figures/", FiguresView.as_view(), name="api-figures"),
    path("api/v1/lineage/", LineageView.as_view(), name="api-lineage"),
    path("api/v1/duty-instances/", InstancesView.as_view(), name="api-instances"),
    path("api/v1/schema/", api_schema, name="api-schema"),
    path("api/v1/docs/", swagger, name="api-docs"),
    path("api/v1/redoc/", redoc, name="api-redoc"),
    path("api/v1/redoc.js", redoc_script, name="api-redoc-script"),
    path("api/v1/", include(router.urls)),
    re_path(r"^api/", no_such_endpoint, name="api-none"),
    path("robots.txt", robots, name="robots"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
handler400 = "guards.refusals.bad_request"
handler403 = "guards.refusals.permission_denied"
handler404 = "guards.refusals.not_found"
handler500 = "guards.refusals.server_error"
