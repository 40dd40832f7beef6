"""The addresses of funds' books."""

from django.urls import path, re_path

from guards.rates import makes_a_file
from reports.books.api import FundBooksView, FundBookView
from reports.books.pages import fund_book, fund_list, fund_list_file, fund_statement

_FUND = "(?P<pk>[0-9]{1,18})"

urlpatterns = [
    path("funds/", fund_list, name="funds"),
    path("funds/list.xlsx", makes_a_file(fund_list_file), name="funds-file"),
    re_path(rf"^funds/{_FUND}/book/$", fund_book, name="fund-book"),
    re_path(
        rf"^funds/{_FUND}/statements/(?P<month>[0-9]{{4}}-[0-9]{{2}})\.(?P<kind>xlsx|docx)$",
        fund_statement,
        name="fund-statement",
    ),
    path("api/v1/fund-books/", FundBooksView.as_view(), name="api-fund-books"),
    re_path(rf"^api/v1/fund-books/{_FUND}/$", FundBookView.as_view(), name="api-fund-book"),
]
