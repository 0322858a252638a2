"""What does `python -m joytag_core filter` do?"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from joytag_core import TagFilter, Tagger
from joytag_core.settings.parameters import FILTER_NAMES
from tests.cli.conftest import run_filter


def test_text_in_text_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Each text is filtered by itself, a line each."""
    assert (0, "1girl, chair\nsky\n", "") == run_filter(
        capsys, "1girl, long_hair, chair", "sky, red_hair", "--exclude", "*hair"
    )


def test_standard_input_is_one_prompt(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without texts and files, what is piped in is filtered."""
    monkeypatch.setattr("sys.stdin", io.StringIO("long_hair\nsky\n"))

    assert (0, "sky\n", "") == run_filter(capsys, "--exclude", "*hair")


def test_lines_may_be_prompts_of_their_own(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With --each-line nothing is a duplicate across lines."""
    monkeypatch.setattr("sys.stdin", io.StringIO("smile, sky\nsmile\n"))

    assert (0, "smile, sky\nsmile\n", "") == run_filter(capsys, "--each-line")


def test_explanations_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """What was dropped and why does not disturb a pipe."""
    status, out, err = run_filter(capsys, "long_hair, sky", "--exclude", "*hair", "--explain")

    assert (0, "sky\n", "dropped\n  long hair  exclude *hair\n") == (status, out, err)


def test_explanations_tell_what_was_replaced_and_which_sentences_stay(capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence that holds what a rule names is left alone, and that is said; without one nothing is."""
    text = "1girl, A girl has a hat, and smiles. hat"
    _, out, err = run_filter(capsys, text, "--exclude", "hat", "--replace", "1girl -> woman", "--explain")
    *_, nothing = run_filter(capsys, "hat, sky", "--explain")

    assert out == "woman, A girl has a hat, and smiles.\n"
    assert err == (
        "dropped\n  hat  exclude hat\nreplaced\n  1girl  replace 1girl -> woman\n"
        "left alone, as sentences (--prose drop drops them)\n  A girl has a hat, and smiles.\n"
    )
    assert nothing == ""


def test_lists_are_named_with_either_option(capsys: pytest.CaptureFixture[str]) -> None:
    """--list may be repeated, and is the same as --lists."""
    several = run_filter(capsys, "touhou, signature, sky", "--list", "no-names", "--list", "prompt")
    together = run_filter(capsys, "touhou, signature, sky", "--lists", "no-names, prompt")

    assert (0, "sky\n", "") == several == together


def test_results_may_be_json(capsys: pytest.CaptureFixture[str]) -> None:
    """One object a prompt holds text, tags, and what was dropped."""
    arguments = ["long_hair, sky, my idea", "--exclude", "*hair", "--replace", "sky -> sun"]
    _, out, _ = run_filter(capsys, *arguments, "--format", "json")

    assert {
        "text": "sun, my idea",
        "tags": [
            {"tag": "sun", "name": "sun", "score": None, "category": "general"},
            {"tag": None, "name": "my idea", "score": None, "category": None},
        ],
        "dropped": [{"tag": "long hair", "rule": "exclude *hair"}],
        "replaced": [{"tag": "sky", "rule": "replace sky -> sun"}],
        "sentences": [],
    } == json.loads(out)
    assert out == run_filter(capsys, *arguments, "--json")[1]


def test_scores_come_from_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A JSON object of scores makes the score rules work."""
    scores = tmp_path / "scores.json"
    scores.write_text('{"sky": 0.9, "long hair": 0.2}', encoding="utf-8")

    assert (0, "sky\n", "") == run_filter(capsys, "long_hair, sky", "--min-score", "0.5", "--scores", str(scores))


def test_scores_come_from_a_picture(capsys: pytest.CaptureFixture[str], tiny: Path, picture_paths: list[Path]) -> None:
    """A picture scores every tag that the model knows; others pass score rules untouched."""
    picture = str(picture_paths[0])
    [scores] = Tagger.load(tiny).score(picture_paths[0])
    names = [item.name for item in scores.top(len(scores))]
    best, worst = names[0], names[-1]
    arguments = ["--image", picture, "--model", str(tiny), "--device", "cpu", "--no-spaces", "--target", "caption"]

    assert (0, f"{best}, {worst}, my_idea\n", "") == run_filter(
        capsys, f"my_idea, {worst}, {best}", "--order", "score", *arguments
    )


def test_a_rules_file_holds_rules_and_settings(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Options are added to its rules, and stand over its settings."""
    rules = tmp_path / "rules.txt"
    rules.write_text(
        "*hair\n[replace]\n1girl -> woman\n[keep only]\n*, !x\n"
        '[settings]\nmax tags = 2\nspaces = off\nseparator = " | "\n',
        encoding="utf-8",
    )

    assert (0, "woman | blue_sky | sun\n", "") == run_filter(
        capsys, "1girl, long_hair, x, blue_sky, sun", "--rules", str(rules)
    )
    assert (0, "woman | sun | y\n", "") == run_filter(
        capsys, "1girl, long_hair, blue_sky, sun, y", "--rules", str(rules), "--max-tags", "3", "--exclude", "*sky"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[settings]\nmax tags", "line 2: 'max tags' is no setting"),
        ("[settings]\nspaces = maybe", "line 2: spaces is 'maybe'"),
        ("[settings]\nmax_tags = many", "line 2: max_tags is 'many'"),
        ("[settings]\nexclude = x", "is no setting"),
        ("a\n\n/(/", "exclude, line 3: /(/"),
        ("[rules]", "rules file 'rules.txt', line 1: section [rules] is unknown"),
    ],
)
def test_a_wrong_rules_file_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, message: str
) -> None:
    """The error names the line and the reason, and the status is 2."""
    rules = tmp_path / "rules.txt"
    rules.write_text(text, encoding="utf-8")
    status, out, err = run_filter(capsys, "smile", "--rules", str(rules))

    assert (2, "") == (status, out)
    assert message in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x", "--exclude", "/(/"], "error: exclude, line 1: /(/"),
        (["x", "--list", "nowhere"], "list 'nowhere' is unknown"),
        (["x", "--in-place"], "--files names none"),
        (["x", "--dry-run"], "--dry-run is about files"),
        (["--files", "/nowhere/*.txt"], "matches no file"),
        (["x", "--min-score", "2"], "min_score is 2.0"),
        (["--files", "/nowhere/x.txt", "--backup"], "--in-place is not given"),
    ],
)
def test_what_is_wrong_is_said(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    """A mistake is one line of error and the status 2."""
    status, out, err = run_filter(capsys, *arguments)

    assert (2, "") == (status, out)
    assert message in err


def test_lists_can_be_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    """Their names with what they are for, and one in full."""
    _, names, _ = run_filter(capsys, "--show-lists")
    _, text, _ = run_filter(capsys, "--show-list", "no-names")

    assert any(line.startswith("no-names        Drops characters, series and artists") for line in names.splitlines())
    assert "category:character, category:copyright, category:artist" in text.splitlines()


def test_every_setting_of_the_doors_is_a_field_and_an_option() -> None:
    """The names are the same everywhere."""
    fields = set(TagFilter.__dataclass_fields__)

    assert set(FILTER_NAMES) <= fields
    assert {"lists_folder"} == fields - set(FILTER_NAMES)


def test_help_imports_neither_torch_nor_numpy() -> None:
    """The help of `filter` comes at once."""
    code = (
        "import sys; from joytag_core.cli.main import make_parser; import joytag_core.cli.filter;"
        "make_parser().format_help(); print({'torch', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "set()\n" == done.stdout
