"""Which tags does a model speak, and what is known of each?"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, overload

from ..errors import ModelFileError, reason_of

CATEGORIES = ("general", "character", "copyright", "artist", "meta")
"""Danbooru's own categories."""

GROUPS = (
    "subject", "hair", "eyes", "face", "gaze", "body", "nudity", "sex", "creature", "headwear", "clothing", "swimwear",
    "legwear", "footwear", "accessory", "garment_state", "pose", "action", "object", "animal", "background",
    "composition", "style", "text", "gore", "event", "meta",
)  # fmt: skip
"""What general and meta tags are about, from the subject outwards."""

PUBLISHED_THRESHOLD = 0.4
"""The model card's decision rule: a tag holds if its score is greater than 0.4."""

_FACTS = Path(__file__).with_name("data")
_ESCAPED = re.compile(r"\\([()\[\]\\])")
_GAPS = re.compile(r"[\s_]+")
_FOLDED: dict[int, int | None] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    ord("\N{RIGHT SINGLE QUOTATION MARK}"): ord("'"),
    **dict.fromkeys(
        (0x00AD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A))
    ),
}
"""What a written character counts as: full-width forms lie at a fixed distance, None are the invisible ones."""


def tag_key(text: str) -> str:
    r"""Normalise a tag as written by anyone: `Saber_\(Fate\)` and `saber (fate)` have the same key.

    Full-width letters, digits and brackets are as narrow ones, composed letters as decomposed, and what nobody sees
    (zero-width characters, marks of direction or byte order) does not count.
    """
    text = text if text.isascii() else unicodedata.normalize("NFC", text.translate(_FOLDED))
    return _GAPS.sub(" ", _ESCAPED.sub(r"\1", text)).strip().lower()


@dataclass(frozen=True, slots=True)
class Tag:
    """Hold one tag of a model and the facts known of it.

    `category` is one of `CATEGORIES`; `group` and `exclusive_set` may be empty. `current_name` is Danbooru's name of
    today, empty where it has none. `precision`, `recall` and `f1` (0..1) are the published JoyTag's at a threshold of
    0.4, `train_count` its number of training pictures; None for other models.
    """

    index: int
    name: str
    category: str = "general"
    group: str = ""
    exclusive_set: str = ""
    current_name: str = ""
    train_count: int | None = None
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None

    @property
    def key(self) -> str:
        """Return the normalised name."""
        return tag_key(self.name)


class Vocabulary(Sequence[Tag]):
    """Hold a model's tags in the order of its logits, with name lookup and implications."""

    def __init__(self, tags: Iterable[Tag], parents: Mapping[str, Sequence[str]] | None = None) -> None:
        """Take tags in logit order and, for each tag name, the names that it implies directly."""
        self._tags = tuple(tags)
        self._by_key: dict[str, Tag] = {tag_key(t.current_name): t for t in reversed(self._tags) if t.current_name}
        self._by_key.update((tag.key, tag) for tag in reversed(self._tags))
        self._parents = {child: tuple(names) for child, names in (parents or {}).items()}
        self._ancestors: dict[str, frozenset[str]] = {}

    @classmethod
    def joytag(cls) -> Vocabulary:
        """Return the published model's 5,813 tags with all that is known of them; read once a process."""
        return _joytag()

    @classmethod
    def from_names(cls, names: Iterable[str]) -> Vocabulary:
        """Make the vocabulary of a model from its tag names in logit order.

        Names that JoyTag knows keep their category, group, set, current name and implications. Reliability and counts
        belong to the published model alone, so they are kept only where the list is the published one.
        """
        names = tuple(names)
        known = cls.joytag()
        if names == known.names:
            return known
        return cls((_fact_of(name, index, known) for index, name in enumerate(names)), known._parents)

    @classmethod
    def from_file(cls, path: str | Path) -> Vocabulary:
        """Read a `top_tags.txt`: one name a line, in logit order.

        Raises:
            ModelFileError: the file cannot be read, is empty, or names a tag twice.
        """
        try:
            names = [line.strip() for line in Path(path).read_text(encoding="utf-8-sig").splitlines() if line.strip()]
        except (OSError, UnicodeDecodeError) as error:
            raise ModelFileError(f"{path}: the tag list cannot be read: {reason_of(error)}") from error
        if not names:
            raise ModelFileError(f"{path}: the tag list is empty; expected one tag a line")
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ModelFileError(f"{path}: the tag {twice!r} stands there twice; expected every tag once")
        return cls.from_names(names)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the model's own names in logit order."""
        return tuple(tag.name for tag in self._tags)

    def find(self, name: str) -> Tag | None:
        """Return the tag of that name, old or current, however it is written; None where the model has none."""
        return self._by_key.get(tag_key(name))

    def parents(self, name: str) -> tuple[str, ...]:
        """Return the names that a tag (by its model name) implies directly."""
        return self._parents.get(name, ())

    def ancestors(self, name: str) -> frozenset[str]:
        """Return every name that a tag (by its model name) implies, through any number of steps."""
        if name not in self._ancestors:
            above = self.parents(name)
            self._ancestors[name] = frozenset(above).union(*(self.ancestors(parent) for parent in above))
        return self._ancestors[name]

    def __len__(self) -> int:
        return len(self._tags)

    def __iter__(self) -> Iterator[Tag]:
        return iter(self._tags)

    @overload
    def __getitem__(self, index: int) -> Tag: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Tag, ...]: ...
    def __getitem__(self, index: int | slice) -> Tag | tuple[Tag, ...]:
        return self._tags[index]

    def __contains__(self, item: object) -> bool:
        return item in self._tags if isinstance(item, Tag) else isinstance(item, str) and self.find(item) is not None

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} tags)"

    def __reduce__(self) -> tuple[Any, ...]:
        # What a name is known for is read again where it is unpickled: the names are enough, if anything is.
        if self is _joytag():
            return Vocabulary.joytag, ()
        made = Vocabulary.from_names(self.names)
        if (self._tags, self._parents) == (made._tags, made._parents):
            return Vocabulary.from_names, (self.names,)
        return Vocabulary, (self._tags, self._parents)


def _fact_of(name: str, index: int, known: Vocabulary) -> Tag:
    fact = known.find(name)
    if fact is None or fact.name != name:
        return Tag(index=index, name=name)
    return replace(fact, index=index, train_count=None, precision=None, recall=None, f1=None)


@lru_cache(maxsize=1)
def _joytag() -> Vocabulary:
    with (_FACTS / "tags.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        tags = [_tag_from_row(row) for row in rows]
    parents: dict[str, list[str]] = {}
    for line in (_FACTS / "implications.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        child, parent = line.split("\t")
        parents.setdefault(child, []).append(parent)
    return Vocabulary(tags, parents)


def _tag_from_row(row: Sequence[str]) -> Tag:
    index, name, category, group, exclusive_set, current_name, count, precision, recall, f1 = row
    return Tag(
        index=int(index), name=name, category=category, group=group, exclusive_set=exclusive_set,
        current_name=current_name, train_count=int(count), precision=float(precision), recall=float(recall),
        f1=float(f1),
    )  # fmt: skip
