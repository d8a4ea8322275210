"""The published passport: a static site of what the owner made public."""
