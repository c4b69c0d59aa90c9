"""What a text must keep while it is being written: its length, the words it must hold, brackets and quotes that close.

A constraint never needs to undo: before every token it knows how much room the open duties take, allows only tokens after
which they still fit, and asks for them outright when the room is used up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from generation.ml.language_model.tokenizer import END, SPECIAL, encoded, id_of

PAIRS = {"（": "）", "(": ")", "《": "》", "“": "”", "「": "」", "【": "】", "[": "]", "『": "』"}
_CLOSERS = {close: opened for opened, close in PAIRS.items()}


class Vocabulary:
    """What each token writes, as constraints ask for it. Made once a tokenizer."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.end = id_of(tokenizer, END)
        size = tokenizer.get_vocab_size()
        special = [id_of(tokenizer, token) for token in SPECIAL]
        self.texts = [tokenizer.decode([i]) for i in range(size)]
        self.never = np.zeros(size, bool)
        self.never[[i for i in special if i != self.end]] = True
        for i, text in enumerate(self.texts):
            if "\ufffd" in text or (text and not text.isprintable()):
                self.never[i] = True  # a part of a rare hanzi: never drawn, so that every text is whole
        self.opened = {o: self._with(o) for o in PAIRS}
        self.closing = {c: self._with(c) for c in _CLOSERS}
        self.bracket = np.zeros(size, bool)
        for ids in (*self.opened.values(), *self.closing.values()):
            self.bracket[ids] = True
        self.straight = self._with('"')

    def ids(self, text: str) -> list[int]:
        return encoded(self.tokenizer, [text])[0][:-1]

    def _with(self, mark: str) -> NDArray[np.int64]:
        return np.array(
            [i for i, text in enumerate(self.texts) if mark in text and not self.never[i]], np.int64
        )


@dataclass(frozen=True)
class Rules:
    """``least`` and ``most`` tokens before the end; ``holding`` words that must stand in the text."""

    least: int = 2
    most: int = 40
    holding: tuple[str, ...] = ()


@dataclass
class Duties:
    """The state of one text under rules."""

    rules: Rules
    words: Vocabulary
    written: list[int] = field(default_factory=list)
    open: list[str] = field(default_factory=list)  # brackets, the last opened last
    forced: list[int] = field(default_factory=list)  # tokens of a held word being written out
    missing: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.missing = list(self.rules.holding)

    def begin(self, ids: Sequence[int]) -> None:
        """Take over what is written already."""
        for token in ids:
            self.add(token)

    def add(self, token: int) -> None:
        """One more token."""
        if token == self.words.end:
            return
        self.written.append(token)
        if self.forced and token == self.forced[0]:
            self.forced.pop(0)
        text = self.words.tokenizer.decode(self.written)
        self.open = unclosed(text)
        self.missing = [word for word in self.missing if word.casefold() not in text.casefold()]

    @property
    def room(self) -> int:
        """Tokens left that no duty needs."""
        needed = sum(len(self.words.ids(PAIRS[mark])) for mark in self.open)
        needed += sum(len(self._held(word)) for word in self.missing)
        return self.rules.most - len(self.written) - needed

    def allowed(self) -> NDArray[np.bool_]:
        """(V,): which tokens may come next; at least one may."""
        size = len(self.words.texts)
        only = self._asked()
        if only is not None:
            mask = np.zeros(size, bool)
            mask[only] = True
            return mask
        mask = ~self.words.never
        mask[self.words.bracket | _in(self.words.straight, size)] = False
        if self.open:
            mask[self.words.closing[PAIRS[self.open[-1]]]] = self.words_between()
        if self.room >= 3:
            for ids in self.words.opened.values():
                mask[ids] = True
        mask[self.words.end] = not self.open and not self.missing and len(self.written) >= self.rules.least
        return mask

    def words_between(self) -> bool:
        """Whether something stands between the last bracket and here."""
        return bool(self.written) and not any(m in PAIRS for m in self.words.texts[self.written[-1]])

    def _asked(self) -> list[int] | None:
        """The tokens that must come now, if any must."""
        if self.forced:
            return [self.forced[0]]
        if self.room > 0:
            return None
        if self.missing:
            self.forced = self._held(self.missing[0])
            return [self.forced[0]]
        if self.open:
            self.forced = self.words.ids(PAIRS[self.open[-1]])
            return [self.forced[0]]
        return [self.words.end]

    def _held(self, word: str) -> list[int]:
        spaced = word.isascii() and bool(self.written)
        return self.words.ids(f" {word}" if spaced else word)


def unclosed(text: str) -> list[str]:
    """The brackets of ``text`` that are open at its end, the last opened last."""
    stack: list[str] = []
    for mark in text:
        if mark in PAIRS:
            stack.append(mark)
        elif mark in _CLOSERS and stack and stack[-1] == _CLOSERS[mark]:
            stack.pop()
    return stack


def _in(ids: NDArray[np.int64], size: int) -> NDArray[np.bool_]:
    mask = np.zeros(size, bool)
    mask[ids] = True
    return mask
