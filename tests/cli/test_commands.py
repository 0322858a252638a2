"""Does the command line do what a person at a terminal expects?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from joytag_core.cli.main import main
from joytag_core.tags.vocabulary import Vocabulary
from tests.cli.conftest import Capture


def test_tag_prints_the_tags_of_one_picture_alone(tiny: Path, picture_paths: list[Path], capsys: Capture) -> None:
    """One picture: its tags and nothing else, ready to paste."""
    status = main(["tag", str(picture_paths[0]), "--model", str(tiny), "--device", "cpu"])

    out = capsys.readouterr().out
    assert 0 == status
    assert "tag 8, tag 13, tag 39, tag 18\n" == out


def test_tag_names_each_of_several_pictures_and_reports_a_broken_one(
    tiny: Path, pictures: Path, capsys: Capture
) -> None:
    """A bad file among many goes to standard error with status 1; the rest is tagged."""
    status = main(["tag", str(pictures), "--model", str(tiny), "--device", "cpu"])

    out, err = capsys.readouterr()
    assert 1 == status
    assert [str(pictures / "a.png"), str(pictures / "c.PNG")] == [line.split(": ")[0] for line in out.splitlines()]
    assert err.startswith(f"error: {pictures / 'b.png'}: ")
    assert 1 == len(err.splitlines())


def test_tag_goes_below_a_folder_only_when_asked(tiny: Path, pictures: Path, capsys: Capture) -> None:
    """--recursive adds the folders below."""
    main(["tag", str(pictures), "--recursive", "--model", str(tiny), "--device", "cpu"])

    assert str(pictures / "below" / "d.png") in capsys.readouterr().out


def test_tag_with_nothing_but_broken_pictures_fails(tiny: Path, pictures: Path, capsys: Capture) -> None:
    """Where nothing could be tagged the status is 2."""
    status = main(["tag", str(pictures / "b.png"), str(pictures / "gone.png"), "--model", str(tiny), "--device", "cpu"])

    out, err = capsys.readouterr()
    assert (2, "") == (status, out)
    assert f"{pictures / 'gone.png'}: there is no such file" in err


def test_tag_of_an_empty_folder_says_so(tiny: Path, tmp_path: Path, capsys: Capture) -> None:
    """An empty folder is a mistake worth a message."""
    status = main(["tag", str(tmp_path), "--model", str(tiny)])

    assert 2 == status
    assert f"error: {tmp_path}: there is no picture in this folder\n" == capsys.readouterr().err


def test_scores_format_prints_every_tag_over_the_floor_best_first(
    tiny: Path, picture_paths: list[Path], capsys: Capture
) -> None:
    """`tag: 0.123`, best first, only over the floor."""
    main(
        ["tag", str(picture_paths[0]), "--model", str(tiny), "--device", "cpu", "--format", "scores", "--floor", "0.5"]
    )

    assert ["tag_8: 0.947", "tag_13: 0.757", "tag_39: 0.563"] == capsys.readouterr().out.splitlines()


def test_json_format_is_one_object_a_line(tiny: Path, pictures: Path, capsys: Capture) -> None:
    """Each line parses by itself, and holds path, text, tags and scores."""
    main(["tag", str(pictures), "--model", str(tiny), "--device", "cpu", "--format", "json"])

    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert str(pictures / "a.png") == first["path"]
    assert "tag 8, tag 13, tag 39, tag 18" == first["text"]
    assert {"tag": "tag_8", "name": "tag 8", "score": 0.9473, "category": "general"} == first["tags"][0]
    assert [] == first["dropped"] == first["replaced"]


def test_settings_are_options(tiny: Path, picture_paths: list[Path], capsys: Capture) -> None:
    """Thresholds, limits, rules and format come from the settings' own names."""
    options = ["--threshold", "0.3", "--max-tags", "2", "--exclude", "tag 8", "--exclude", "tag_39", "--no-spaces"]
    main(["tag", str(picture_paths[0]), "--model", str(tiny), "--device", "cpu", *options])

    assert "tag_13, tag_18\n" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--threshold", "1.5"], "error: threshold is 1.5; expected a number from 0 to 1\n"),
        (["--categories", "general,food"], "error: categories is 'general,food'; expected some of general, "),
        (["--device", "gpu"], "error: device 'gpu' is unknown; expected auto, cpu, cuda, cuda:1, mps or xpu\n"),
        (["--model", "nothing"], "error: model 'nothing' is neither a folder nor installed; there is: demo ("),
        (["--exclude", "/(/"], "error: "),
    ],
)
def test_a_wrong_option_is_one_sentence_and_status_2(
    options: list[str], message: str, tiny: Path, picture_paths: list[Path], capsys: Capture
) -> None:
    """Errors are for people: no traceback."""
    status = main(["tag", str(picture_paths[0]), "--model", str(tiny), *options])

    out, err = capsys.readouterr()
    assert (2, "") == (status, out)
    assert err.startswith(message)


