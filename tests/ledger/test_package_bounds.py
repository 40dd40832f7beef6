"""The bounds of a zip package are checked before anything in it is read."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from accounts.models import User
from ledgers import jobs
from ledgers.workbooks import package
from ledgers.workbooks.package import PackageRefused, check_package
from reviews.models import ImportJob
from tests.ledger.workbooks import one_sheet, org, run

pytestmark = pytest.mark.once

_WORKBOOK = one_sheet(org())


def _zip(*parts: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for number, part in enumerate(parts):
            archive.writestr(f"{number}.xml", part)
    return buffer.getvalue()


def _telling(content: bytes, size: int) -> bytes:
    """Return a package of one part whose directory tells another size of it."""
    at = content.rindex(b"PK\x01\x02")
    return content[: at + 24] + struct.pack("<I", size) + content[at + 28 :]


def _refusal(content: bytes) -> str:
    with pytest.raises(PackageRefused) as refused:
        check_package(content)
    return str(refused.value)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("size", [0, 1, 4000, 256 * 1024, 1_000_003])
def test_a_sound_package_passes(method: int, size: int) -> None:
    check_package(_zip(bytes(size), b"x" * size, method=method))


def test_a_streamed_package_passes_whose_sizes_follow_its_parts() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    buffer = Pipe()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/", b"")
        archive.writestr("xl/workbook.xml", b"<workbook/>" * 500)
    check_package(buffer.getvalue())


@pytest.mark.parametrize("content", [b"", b"PK", b"a,b\n1,2\n", b"%PDF-1.7\n", b"\xd0\xcf\x11\xe0"])
def test_what_is_no_package_is_left_to_its_reader(content: bytes) -> None:
    check_package(content)


def test_one_part_too_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MOST_ENTRIES", 3)
    check_package(_zip(b"1", b"2", b"3"))
    assert "有4个部件，超过3个" in _refusal(_zip(b"1", b"2", b"3", b"4"))


def test_one_byte_too_many_is_refused_and_the_size_is_rounded_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(package, "MOST_UNPACKED_BYTES", 1024 * 1024)
    check_package(_zip(bytes(1024 * 1024 - 1), b"1"))
    assert "解压后有2兆，超过1兆" in _refusal(_zip(bytes(1024 * 1024), b"1"))


@pytest.mark.parametrize("told", [0, 99, 101, 5000])
def test_a_part_that_tells_another_size_than_it_has_is_refused(told: int) -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        sound = _zip(b"x" * 100, method=method)
        check_package(_telling(sound, 100))
        assert "已损坏" in _refusal(_telling(sound, told))


@pytest.mark.parametrize("kept", [4, 30, 300, 2000, -30, -1])
def test_a_half_file_is_refused(kept: int) -> None:
    assert "可能没有传完" in _refusal(_WORKBOOK[:kept])


def test_an_encrypted_part_is_refused_with_the_word() -> None:
    sound = _zip(b"x" * 100)
    at = sound.rindex(b"PK\x01\x02")
    assert "加密" in _refusal(sound[: at + 8] + b"\x01" + sound[at + 9 :])


def test_an_uncommon_compression_is_refused() -> None:
    assert "压缩方式" in _refusal(_zip(b"x" * 100, method=zipfile.ZIP_LZMA))


def test_bytes_before_the_package_hide_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MOST_ENTRIES", 1)
    assert "有2个部件" in _refusal(b"prefix" + _zip(b"1", b"2"))


@examples(deadline=None, max_examples=150)
@given(st.data())
def test_whatever_byte_is_wrong_the_file_passes_or_is_refused(data: st.DataObject) -> None:
    content = bytearray(_zip(b"<a/>" * 50, b"", b"<b/>"))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        check_package(bytes(content))
    except PackageRefused as refused:
        assert str(refused)


def test_what_is_small_only_while_it_is_packed_is_left_to_a_worker() -> None:
    assert jobs.is_short(_WORKBOOK)
    assert jobs.is_short(bytes(jobs.AT_ONCE_BYTES))
    assert not jobs.is_short(bytes(jobs.AT_ONCE_BYTES + 1))
    packed = _zip(bytes(jobs.AT_ONCE_UNPACKED_BYTES + 1))
    assert len(packed) < 10_000
    assert not jobs.is_short(packed)


@pytest.mark.django_db
def test_an_upload_beyond_a_bound_makes_no_job(
    jiedao: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "MOST_ENTRIES", 3)
    assert jiedao.area
    with pytest.raises(jobs.UploadRefused, match=r"^“台账.xlsx”不能导入。文件内部有\d+个部件"):
        jobs.create_job("orgs", _WORKBOOK, "台账.xlsx", by=jiedao, root=jiedao.area)
    assert not ImportJob.objects.exists()


def test_a_file_one_byte_too_large_is_refused_unread_and_its_size_shows_it() -> None:
    class Unread(SimpleUploadedFile):
        def read(self, *_: object) -> bytes:
            raise AssertionError

    file = Unread("台账.xlsx", b"")
    file.size = jobs.MOST_BYTES + 1
    with pytest.raises(jobs.UploadRefused, match=r"^“台账.xlsx”有30\.1兆，超过30兆"):
        jobs.content_of(file)


@pytest.mark.django_db
def test_a_request_beyond_the_bound_is_refused_before_its_files_are_stored(
    client: Client, jiedao: User, settings: Settings
) -> None:
    client.force_login(jiedao)
    settings.MOST_REQUEST_BYTES = 1024 * 1024
    assert client.post("/admin/scenes/scene/add/", {"name": ""}).status_code == 200
    refused = client.post("/admin/scenes/scene/add/", {"name": "x" * 1024 * 1024})
    assert refused.status_code == 413
    assert "超过1兆" in refused.content.decode()


@pytest.mark.django_db
def test_the_command_has_the_same_bounds(
    tmp_path: Path, quji: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "MOST_UNPACKED_BYTES", 1000)
    done = run(tmp_path, "orgs", _WORKBOOK, "--check")
    assert done.code == 2
    assert "解压后有1兆" in done.error
