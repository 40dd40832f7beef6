"""Photos as they are kept: upright, without position and device data, scaled down, in plain colours."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from reviews.evidence import photos
from reviews.evidence.photos import LONGEST_SIDE, PhotoError, is_heif, kept_photo
from reviews.models import AttachmentKind
from tests.photos import photo

pytestmark = pytest.mark.once  # no database

JPEG, PNG = AttachmentKind.JPEG, AttachmentKind.PNG
#: Tags of EXIF: maker, model, orientation, GPS; GPS latitude.
MAKE, MODEL, ORIENTATION, GPS = 0x010F, 0x0110, 0x0112, 0x8825
SECRETS = (b"HUAWEI", b"P70", b"29 33 45", b"IPTCSECRET", b"XMPSECRET", b"TEXTSECRET", b"TAIL")


def file_of(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def kept(content: bytes, kind: AttachmentKind = JPEG) -> Image.Image:
    found = kept_photo(io.BytesIO(content), kind, is_from_heif=is_heif(content[:12]))
    return Image.open(io.BytesIO(found.content))


def exif(orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[MAKE], data[MODEL], data[ORIENTATION] = "HUAWEI", "P70", orientation
    data[GPS] = {1: "N", 2: (29.0, 33.0, 45.0), 29: "29 33 45"}
    return data


def left_is_red(size: tuple[int, int] = (40, 20)) -> Image.Image:
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    return image


@pytest.mark.parametrize("form", ["JPEG", "PNG", "HEIF"])
def test_position_device_and_texts_are_left_behind(form: str) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "TEXTSECRET")
    info.add_itxt("XML:com.adobe.xmp", "XMPSECRET", zip=False)
    options: dict[str, dict[str, object]] = {
        "JPEG": {"comment": b"TEXTSECRET", "xmp": b"XMPSECRET"},
        "PNG": {"pnginfo": info},
        "HEIF": {"xmp": b"XMPSECRET"},
    }
    content = file_of(left_is_red(), form, exif=exif().tobytes(), **options[form])
    content += b"TAIL" if form == "JPEG" else b""  # such as the film of a moving photo
    assert any(secret in content for secret in SECRETS)
    found = kept_photo(
        io.BytesIO(content), PNG if form == "PNG" else JPEG, is_from_heif=form == "HEIF"
    )
    assert not any(secret in found.content for secret in SECRETS)
    image = Image.open(io.BytesIO(found.content))
    assert not dict(image.getexif())
    assert not {"exif", "xmp", "comment", "icc_profile", "photoshop", "Comment"} & set(image.info)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright(orientation: int) -> None:
    turned = left_is_red()
    undo: dict[int, tuple[Image.Transpose, ...]] = {
        2: (Image.Transpose.FLIP_LEFT_RIGHT,),
        3: (Image.Transpose.ROTATE_180,),
        4: (Image.Transpose.FLIP_TOP_BOTTOM,),
        5: (Image.Transpose.TRANSPOSE,),
        6: (Image.Transpose.ROTATE_90,),
        7: (Image.Transpose.TRANSVERSE,),
        8: (Image.Transpose.ROTATE_270,),
    }
    for step in undo.get(orientation, ()):
        turned = turned.transpose(step)
    image = kept(file_of(turned, "JPEG", exif=exif(orientation), quality=95))
    assert image.size == (40, 20)
    red, blue = image.getpixel((5, 10)), image.getpixel((35, 10))
    assert isinstance(red, tuple) and red[0] > 200 > 60 > red[2]
    assert isinstance(blue, tuple) and blue[2] > 200 > 60 > blue[0]


@pytest.mark.parametrize(("form", "kind"), [("JPEG", JPEG), ("PNG", PNG)])
def test_a_large_photo_is_scaled_down_and_a_small_one_is_not(
    form: str, kind: AttachmentKind
) -> None:
    large = kept(file_of(Image.new("L", (LONGEST_SIDE * 2, 300)), form), kind)
    assert large.size == (LONGEST_SIDE, 150)
    assert kept(photo(form=form), kind).size == (16, 12)


def test_heic_is_kept_as_jpeg() -> None:
    content = photo("lime", "HEIF")
    assert content[4:12] == b"ftypheic"
    image = kept(content)
    assert image.format == "JPEG"
    colour = image.getpixel((8, 6))
    assert isinstance(colour, tuple) and colour[1] > 200 > 60 > colour[0]


def _grey_in_16_bits() -> Image.Image:
    return Image.fromarray(np.full((20, 30), 30_000, np.uint16))


def _with_profile() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return file_of(left_is_red(), "JPEG", icc_profile=profile)


@pytest.mark.parametrize(
    ("make", "kind", "mode"),
    [
        (lambda: file_of(Image.new("CMYK", (30, 20), (0, 255, 255, 0)), "JPEG"), JPEG, "RGB"),
        (lambda: file_of(_grey_in_16_bits(), "PNG"), PNG, "L"),
        (lambda: file_of(Image.new("1", (30, 20), 1), "PNG"), PNG, "L"),
        (lambda: file_of(Image.new("LA", (30, 20), (200, 0)), "PNG"), PNG, "RGBA"),
        (lambda: file_of(Image.new("P", (30, 20)), "PNG", transparency=0), PNG, "RGBA"),
        (lambda: file_of(Image.new("P", (30, 20)), "PNG"), PNG, "RGB"),
        (_with_profile, JPEG, "RGB"),
    ],
    ids=["cmyk", "16-bit", "1-bit", "grey-alpha", "palette-alpha", "palette", "profile"],
)
def test_odd_colours_become_plain_ones(
    make: Callable[[], bytes], kind: AttachmentKind, mode: str
) -> None:
    assert kept(make(), kind).mode == mode


def test_sixteen_bits_of_grey_keep_their_brightness() -> None:
    assert kept(file_of(_grey_in_16_bits(), "PNG"), PNG).getpixel((3, 3)) == 30_000 // 256


def test_what_was_transparent_stays_so() -> None:
    image = kept(file_of(Image.new("RGBA", (30, 20), (10, 20, 30, 0)), "PNG"), PNG)
    assert image.getpixel((3, 3)) == (10, 20, 30, 0)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "HEIF"])
def test_half_a_photo_is_refused(form: str) -> None:
    content = file_of(Image.effect_noise((200, 200), 90).convert("RGB"), form)
    for part in (len(content) // 2, 40):
        with pytest.raises(PhotoError, match="不完整或已损坏"):
            kept(content[:part], PNG if form == "PNG" else JPEG)


def test_a_moving_picture_is_refused() -> None:
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "blue")]
    moving = file_of(frames[0], "PNG", save_all=True, append_images=frames[1:])
    several = file_of(frames[0], "HEIF", save_all=True, append_images=frames[1:])
    for content, kind in ((moving, PNG), (several, JPEG)):
        with pytest.raises(PhotoError, match="是动图或含有多张图像"):
            kept(content, kind)


def test_the_preview_in_a_multi_picture_jpeg_is_left_out() -> None:
    frames = [left_is_red(), Image.new("RGB", (4, 2))]
    content = file_of(frames[0], "MPO", save_all=True, append_images=frames[1:])
    image = kept(content)
    assert (image.format, image.size) == ("JPEG", (40, 20))


def test_too_many_pixels_are_refused_before_they_are_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = file_of(Image.new("1", (101, 100)), "PNG")
    monkeypatch.setattr(photos, "MOST_PIXELS", 10_100)
    assert kept(content, PNG).size == (101, 100)
    monkeypatch.setattr(photos, "MOST_PIXELS", 10_099)
    with pytest.raises(PhotoError, match="像素过多"):
        kept(content, PNG)
    for limit in (9_000, 4_000):  # Pillow warns first, then refuses by itself
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        with pytest.raises(PhotoError, match="像素过多"):
            kept(content, PNG)


def test_a_large_png_without_transparency_is_kept_as_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_PNG_BYTES", 100)
    noise = Image.effect_noise((60, 60), 90).convert("RGB")
    assert kept(file_of(noise, "PNG"), PNG).format == "JPEG"
    noise.putalpha(100)
    assert kept(file_of(noise, "PNG"), PNG).format == "PNG"


def test_the_same_photo_gives_the_same_file() -> None:
    first, second = (kept_photo(io.BytesIO(photo()), JPEG) for _ in range(2))
    assert first == second
