"""The pages of the API need nothing from outside, and a token is shown once."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from areas.models import Area
from tests.browser.conftest import NARROW, WIDE, Visitor

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]
Come = Callable[..., Visitor]
#: Milliseconds to wait, since Swagger draws hundreds of operations.
_LONG = 300_000


def test_swagger_and_redoc_come_from_this_site_alone(quji: User, visitor: Come) -> None:
    """Each at one width."""
    person = visitor("quji", WIDE)
    person.open("/api/v1/docs/")
    expect(person.page.get_by_text("行政区划", exact=True).first).to_be_visible(timeout=_LONG)
    expect(person.page.get_by_text("查询列表").first).to_be_visible()
    person.page.set_viewport_size(NARROW)
    person.open("/api/v1/redoc/")
    heading = person.page.get_by_role("heading", name="一个地区的指标进展")
    expect(heading).to_be_visible(timeout=_LONG)
    person.page.get_by_role("link", name="行政区划", exact=True).click()
    expect(person.page.get_by_role("heading", name="查询列表").first).to_be_visible(timeout=_LONG)


def test_a_token_is_issued_shown_once_used_and_revoked(
    anquan: User, district: Area, visitor: Come
) -> None:
    page = visitor("anquan").page
    page.get_by_role("link", name="接口凭证").first.click()
    page.locator("a[href$='/apitoken/add/']").first.click()
    page.fill("#id_name", "区大数据平台")
    page.select_option("#id_role", label="观察员")
    page.locator("#id_area + .select2").click()
    page.locator(".select2-search__field").fill("渝中")
    page.get_by_role("option", name="渝中区", exact=True).click()
    page.fill("#id_expires_on", str(timezone.localdate() + datetime.timedelta(days=30)))
    page.get_by_role("button", name="保存", exact=True).click()
    shown = page.get_by_label("凭证", exact=True)
    token = shown.input_value()
    breaking = "sqcs_" + "WWWWWWW-" * 5 + "WWW"  # breaks at each hyphen where a browser may
    for viewport in (NARROW, WIDE):  # the token is shown only here, so it must be copied completely
        page.set_viewport_size(viewport)
        for text in (token, breaking):
            shown.evaluate("(each, text) => { each.value = text }", text)
            assert shown.evaluate("each => each.scrollWidth <= each.clientWidth")
            assert shown.evaluate("each => each.scrollHeight <= each.clientHeight")
    assert re.fullmatch(r"sqcs_[\w-]{43}", token)
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/areas/", headers=headers).status_code == 200

    page.get_by_role("link", name="已复制，返回列表").click()
    assert token not in page.content()
    page.get_by_role("link", name="区大数据平台").click()
    assert token not in page.content()
    page.get_by_role("link", name="吊销").first.click()
    page.get_by_role("button", name="确认吊销").click()
    expect(page.get_by_text("已吊销").first).to_be_visible()
    assert Client().get("/api/v1/areas/", headers=headers).status_code == 401
