"""Two clerks edit one draft in a browser, and photos are chosen on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect
from pytest_django.fixtures import Settings

from accounts.models import User
from reviews.models import Attachment
from scenes.models import Scene
from tests.browser.conftest import NARROW, Visitor
from tests.photos import photo
from tests.web.test_chinese import english_in

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]
Come = Callable[..., Visitor]


def test_both_values_are_shown_on_a_phone_and_one_is_taken(
    jiedao: User, make: Callable[..., Scene], visitor: Come
) -> None:
    scene = make(Scene, name="老地方", operator="社区")
    person = visitor("jiedao", viewport=NARROW)
    person.open(f"/admin/scenes/scene/{scene.pk}/change/")
    page = person.page
    Scene.objects.filter(pk=scene.pk).update(name="他人改的", operator="社会组织")
    page.fill("#id_name", "我改的")
    page.locator("button[name=_save]").click()
    panel = page.locator(".conflicts")
    expect(panel).to_be_visible()
    assert english_in(page.content()) == set()
    is_wide = "document.documentElement.scrollWidth > window.innerWidth"
    assert not page.evaluate(is_wide)
    expect(panel.locator("input[name=take-operator][value=stored]")).to_be_checked()
    page.fill("#id_operator", "居委会")  # whoever edits a field takes it
    expect(panel.locator("input[name=take-operator][value=mine]")).to_be_checked()
    panel.locator("input[name=take-name][value=stored]").check()
    page.locator("button[name=_save]").click()
    page.wait_for_url("**/admin/scenes/scene/")
    scene.refresh_from_db()
    assert (scene.name, scene.operator) == ("他人改的", "居委会")


def test_several_photos_are_chosen_at_once_on_a_phone(
    jiedao: User, make: Callable[..., Scene], visitor: Come, tmp_path: Path
) -> None:
    scene = make(Scene)
    paths = [tmp_path / "IMG_0001.HEIC", tmp_path / "IMG_0002.jpg"]
    paths[0].write_bytes(photo("green", "HEIF"))
    paths[1].write_bytes(photo("blue"))
    person = visitor("jiedao", viewport=NARROW)
    person.open(f"/admin/scenes/scene/{scene.pk}/change/#reviews-attachment-content_type-object_id")
    page = person.page
    several = page.locator("input[name$='-several']")
    expect(several).to_be_visible()
    assert page.locator("input[name$='-camera']").get_attribute("capture") == "environment"
    several.set_input_files(paths)
    page.locator("button[name=_save]").click()
    page.wait_for_url(re.compile(r"/admin/scenes/scene/(#.*)?$"))
    kept = Attachment.objects.order_by("pk").values_list("file_name", "kind")
    assert list(kept) == [("IMG_0001.jpg", "image/jpeg"), ("IMG_0002.jpg", "image/jpeg")]


def test_photos_that_are_too_large_together_are_told_before_they_are_sent(
    jiedao: User, make: Callable[..., Scene], visitor: Come, settings: Settings
) -> None:
    settings.MOST_REQUEST_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1024 * 1024
    scene = make(Scene)
    large = FilePayload(name="大.jpg", mimeType="image/jpeg", buffer=bytes(1024 * 1024))
    small = FilePayload(name="IMG_0001.jpg", mimeType="image/jpeg", buffer=photo("blue"))
    person = visitor("jiedao", viewport=NARROW)
    person.open(f"/admin/scenes/scene/{scene.pk}/change/#reviews-attachment-content_type-object_id")
    page = person.page
    several = page.locator("input[name$='-several']")
    several.set_input_files([large, small])
    told = page.locator("[data-most-megabytes]")
    expect(told).to_have_text(
        "所选2个文件合计1.1 MB，一次最多上传1 MB：请少选几个，保存后再上传其余的"
    )
    page.locator("button[name=_save]").click()
    expect(told).to_be_visible()
    assert f"/{scene.pk}/change/" in page.url
    assert not Attachment.objects.exists()
    several.set_input_files([small])
    expect(told).to_be_hidden()
    page.locator("button[name=_save]").click()
    page.wait_for_url(re.compile(r"/admin/scenes/scene/(#.*)?$"))
    assert Attachment.objects.count() == 1
