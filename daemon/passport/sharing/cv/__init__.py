"""CVs built around badges."""
