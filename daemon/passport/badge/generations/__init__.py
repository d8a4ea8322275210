"""The generations of Open Badges, each read into the one model."""
