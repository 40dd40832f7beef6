"""Arguments that the commands of indicators share."""

import datetime
from argparse import ArgumentParser, ArgumentTypeError

from indicators.progress.services import read_day, read_year


def day(text: str) -> datetime.date:
    """Parse a day written YYYY-MM-DD; ArgumentTypeError for any other text."""
    try:
        return read_day(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def add_place_and_day(parser: ArgumentParser) -> None:
    """Add --area and --on."""
    parser.add_argument("--area", metavar="CODE", help="区划代码，默认为方案适用地区")
    parser.add_argument("--on", type=day, metavar="YYYY-MM-DD", help="截至日期，默认今天")


def year(text: str) -> int:
    """Parse a year written YYYY; ArgumentTypeError for any other text."""
    try:
        return read_year(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
