"""The demonstrations there are (`demo --place`)."""

from __future__ import annotations

from config.demo.ordos import ORDOS
from config.demo.place import DemoPlace
from config.demo.yantai import YANTAI
from config.demo.yubei import YUBEI
from config.demo.yunnan import YUNNAN
from config.demo.yuzhong import YUZHONG

PLACES: dict[str, DemoPlace] = {
    "yuzhong": YUZHONG,
    "yunnan": YUNNAN,
    "ordos": ORDOS,
    "yubei": YUBEI,
    "yantai": YANTAI,
}
