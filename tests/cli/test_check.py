"""Does `check` say how well pictures show a prompt, and answer patterns?"""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from joytag_core import PromptCheck, Tagger, TagSwitch
from joytag_core.cli.main import main

Capture = pytest.CaptureFixture[str]
EXAMPLES = Path(__file__).parents[2] / "examples"
STAR, CUBE = EXAMPLES / "star-at-night.png", EXAMPLES / "sepia-cube.png"
DEMO = ["--model", "demo", "--device", "cpu", "--dtype", "float32"]
PROMPT = "starry background, (cube:0.5), my idea"


@pytest.fixture(scope="module")
def demo() -> Tagger:
    """Return the demo model."""
    return Tagger.load("demo", device="cpu", dtype="float32")


def run(capsys: Capture, *words: str) -> tuple[int, str, str]:
    """Run the command on the demo model."""
    status = main(["check", *words, *DEMO])
    out, err = capsys.readouterr()
    return status, out, err


def test_one_picture_gets_the_report(demo: Tagger, capsys: Capture) -> None:
    """Score, shown, missing, unexpected, not known: as in Python."""
    [scores] = demo.score(STAR)
    expected = PromptCheck(target="comfyui").check(PROMPT, scores).explain()

    assert (0, f"{expected}\n", "") == run(capsys, str(STAR), "--prompt", PROMPT)
    assert "shown: starry background 0.98\nmissing: cube 0.02\n" in expected


def test_of_several_pictures_the_best_comes_first(capsys: Capture) -> None:
    """Each named; --keep leaves the best ones."""
    status, out, _ = run(capsys, str(CUBE), str(STAR), "--prompt", PROMPT)
    _, best, _ = run(capsys, str(CUBE), str(STAR), "--prompt", PROMPT, "--keep", "1")

    headings = [line for line in out.splitlines() if not line.startswith("  ")]
    assert 0 == status
    assert [str(STAR), str(CUBE)] == [line.split(": score ")[0] for line in headings]
    assert out.startswith(best) and str(CUBE) not in best


def test_json_is_one_object_a_picture(demo: Tagger, capsys: Capture) -> None:
    """With the path, and the report as Python gives it."""
    _, out, _ = run(capsys, str(STAR), "--prompt", PROMPT, "--json")
    [scores] = demo.score(STAR)

    assert {"path": str(STAR)} | PromptCheck().check(PROMPT, scores).to_dict() == json.loads(out)


def test_the_prompt_may_be_a_file_or_piped_in(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """All three ways say the same."""
    (tmp_path / "prompt.txt").write_text(PROMPT, encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(PROMPT))

    given = run(capsys, str(STAR), "--prompt", PROMPT)
    assert given == run(capsys, str(STAR), "--prompt-file", str(tmp_path / "prompt.txt")) == run(capsys, str(STAR))


def test_thresholds_and_target_are_options(capsys: Capture) -> None:
    """A tag that is shown at 0.4 is missing at 0.99; ((...)) is no weight in a caption."""
    _, out, _ = run(capsys, str(STAR), "--prompt", "starry background", "--threshold", "0.99")

    assert "missing: starry background 0.98" in out
    assert 2 == run(capsys, str(STAR), "--prompt", "cube", "--target", "midjourney")[0]


@pytest.mark.parametrize("pattern", ["starry background & !cube", "cube", "category:general & score>0.99"])
def test_a_pattern_is_answered(pattern: str, demo: Tagger, capsys: Capture) -> None:
    """Yes or no, and how strongly; as JSON too."""
    [scores] = demo.score(STAR)
    verdict = TagSwitch(pattern=pattern).judge(scores)

    answer = f"{'yes' if verdict.holds else 'no'} {verdict.score:.2f}\n"
    assert (0, answer, "") == run(capsys, str(STAR), "--pattern", pattern)
    found = json.loads(run(capsys, str(STAR), "--pattern", pattern, "--json")[1])
    assert {"path": str(STAR), "holds": verdict.holds, "score": round(verdict.score, 4)} == found


def test_patterns_of_several_pictures_are_named_best_first(capsys: Capture) -> None:
    """As with prompts."""
    _, out, _ = run(capsys, str(STAR), str(CUBE), "--pattern", "cube")

    assert [f"{CUBE}: yes 0.92", f"{STAR}: no 0.02"] == out.splitlines()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--prompt", "my idea"], "the prompt 'my idea' asks for no tag that the model knows"),
        (["--prompt", "cube", "--pattern", "cube"], "--prompt, --prompt-file and --pattern are three ways to ask"),
        (["--pattern", "cube &"], "pattern, line 1: '' is no term"),
        (["--prompt-file", "/no/such/file"], "/no/such/file cannot be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(words: list[str], message: str, capsys: Capture) -> None:
    """And status 2."""
    status, out, err = run(capsys, str(STAR), *words)

    assert (2, "") == (status, out)
    assert err.startswith(f"error: {message}")


def test_a_broken_picture_is_reported_and_the_rest_checked(tmp_path: Path, capsys: Capture) -> None:
    """With status 1; 2 where there is no other."""
    (tmp_path / "broken.png").write_bytes(b"no picture")

    status, out, err = run(capsys, str(tmp_path / "broken.png"), str(STAR), "--prompt", PROMPT)
    assert 1 == status
    assert out.startswith(f"{STAR}: score ")
    assert err.startswith(f"error: {tmp_path / 'broken.png'}: ")
    assert 2 == run(capsys, str(tmp_path / "broken.png"), "--prompt", PROMPT)[0]
