"""The page of the overlap matrix: which classes share places, and how much."""
