"""Asking again, now and then, whether a badge still stands: fair to dead issuers and kind to live ones."""
