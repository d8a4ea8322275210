"""What the owner should hear of badges that are here already: kept until it was read, told once."""
