"""Data to learn from: collected with its origin, cleaned with a report, kept as a snapshot that never changes.

Plain Python. One way through: ``exports``/``tables``/``layouts``/``folder`` → ``cleaning`` → ``snapshots``; ``rows`` is the
one table they all speak.
"""
