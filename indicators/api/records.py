"""Opening balances and figures reported by hand, as records."""

from __future__ import annotations

from api.records import RecordViewSet
from indicators.models import ManualFigure, OpeningBalance


class OpeningBalanceViewSet(RecordViewSet):
    """期初数."""

    queryset = OpeningBalance.objects.all()
    example = {
        "area": "500103001003",
        "measure": "funds",
        "as_of": "2025-12-31",
        "covers": "all",
        "quantity": "2.00",
        "evidence": "2025年社区慈善工作统计报表",
    }


class ManualFigureViewSet(RecordViewSet):
    """人工填报数."""

    queryset = ManualFigure.objects.all()
    example = {
        "area": "500103",
        "plan_code": "test-2026",
        "indicator_code": "satisfaction",
        "as_of": "2026-06-30",
        "numerator": "91.00",
        "denominator": "100.00",
        "evidence": "居民满意度抽样调查报告",
    }
