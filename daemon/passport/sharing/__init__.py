"""How badges go out."""
