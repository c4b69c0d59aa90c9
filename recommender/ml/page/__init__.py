"""From scored candidates to a page: re-ranking, variety, exploration, the first page of a stranger."""
