"""Reading and writing prompt text."""
