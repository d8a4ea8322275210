"""Hypothesis without a deadline: on a busy machine the clock says nothing of the code."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
