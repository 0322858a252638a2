"""Is a command line read as a person means it, and is a mistyped one explained?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from joytag_core.cli.main import main, make_parser
from joytag_core.settings.parameters import FILTER_NAMES, PARAMETERS

Capture = pytest.CaptureFixture[str]


def mistyped(capsys: Capture, *words: str) -> str:
    """Run a command line that cannot be read, and return what is said of it."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    out, err = capsys.readouterr()
    assert (2, "") == (ended.value.code, out)
    return err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["tag", "x.png", "--treshold", "0.3"], "--treshold is no option of `{prog} tag`; did you mean --threshold?"),
        (["tag", "x.png", "--treshold=0.3"], "--treshold is no option of `{prog} tag`; did you mean --threshold?"),
        (["tag", "x.png", "--max-tag", "3"], "--max-tag is no option of `{prog} tag`; did you mean --max-tags?"),
        (["tag", "x.png", "--thresh", "0.3"], "--thresh is no option of `{prog} tag`; did you mean --threshold?"),
        (["filter", "x", "--no-space"], "--no-space is no option of `{prog} filter`; did you mean --no-spaces?"),
        (["filter", "x", "--qqqqqqq"], "--qqqqqqq is no option of `{prog} filter`"),
        (["tga", "x.png"], "argument COMMAND: 'tga' is unknown; did you mean tag?"),
        (["models", "verfy"], "argument ACTION: 'verfy' is unknown; did you mean verify?"),
        (["help", "filtr"], "argument COMMAND: 'filtr' is unknown; did you mean filter?"),
        (["tags", "--group", "hiar"], "argument --group: 'hiar' is unknown; did you mean hair?"),
        (["tags", "--category", "x"], "argument --category: 'x' is unknown; expected one of general, character, "),
        (["tags", "--limit", "-1"], "argument --limit: '-1' is no count; expected 0 or a whole number above it"),
        (["filter", "--files", ""], "argument --files: '' is no path; expected a file or folder"),
        (["filter", "a", "--exclusive", "maybe"], "argument --exclusive: 'maybe' is no value; expected one of yes, no"),
        (["filter", "a", "--spaces", "1"], "argument --spaces: '1' is no value; expected one of yes, no, on, off"),
        (["filter", "a", "--spaces", "ture"], "argument --spaces: 'ture' is no value"),
        (["tag", " "], "argument PATH: ' ' is no path; expected a file or folder"),
        (["caption", "x", "--output-folder", ""], "argument --output-folder: '' is no path"),
        (["tag", "x.png", "--floor", "2"], "argument --floor: '2' is out of range; expected a number from 0 to 1"),
        (["tag", "x.png", "--floor", "nan"], "argument --floor: 'nan' is out of range"),
        (["tag"], "the following arguments are required: PATH"),
        (["tag", "--modle", "demo"], "--modle is no option of `{prog} tag`; did you mean --model?"),
        (["tag", "-x.png"], "-x.png is no option of `{prog} tag`"),
        (["--model", "demo", "tag", "x.png"], "--model stands behind its command: `{prog} tag --model ...`"),
        (["-v", "--in-place", "filter", "x"], "--in-place stands behind its command: `{prog} filter --in-place ...`"),
        (["--no-spaces", "filter", "x"], "--no-spaces stands behind its command: `{prog} filter --no-spaces ...`"),
        (["--model", "demo"], "--model stands behind its command: `{prog} tag --model ...`"),
        (["--modle", "demo", "tag", "x.png"], "--modle is no option of `{prog} tag`; did you mean --model?"),
        (["--versoin"], "--versoin is no option of `{prog}`; did you mean --version?"),
        (
            ["tag", "x.png", "--format", "xml"],
            "argument --format: 'xml' is unknown; expected one of text, json, scores",
        ),
    ],
)
def test_what_is_mistyped_gets_one_sentence(words: list[str], sentence: str, capsys: Capture) -> None:
    """It names the nearest option, command or choice where one is near, and where to read more."""
    first, second = mistyped(capsys, *words).splitlines()

    assert first.startswith("error: " + sentence.format(prog=make_parser().prog))
    assert second.endswith(" --help` explains it")


