"""`check_figures` exits with 0 only if the stored rows agree with the records.

Otherwise it names the place.
"""

from __future__ import annotations

import io

import numpy as np
import pytest
from django.core.management import call_command

from funds.models import Fund
from indicators.models import AreaSeries, Plan, SeriesLayout
from indicators.store.blobs import pack, unpack
from indicators.store.catalogue import current_layout, layout_keys
from indicators.store.engine import SeriesKey
from reviews.models import Status
from tests.conftest import DISTRICT, HUAYIPO, QIXINGGANG
from tests.types import Make


def _check() -> tuple[int, str]:
    """Return exit code and output."""
    out = io.StringIO()
    try:
        call_command("check_figures", stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_all_is_well_after_an_approval(yuzhong: Plan, approved: Make) -> None:
    approved(Fund)
    assert _check() == (0, "全部一致。\n")


def test_one_changed_number_is_named_with_place_month_and_series(
    yuzhong: Plan, approved: Make
) -> None:
    approved(Fund)
    layout = current_layout()
    assert layout is not None
    row = AreaSeries.objects.get(area_id=QIXINGGANG, year=2026)
    block = unpack(row.blob)
    block[layout_keys(layout).index(SeriesKey("measure", "funds")), 4] += 6
    AreaSeries.objects.filter(pk=row.pk).update(blob=pack(block))
    code, text = _check()
    assert code == 1
    assert text == (f"{QIXINGGANG} 2026年5月 measure:funds：库存 7，应为 1\n共 1 处不一致。\n")


@pytest.mark.parametrize(
    "blob",
    [b"", b"rubbish", pack(np.zeros((3, 12), dtype=np.int64))],
    ids=["empty", "rubbish", "short"],
)
def test_a_broken_blob_is_named_not_fatal(yuzhong: Plan, blob: bytes) -> None:
    AreaSeries.objects.filter(area_id=DISTRICT, year=2026).update(blob=blob)
    code, text = _check()
    assert code == 1
    assert f"{DISTRICT} 2026年" in text


def test_a_missing_and_a_surplus_row_are_named(yuzhong: Plan) -> None:
    AreaSeries.objects.filter(area_id=HUAYIPO, year=2026).delete()
    AreaSeries.objects.create(area_id=DISTRICT, year=1999, blob=b"")
    code, text = _check()
    assert code == 1
    assert f"{HUAYIPO} 2026年：缺少统计序列" in text
    assert f"{DISTRICT} 1999年：多出统计序列" in text


def test_a_record_that_became_approved_behind_the_services_is_found(
    yuzhong: Plan, make: Make
) -> None:
    make(Fund, status=Status.APPROVED)
    code, text = _check()
    assert code == 1
    for area in (HUAYIPO, QIXINGGANG, DISTRICT, "5001", "50"):
        assert f"{area} 2026年3月 measure:funds：库存 0，应为 1" in text


def test_a_layout_that_does_not_fit_the_plans_is_said(yuzhong: Plan) -> None:
    layout = SeriesLayout.objects.get()
    SeriesLayout.objects.update(keys=layout.keys[:-1])
    assert _check() == (1, "统计序列目录与方案不一致\n共 1 处不一致。\n")


def test_nothing_stored_is_a_difference_where_there_is_a_plan(yuzhong: Plan) -> None:
    SeriesLayout.objects.all().delete()
    assert _check() == (1, "尚未生成统计序列\n共 1 处不一致。\n")


def test_an_upgrade_counts_what_an_earlier_release_did_not(yuzhong: Plan) -> None:
    layout = SeriesLayout.objects.get()
    SeriesLayout.objects.update(keys=layout.keys[:-1])
    call_command("migrate", verbosity=0)
    assert _check()[0] == 0
