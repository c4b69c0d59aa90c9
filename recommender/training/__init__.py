"""Events up to a moment → fit → judged on what came after → a version, promoted if it wins."""

from recommender.training.running import ranker_train

__all__ = ["ranker_train"]
