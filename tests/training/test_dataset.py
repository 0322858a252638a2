"""The folder of pictures: tags read, pictures as the core sees them, batches that do not depend on luck."""

import pytest
import torch
from PIL import Image

from joytag_core.pictures.files import load_picture
from joytag_core.pictures.formats import SUFFIXES
from joytag_core.pictures.pixels import normalise, to_pixels
from training.augment import GentleTrivialAugment, make_augment
from training.dataset import (
    Example,
    ShuffledBatches,
    TaggedPictures,
    find_examples,
    hold_out,
    most_frequent_tags,
    read_tags,
)


@pytest.mark.parametrize("text", ["heart, white_background", "heart\nwhite background\n", " heart ,, white background"])
def test_tags_are_separated_by_commas_or_lines(tmp_path, text):
    """Both ways of writing captions mean the same names."""
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    assert read_tags(path) == {"heart", "white_background"}


def test_captions_are_read_as_elsewhere(tmp_path):
    """Any encoding, no escapes and weights; a sentence is no tag."""
    path = tmp_path / "a.txt"
    path.write_text("(heart:1.2), star \\(symbol\\), café\nA cat sits on the mat, near the door.", encoding="utf-16")
    assert read_tags(path) == {"heart", "star_(symbol)", "café"}


def test_pictures_without_tags_file_are_left_out(pictures):
    """A picture whose .txt is missing is no example."""
    (pictures / "03.txt").unlink()
    assert [example.path.stem for example in find_examples(pictures)][:4] == ["00", "01", "02", "04"]


def test_folder_without_examples_is_an_error(tmp_path):
    """An empty folder is named, not trained on."""
    with pytest.raises(FileNotFoundError, match="no picture with a"):
        find_examples(tmp_path)


def test_most_frequent_tags_come_first_and_rare_ones_not_at_all():
    """Order by count, equals by name; the least count itself is enough."""
    examples = [Example(None, frozenset(tags.split())) for tags in ("b c", "b a", "b c", "d a")]
    assert most_frequent_tags(examples, at_least=2) == ["b", "a", "c"]


@pytest.mark.parametrize(("share", "measured"), [(0.0, 0), (0.25, 4), (1.0, 16)])
def test_held_out_examples_are_not_learned(pictures, share, measured):
    """The two parts make up the whole and have nothing in common."""
    examples = find_examples(pictures)
    learned, held = hold_out(examples, share, seed=1)
    assert len(held) == measured
    assert sorted(learned + held, key=lambda example: example.path) == examples
    assert (learned, held) == hold_out(examples, share, seed=1)


@pytest.mark.parametrize("in_memory", [True, False])
def test_pixels_are_the_core_s(pictures, in_memory):
    """What training sees is what tagging will see."""
    examples = find_examples(pictures)
    dataset = TaggedPictures(examples, ["red_background"], size=32, in_memory=in_memory)
    pixels, targets = dataset[1]
    with Image.open(examples[1].path) as image:
        expected = to_pixels([image.convert("RGB")], 32)
    torch.testing.assert_close(normalise(pixels[None]), expected, rtol=0, atol=1e-6)
    assert targets.tolist() == [1.0]


def tagged(folder, name, picture, **options):
    """Write one tagged picture and return its path."""
    picture.save(folder / name, **options)
    (folder / name).with_suffix(".txt").write_text("cat", encoding="utf-8")
    return folder / name


def odd_pictures(folder):
    """Write pictures that a plain conversion to RGB gets wrong: see-through, lying on the side, of 16 bits."""
    hidden = Image.new("RGBA", (24, 24), (0, 0, 0, 0))
    exif = Image.Exif()
    exif[0x0112] = 6
    return [
        tagged(folder, "alpha.png", hidden),
        tagged(folder, "turned.jpg", Image.linear_gradient("L").convert("RGB"), exif=exif),
        tagged(folder, "deep.png", Image.new("I;16", (24, 24), 257 * 100)),
    ]


@pytest.mark.parametrize("in_memory", [True, False])
def test_training_sees_what_the_product_sees(tmp_path, in_memory):
    """Alpha, EXIF's turn and 16 bits too: the same pixels, bit for bit."""
    paths = sorted(odd_pictures(tmp_path))
    dataset = TaggedPictures(find_examples(tmp_path), ["cat"], size=32, in_memory=in_memory)
    assert len(paths) == len(dataset)
    for path, (pixels, _targets) in zip(paths, dataset, strict=True):
        assert torch.equal(to_pixels([load_picture(path)], 32), normalise(pixels[None])), path.name


def test_training_finds_every_file_that_the_product_finds(tmp_path):
    """One list of endings, capitals too, in folders below."""
    for number, suffix in enumerate(sorted(SUFFIXES)):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        (folder / f"a{suffix.upper()}").write_bytes(b"")
        (folder / "a.txt").write_text("cat", encoding="utf-8")
    assert {example.path.suffix.lower() for example in find_examples(tmp_path)} == SUFFIXES


def test_batches_after_an_interruption_are_the_same():
    """Starting at step 3 gives what the whole run has from step 3 on."""
    whole = list(ShuffledBatches(10, 4, steps=7, seed=5))
    assert list(ShuffledBatches(10, 4, steps=7, seed=5, start=3)) == whole[3:]


def test_each_pass_has_an_order_of_its_own():
    """Within a pass nothing repeats; the next pass is shuffled anew."""
    first, second, third, fourth = ShuffledBatches(8, 4, steps=4, seed=5)
    assert sorted(first + second) == sorted(third + fourth) == list(range(8))
    assert first + second != third + fourth


def test_batch_larger_than_the_data_is_an_error():
    """There is no full batch to train on."""
    with pytest.raises(ValueError, match="a batch of 9"):
        ShuffledBatches(8, 9, steps=1, seed=1)
    assert len(ShuffledBatches(8, 8, steps=1, seed=1)) == 1


def test_gentle_augmentation_keeps_plain_colours():
    """A plain picture keeps its colour: shifted edges are white, everything else stays near."""
    torch.manual_seed(0)
    picture = Image.new("RGB", (32, 32), (200, 30, 30))
    for _ in range(60):
        middle = GentleTrivialAugment(fill=[255, 255, 255])(picture).getpixel((16, 16))
        assert max(abs(a - b) for a, b in zip(middle, (200, 30, 30), strict=True)) <= 20


def test_full_augmentation_changes_colours():
    """TrivialAugment as published turns some pictures into another colour: not for colour tags."""
    torch.manual_seed(0)
    picture, augment = Image.new("RGB", (32, 32), (200, 30, 30)), make_augment("full")
    middles = [augment(picture).getpixel((16, 16)) for _ in range(60)]
    assert max(max(abs(a - b) for a, b in zip(middle, (200, 30, 30), strict=True)) for middle in middles) > 60


def test_augmentation_modes():
    """off is none; a wrong word is named."""
    assert make_augment("off") is None
    with pytest.raises(ValueError, match="'strong'"):
        make_augment("strong")