def test_a_file_that_looks_like_an_option_is_told_how_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Where it is there, it is what was meant; behind `--` it is read."""
    monkeypatch.chdir(tmp_path)
    Path("-x.png").write_bytes(b"")

    assert f"for the file of that name write .{os.sep}-x.png" in mistyped(capsys, "tag", "-x.png", "--model", "demo")
    for words in (["tag", "--model", "demo", "--", "-x.png"], ["tag", f".{os.sep}-x.png", "--model", "demo"]):
        assert 2 == main(words)
        assert "the file is empty" in capsys.readouterr().err


def test_options_and_arguments_stand_in_any_order(tiny: Path, picture_paths: list[Path], capsys: Capture) -> None:
    """Options between pictures, and a switch before one, are no puzzle."""
    model = ["--model", str(tiny), "--device", "cpu"]
    main(["tag", str(picture_paths[0]), *model, str(picture_paths[1]), "--exclusive", str(picture_paths[2])])

    lines = capsys.readouterr().out.splitlines()
    assert [str(path) for path in picture_paths[:3]] == [line.split(": ")[0] for line in lines]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "long hair"),
        (["--spaces"], "long hair"),
        (["--no-spaces"], "long_hair"),
        *((["--spaces", word], "long hair") for word in ("yes", "on", "true", "ON")),
        *((["--spaces", word], "long_hair") for word in ("no", "off", "false")),
        (["--spaces=off"], "long_hair"),
    ],
)
def test_a_switch_takes_every_spelling_of_yes_and_no(words: list[str], expected: str, capsys: Capture) -> None:
    """As a placeholder and a rules file do."""
    assert 0 == main(["filter", *words, "long_hair"])
    assert f"{expected}\n" == capsys.readouterr().out


def test_a_switch_with_another_value_is_a_mistake(capsys: Capture) -> None:
    """The error is the setting's own."""
    assert 2 == main(["filter", "long_hair", "--spaces=maybe"])
    assert "error: spaces is 'maybe'; expected yes, on, true or no, off, false\n" == capsys.readouterr().err


def test_what_stands_behind_two_dashes_is_text(capsys: Capture) -> None:
    """A prompt that looks like an option."""
    assert 0 == main(["filter", "--no-spaces", "--", "--spaces", "long_hair"])
    assert "--spaces\nlong_hair\n" == capsys.readouterr().out


@pytest.mark.parametrize("command", ["tag", "filter"])
def test_every_setting_is_an_option_of_both_commands(command: str, capsys: Capture) -> None:
    """What one door can set, this one can; `filter` chooses nothing, so it has the filter's."""
    with pytest.raises(SystemExit):
        main([command, "--help"])
    out = capsys.readouterr().out
    names = PARAMETERS if command == "tag" else FILTER_NAMES

    assert [] == [name for name in names if f"--{name.replace('_', '-')} " not in out]


def test_no_command_lists_the_commands(capsys: Capture) -> None:
    """Whoever types only the name is shown what there is, as by `help` and `--help`."""
    for words in ([], ["help"], ["--help"]):
        try:
            assert 0 == main(words)
        except SystemExit as ended:
            assert 0 == ended.code
        out = capsys.readouterr().out
        assert [] == [name for name in ("tag", "filter", "models", "tags", "help") if f"\n    {name} " not in out]


def test_help_explains_a_command(capsys: Capture) -> None:
    """`help tag` is `tag --help`."""
    assert 0 == main(["help", "tag"])
    helped = capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["tag", "--help"])

    assert helped == capsys.readouterr().out


def test_tag_s_help_is_in_groups_and_has_examples(capsys: Capture) -> None:
    """Forty options in one row would be read by nobody."""
    main(["help", "tag"])
    out = capsys.readouterr().out

    for heading in (
        "what is read, and what is written:", "the model, and how it sees pictures:",
        "which tags are chosen from the scores:",
        "rules of the Tag Filter:", "how the tags are written:", "examples:",
    ):  # fmt: skip
        assert f"\n{heading}\n" in out


def test_verbose_may_stand_before_or_behind_the_command(capsys: Capture) -> None:
    """Both are natural."""
    for words in (["-v", "filter", "smile"], ["filter", "smile", "-v"], ["filter", "--verbose", "smile"]):
        assert 0 == main(words)
        assert "smile\n" == capsys.readouterr().out
