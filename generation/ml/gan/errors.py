"""What goes wrong with the GAN, in words."""

from __future__ import annotations

from generation.errors import GenerationError


class GanConfigInvalid(GenerationError):
    """An architecture, size or other choice of a training run that does not exist."""

    code = "gan_config_invalid"


class TrainingImagesInvalid(GenerationError):
    """A folder or archive from which nothing can be learned."""

    code = "training_images_invalid"


class GanModelInvalid(GenerationError):
    """A folder that is no trained GAN, or one of another shape than asked for."""

    code = "gan_model_invalid"
