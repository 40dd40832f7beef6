"""The bytes of an archive: any change is found, encrypted or not."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from django.conf import settings

from backups.archive.bytes_in import BytesIn, Damaged, check_digest
from backups.archive.bytes_out import CHUNK, HEADER_SIZE, TAG, TRAILER_SIZE, BytesOut
from backups.archive.manifest import ArchiveForm, Manifest, read
from backups.archive.reading import ArchiveIn
from backups.archive.writing import ArchiveOut
from backups.contents.keys import fingerprints
from backups.faults import BackupFault

pytestmark = pytest.mark.once

SECRET = b"a secret of a bureau"
CONTENT = random.Random(1).randbytes(2 * CHUNK + 12_345)


def _manifest() -> Manifest:
    return Manifest(
        form=ArchiveForm.SQLITE,
        release="0.9.0",
        made_at="2026-12-01T00:00:00+00:00",
        tables={"a": 1},
        migrations=["audit.0001_initial"],
        columns={},
        sequences={},
        chain=(1, "x"),
        keys=fingerprints(),
    )


@pytest.fixture(params=[None, SECRET], ids=["plain", "encrypted"])
def secret(request: pytest.FixtureRequest) -> bytes | None:
    found: bytes | None = request.param
    return found


@pytest.fixture
def path(tmp_path: Path, secret: bytes | None) -> Path:
    path = tmp_path / "a.tar"
    (Path(settings.DATA_DIR) / "exports").mkdir(parents=True)
    (Path(settings.DATA_DIR) / "exports" / "b").write_bytes(b"file")
    with path.open("wb") as file:
        archive = ArchiveOut(BytesOut(file, secret))
        with archive.part("database") as part:
            part.write(CONTENT)
        archive.add_file(Path(settings.DATA_DIR), "exports/b")
        archive.close(_manifest())
    return path


def _read(path: Path, secret: bytes | None) -> bytes:
    found = io.BytesIO()
    ArchiveIn(path, secret).unpack(lambda name, blocks: found.writelines(blocks), None)
    return found.getvalue()


def test_what_is_written_is_read_again(path: Path, secret: bytes | None, tmp_path: Path) -> None:
    assert _read(path, secret) == CONTENT
    archive = ArchiveIn(path, secret)
    assert archive.is_genuine is True
    archive.unpack(lambda name, blocks: None, tmp_path / "out")
    assert (tmp_path / "out" / "exports" / "b").read_bytes() == b"file"
    assert (CONTENT[:64] in path.read_bytes()) == (secret is None)


def test_any_changed_byte_and_any_missing_end_is_found(path: Path) -> None:
    whole, choose = path.read_bytes(), random.Random(2)
    near = [
        0,
        HEADER_SIZE,
        len(whole) - TRAILER_SIZE,
        len(whole) - 66,
        len(whole) - 2,
        len(whole) - 1,
    ]
    for at in [*near, *(choose.randrange(len(whole)) for _ in range(20))]:
        path.write_bytes(
            whole[:at] + bytes([whole[at] ^ 1 << choose.randrange(8)]) + whole[at + 1 :]
        )
        with pytest.raises(Damaged):
            check_digest(path)
    for left in (0, 1, TRAILER_SIZE, len(whole) - 1, len(whole) // 2):
        path.write_bytes(whole[:left])
        with pytest.raises(Damaged):
            check_digest(path)


def test_chunks_are_not_moved_left_out_or_doubled(tmp_path: Path) -> None:
    path = tmp_path / "sealed"
    with path.open("wb") as file:
        out = BytesOut(file, SECRET)
        out.write(CONTENT)
        out.close(0)
    whole, size = path.read_bytes(), CHUNK + TAG
    end = len(whole) - TRAILER_SIZE
    first, second = (whole[HEADER_SIZE + n * size :][:size] for n in (0, 1))
    last = whole[HEADER_SIZE + 2 * size : end]
    assert BytesIn(path, SECRET).read() == CONTENT
    for chunks in ((second, first, last), (first, last), (first, first, last), (first, second)):
        path.write_bytes(whole[:HEADER_SIZE] + b"".join(chunks) + whole[end:])
        with pytest.raises(BackupFault, match="无法解密"):
            BytesIn(path, SECRET).read()


def test_a_wrong_secret_and_none_are_told(tmp_path: Path) -> None:
    path = tmp_path / "sealed"
    with path.open("wb") as file:
        out = BytesOut(file, SECRET)
        out.write(b"x")
        out.close(0)
    with pytest.raises(BackupFault, match="无法解密"):
        BytesIn(path, b"another secret").read()
    with pytest.raises(BackupFault, match="是加密的备份"):
        BytesIn(path, None)


def test_a_manifest_of_others_and_of_a_newer_release_is_known() -> None:
    written = _manifest().written()
    assert read(written)[1] is True
    assert read(written.replace(b'"a": 1', b'"a": 2'))[1] is False
    with pytest.raises(BackupFault, match="由更新的版本"):
        read(written.replace(b'"format": 1', b'"format": 2'))
