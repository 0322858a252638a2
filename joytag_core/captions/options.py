"""What can be asked of a captioning run beside the settings of the tags?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import SettingError
from .combining import EXISTING
from .naming import DEFAULT_TEMPLATE, CaptionNames, refuse_picture
from .tables import TABLE_NAMES

FORMATS = ("txt", "xmp", *TABLE_NAMES)
_XMP_TEMPLATE = "[name].[extension].[output_extension]"


@dataclass(frozen=True, kw_only=True)
class CaptionOptions:
    """Say where captions go and what becomes of those that are there.

    `format` is one of `FORMATS`; `output_folder` mirrors the pictures' folders, `output` names a table. `existing` is
    one of `combining.EXISTING`; `own` redoes the captions that JoyTag wrote and nobody has changed, and leaves all
    others. `triggers` go first, before `keep_separator` if given; `folder_triggers` takes them from names such as
    `10_mychar` too. Tags on a smaller share of the pictures than `min_share`, or a larger one than `max_share` (0..1),
    are left out. Without `computes_ahead` the device is free for others while captions are written. `scores` is the
    database's place, in the captions' folder by default. `on_twins` is told pictures that would share a caption, with
    it, before anything is written.
    """

    recursive: bool = False
    format: str = "txt"
    output_folder: Path | None = None
    output: Path | None = None
    extension: str = ""
    name_template: str = ""
    existing: str = "skip"
    own: bool = False
    backup: bool = False
    triggers: Sequence[str] = ()
    keep_separator: str = ""
    folder_triggers: bool = False
    min_share: float = 0.0
    max_share: float = 1.0
    dry_run: bool = False
    scores: Path | None = None
    keep_scores: bool = True
    threads: int | None = None
    batch_size: int | None = None
    computes_ahead: bool = True
    on_twins: Callable[[Sequence[tuple[str, str]]], None] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Check everything that can be wrong.

        Raises:
            SettingError: an option is unknown, out of range, or contradicts another.
        """
        for name, choices in {"format": FORMATS, "existing": EXISTING}.items():
            if getattr(self, name) not in choices:
                raise SettingError(f"{name} {getattr(self, name)!r} is unknown; expected one of {', '.join(choices)}")
        for name in ("output_folder", "output", "scores"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, Path(getattr(self, name)))
        triggers = [self.triggers] if isinstance(self.triggers, str) else self.triggers
        object.__setattr__(self, "triggers", tuple(text.strip() for text in triggers if text.strip()))
        if not 0.0 <= self.min_share <= self.max_share <= 1.0:
            raise SettingError(
                f"min_share {self.min_share} and max_share {self.max_share} are no range; expected 0 to 1, least first"
            )
        for name in ("threads", "batch_size"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise SettingError(f"{name} {getattr(self, name)} is out of range; expected 1 or more")
        self._check_combinations()
        self.names  # noqa: B018  Checks the template.
        if self.output is not None:
            refuse_picture(self.output, "table")

    def _check_combinations(self) -> None:
        is_table = self.is_table
        if self.own and (is_table or not self.keep_scores):
            raise SettingError("own knows JoyTag's captions from the score database: it needs kept scores, and files")
        if self.own and self.existing not in ("skip", "overwrite"):
            raise SettingError(f"own redoes captions, so existing {self.existing!r} has no meaning beside it")
        if self.output is not None and not is_table:
            raise SettingError(f"output names a table's file, and the format {self.format} has none; use output_folder")
        if self.backup and is_table:
            raise SettingError("backup keeps caption files; a table has none")
        if is_table and (self.extension or self.name_template):
            raise SettingError("extension and name_template name caption files; a table has none")

    @property
    def is_table(self) -> bool:
        """Say whether all captions go into one table."""
        return self.format in TABLE_NAMES

    def table_in(self, folder: Path) -> Path | None:
        """Return the one table that all captions go into, in a folder unless it is named; None where there is none."""
        return (self.output or folder / TABLE_NAMES[self.format]) if self.is_table else None

    @property
    def names(self) -> CaptionNames:
        """Return how caption files are named; raises SettingError."""
        is_xmp = self.format == "xmp"
        return CaptionNames(
            template=self.name_template or (_XMP_TEMPLATE if is_xmp else DEFAULT_TEMPLATE),
            extension=self.extension or ("xmp" if is_xmp else "txt"),
            output_folder=self.output_folder,
        )

    @property
    def needs_two_passes(self) -> bool:
        """Say whether all pictures are scored before the first caption is made."""
        return self.min_share > 0.0 or self.max_share < 1.0
