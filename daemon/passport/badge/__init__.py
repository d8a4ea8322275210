"""What is a badge? Pure."""
