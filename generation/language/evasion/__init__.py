"""Texts written so that a filter shall not read them, read all the same; every reading knows its place in the original."""

from generation.language.evasion.mapped import Mapped
from generation.language.evasion.readings import Reading, canonical, readings, shown

__all__ = ["Mapped", "Reading", "canonical", "readings", "shown"]
