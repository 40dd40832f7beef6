"""A real Chromium on the live site."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.conftest import PASSWORD

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}


def _program() -> str | None:
    usual = Path("/usr/bin/chromium")
    return str(usual) if usual.exists() else shutil.which("chromium")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser; its event loop would otherwise make Django refuse the database."""
    program = _program()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("持续集成环境应装有 Chromium（apt-get install chromium）")
        pytest.skip("本机没有 Chromium，跳过浏览器测试（apt-get install chromium 后可运行）")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@dataclass
class Visitor:
    """A user at a browser; keeps every error on the way."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Keep errors in console and scripts, and requests to other hosts."""
        host = urlsplit(self.address).netloc
        self.page.on("pageerror", lambda error: self.faults.append(f"页面错误：{error}"))
        self.page.on("console", self._console)
        self.page.on("request", lambda request: self._request(request.url, host))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"控制台：{message.text}")

    def _request(self, url: str, host: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != host:
            self.faults.append(f"外部请求：{url}")

    def open(self, path: str) -> None:
        """Open a path of the site."""
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status == 200, path

    def enter(self, name: str) -> None:
        """Open the site as a user who has logged in: by the form it takes a second more."""
        client = Client()
        client.force_login(User.objects.get(username=name))
        key = client.cookies[settings.SESSION_COOKIE_NAME]
        self.page.context.add_cookies([{"name": key.key, "value": key.value, "url": self.address}])
        self.open("/")

    def log_in(self, name: str) -> None:
        """Log in with name and password."""
        self.open("/admin/login/?next=/")
        self.page.fill("input[name=username]", name)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_load_state()


@pytest.fixture
def visitor(chromium: Browser, live_server: LiveServer) -> Iterator[Callable[..., Visitor]]:
    """`visitor()` or `visitor("quji", width=NARROW)`: a new browser, of the user if a name is given."""
    opened: list[BrowserContext] = []
    people: list[Visitor] = []

    def come(name: str = "", viewport: ViewportSize = WIDE) -> Visitor:
        context = chromium.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport=viewport,
        )
        context.set_default_timeout(20_000)
        opened.append(context)
        person = Visitor(context.new_page(), live_server.url)
        person.watch()
        people.append(person)
        if name:
            person.enter(name)
        return person

    yield come
    faults = [fault for person in people for fault in person.faults]
    for context in opened:
        context.close()
    assert faults == []
