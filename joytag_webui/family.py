"""Where do the WebUIs of this family differ: what is there, and under which name?

The next member is one more column, and an answer of the functions below; nothing else asks which WebUI this is.

====================  ==================  =====================  ====================  =====================
what                  A1111 1.6 to 1.10   Forge (June 2025)      reForge (March 2026)  Forge Neo (2.26)
====================  ==================  =====================  ====================  =====================
gradio; toasts        3.41; text          4.40; HTML             3.41; text            4.40; HTML
memory management     modules.devices     backend.               ldm_patched.modules.  backend.
                                          memory_management      model_management      memory_management
keep models in VRAM   a setting           its own affair         its own affair        its own affair
--use-cpu, --no-half  there               there                  there                 none
--lowvram moves       modules.lowvram     its own affair         its own affair        its own affair
model_data.lock       there               none                   there                 none
count tokens          model_hijack        the checkpoint         model_hijack, told    the checkpoint
                                                                 the text encoder
before a checkpoint   None                FakeInitialModel       None                  FakeInitialModel
a script's last look  postprocess_image   postprocess_image      postprocess_image     postprocess_image
at a made picture     _after_composite    _after_composite       _after_composite      _after_composite
                      from 1.8, else
                      postprocess_image
X/Y/Z plot's axes     axis_options of     as A1111               as A1111              as A1111
                      xyz_grid.py
infotext parameters   called from 1.9     called                 called                called
that can be called
interrogators (CLIP,  there, with button  there, with button     there, with button    none; beside
DeepBooru) in img2img "deepbooru"         "deepbooru"            "deepbooru"           "img2img_clear_prompt"
/sdapi/v1/interrogate there               there                  there                 none: ours serves it
ParamBinding in       infotext_utils from infotext_utils         infotext_utils        infotext_utils
                      1.8, else generation
                      _parameters_copypaste
pictures of img2img   gr.Image            gr.HTML, then a        gr.Image              gr.HTML, then a
                                          LogicalImage                                 LogicalImage
Inpaint's picture     image and mask      the picture            text if unpainted     the picture
img2img > Batch       1.10: Upload too    Upload too             directory only        Upload too
a batch's picture     whole               whole                  whole                 cut to multiples of
                                                                                       the setting res_step
folder of pictures    gradio's            gradio's               gradio's              named, not made
the log's level       WARNING or INFO     WARNING or INFO        WARNING or INFO       ERROR
====================  ==================  =====================  ====================  =====================
"""

from __future__ import annotations

import html
import importlib.util
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

PICTURE_BOXES = ("img2img_image", "img2img_sketch", "img2maskimg", "inpaint_sketch", "img_inpaint_base")
"""The element ids of img2img's pictures, in the order of its tabs, on every member."""
INPAINT_PICTURE, INPAINT_MASK = PICTURE_BOXES[-1], "img_inpaint_mask"
"""The two boxes of its tab Inpaint upload: gr.Image on every member."""
HIDDEN: Any = {"api_name": False}
"""Keywords of an event whose handler is for the page alone: gradio makes every other one a public endpoint."""


def flag(name: str, default: Any = None) -> Any:
    """Return what the command line says, the default where the WebUI has no such flag."""
    from modules import shared

    value = getattr(shared.cmd_opts, name, None)
    return default if value is None else value


def memory_management() -> tuple[Any, Any] | None:
    """Return Forge's or reForge's module that manages memory and its ModelPatcher; None where there is neither."""
    try:
        from backend import memory_management as forge
        from backend.patcher.base import ModelPatcher

        return forge, ModelPatcher
    except ImportError:
        pass
    try:
        from ldm_patched.modules import model_management as reforge
        from ldm_patched.modules.model_patcher import ModelPatcher as ReforgeModelPatcher

        return reforge, ReforgeModelPatcher
    except ImportError:
        return None


def keeps_models_in_memory() -> bool:
    """Say whether the person wants interrogation models to stay on the device, where that is a setting."""
    from modules import shared

    return bool(getattr(shared.opts, "interrogate_keep_models_in_memory", False))


