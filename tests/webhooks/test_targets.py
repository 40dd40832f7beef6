"""Webhooks may call allowed origins only: scheme, host and port must be equal, nothing is guessed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from accounts.webhooks.targets import is_origin, origin_of, target_fault
from tests.running.conftest import ROOT, bare_environment

pytestmark = pytest.mark.once
TARGETS = ["https://a.gov.cn", "http://10.0.0.8:8080", "https://[2001:db8::1]:8443"]


@pytest.mark.parametrize(
    "url",
    [
        "https://a.gov.cn",
        "https://a.gov.cn/",
        "https://a.gov.cn/hooks?key=1&b=%20",
        "https://A.GOV.cn/hooks",
        "HTTPS://a.gov.cn/hooks",
        "https://a.gov.cn:443/hooks",
        "https://a.gov.cn/hooks/https://evil.com/",
        "https://a.gov.cn/@evil.com",
        "http://10.0.0.8:8080/x",
        "https://[2001:db8::1]:8443/x",
        "https://[2001:DB8::1]:8443/x",
    ],
)
def test_an_address_on_an_allowed_host_may_be_told(url: str) -> None:
    assert target_fault(url, TARGETS) == ""


@pytest.mark.parametrize(
    "url",
    [
        "http://a.gov.cn/",  # another scheme
        "https://a.gov.cn:8443/",
        "https://a.gov.cn:80/",
        "http://10.0.0.8/",
        "http://10.0.0.8:80800/",
        "https://b.gov.cn/",
        "https://x.a.gov.cn/",
        "https://a.gov.cn.evil.com/",
        "https://evil.com/a.gov.cn",
        "https://evil.com?https://a.gov.cn",
        "https://gov.cn/",
        "http://167772168:8080/",  # 10.0.0.8 as one number
        "http://0x0a000008:8080/",
        "http://[::ffff:10.0.0.8]:8080/",
        "https://[2001:db8::2]:8443/x",
        "https://[2001:0db8::1]:8443/x",  # the same, written otherwise: refused, not guessed
    ],
)
def test_any_other_origin_is_refused_and_the_allowed_ones_are_named(url: str) -> None:
    fault = target_fault(url, TARGETS)
    assert fault
    if "有误" not in fault:
        assert all(target in fault for target in TARGETS)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "a.gov.cn",
        "//a.gov.cn/",
        "https:a.gov.cn",
        "https:/a.gov.cn/",
        "https:///a.gov.cn/",
        "ftp://a.gov.cn/",
        "file:///etc/passwd",
        "javascript://a.gov.cn/",
        "https://a.gov.cn@evil.com/",
        "https://a.gov.cn:443@evil.com/",
        "https://evil.com@a.gov.cn/",
        "https://user:pass@a.gov.cn/",
        "https://@a.gov.cn/",
        "https://a.gov.cn%40evil.com/",
        "https://a.gov.cn%2eevil.com/",
        "https://a.gov.cn\\@evil.com/",
        "https://a.gov.cn\\.evil.com/",
        "https:\\\\a.gov.cn/",
        "https://a.gov.cn#@evil.com/",
        "https://a.gov.cn/#x",
        "https://a.gov.cn./",
        "https://.a.gov.cn/",
        "https://a..gov.cn/",
        "https://a.gov.cn:/",
        "https://a.gov.cn:0/",
        "https://a.gov.cn:99999/",
        "https://a.gov.cn:-1/",
        "https://a.gov.cn:4 43/",
        "https://a.gov.cn:٤٤٣/",
        "https://ａ.gov.cn/",  # full width
        "https://а.gov.cn/",  # a Cyrillic а
        "https://a。gov。cn/",
        "https://政务.cn/",
        " https://a.gov.cn/",
        "https://a.gov.cn/ ",
        "https://a.gov.cn/\n",
        "https://a.gov.cn/\r\nX: y",
        "https://a.gov\t.cn/",
        "https://a.gov.cn/\x00",
        "https://[2001:db8::1]:8443evil/",
        "https://[2001:db8::1]evil:8443/",
        "https://x[2001:db8::1]:8443/",
        "https://[2001:db8::1:8443/",
        "https://[a.gov.cn]/",
        "https://[::1%25eth0]/",
    ],
)
def test_an_address_that_could_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"[一-龥]"):
        origin_of(url)
    assert target_fault(url, [*TARGETS, url]).startswith("接收地址有误")


def test_without_allowed_hosts_nothing_may_be_told() -> None:
    assert "尚未配置" in target_fault("https://a.gov.cn/", [])


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://a.gov.cn", True),
        ("https://a.gov.cn/", True),
        ("http://10.0.0.8:8080", True),
        ("https://xn--a-1x2c.cn", True),
        ("https://a.gov.cn/hooks", False),
        ("https://a.gov.cn?x", False),
        ("https://a.gov.cn?", False),
        ("https://*.gov.cn", False),
        ("a.gov.cn", False),
        ("*", False),
        ("", False),
    ],
)
def test_a_line_of_the_setting_is_an_origin_and_nothing_more(text: str, is_one: bool) -> None:
    assert is_origin(text) is is_one


@pytest.mark.parametrize("value", ["a.gov.cn", "https://a.gov.cn/hooks", "https://a.cn,*", "；"])
def test_the_site_does_not_start_with_a_setting_that_names_no_host(
    tmp_path: Path, value: str
) -> None:
    done = _start(tmp_path, value)
    assert done.returncode != 0
    assert "环境变量 WEBHOOK_TARGETS 应为" in done.stderr


def test_the_setting_is_a_list_with_commas_and_may_be_empty(tmp_path: Path) -> None:
    for value, expected in (
        ("", "[]"),
        ("https://a.gov.cn, http://10.0.0.8:8080", "['https://a.gov.cn', 'http://10.0.0.8:8080']"),
    ):
        done = _start(tmp_path, value)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == expected


def _start(folder: Path, value: str) -> subprocess.CompletedProcess[str]:
    code = "from config import settings; print(settings.WEBHOOK_TARGETS)"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=bare_environment(DATA_DIR=str(folder), WEBHOOK_TARGETS=value),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
