"""Pytest plugin: which tests a run takes, and in which order (load it with ``-p tests.ordering``).

* With PostgreSQL the tests marked `once` are left out, and those that touch no database; with SQLite
  those marked `production`.
* Files that take longest go first, so that no core waits for them at the end; they are marked `long`.
* In a file, the tests that share a world go first, so that it is built once (`tests/worlds.py`).
* Of the test modules that pytest has not compiled yet (a fresh clone), each worker imports its own
  share first and finds the others' shares compiled: else each would compile all of them.
* What was made before the first test, the project's modules and some thousand test items, is no
  longer searched for garbage; what tests leave behind is searched for seldom (a tenth of a run).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
from pathlib import Path
from typing import Any

import pytest

_TESTS = Path(__file__).resolve().parent

#: Files of more than about three seconds of one core, the longest first.
LONG = (
    "tests/api/test_schemathesis.py",
    "tests/web/test_neighbours.py",
    "tests/web/test_chinese.py",
    "tests/browser/test_accessibility.py",
    "tests/docs/test_adding_a_record_kind.py",
    "tests/backups/test_round.py",
    "tests/api/test_permissions.py",
    "tests/running/test_demo.py",
    "tests/running/test_demo_places.py",
    "tests/running/test_a_year_of_reports.py",
    "tests/browser/test_report_round.py",
    "tests/browser/test_review_round.py",
    "tests/browser/test_work.py",
    "tests/running/test_embedded.py",
    "tests/indicators/test_rules_agree_with_oracle.py",
    "tests/web/test_every_page_opens.py",
    "tests/running/test_killed_import.py",
    "tests/running/test_worker.py",
    "tests/test_interrupted.py",
    "tests/running/test_two_reviewers.py",
    "tests/running/test_killed_approval.py",
    "tests/reports/filing/test_what_moves_meanwhile.py",
    "tests/indicators/test_records_behind.py",
    "tests/browser/test_dashboard.py",
    "tests/web/test_figure_pages.py",
    "tests/web/test_report_pages.py",
    "tests/indicators/test_figures_agree_with_oracle.py",
    "tests/api/test_token_permissions.py",
    "tests/reports/filing/test_consolidation.py",
    "tests/webhooks/test_worker.py",
    "tests/reports/test_edition_formats.py",
    "tests/reports/filing/test_read_once.py",
    "tests/records/test_every_kind.py",
    "tests/reports/test_workbook.py",
    "tests/indicators/test_lineage.py",
    "tests/reports/filing/test_filing_up_the_tree.py",
    "tests/reports/test_edition_members.py",
    "tests/indicators/test_what_if.py",
    "tests/web/test_plan_pages.py",
    "tests/reports/filing/test_corrections.py",
    "tests/reports/test_verifying.py",
    "tests/reports/filing/test_zero_reports.py",
    "tests/indicators/test_metamorphic.py",
    "tests/web/test_entry_drafts.py",
    "tests/indicators/test_successions_in_figures.py",
    "tests/api/test_out_of_scope_bodies.py",
    "tests/api/test_bulk.py",
    "tests/api/test_pages.py",
    "tests/running/test_killed_export.py",
    "tests/reports/filing/test_reminder_migration.py",
    "tests/reports/test_word_rendered.py",
    "tests/indicators/test_days_within_a_month.py",
    "tests/indicators/test_sixth_plan.py",
    "tests/indicators/test_quality.py",
    "tests/indicators/test_blocks.py",
    "tests/indicators/test_shortfalls.py",
    "tests/web/test_attachment_pages.py",
    "tests/api/test_reports.py",
    "tests/api/test_entering.py",
    "tests/api/test_figures.py",
    "tests/reports/filing/test_reminders.py",
    "tests/reports/test_sealing.py",
    "tests/web/test_entering.py",
    "tests/web/test_dashboard_parts.py",
    "tests/api/test_query_counts.py",
    "tests/api/test_filters.py",
    "tests/api/test_files.py",
    "tests/web/test_entry_copies.py",
    "tests/web/test_lists_stay_cheap.py",
    "tests/reports/test_members_migration.py",
    "tests/ledger/real/test_cash_book.py",
    "tests/web/test_seen_before_sealing.py",
    "tests/web/test_conflicts.py",
    "tests/ledger/many/test_guide.py",
    "tests/web/test_quality_page.py",
    "tests/web/test_home.py",
    "tests/reports/exports/test_coming_back.py",
    "tests/web/test_dashboard.py",
    "tests/web/test_effect_before_approval.py",
    "tests/indicators/test_engine_agrees_with_oracle.py",
    "tests/running/test_secrets.py",
    "tests/indicators/test_migrations.py",
    "tests/reports/test_word.py",
    "tests/reports/test_document.py",
    "tests/reports/test_pdf.py",
    "tests/running/test_subscriptions_once.py",
    "tests/reports/test_streamed_sheets.py",
    "tests/web/test_reviewing.py",
    "tests/web/test_entry_warnings.py",
    "tests/web/test_reach_ticks.py",
    "tests/indicators/test_live_targets.py",
    "tests/areas/test_registering_successions.py",
    "tests/areas/test_successions.py",
)
#: Fixtures and marks of a test that uses a database.
_DATABASES = {"db", "transactional_db", "live_server", "installation", "migrate"}


def _file_of(item: pytest.Item) -> str:
    return item.nodeid.split("::", 1)[0]


def _is_alone(item: pytest.Item) -> bool:
    """Whether a test shares no world with others of its file."""
    return "_shared_world" not in getattr(item, "fixturenames", [])


def _place_in_line(item: pytest.Item) -> int:
    path = _file_of(item)
    return LONG.index(path) if path in LONG else len(LONG)


def _touches_database(item: pytest.Item) -> bool:
    asked: list[str] = getattr(item, "fixturenames", [])
    return bool(item.get_closest_marker("django_db")) or not _DATABASES.isdisjoint(asked)


def _is_taken(item: pytest.Item, database: str) -> bool:
    if database != "postgres":
        return not item.get_closest_marker("production")
    if item.get_closest_marker("production"):
        return True
    return _touches_database(item) and not item.get_closest_marker("once")


@pytest.hookimpl(tryfirst=True)  # before `-m` looks at the marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort, mark and select."""
    files = {path: place for place, path in enumerate(dict.fromkeys(map(_file_of, items)))}
    items.sort(key=lambda item: (_place_in_line(item), files[_file_of(item)], _is_alone(item)))
    for item in items:
        if _place_in_line(item) < len(LONG):
            item.add_marker("long")
    taken = {item for item in items if _is_taken(item, config.getoption("database"))}
    config.hook.pytest_deselected(items=[item for item in items if item not in taken])
    items[:] = [item for item in items if item in taken]


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Import a worker's own share of the test modules, where the whole suite is asked for."""
    worker: dict[str, Any] | None = getattr(session.config, "workerinput", None)
    if worker is None or [Path(each).resolve() for each in session.config.args] != [_TESTS]:
        return
    number, count = int(worker["workerid"].removeprefix("gw")), int(worker["workercount"])
    for path in sorted(_TESTS.rglob("test_*.py"))[number::count]:
        name = ".".join(path.relative_to(_TESTS.parent).with_suffix("").parts)
        with contextlib.suppress(Exception):  # the collection reports it
            importlib.import_module(name)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