def make_room() -> None:
    """Send the checkpoint away where the WebUI moves its parts about itself."""
    if flag("lowvram") or flag("medvram"):
        from modules import devices, lowvram

        lowvram.send_everything_to_cpu()
        devices.torch_gc()


def checkpoint_lock() -> AbstractContextManager[Any]:
    """Return what keeps the WebUI from loading a checkpoint meanwhile.

    A1111 1.10 and reForge replace `Module.load_state_dict` and layers' constructors for everyone while they load.
    """
    try:
        from modules import sd_models
    except ImportError:
        return nullcontext()
    lock: Any = getattr(getattr(sd_models, "model_data", None), "lock", None)
    return nullcontext() if lock is None else lock


def token_counter() -> Callable[[str], int] | None:
    """Return the function that counts a prompt's tokens; None while no checkpoint is loaded."""
    try:
        from modules import sd_models

        checkpoint = sd_models.model_data.sd_model
        if checkpoint is None or type(checkpoint).__name__ == "FakeInitialModel":
            return None
        count = getattr(checkpoint, "get_prompt_lengths_on_ui", None)
        if count is None:
            from modules.sd_hijack import model_hijack

            count = model_hijack.get_prompt_lengths
    except (ImportError, AttributeError):
        return None
    more = [checkpoint.cond_stage_model] if len(inspect.signature(count).parameters) > 1 else []
    return lambda text: int(count(text, *more)[0])


def img2img_neighbour() -> str:
    """Return the element id of the button beside which ours belongs in img2img."""
    return "deepbooru" if importlib.util.find_spec("modules.deepbooru") else "img2img_clear_prompt"


def last_hook(script: type) -> str:
    """Return the name of the last method of a script that sees a made picture before its infotext is written."""
    after_composite = "postprocess_image_after_composite"
    return after_composite if hasattr(script, after_composite) else "postprocess_image"


def xyz_plot() -> Any:
    """Return the module of the X/Y/Z plot's script, as it was loaded last: its list of axes and their class.

    Raises:
        LookupError: this WebUI has no such script.
    """
    from modules import scripts

    for script in scripts.scripts_data:
        if Path(script.path).name == "xyz_grid.py":
            return script.module
    raise LookupError("there is no script xyz_grid.py")


def is_canvas(component: Any) -> bool:
    """Say whether a component is one that a picture box is drawn on, its picture being a component behind it."""
    return component.elem_id in PICTURE_BOXES and type(component).__name__ == "HTML"


def is_canvas_picture(component: Any) -> bool:
    """Say whether a component holds the picture of the canvas before it, without what was painted on it."""
    return type(component).__name__ == "LogicalImage" and "logical_image_background" in (component.elem_classes or [])


def is_painted_on(component: Any) -> bool:
    """Say whether a picture box gives image and mask, as gradio 3's does."""
    return getattr(component, "tool", None) == "sketch"


def sending() -> tuple[Any, Any]:
    """Return what "Send to" needs: ParamBinding and register_paste_params_button.

    Raises:
        ImportError: neither place has them.
    """
    try:
        from modules.infotext_utils import ParamBinding, register_paste_params_button
    except ImportError:
        from modules.generation_parameters_copypaste import ParamBinding, register_paste_params_button
    return ParamBinding, register_paste_params_button


def make_picture_folder() -> None:
    """Make the folder that pictures of the page are written to: Forge Neo names one by itself, and may not have it."""
    from modules import shared

    folder = getattr(shared.opts, "temp_dir", None)
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)


def toast(text: str) -> str:
    """Return a text for gr.Info and gr.Warning, which gradio 4 shows as HTML."""
    import gradio as gr

    return text if str(gr.__version__).startswith("3.") else html.escape(text)


def shows_toasts() -> bool:
    """Say whether gr.Info and gr.Warning reach the page: they need gradio's queue."""
    return not flag("no_gradio_queue")