def test_a_name_that_no_file_can_have_is_that_picture_s_error(
    tiny: Path, picture_paths: list[Path], capsys: Capture
) -> None:
    """300 characters are too many for a file system; the rest is tagged."""
    words = ["tag", "a" * 300 + ".png", "nul\0.png", str(picture_paths[0]), "--model", str(tiny), "--device", "cpu"]

    assert 1 == main(words)
    out, err = capsys.readouterr()
    assert f"{picture_paths[0]}: tag 8, tag 13, tag 39, tag 18\n" == out
    assert 2 == err.count("error: ")


def test_ctrl_c_while_the_program_is_imported_is_a_word() -> None:
    """No traceback, and the status of every interrupted program."""
    code = (
        "import runpy, sys\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'joytag_core.cli.tag': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "runpy.run_module('joytag_core', run_name='__main__')"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (130, "", "stopped\n") == (ran.returncode, ran.stdout, ran.stderr)


def test_a_file_that_cannot_be_read_is_named_once(tmp_path: Path, picture_paths: list[Path], capsys: Capture) -> None:
    """The system repeats the path in its own words."""
    missing, long = str(tmp_path / "nope.json"), "x" * 300
    for words in (["--scores", missing], ["--model", "demo", long]):
        main(["tag", str(picture_paths[0]), "--model", "demo", *words])
        assert 1 == capsys.readouterr().err.count(words[-1])


def test_tags_finds_by_old_and_current_names(capsys: Capture) -> None:
    """A part of either name finds a tag, and its facts are shown."""
    status = main(["tags", "rabbit ears"])

    out = capsys.readouterr().out
    assert 0 == status
    assert "rabbit_ears" in out
    assert "0.87" in out


def test_tags_can_be_narrowed_and_limited(capsys: Capture) -> None:
    """Category, group and limit narrow the list; what is left out is counted."""
    main(["tags", "--group", "gaze", "--limit", "3"])

    lines = capsys.readouterr().out.splitlines()
    of_group = sum(tag.group == "gaze" for tag in Vocabulary.joytag())
    assert 5 == len(lines)
    assert f"... and {of_group - 3} more; --limit 0 shows all" == lines[-1]


def test_tags_without_a_match_has_status_1(capsys: Capture) -> None:
    """As grep does; what is said of it does not disturb a pipe."""
    assert 1 == main(["tags", "rabit ears"])
    assert ("", "no tag holds 'rabit ears'; did you mean rabbit ears?\n") == capsys.readouterr()
    assert 1 == main(["tags", "ears", "--category", "meta", "--group", "hair"])
    assert ("", "no tag holds 'ears' among meta and hair\n") == capsys.readouterr()


def test_tags_may_be_json(capsys: Capture) -> None:
    """One object a tag and line, with all that is known of it."""
    assert 0 == main(["tags", "rabbit ears", "--json"])

    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert ("rabbit_ears", "general") == (first["tag"], first["category"])
    assert 0 < first["precision"] <= 1


@pytest.mark.parametrize("command", [[], ["tag"], ["filter"], ["models"], ["tags"]])
def test_help_imports_no_torch(command: list[str]) -> None:
    """Help comes at once; torch alone would take seconds."""
    code = (
        "import sys; from joytag_core.cli.main import main\n"
        f"try: main({[*command, '--help']!r})\n"
        "except SystemExit as end: print(end.code, 'torch' in sys.modules, 'numpy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "0 False False" == ran.stdout.splitlines()[-1]
    assert "usage: python -m joytag_core" in ran.stdout


@pytest.mark.parametrize(("module", "words"), [("torch", ["models"]), ("numpy", ["filter", "smile"])])
def test_a_python_without_the_requirements_is_a_sentence(module: str, words: list[str]) -> None:
    """Whoever runs another Python than that of .venv is told so."""
    code = (
        f"import sys; sys.modules[{module!r}] = None; from joytag_core.cli.main import main; sys.exit(main({words!r}))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (2, "") == (ran.returncode, ran.stdout)
    assert f"error: {sys.executable} has no {module}; run the Python of your .venv, or install " in ran.stderr


def test_a_reader_that_leaves_early_is_no_error() -> None:
    """`| head` ends the output without a traceback."""
    tags = subprocess.Popen(
        [sys.executable, "-m", "joytag_core", "tags", "--limit", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert tags.stdout is not None and tags.stderr is not None
    tags.stdout.readline()
    tags.stdout.close()

    assert b"" == tags.stderr.read()
    assert 0 == tags.wait()
