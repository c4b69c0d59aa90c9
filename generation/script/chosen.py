"""The topic bank and a language model as one writer: the model for what the bank cannot answer, or for every topic."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from generation.errors import ScriptWriterFailed, TopicTooFar
from generation.script.brief import Brief
from generation.script.material import points_of_creator
from generation.script.planner import BankWriter, check_allowed
from generation.script.script import Script
from generation.storyboard import HookKind


class _Writer(Protocol):
    def write(self, brief: Brief, *, seed: int, rate: float, hook_kind: HookKind | None = None) -> Script: ...


class ChosenWriter:
    """See ``generation.generators.ScriptWriter``. ``name`` is what people call the ``model``.

    A creator's own points are promised to be said whole, so the bank's writer tells them, whatever the model is for. What
    a model cannot write falls back to the bank where that has an answer (``Script.fallback`` says so), else to the question
    that the bank asks: ``TopicTooFar``, which begins with what went wrong.
    """

    def __init__(self, model: _Writer, *, name: str, everything: bool) -> None:
        self._model = model
        self._name = name
        self._everything = everything
        self._bank = BankWriter()

    def write(self, brief: Brief, *, seed: int, rate: float, hook_kind: HookKind | None = None) -> Script:
        """Raises what ``BankWriter`` raises."""
        asked = {"seed": seed, "rate": rate, "hook_kind": hook_kind}
        if points_of_creator(brief.points, brief.language):
            return self._bank.write(brief, seed=seed, rate=rate, hook_kind=hook_kind)
        check_allowed(brief)
        if not self._everything:
            try:
                return self._bank.write(brief, seed=seed, rate=rate, hook_kind=hook_kind)
            except TopicTooFar:
                pass
        try:
            wordless = replace(brief, points=())  # points of which nothing can be said are not sent either
            return self._model.write(wordless, seed=seed, rate=rate, hook_kind=hook_kind)
        except ScriptWriterFailed as failure:
            return self._without_model(brief, failure, **asked)  # type: ignore[arg-type]

    def _without_model(
        self, brief: Brief, failure: ScriptWriterFailed, *, seed: int, rate: float, hook_kind: HookKind | None
    ) -> Script:
        try:
            script = self._bank.write(brief, seed=seed, rate=rate, hook_kind=hook_kind)
        except TopicTooFar as question:
            raise TopicTooFar(
                f"The language model {self._name} was asked and gave no usable script: {failure} {question}",
                nearest=question.nearest,
            ) from failure
        return replace(script, fallback=f"The language model {self._name} gave no usable script: {failure}")
