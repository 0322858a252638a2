"""Files -> a network."""
