"""Record what the hosts' own parsers make of rendered tags, for machines without the hosts.

    python -m tests.prompts.record_parsers --a1111 PATH --comfyui PATH

Only tags with characters beyond letters, digits, spaces and harmless punctuation are recorded, each in the
forms of `forms.py`; the tests say which characters those are.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from joytag_core import Vocabulary

from .forms import composed_forms, forms_of, needs_record
from .host_parsers import load_a1111, load_a1111_prompt, load_comfyui, load_comfyui_prompt
from .random_prompts import readings


def main() -> None:
    """Write `data/parsed_<host>.tsv`, a rendered tag and the pieces that the host reads, and the same of prompts."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--a1111", type=Path, required=True)
    options.add_argument("--comfyui", type=Path, required=True)
    paths = options.parse_args()
    whole = {"a1111": load_a1111_prompt(paths.a1111), "comfyui": load_comfyui_prompt(paths.comfyui)}
    for target, parse_prompt in whole.items():
        texts = dict.fromkeys(text for reading in readings(target) for text in reading)
        lines = [json.dumps([text, parse_prompt(text)], ensure_ascii=False) + "\n" for text in texts]
        (Path(__file__).parent / "data" / f"prompts_{target}.jsonl").write_text("".join(lines), encoding="utf-8")
    for target, parse in {"a1111": load_a1111(paths.a1111), "comfyui": load_comfyui(paths.comfyui)}.items():
        names = filter(needs_record, Vocabulary.joytag().names)
        forms = [*(form for name in names for form in forms_of(name, target)), *composed_forms(target)]
        lines = [f"{form.rendered}\t{json.dumps(parse(form.rendered))}\n" for form in forms]
        (Path(__file__).parent / "data" / f"parsed_{target}.tsv").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
