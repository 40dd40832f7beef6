"""A plan file that is nested deeply or holds absurd numbers gets a sentence that names the place."""

from __future__ import annotations

import pytest

from guards.toml_files import MOST_BYTES, MOST_DEPTH, UnusableToml, parsed
from indicators.plan.files import read_plan
from indicators.plan.loading import SHIPPED
from indicators.plan.tables import PlanError

pytestmark = pytest.mark.once


def _nested(depth: int) -> str:
    return f"a = {'[' * depth}{']' * depth}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_nested(MOST_DEPTH + 1), "嵌套过深"),
        (_nested(50_000), "嵌套过深|不是有效的 TOML 文件"),
        (f"[{'.'.join('a' * 60)}]", "嵌套过深"),
        ("a = 1" + "0" * 20, "甲 a：数值过大"),
        ("a = -1" + "0" * 20, "甲 a：数值过大"),
        ("a = 1" + "0" * 5000, "不是有效的 TOML 文件"),
        (f"a = [{'1,' * 2001}]", "甲 a：有2001项"),
        (f'a = "{"字" * 20_001}"', "甲 a：文字有20001字"),
        ("#" * (MOST_BYTES + 1), "超过256KB"),
        ("a = ", "不是有效的 TOML 文件"),
    ],
    ids=range(10),
)
def test_what_is_beyond_a_bound_is_told(text: str, message: str) -> None:
    with pytest.raises(UnusableToml, match=message):
        parsed("甲", text.encode())
    with pytest.raises(PlanError, match=message):
        read_plan("甲", text.encode())


@pytest.mark.parametrize("value", ["1e999999", "-1e20", "1e-500", "NaN", "Infinity"])
def test_a_target_of_absurd_size_is_told(value: str) -> None:
    text = (SHIPPED / "ordos-2024.toml").read_text(encoding="utf-8")
    head, _, rest = text.partition('value = "')
    absurd = f'{head}value = "{value}{rest[rest.index(chr(34)) :]}'
    with pytest.raises(PlanError, match=r"数值过大或小数位过多|不是数"):
        read_plan("甲", absurd.encode())


def test_every_shipped_plan_is_within_the_bounds() -> None:
    for path in SHIPPED.glob("*.toml"):
        read_plan(path.name, path.read_bytes())
