"""SIGNALS → risks → verdict → published, queued or held: what a worker does with a row of ``Screening``."""
