"""Events up to a moment → fit → judged on what came after → a version, promoted if it wins."""

from recommender.training.exploration import exploration_judged
from recommender.training.runs import ranker_train

__all__ = ["exploration_judged", "ranker_train"]
