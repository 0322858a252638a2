"""What does `python -m joytag_core filter` do?"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from joytag_core import TagFilter, Tagger
from joytag_core.cli.main import main
from joytag_core.settings.parameters import FILTER_NAMES


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["filter", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_text_in_text_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Each text is filtered by itself, a line each."""
    assert (0, "1girl, chair\nsky\n", "") == _run(
        capsys, "1girl, long_hair, chair", "sky, red_hair", "--exclude", "*hair"
    )


def test_standard_input_is_one_prompt(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without texts and files, what is piped in is filtered."""
    monkeypatch.setattr("sys.stdin", io.StringIO("long_hair\nsky\n"))

    assert (0, "sky\n", "") == _run(capsys, "--exclude", "*hair")


def test_lines_may_be_prompts_of_their_own(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With --each-line nothing is a duplicate across lines."""
    monkeypatch.setattr("sys.stdin", io.StringIO("smile, sky\nsmile\n"))

    assert (0, "smile, sky\nsmile\n", "") == _run(capsys, "--each-line")


def test_explanations_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """What was dropped and why does not disturb a pipe."""
    status, out, err = _run(capsys, "long_hair, sky", "--exclude", "*hair", "--explain")

    assert (0, "sky\n", "dropped\n  long hair  exclude *hair\n") == (status, out, err)


def test_explanations_tell_what_was_replaced_and_which_sentences_stay(capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence that holds what a rule names is left alone, and that is said; without one nothing is."""
    text = "1girl, A girl has a hat, and smiles. hat"
    _, out, err = _run(capsys, text, "--exclude", "hat", "--replace", "1girl -> woman", "--explain")
    *_, nothing = _run(capsys, "hat, sky", "--explain")

    assert out == "woman, A girl has a hat, and smiles.\n"
    assert err == (
        "dropped\n  hat  exclude hat\nreplaced\n  1girl  replace 1girl -> woman\n"
        "left alone, as sentences (--prose drop drops them)\n  A girl has a hat, and smiles.\n"
    )
    assert nothing == ""


def test_lists_are_named_with_either_option(capsys: pytest.CaptureFixture[str]) -> None:
    """--list may be repeated, and is the same as --lists."""
    several = _run(capsys, "touhou, signature, sky", "--list", "no-names", "--list", "prompt")
    together = _run(capsys, "touhou, signature, sky", "--lists", "no-names, prompt")

    assert (0, "sky\n", "") == several == together


def test_files_are_written_back_in_place(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Each file gets its own result for training, in its encoding and with its end; nothing else is left."""
    contents = {
        "a.txt": b"long_hair, (sky)\n", "b.txt": "\ufefflong_hair, saber_(fate)".encode(),
        "c.txt": "long_hair, sky\r\nsun".encode("utf-16"), "d.txt": "long_hair, é".encode("utf-16-be"),
        "e.txt": b"sun", "f.txt": b"",
    }  # fmt: skip
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)

    status, out, err = _run(capsys, "--files", str(tmp_path), "--in-place", "--list", "character-lora")
    assert (0, "", "6 files: 4 changed, 0 failed; 4 tags dropped\n") == (status, out, err)
    assert {
        "a.txt": b"(sky)\n", "b.txt": "\ufeffsaber (fate)".encode(), "c.txt": "sky\r\nsun".encode("utf-16"),
        "d.txt": "é".encode("utf-16-be"), "e.txt": b"sun", "f.txt": b"",
    } == {path.name: path.read_bytes() for path in tmp_path.iterdir()}  # fmt: skip


def test_folders_and_globs_are_looked_through(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A folder means its .txt files, with --recursive those below too; a glob is expanded where no shell has."""
    (tmp_path / "below").mkdir()
    for name in ("a.txt", "b.txt", "c.caption", "below/d.txt", "[e].txt"):
        (tmp_path / name).write_text("sky", encoding="utf-8")

    def count(*arguments: str) -> str:
        return _run(capsys, "--files", *arguments, "--dry-run")[2].partition(" file")[0]

    assert "3" == count(str(tmp_path))
    assert "4" == count(str(tmp_path), "--recursive")
    assert "1" == count(str(tmp_path / "?.txt").replace("?", "a*"))
    assert "1" == count(str(tmp_path / "[e].txt"))
    assert "2" == count(str(tmp_path / "?.txt"), str(tmp_path / "a.txt"))
    assert "1" == count(str(tmp_path / "*.caption"))


def test_a_bad_file_is_named_and_the_rest_is_done(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The status is 1, and every other file is written."""
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\xff")
    (tmp_path / "b.txt").write_text("long_hair, sky", encoding="utf-8")
    status, _, err = _run(
        capsys, "--files", str(tmp_path), str(tmp_path / "none.txt"), "--in-place", "--exclude", "*hair"
    )

    assert 1 == status
    assert "a.txt is no text" in err
    assert "none.txt cannot be read" in err
    assert "3 files: 1 changed, 2 failed; 1 tag dropped" in err
    assert "sky" == (tmp_path / "b.txt").read_text(encoding="utf-8")


def test_what_is_no_text_stays_as_it_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, picture_paths: list[Path]
) -> None:
    """A pattern such as `folder/*` names pictures and kept features too; none of them is taken for UTF-16."""
    texts = {
        "a.txt": b"sky",
        "b.txt": "sky, \u3042\u3044".encode("utf-16-le"),
        "c.txt": b"sky\x1a",
        "d.txt": b"\tsky\n",
    }
    others = {f"{number}{path.suffix}": path.read_bytes() for number, path in enumerate(picture_paths)}
    others |= {"zeros.npy": bytes(64), "e.bin": b"\x93N\x00\x01P\x05vt", "f.bin": b"s\0k\0y\0\1\0", "g": b"sky\0"}
    for number in range(40):
        Image.new("RGB", (8, 8), (number, number * 7 % 256, 3)).save(tmp_path / f"p{number}.bmp")
        others[f"p{number}.bmp"] = (tmp_path / f"p{number}.bmp").read_bytes()
    for name, content in (texts | others).items():
        (tmp_path / name).write_bytes(content)
    status, _, err = _run(capsys, "--files", str(tmp_path / "*"), "--in-place", "--add-first", "me")

    assert 1 == status
    assert f"{len(texts) + len(others)} files: {len(texts)} changed, {len(others)} failed" in err
    assert others == {name: (tmp_path / name).read_bytes() for name in others}
    assert "me, sky, \u3042\u3044".encode("utf-16-le") == (tmp_path / "b.txt").read_bytes()


def test_what_names_no_file_does_not_stop_the_rest(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """An empty folder and a pattern without a match are told; the status is 2 only where nothing could be done."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.txt").write_text("long_hair, sky", encoding="utf-8")
    (tmp_path / "._a.txt").write_bytes(b"\0")
    empty, none = str(tmp_path / "empty"), str(tmp_path / "*.caption")
    status, out, err = _run(capsys, "--files", empty, none, str(tmp_path), "--exclude", "*hair")

    assert (1, "sky\n") == (status, out)
    assert [f"error: {empty} holds no .txt file; --recursive looks below it too", f"error: {none} matches no file"] == (
        err.splitlines()
    )
    assert 2 == _run(capsys, "--files", empty, none)[0]
    assert 2 == _run(capsys, "--files", str(tmp_path / "._a.txt"))[0]


def test_each_file_is_filtered_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Links that lead to it, or to a folder above, bring no file a second time; a link to nothing is named."""
    (tmp_path / "sub").mkdir()
    for name in ("a.txt", "sub/B.TXT"):
        (tmp_path / name).write_text("hat", encoding="utf-8")
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "l.txt").symlink_to(tmp_path / "a.txt")
    rules = ["--replace", "hat -> cap", "--replace", "cap -> crown", "--in-place"]
    _, _, err = _run(capsys, "--files", str(tmp_path / "**" / "*.[tT]*"), str(tmp_path), "--recursive", *rules)

    assert "2 files: 2 changed, 0 failed" in err
    assert ["cap", "cap"] == [(tmp_path / name).read_text(encoding="utf-8") for name in ("a.txt", "sub/B.TXT")]
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing")
    assert "gone.txt cannot be read: No such file" in _run(capsys, "--files", str(tmp_path))[2]


def test_each_line_keeps_its_end(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Line ends of several kinds stay where they are; where lines are joined there is none left to keep."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"hat, sky\r\nhat\nsun\rhat")
    _run(capsys, "--files", str(path), "--in-place", "--exclude", "hat")

    assert b"sky\r\n\nsun\r" == path.read_bytes()


def test_a_dry_run_shows_what_would_change(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The difference goes to standard output, the summary beside it, and no file changes."""
    path = tmp_path / "a.txt"
    path.write_text("long_hair, sky\n", encoding="utf-8")
    status, out, err = _run(capsys, "--files", str(path), "--in-place", "--dry-run", "--exclude", "*hair")

    assert (0, "1 file: 1 would change, 0 failed; 1 tag dropped\n") == (status, err)
    assert [f"--- {path}", f"+++ {path}", "@@ -1 +1 @@", "-long_hair, sky", "+sky"] == out.splitlines()
    assert "long_hair, sky\n" == path.read_text(encoding="utf-8")


def test_backups_and_links_and_long_names(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The first original stays in .bak, a link stays a link, and a name of 250 bytes is no problem."""
    long, link = tmp_path / f"{'n' * 246}.txt", tmp_path / "link.txt"
    (tmp_path / "real").mkdir()
    for path in (long, tmp_path / "real" / "a.txt"):
        path.write_text("long_hair, sky", encoding="utf-8")
    link.symlink_to(tmp_path / "real" / "a.txt")
    for rule in ("*hair", "sky"):
        assert 0 == _run(capsys, "--files", str(tmp_path), "--in-place", "--backup", "--exclude", rule)[0]

    assert link.is_symlink()
    assert ["", ""] == [path.read_text(encoding="utf-8") for path in (long, tmp_path / "real" / "a.txt")]
    assert "long_hair, sky" == (tmp_path / f"{long.name}.bak").read_text(encoding="utf-8")
    assert "long_hair, sky" == (tmp_path / "link.txt.bak").read_text(encoding="utf-8")


def test_results_may_be_json(capsys: pytest.CaptureFixture[str]) -> None:
    """One object a prompt holds text, tags, and what was dropped."""
    arguments = ["long_hair, sky, my idea", "--exclude", "*hair", "--replace", "sky -> sun"]
    _, out, _ = _run(capsys, *arguments, "--format", "json")

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
    assert out == _run(capsys, *arguments, "--json")[1]


def test_scores_come_from_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A JSON object of scores makes the score rules work."""
    scores = tmp_path / "scores.json"
    scores.write_text('{"sky": 0.9, "long hair": 0.2}', encoding="utf-8")

    assert (0, "sky\n", "") == _run(capsys, "long_hair, sky", "--min-score", "0.5", "--scores", str(scores))


def test_scores_come_from_a_picture(capsys: pytest.CaptureFixture[str], tiny: Path, picture_paths: list[Path]) -> None:
    """A picture scores every tag that the model knows; others pass score rules untouched."""
    picture = str(picture_paths[0])
    [scores] = Tagger.load(tiny).score(picture_paths[0])
    names = [item.name for item in scores.top(len(scores))]
    best, worst = names[0], names[-1]
    arguments = ["--image", picture, "--model", str(tiny), "--device", "cpu", "--no-spaces", "--target", "caption"]

    assert (0, f"{best}, {worst}, my_idea\n", "") == _run(
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

    assert (0, "woman | blue_sky | sun\n", "") == _run(
        capsys, "1girl, long_hair, x, blue_sky, sun", "--rules", str(rules)
    )
    assert (0, "woman | sun | y\n", "") == _run(
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
    status, out, err = _run(capsys, "smile", "--rules", str(rules))

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
    status, out, err = _run(capsys, *arguments)

    assert (2, "") == (status, out)
    assert message in err


def test_lists_can_be_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    """Their names with what they are for, and one in full."""
    _, names, _ = _run(capsys, "--show-lists")
    _, text, _ = _run(capsys, "--show-list", "no-names")

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
