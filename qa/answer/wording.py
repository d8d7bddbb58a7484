"""Fixed phrases that a reader sees, one wording for each."""

REFUSAL = "The documents do not answer this."
"""``Answer.reason`` of a refusal, whichever engine refused."""
