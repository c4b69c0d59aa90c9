"""An uploaded picture, drawn anew: upright, sRGB, without metadata. Runs in the sandbox."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from generation.media.ingest.features import SAMPLE_SIDE, FeatureCollector, phash
from generation.media.ingest.formats import JPEG, WEBP, Family
from generation.media.ingest.probe import Limits, check_large_enough, check_size, sniffed
from generation.media.ingest.refusals import refusal
from generation.media.provenance import labels_of

LONGEST_SIDE = 3840
POSTER_SIDE = 720
QUALITY = 92


def take_image(source: Path, folder: Path, name: str, limits: Limits) -> dict[str, Any]:
    """Write ``file.jpg`` and ``poster.jpg`` into ``folder``; what the row stores. Raises ``UploadRejected``."""
    family = sniffed(source, kind="image", name=name, limits=limits)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Image.MAX_IMAGE_PIXELS = None  # checked here, from the header, before anything is decoded
            with _opened(source, family) as opened:
                check_size(opened.width, opened.height, limits.max_image_pixels)
                check_large_enough(opened.width, opened.height)
                if family is WEBP and getattr(opened, "n_frames", 1) > 1:
                    raise refusal("upload_animated")
                opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                picture = _plain(ImageOps.exif_transpose(opened))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if "truncated" in str(error).lower():
            raise refusal("upload_truncated", missing="the last") from error
        raise refusal("upload_malformed", detail=str(error)[:100].replace(str(source), "the file")) from error
    if max(picture.size) > LONGEST_SIDE:
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    picture.save(folder / "file.jpg", quality=QUALITY, subsampling=0, optimize=True)
    collector = FeatureCollector()
    small = picture.copy()
    small.thumbnail((SAMPLE_SIDE, SAMPLE_SIDE), Image.Resampling.BOX)
    collector.add(0.0, np.asarray(small))
    poster = write_poster(picture, folder / "poster.jpg")
    features = collector.describe(0.0)
    del features["cut_seconds"], features["phashes"]
    features |= {"phash": phash(np.asarray(poster))}
    return {
        "seconds": 0.0,
        "width": picture.width,
        "height": picture.height,
        "features": features,
        "labels": labels_of(source),
        "notes": [],
    }


def _opened(source: Path, family: Family) -> Image.Image:
    """The picture; of a JPEG the first, for phones keep previews, depth and gain maps as further ones behind it (MPF)."""
    if family is JPEG:
        return JpegImageFile(source)
    return Image.open(source, formats=[family.name.upper()])


def write_poster(picture: Image.Image, path: Path) -> Image.Image:
    """A JPEG with the longer side at most 720 pixels."""
    poster = picture.copy()
    poster.thumbnail((POSTER_SIDE, POSTER_SIDE), Image.Resampling.LANCZOS)
    poster.save(path, quality=85, optimize=True)
    return poster


def _plain(picture: Image.Image) -> Image.Image:
    """RGB in sRGB on white; an embedded color profile is applied, then dropped with all other metadata."""
    profile = picture.info.get("icc_profile")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        picture = Image.new("RGB", layered.size, "white")
        picture.paste(layered, mask=layered.getchannel("A"))
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            made = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
            picture = made or picture
        except ImageCms.PyCMSError:
            pass  # a broken profile says nothing about the picture, which is then taken as sRGB
    plain = picture.convert("RGB")
    plain.info = {}
    return plain
