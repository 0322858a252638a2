"""What may be chosen of a mask? Names alone, so that describing a setting costs nothing."""

METHODS = ("share", "score", "otsu", "enough")
"""How a mask's limit is found; `MaskSettings` says what each means."""

COMBINATIONS = ("union", "intersection", "difference")
"""Any of the masks; all of them; the first without the others."""

SEPARATE = "separate"
"""One mask a tag, instead of one of all."""
