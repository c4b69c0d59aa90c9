"""A site that lives at first sight: generated videos, creators, synthetic viewers, a trained ranker; and their end."""
