"""How a text is read aloud: numbers, dates, money, units, acronyms and symbols as words, each tied to what is written."""

from generation.language.normalization.scan import PAUSES, Token, spoken

__all__ = ["PAUSES", "Token", "spoken"]
