"""Texts written so that a filter shall not read them, read all the same; every reading knows its place in the original."""

from generation.language.evasion.mapped import Mapped
from generation.language.evasion.readings import EvasionReading, canonical, readings, shown

__all__ = ["EvasionReading", "Mapped", "canonical", "readings", "shown"]
