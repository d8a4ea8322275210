"""How badges come in."""
