"""Maintained lists of terms, zh and en: severity, policy and exceptions, found in plain writing and behind evasion.

A file holds groups ``{policy, severity 0–1, terms, exceptions?, after?}``. ``after`` names what must stand right before
a term that is harmless elsewhere (你个250, but 250 元). An exception wins over a term inside it (智障儿童, Van Dyke).
"""

from generation.moderation.scorers.terms.matching import TermHit, TermList, known_terms

__all__ = ["TermHit", "TermList", "known_terms"]
