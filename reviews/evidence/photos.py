"""Photos as they are kept: upright, without position and device data, no larger than they are read.

A photo is drawn anew from its pixels: EXIF, XMP, IPTC, maker notes, text chunks, colour profiles,
thumbnails and whatever follows the image are left behind.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import IO

import numpy as np
import pillow_heif
from PIL import Image, ImageCms, ImageOps

from reviews.models import AttachmentKind

pillow_heif.register_heif_opener()

#: A larger photo is scaled down to this many pixels on its longer side: an A4 page stays legible.
LONGEST_SIDE = 2560
#: Quality of a kept JPEG.
QUALITY = 85
#: Photos with more pixels are refused before they are decoded; cameras of phones make up to 64
#: million.
MOST_PIXELS = 65_000_000
#: A PNG that would be larger than this, in bytes, is kept as JPEG, unless parts are transparent.
MOST_PNG_BYTES = 3 * 1024 * 1024

#: The name of Pillow's format → what it is called here; HEIC is what iPhones make.
_FORMATS = {
    AttachmentKind.JPEG: ("JPEG", "MPO"),
    AttachmentKind.PNG: ("PNG",),
}
_HEIF = ("HEIF",)
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
#: What Pillow and the decoders raise for a file that is incomplete or not what it says.
_UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, RuntimeError, struct.error)


class PhotoError(Exception):
    """The photo cannot be kept; the Chinese message ends a sentence that begins with its name."""


@dataclass(frozen=True)
class KeptPhoto:
    """A photo as it is kept: its type and content."""

    kind: AttachmentKind
    content: bytes


def is_heif(head: bytes) -> bool:
    """Return whether a file with these first 12 bytes is a HEIF image (HEIC)."""
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS


def kept_photo(file: IO[bytes], kind: AttachmentKind, *, is_from_heif: bool = False) -> KeptPhoto:
    """Return a photo as it is kept; `kind` is its type by the first bytes.

    PhotoError for a photo that is damaged, too large or has several frames.
    """
    formats = _HEIF if is_from_heif else _FORMATS[kind]
    try:
        with Image.open(file, formats=formats) as image:
            _refuse(image)
            upright = _drawn(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoError(_too_many()) from None
    except _UNREADABLE:
        raise PhotoError("不完整或已损坏，打不开；请从原手机或相机重新传一次") from None
    return _encoded(upright, kind)


def _refuse(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise PhotoError(_too_many())
    # A multi-picture JPEG (MPO) of a phone holds one photo and its depth or preview images.
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise PhotoError("是动图或含有多张图像；请导出为单张照片，逐张上传")


def _too_many() -> str:
    return f"的像素过多（超过{MOST_PIXELS // 10_000}万）；请在手机或电脑上缩小后再上传"


def _drawn(image: Image.Image) -> Image.Image:
    """Return the pixels upright, in 8 bits of grey, RGB or RGBA, scaled down where too large."""
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded at a fraction of its size
    drawn = ImageOps.exif_transpose(image)
    drawn = _in_plain_colours(drawn)
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return drawn


def _in_plain_colours(image: Image.Image) -> Image.Image:
    """Return an image in sRGB; 16 bits of grey become 8."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image, dtype=np.uint32) >> 8).astype(np.uint8))
    target = "RGBA" if image.has_transparency_data else "L" if image.mode in ("1", "L") else "RGB"
    if (
        profile
        and image.mode in ("RGB", "RGBA", "CMYK")
        and (converted := _in_srgb(image, profile))
    ):
        return converted
    return image.convert(target)


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image | None:
    """Return an image converted from its colour profile; None when the profile is of no use."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        return ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode=mode,
        )
    except (ImageCms.PyCMSError, *_UNREADABLE):
        return None


def _encoded(image: Image.Image, kind: AttachmentKind) -> KeptPhoto:
    """Return the image as a file without any data beside its pixels."""
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    out = io.BytesIO()
    if kind == AttachmentKind.PNG:
        bare.save(out, "PNG", optimize=True)
        if out.tell() <= MOST_PNG_BYTES or image.mode == "RGBA":
            return KeptPhoto(kind, out.getvalue())
        out = io.BytesIO()
    if bare.mode == "RGBA":
        bare = _on_white(bare)
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return KeptPhoto(AttachmentKind.JPEG, out.getvalue())


def _on_white(image: Image.Image) -> Image.Image:
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground
