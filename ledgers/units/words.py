"""The words that name a unit: 万元, 人次, 美元, 公顷."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from areas.spelling import half_width

#: The unit in which the platform keeps money.
YUAN = "元"
_SCALES = {
    "": 1,
    "十": 10,
    "百": 100,
    "千": 1_000,
    "万": 10_000,
    "十万": 100_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "亿": 100_000_000,
    "十亿": 1_000_000_000,
    "百亿": 10_000_000_000,
    "千亿": 100_000_000_000,
    "万亿": 1_000_000_000_000,
}
_FORMAL = str.maketrans("拾佰仟萬億圓圆", "十百千万亿元元")
#: What stands for the currency of the platform; alone it names no scale.
OWN_CURRENCY = ("人民币", "rmb", "cny", "cn¥", "¥", "rmb¥")
_OTHER_WORDS = {
    **dict.fromkeys(
        ("元", "元整", "元正", "元至角分", "元角分", "块", "块钱", "元人民币", "元rmb"), YUAN
    ),
    **dict.fromkeys(("人", "名", "位", "人数"), "人"),
    **dict.fromkeys(("人次", "次", "人次数", "人/次"), "人次"),
    **dict.fromkeys(("平方米", "平米", "㎡", "m2", "m²"), "平方米"),
    **dict.fromkeys(("小时", "时", "h", "学时", "课时", "工时"), "小时"),
    **dict.fromkeys(("天", "日"), "天"),
    **dict.fromkeys(("%", "‰", "百分比"), "%"),
}
_THINGS = "个 支 只 户 家 场 项 份 件 岁 批 台 套 户次 场次 亩 公顷 平方公里 分钟 月 年 公斤 吨"
#: Foreign currencies and those of 香港, 澳门 and 台湾, by the words and signs that clerks write.
_FOREIGN = (
    "美元 美金 us$ usd $ 港元 港币 港幣 hk$ hkd 欧元 € eur 英镑 £ gbp 日元 日圆 円 jpy 韩元 韩币 ₩ krw 澳元 澳币 aud a$ "
    "加元 加币 cad c$ 澳门元 澳门币 mop 新台币 台币 nt$ twd 新加坡元 新币 sgd s$ 瑞士法郎 瑞郎 chf 卢布 ₽ rub 泰铢 ฿ thb "
    "林吉特 马币 myr 卢比 ₹ inr 越南盾 ₫ vnd 新西兰元 nzd 印尼盾 idr 比索 php 迪拉姆 aed 外币 usdt"
)
FOREIGN_WORDS = frozenset(_FOREIGN.translate(_FORMAL).split())
_BASES = (
    dict.fromkeys(OWN_CURRENCY, YUAN)
    | _OTHER_WORDS
    | {word: word for word in _THINGS.split()}
    | {word: word for word in FOREIGN_WORDS}
)
#: What else a column of a unit may count: 20名 in a column of 人.
_ALSO = {"人": {"个"}, "人次": {"人"}}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it was written, what it measures, and how many of that it stands for.

    万元 is (万元, 元, 10000); 万 alone has no base: (万, "", 10000).
    """

    word: str
    base: str
    scale: Decimal

    @property
    def is_foreign(self) -> bool:
        """Whether it is a currency other than 人民币."""
        return self.base in FOREIGN_WORDS

    @property
    def is_money(self) -> bool:
        """Whether it is a currency."""
        return self.base == YUAN or self.is_foreign

    def fits(self, measure: str) -> bool:
        """Return whether a column that is kept in `measure` can be given in this unit.

        Every unit fits the measure "", of which nothing is known.
        """
        known = not measure or not self.base or self.base == measure
        return known or self.base in _ALSO.get(measure, ())


@lru_cache(maxsize=4_096)
def unit_of(written: str) -> Unit | None:
    """Return the unit that a text names as a whole: 万 元, 人民币万元, US$; None for anything else."""
    word = re.sub(r"\s", "", half_width(written))
    plain = word.casefold().translate(_FORMAL)
    own = next((sign for sign in sorted(OWN_CURRENCY, key=len)[::-1] if plain.startswith(sign)), "")
    rest = plain.removeprefix(own)
    match = re.fullmatch(r"(万亿|[十百千]?[万亿]?)(.*)", rest)
    scale, base_word = (match[1], match[2]) if match and rest not in _BASES else ("", rest)
    base = _BASES.get(base_word, None) if base_word else (YUAN if own else "")
    if base is None or not word or (own and base != YUAN):
        return None
    if not base_word and not own and not scale:
        return None
    return Unit(word, base, Decimal(_SCALES[scale]))


def scale_of(word: str) -> Decimal:
    """Return what a scale stands for: 万 → 10000, 仟 → 1000. KeyError for anything else."""
    return Decimal(_SCALES[word.translate(_FORMAL)])


_FOREIGN_SIGN = re.compile(
    "|".join(re.escape(word) for word in sorted(FOREIGN_WORDS, key=len)[::-1] if not word.isalpha())
    + "|"
    + "|".join(word for word in FOREIGN_WORDS if word.isalpha() and not word.isascii())
    + r"|(?<![a-z])(?:"
    + "|".join(word for word in FOREIGN_WORDS if word.isalpha() and word.isascii())
    + r")(?![a-z])",
    re.IGNORECASE,
)


def foreign_currency(text: str) -> str:
    """Return the first word or sign of a foreign currency in a text; "" without one."""
    found = _FOREIGN_SIGN.search(text.translate(_FORMAL))
    return found.group() if found else ""


#: Words that mean a foreign currency wherever they stand; 加元 is part of 参加元旦活动.
_MENTIONED = re.compile(
    r"美元|美金|港元|港币|欧元|英镑|日元|韩元|新台币|外币|外汇|US\$|HK\$"
    r"|(?<![A-Za-z])(?:USD|HKD|EUR|GBP|JPY)(?![A-Za-z])",
    re.IGNORECASE,
)


def currency_mentioned(text: str) -> str:
    """Return the foreign currency that a sentence mentions; "" for none."""
    found = _MENTIONED.search(text)
    return found.group() if found else ""
