"""What goes wrong with a language model, in words."""

from __future__ import annotations

from core.errors import PlatformError


class LanguageModelError(PlatformError):
    """A failure of reading a corpus, training, loading or sampling."""

    code = "language_model_error"


class CorpusUnusable(LanguageModelError):
    """A corpus cannot be read, or holds too few texts."""

    code = "corpus_unusable"


class ControlUnknown(LanguageModelError):
    """A control or its value is not in the table."""

    code = "control_unknown"


class ModelFolderInvalid(LanguageModelError):
    """A folder holds no language model that can be read."""

    code = "model_folder_invalid"


class TrainingMismatch(LanguageModelError):
    """A checkpoint belongs to another corpus or other settings than those asked for."""

    code = "training_mismatch"
