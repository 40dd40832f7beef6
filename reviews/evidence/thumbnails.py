"""Small pictures of kept photos, made once: pages show them in place of the photo."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from django.conf import settings
from PIL import Image

from reviews.evidence.photos import MOST_PIXELS
from reviews.models import Attachment

#: The longer side of a small picture in pixels: twice what pages show, for sharp screens.
LONGEST_SIDE = 320
_QUALITY = 80
_FOLDER = "thumbnails"
#: Seconds that a small picture is kept; then it is made again when somebody looks at it.
_KEPT = 30 * 86400


def thumbnail_of(attachment: Attachment) -> Path | None:
    """Return the file of a photo's small picture, made now or before; None where there is none to be made.

    FileNotFoundError when the photo itself has gone: its small picture goes with it.
    """
    path = Path(settings.DATA_DIR) / _FOLDER / f"{attachment.pk}-{attachment.sha256[:16]}.jpg"
    if not attachment.file.storage.exists(str(attachment.file.name)):
        path.unlink(missing_ok=True)
        raise FileNotFoundError(attachment.file.name)
    if not path.exists() and not _made(attachment, path):
        return None
    return path


def clear_thumbnails() -> int:
    """Delete the small pictures of a month ago, those of erased photos among them; return how many."""
    before, gone = time.time() - _KEPT, 0
    for path in (Path(settings.DATA_DIR) / _FOLDER).glob("*.jpg"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _made(attachment: Attachment, path: Path) -> bool:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with attachment.file.open("rb") as stream, Image.open(stream, formats=("JPEG", "PNG")) as image:
        if image.width * image.height > MOST_PIXELS:  # kept by a release without a bound
            return False
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    ground = Image.new("RGB", small.size, "white")
    ground.paste(small, mask=small.getchannel("A") if small.mode == "RGBA" else None)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        ground.save(file, "JPEG", quality=_QUALITY, optimize=True)
    Path(file.name).replace(path)
    return True
