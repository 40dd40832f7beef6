"""All demonstrations, by the name that `demo --place` takes."""

from __future__ import annotations

from demo.place import DemoPlace
from demo.places.ordos import ORDOS
from demo.places.yantai import YANTAI
from demo.places.yubei import YUBEI
from demo.places.yunnan import YUNNAN
from demo.places.yuzhong.place import YUZHONG

PLACES: dict[str, DemoPlace] = {
    "yuzhong": YUZHONG,
    "yunnan": YUNNAN,
    "ordos": ORDOS,
    "yubei": YUBEI,
    "yantai": YANTAI,
}
