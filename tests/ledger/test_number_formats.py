"""Which number formats make days, and which say something about the number."""

from __future__ import annotations

import datetime

import pytest

from ledgers.workbooks.number_formats import cell_format, is_day, is_duration, says_something
from ledgers.workbooks.serials import at_midnight, day_of_text, moment_of, whole_day

pytestmark = pytest.mark.once

DAYS = [
    "yyyy-mm-dd", "yyyy/m/d", "m/d/yy", "yyyy\\-mm\\-dd", "yyyy/m/d;@", "[$-804]yyyy/m/d", "d-mmm-yy",
    'yyyy"年"m"月"d"日"', "yyyy年m月d日", '[DBNum1][$-804]yyyy"年"m"月"d"日"', 'm"月"d"日"', "mmm-yy", "aaaa",
    "[$-404]e/m/d", "h:mm", "上午/下午h:mm", "mm:ss.0", "yyyy-mm-dd hh:mm:ss", "YYYY-MM-DD", "[Red]yyyy-mm-dd",
]  # fmt: skip
NUMBERS = [
    "General", "0", "0.00", "#,##0", "#,##0.00", "@", "0%", "0.00E+00", "##0.0E+0", "# ?/?", '0.00"元"',
    "G/通用格式", "_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", '"Day "0', "[Red]0", "0.00_);[Red](0.00)",
    '[DBNum2]0', "0.00,", 'General"人"', "[>=10000]0.0,;0", "[$-804]0", "\\y0", "",
]  # fmt: skip
TELLING = [
    '0.00"万元"', '0"元"', "0.00万元", "0\\元", "0!元", "0.00,", "#,##0,", "#,##0.00,,", "0!.0,", '0!.0,"万"', "0\\.0",
    "0.0000,,", "0%", "0.00%", '"¥"#,##0.00', "¥#,##0.00", "[$¥-804]#,##0.00", "[$$-409]#,##0.00", "[$USD] 0.00",
    "[$€-2] #,##0", '"US$"0', "£0", '0"人次"', 'General"人"', ";;;", "[>=10000]0.0,;0", '"共"0', '0"000"',
    '_ "¥"* #,##0.00_ ', '0.00"元";-0.00"元"', "0‰", "-0", "(0)", "\\-0.00", '"-"0', "(#,##0)", "0-", "（0）;0",
    "[>100](0);0",
]  # fmt: skip
SILENT = [
    "General", "0", "0.00", "#,##0.00", "@", "0.00E+00", "# ?/?", "0.00_);(0.00)", "0.00_);[Red](0.00)", "[Red]0",
    "_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", "000000", '0" "', "0;-0;;@", "[DBNum2]0", "[$-804]0",
    "#,##0.00;[红色]-#,##0.00", "G/通用格式", "0-0", "[蓝色][>100]0;0", "", "0_元"[:2],
]  # fmt: skip


@pytest.mark.parametrize("code", DAYS)
def test_codes_of_days_and_times_are_days(code: str) -> None:
    assert is_day(code) and not is_duration(code)
    assert cell_format(code).is_day and cell_format(code).number_format == ""


@pytest.mark.parametrize("code", NUMBERS)
def test_codes_of_numbers_are_no_days(code: str) -> None:
    assert not is_day(code) and not cell_format(code).is_day


@pytest.mark.parametrize("code", ["[h]:mm", "[hh]:mm:ss", "[m]", "[ss].00", "[H]:MM"])
def test_elapsed_time_is_a_duration(code: str) -> None:
    assert is_duration(code) and cell_format(code).is_duration


@pytest.mark.parametrize("code", TELLING)
def test_a_unit_a_currency_and_a_scale_say_something(code: str) -> None:
    assert says_something(code)
    assert cell_format(code).number_format == code


@pytest.mark.parametrize("code", SILENT)
def test_digits_colours_and_brackets_say_nothing(code: str) -> None:
    assert not says_something(code)
    assert cell_format(code).number_format == ""


# --- serials ------------------------------------------------------------------------------------

DAY = datetime.date(2026, 2, 28)


@pytest.mark.parametrize(
    ("serial", "moment"),
    [
        (46081, DAY),
        (46080.99999999, DAY),
        (46081.000001, DAY),
        (46081.25, datetime.datetime(2026, 2, 28, 6)),  # noqa: DTZ001
        (46081.99998, datetime.datetime(2026, 2, 28, 23, 59, 58, 272000)),  # noqa: DTZ001
        (0.25, datetime.time(6)),
        (0, datetime.time(0)),
        (1, datetime.date(1900, 1, 1)),
        (59, datetime.date(1900, 2, 28)),
        (60, None),
        (61, datetime.date(1900, 3, 1)),
        (2_958_465, datetime.date(9999, 12, 31)),
        (2_958_466, None),
        (-1, None),
        (1e300, None),
    ],
)
def test_a_serial_is_the_day_that_excel_shows(serial: float, moment: object) -> None:
    assert moment_of(serial) == moment


@pytest.mark.parametrize("serial", [0, 1, 44619, 44618.99999999])
def test_a_serial_of_1904_is_1462_days_later(serial: float) -> None:
    assert moment_of(serial, is_1904=True) == datetime.date(1904, 1, 1) + datetime.timedelta(
        days=whole_day(serial)
    )


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-02-28", DAY),
        ("2026-02-28T00:00:00", DAY),
        ("2026-02-28T00:00:00.000Z", DAY),
        ("2026-02-27T23:59:59.999", DAY),
        ("2026-02-28T06:00:00+08:00", datetime.datetime(2026, 2, 28, 6)),  # noqa: DTZ001
        ("06:00:00", datetime.time(6)),
        ("二月", "二月"),
    ],
)
def test_a_day_in_iso_form_is_that_day(written: str, moment: object) -> None:
    assert day_of_text(written) == moment


def test_only_half_a_second_rounds_to_midnight() -> None:
    before = datetime.datetime(2026, 2, 27, 23, 59, 59)  # noqa: DTZ001
    assert at_midnight(before) == before
    assert at_midnight(before + datetime.timedelta(milliseconds=600)) == DAY
