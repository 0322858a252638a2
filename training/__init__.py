"""Trains JoyTag-format models from folders of pictures with tags beside them; made the demo model."""
