"""Is it true? Pure."""
