"""What the files of a version hold, kind by kind: a version is promoted only when its reader can read it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from generation.errors import VersionStateConflict
from generation.models import ModelVersion
from generation.selectors import version_folder

if TYPE_CHECKING:
    from generation.ml.gan.sampling import TrainedGan
    from generation.ml.language_model.language_model import LanguageModel
    from generation.ml.palettes import RowGenerator
    from generation.ml.picture_safety import PictureSafetyModel
    from generation.ml.text_safety import TextSafetyModel

# what numpy and JSON say of files that are missing, cut off or of something else
_DAMAGED = (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error)


def gan_read(version: ModelVersion) -> TrainedGan:
    from generation.ml.gan.sampling import load_gan

    return load_gan(version_folder(version))


def language_model_read(version: ModelVersion) -> LanguageModel:
    from generation.ml.language_model.language_model import LanguageModel

    return LanguageModel.load(version_folder(version))


def text_safety_read(version: ModelVersion) -> TextSafetyModel:
    from generation.ml.text_safety import TextSafetyModel

    try:
        return TextSafetyModel.load(version_folder(version))
    except _DAMAGED as problem:
        raise VersionStateConflict(f"The files of version {version.pk} hold no text classifier.") from problem


def picture_safety_read(version: ModelVersion) -> PictureSafetyModel:
    from generation.ml.picture_safety import PictureSafetyModel

    try:
        return PictureSafetyModel.load(version_folder(version))
    except _DAMAGED as problem:
        raise VersionStateConflict(
            f"The files of version {version.pk} hold no picture classifier."
        ) from problem


def palettes_read(version: ModelVersion) -> RowGenerator:
    from generation.ml.palettes import RowGenerator

    return RowGenerator.load(version_folder(version))
