"""Events up to a moment → fit → judged on what came after → a version, promoted if it wins."""

from recommender.training.exploring import exploration_judged
from recommender.training.running import ranker_train

__all__ = ["exploration_judged", "ranker_train"]
