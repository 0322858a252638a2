"""What do the tests ask of a real ComfyUI? Drawn pictures, and the prompts that tag them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from tests.hosts.comfyui_server import Prompt, Run

COMFYUI = os.environ.get("COMFYUI_PATH")
TAGGER, SHOW = "tagger", "show"
CHECKPOINTS = ("v1-5-pruned-emaonly.safetensors", "sam3.safetensors")
"""What the templates name; empty files are enough for ComfyUI to take a prompt as valid."""
VIDEO = Path(__file__).parents[1] / "data" / "video" / "example.mp4"
"""Four frames, one of which shows something else."""


def draw_pictures(folder: Path) -> None:
    """Draw a red circle on blue, a white triangle on red, and a circle hidden below wholly transparent pixels."""
    circle = Image.new("RGB", (256, 256), "blue")
    ImageDraw.Draw(circle).ellipse((56, 56, 200, 200), fill="red")
    circle.save(folder / "circle.png")
    triangle = Image.new("RGB", (240, 320), "red")
    ImageDraw.Draw(triangle).polygon([(120, 80), (30, 240), (210, 240)], fill="white")
    triangle.save(folder / "triangle.png")
    hidden = circle.convert("RGBA")
    hidden.putalpha(0)
    hidden.save(folder / "hidden.png")


def put_checkpoints(models: Path) -> None:
    """Put the templates' checkpoints, empty, where ComfyUI looks for them."""
    (models / "checkpoints").mkdir(parents=True, exist_ok=True)
    for name in CHECKPOINTS:
        (models / "checkpoints" / name).touch()


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    """Return one node of a prompt."""
    return {"class_type": kind, "inputs": inputs}


def tagging(picture: str = "circle.png", **settings: Any) -> Prompt:
    """Return the prompt that tags one picture and shows all tags in one text."""
    return {
        "picture": node("LoadImage", image=picture),
        TAGGER: node("JoyTag_Interrogate", **({"image": ["picture", 0], "model": "demo"} | settings)),
        SHOW: node("PreviewAny", source=[TAGGER, 1]),
    }


def batch_of_two() -> Prompt:
    """Return the nodes of a batch with the circle and the triangle, both scaled to the same size."""
    return {
        "one": node("LoadImage", image="circle.png"),
        "two": node("LoadImage", image="triangle.png"),
        "batch": node("ImageBatch", image1=["one", 0], image2=["two", 0]),
    }


def tags_of(run: Run) -> list[str]:
    """Return the tags of a run that went well, one by one."""
    assert run.ending == "execution_success", run.error
    return run.shown(SHOW)[0].split(", ")
