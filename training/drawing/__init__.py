"""Draws the demo model's pictures: shapes, colours, patterns and effects, with their tags, from a seed."""

from .picture import DrawnPicture, draw_picture
from .tags import IMPLICATIONS, SHAPES, TAGS, close_implications

__all__ = ["IMPLICATIONS", "SHAPES", "TAGS", "DrawnPicture", "close_implications", "draw_picture"]
