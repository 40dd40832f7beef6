"""Arguments that the indicator commands share."""

import datetime
from argparse import ArgumentParser, ArgumentTypeError


def day(text: str) -> datetime.date:
    """YYYY-MM-DD."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}”不是日期，应写成 YYYY-MM-DD") from None


def add_place_and_day(parser: ArgumentParser) -> None:
    """--area and --on."""
    parser.add_argument("--area", metavar="CODE", help="区划代码，默认为方案适用地区")
    parser.add_argument("--on", type=day, metavar="YYYY-MM-DD", help="截至日期，默认今天")
