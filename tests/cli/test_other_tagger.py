"""Do another tagger's scores come in on the command line?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from joytag_core.cli.main import main

Capture = pytest.CaptureFixture[str]
EXAMPLES = Path(__file__).parents[2] / "examples"
STAR, CUBE = EXAMPLES / "star-at-night.png", EXAMPLES / "sepia-cube.png"
DEMO = ["--model", "demo", "--device", "cpu", "--dtype", "float32"]
OTHER = {"cube": 0.9, "starry_background": 0.5, "letterboxed": 0.2, "night sky": 0.7}


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Return a file of another tagger's scores of the star; JoyTag sees a star, a frame and nobody, and no cube."""
    path = tmp_path / "other.json"
    path.write_text(json.dumps(OTHER), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", "letterboxed, starry background, no humans, cube, star (symbol), night sky"),
        ("--combine agree", "night sky, starry background"),
        ("--combine agree --other-threshold 0.6", "night sky"),
        ("--combine=max,general:mean", "no humans, star (symbol), starry background, night sky, letterboxed, cube"),
        ("--combine union --max-tags 2 --exclude letterboxed", "starry background, no humans, night sky"),
    ],
)
def test_tag_combines_both(options: str, expected: str, other: Path, capsys: Capture) -> None:
    """By the way that is asked for; rules and limits follow, and leave what JoyTag does not know."""
    assert 0 == main(["tag", str(STAR), "--scores", str(other), *options.split(), *DEMO])
    assert f"{expected}\n" == capsys.readouterr().out


def test_several_pictures_have_a_file_each(tmp_path: Path, capsys: Capture) -> None:
    """NAME.json or NAME.txt in a folder; a picture without one is reported, and the rest tagged."""
    (tmp_path / "star-at-night.txt").write_text("cube: 0.9\nnight sky: 0.7\n", encoding="utf-8")

    status = main(["tag", str(STAR), str(CUBE), "--scores", str(tmp_path), *DEMO])

    out, err = capsys.readouterr()
    assert 1 == status
    assert out.startswith(f"{STAR}: ") and "cube" in out and "night sky" in out and str(CUBE) not in out
    assert f"error: {CUBE}: {tmp_path} holds neither sepia-cube.json nor sepia-cube.txt with its scores\n" == err


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_json_and_scores_print_is_read_back(form: str, tmp_path: Path, capsys: Capture) -> None:
    """Another run of our own is another tagger as good as any."""
    main(["tag", str(CUBE), *(["--json"] if form == "json" else ["--format", "scores"]), *DEMO])
    (tmp_path / "scores").write_text(capsys.readouterr().out, encoding="utf-8")

    assert 0 == main(["tag", str(STAR), "--scores", str(tmp_path / "scores"), *DEMO])
    assert "cube" in capsys.readouterr().out


def test_filter_scores_a_text_by_one_or_by_both(other: Path, capsys: Capture) -> None:
    """A file alone, a picture alone, or what both say."""
    words = ["filter", "cube, starry_background, letterboxed", "--min-score", "0.4", *DEMO]
    outs = []
    for more in (
        ["--scores", str(other)],
        ["--image", str(STAR)],
        ["--scores", str(other), "--image", str(STAR), "--combine", "agree"],
        ["--scores", str(other), "--image", str(STAR)],
    ):
        assert 0 == main([*words, *more])
        outs.append(capsys.readouterr().out.strip())

    assert [
        "cube, starry background",
        "starry background, letterboxed",
        "starry background",
        "cube, starry background, letterboxed",
    ] == outs


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--combine max", "--combine and --other-threshold are for another tagger's scores"),
        ("--scores {other} --combine average", "combine is 'average'; expected one of max, mean, agree, union"),
        ("--scores /no/such/file", "/no/such/file cannot be read"),
        ("{cube} --scores {other}", "--scores {other} is no folder; expected one, with a file for each of 2"),
    ],
)
def test_what_is_wrong_is_one_sentence(words: str, message: str, other: Path, capsys: Capture) -> None:
    """And status 2."""
    filled = [word.format(other=other, cube=CUBE) for word in words.split()]

    assert 2 == main(["tag", str(STAR), *filled, *DEMO])
    out, err = capsys.readouterr()
    assert "" == out
    assert err.startswith(f"error: {message.format(other=other)}")


def test_a_wrong_score_names_its_file(tmp_path: Path, capsys: Capture) -> None:
    """And the tag, the value, and what was expected."""
    (tmp_path / "bad.json").write_text('{"smile": 95}', encoding="utf-8")

    assert 2 == main(["filter", "smile", "--scores", str(tmp_path / "bad.json")])
    expected = f"error: {tmp_path / 'bad.json'}: the score of 'smile' is 95; expected a number from 0 to 1\n"
    assert expected == capsys.readouterr().err
