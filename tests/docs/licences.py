"""`python -m tests.docs.licences`: write docs/licences.md from the lock file and the installed packages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import metadata
from pathlib import Path
from typing import cast

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docs" / "licences.md"
#: The machine that the table is for: the one on which the platform is installed.
_MACHINE = {
    "python_version": "3.11",
    "python_full_version": "3.11.2",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
}
#: Licence as packages word it → its SPDX name. A wording that is missing here has to be read and added.
_SPDX = {
    "MIT": "MIT",
    "MIT License": "MIT",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD-3-Clause": "BSD-3-Clause",
    "BSD-2-Clause": "BSD-2-Clause",
    "Apache-2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "LGPL with exceptions": "LGPL-3.0-or-later WITH exceptions",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "MPL-2.0": "MPL-2.0",
    "PSF-2.0": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT-CMU": "MIT-CMU",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
    "BSD 3-Clause OR Apache-2.0": "Apache-2.0 OR BSD-3-Clause",
}
#: Packages that only the Python of Debian 12 (3.11.2) needs: licence and address.
_DEBIAN = {"async-timeout": ("Apache-2.0", "https://github.com/aio-libs/async-timeout")}


@dataclass(frozen=True)
class Licensed:
    """A package that runs with the platform, and the SPDX name of its licence."""

    name: str
    version: str
    licence: str
    address: str


class UnknownLicence(Exception):
    """A package says its licence in words that nobody has read yet."""


def packages() -> list[Licensed]:
    """Return the packages that the platform installs without tests and benches, by name."""
    return sorted(_packages(), key=lambda each: each.name)


def _packages() -> Iterator[Licensed]:
    command = ["export", "--frozen", "--no-dev", "--no-hashes", "--no-header", "--no-annotate"]
    uv = Path(sys.executable).parent / "uv"
    locked = subprocess.run(
        [uv, *command], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for line in locked.splitlines():
        required = Requirement(line)
        if required.marker is None or required.marker.evaluate(_MACHINE):
            version = str(required.specifier).removeprefix("==")
            yield Licensed(required.name, version, *_told(required.name))


def _told(name: str) -> tuple[str, str]:
    """Return the licence and the address of a package."""
    if name in _DEBIAN:
        return _DEBIAN[name]
    about = cast("Message", metadata(name))
    return licence_of(about), address_of(about)


def licence_of(about: Message) -> str:
    """Return the SPDX name of a package's licence; UnknownLicence where its words are not known."""
    if expression := about.get("License-Expression"):
        return str(expression)
    classes = [
        each.rpartition(" :: ")[2]
        for each in about.get_all("Classifier") or ()
        if each.startswith("License :: ")
    ]
    first = (about.get("License") or "").strip().splitlines()[:1]
    for words in (*first, *classes):
        if words in _SPDX:
            return _SPDX[words]
    raise UnknownLicence(f"{about['Name']}: {first} {classes}")


def address_of(about: Message) -> str:
    """Return the address of a package's source or site; empty where it names none."""
    named = [each.partition(", ") for each in about.get_all("Project-URL") or ()]
    by_name = {label.casefold(): url for label, _, url in named}
    for label in ("source", "source code", "repository", "code", "github", "homepage", "home"):
        if label in by_name:
            return by_name[label]
    return str(about.get("Home-page") or "")


def document() -> str:
    """Return the text of docs/licences.md."""
    rows = [
        f"| {each.name} | {each.version} | {each.licence} | {each.address} |" for each in packages()
    ]
    return f"{_INTRODUCTION}\n" + "\n".join(rows) + f"\n{_INSIDE}"


_INTRODUCTION = """\
# 所用软件的许可

<!-- 本文件由锁定文件（uv.lock）和各软件包自己的说明写成，请勿手改：
     .venv/bin/python -m tests.docs.licences -->

平台本身按 [Apache-2.0](../LICENSE) 许可。下表是随平台安装运行的全部软件包，不含只在测试和比较时用的。
没有要求公开平台源代码的许可（GPL、AGPL、SSPL 一类）；LGPL 的软件包以原样的库形式调用，不作修改。

| 软件包 | 版本 | 许可 | 出处 |
|---|---|---|---|"""

_INSIDE = """
## 软件包中带来的网页部件

| 部件 | 随哪个软件包 | 许可 | 用在哪里 |
|---|---|---|---|
| Alpine.js、htmx、SimpleBar、Chart.js | django-unfold | MIT、0BSD、MIT、MIT | 后台页面 |
| Alpine.js（不用 eval 的版本） | 原样放在 `static/vendor/` | MIT | 后台页面，代替上一行的 Alpine.js |
| Material Symbols（字体） | django-unfold | Apache-2.0 | 图标 |
| Inter（字体） | django-unfold | OFL-1.1 | 西文字体 |
| Swagger UI | drf-spectacular-sidecar | Apache-2.0 | 接口说明 |
| Redoc | drf-spectacular-sidecar | MIT | 接口说明 |
| jQuery、Select2、XRegExp | Django | MIT | 后台选择框 |
"""


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")
