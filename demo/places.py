"""The demonstrations there are (`demo --place`)."""

from __future__ import annotations

from demo.ordos import ORDOS
from demo.place import DemoPlace
from demo.yantai import YANTAI
from demo.yubei import YUBEI
from demo.yunnan import YUNNAN
from demo.yuzhong import YUZHONG

PLACES: dict[str, DemoPlace] = {
    "yuzhong": YUZHONG,
    "yunnan": YUNNAN,
    "ordos": ORDOS,
    "yubei": YUBEI,
    "yantai": YANTAI,
}
