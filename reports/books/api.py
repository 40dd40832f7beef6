"""The API of funds' books: what the funds of an area have, and the lines of one fund's book."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from api.fields import AREA_CODE, MOST_WHOLE
from api.reading.filters import AreaCodeField, DayField, refuse_unknown
from api.reading.listing import FORMAT
from api.reading.paging import CURSOR, PAGE_SIZE, page_size_asked
from funds.books.movements import FundBook, Movement, MovementKind, book_of
from funds.books.overview import FundRow, rows_of
from funds.books.sums import opening_of
from funds.models import Fund
from indicators.api.figures import ON_PARAMETER, SIZE_PARAMETER, parameter, read_value
from reports.books.listing import funds_of, visible_area
from running.db_snapshot import read_snapshot


class FundRowSerializer(serializers.Serializer[Any]):
    """A fund with what it has; amounts are texts in yuan, `year_*` those of the day's year."""

    fund = serializers.IntegerField()
    name = serializers.CharField()
    area = serializers.CharField()
    is_running = serializers.BooleanField()
    balance_yuan = serializers.CharField()
    year_income_yuan = serializers.CharField()
    year_refunds_yuan = serializers.CharField()
    year_spending_yuan = serializers.CharField()
    moved_on = serializers.DateField(allow_null=True, help_text="最近一次收支的日期")
    days_idle = serializers.IntegerField(help_text="距最近一次收支（没有收支的距设立）的天数")
    missing_members = serializers.ListField(child=serializers.CharField())
    missing_rules = serializers.ListField(child=serializers.CharField())


class FundRowsSerializer(serializers.Serializer[Any]):
    """A page of funds."""

    on = serializers.DateField()
    next = serializers.URLField(allow_null=True)
    results = FundRowSerializer(many=True)


class MovementSerializer(serializers.Serializer[Any]):
    """A line of a book; the amount of a refund or an expenditure is negative."""

    date = serializers.DateField()
    kind = serializers.ChoiceField(choices=MovementKind.choices)
    id = serializers.IntegerField(allow_null=True, help_text="捐赠或支出的编号")
    group = serializers.CharField(help_text="捐赠方式或资助项目")
    amount_yuan = serializers.CharField()
    balance_yuan = serializers.CharField()


class FundBookSerializer(serializers.Serializer[Any]):
    """The book of a fund up to a day."""

    fund = serializers.IntegerField()
    name = serializers.CharField()
    on = serializers.DateField()
    opening_yuan = serializers.CharField(help_text="起始资金")
    income_yuan = serializers.CharField()
    refunds_yuan = serializers.CharField()
    spending_yuan = serializers.CharField()
    balance_yuan = serializers.CharField()
    movements = MovementSerializer(many=True)


class _BookView(APIView):
    """Base of the views of books: refuses unknown parameters, and days that lie ahead."""

    known: tuple[str, ...] = ("on",)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Refuse unknown query parameters."""
        super().initial(request, *args, **kwargs)
        refuse_unknown(request, {*self.known, FORMAT}, set())

    def day(self) -> datetime.date:
        """Return `on`, but no day that lies ahead."""
        today = timezone.localdate()
        asked = read_value("on", DayField().to_python, self.text("on"))
        return min(asked, today) if isinstance(asked, datetime.date) else today

    def text(self, name: str) -> str:
        """Return a parameter, empty without one."""
        return self.request.query_params.get(name, "")


class FundBooksView(_BookView):
    """`GET /api/v1/fund-books/`: the funds of an area with balance, income and spending."""

    known = ("on", "area", CURSOR, PAGE_SIZE)

    @extend_schema(
        operation_id="fund_books_list",
        parameters=[
            parameter(
                "area", "区划代码，默认为本人的地区", {"type": "string", "pattern": AREA_CODE}
            ),
            ON_PARAMETER,
            parameter(
                CURSOR,
                "上一页最后的基金编号",
                {"type": "integer", "minimum": 0, "maximum": MOST_WHOLE},
            ),
            SIZE_PARAMETER,
        ],
        responses=FundRowsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Return the approved funds in the order of their keys, page by page."""
        day, size = self.day(), page_size_asked(request)
        after = read_value(CURSOR, _key, self.text(CURSOR)) or 0
        with read_snapshot():
            funds = list(self._funds(day).filter(pk__gt=after).order_by("pk")[: size + 1])
            rows = rows_of(funds[:size], day)
        more = funds[size - 1].pk if len(funds) > size else None
        return Response(
            {"on": day, "next": self._next(more), "results": [_row_json(row) for row in rows]}
        )

    def _funds(self, day: datetime.date) -> QuerySet[Fund]:
        code = str(read_value("area", AreaCodeField().to_python, self.text("area")) or "")
        area = visible_area(user_of(self.request), code)
        if area is None:
            raise NotFound(f"没有区划“{code}”，或不在您的管辖范围")
        return funds_of(area, day)

    def _next(self, key: int | None) -> str | None:
        if key is None:
            return None
        query = self.request.query_params.copy()
        query[CURSOR] = str(key)
        return str(self.request.build_absolute_uri(f"?{query.urlencode()}"))


class FundBookView(_BookView):
    """`GET /api/v1/fund-books/{fund}/`: the lines of a fund's book up to a day."""

    @extend_schema(parameters=[ON_PARAMETER], responses=FundBookSerializer)
    def get(self, request: Request, pk: str) -> Response:
        """Return the book; 404 if the fund is out of scope."""
        fund = Fund.objects.visible_to(user_of(request)).filter(pk=pk).first()
        if fund is None:
            raise NotFound(f"没有编号为{pk}的基金，或不在您的管辖范围")
        day = self.day()
        with read_snapshot():
            book = book_of(fund, datetime.date.min, day)
        return Response(_book_json(book))


def _key(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= MOST_WHOLE):
        raise ValueError("不是可用的位置")
    return int(text)


def _row_json(row: FundRow) -> dict[str, object]:
    return {
        "fund": row.fund.pk,
        "name": row.fund.name,
        "area": row.fund.area_id,
        "is_running": row.is_running,
        "balance_yuan": f"{row.balance:.2f}",
        "year_income_yuan": f"{row.year.income:.2f}",
        "year_refunds_yuan": f"{row.year.refunds:.2f}",
        "year_spending_yuan": f"{row.year.spending:.2f}",
        "moved_on": row.moved_on,
        "days_idle": row.days_idle,
        "missing_members": list(row.missing_members),
        "missing_rules": row.fund.rules_missing,
    }


def _book_json(book: FundBook) -> dict[str, object]:
    total = book.totals
    return {
        "fund": book.fund.pk,
        "name": book.fund.name,
        "on": book.last,
        "opening_yuan": f"{opening_of(book.fund, book.last):.2f}",
        "income_yuan": f"{total.income:.2f}",
        "refunds_yuan": f"{total.refunds:.2f}",
        "spending_yuan": f"{total.spending:.2f}",
        "balance_yuan": f"{book.closing:.2f}",
        "movements": [_line_json(line) for line in book.lines],
    }


def _line_json(line: Movement) -> dict[str, object]:
    return {
        "date": line.day,
        "kind": line.kind.value,
        "id": line.pk,
        "group": line.group,
        "amount_yuan": f"{line.amount:.2f}",
        "balance_yuan": f"{line.balance:.2f}",
    }
