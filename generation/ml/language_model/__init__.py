"""The platform's own language model: titles, hooks and closing lines in both languages, learned from a corpus on two cores.

A small Transformer over smoothed counts. ``train``, ``LanguageModel.load``, ``write``; ``docs/language-model.md`` tells why.
"""

from generation.ml.language_model.constraints import Rules
from generation.ml.language_model.corpus import Corpus, Text, corpus_of, read_corpus
from generation.ml.language_model.language_model import LanguageModel
from generation.ml.language_model.sampling import Sampling, Written, write
from generation.ml.language_model.settings import PRESETS, LanguageModelSettings
from generation.ml.language_model.training import TrainingResult, train

__all__ = [
    "PRESETS",
    "Corpus",
    "LanguageModel",
    "LanguageModelSettings",
    "Rules",
    "Sampling",
    "Text",
    "TrainingResult",
    "Written",
    "corpus_of",
    "read_corpus",
    "train",
    "write",
]
