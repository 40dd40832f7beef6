"""Small photos for tests, made as cameras and phones make them."""

from __future__ import annotations

import io
from functools import cache

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()


@cache
def photo(colour: str = "red", form: str = "JPEG") -> bytes:
    """Return a photo of one colour; the same content for the same colour."""
    out = io.BytesIO()
    Image.new("RGB", (16, 12), colour).save(out, form)
    return out.getvalue()
