"""The computer around it."""
