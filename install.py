"""Install what the WebUI lacks of JoyTag's three small requirements; never move what it has."""

import os
import re
from pathlib import Path

# Where the WebUI itself says nothing: no higher than most of these WebUIs allow, whose transformers refuses
# huggingface_hub 1 and whose gradio refuses Pillow 11.
REQUIREMENTS = {
    "PIL": "pillow>=9.5,<11",
    "safetensors": "safetensors>=0.4.2",
    "huggingface_hub": "huggingface_hub>=0.20,<1",
}
# The files in which a WebUI pins what it runs on: A1111, Forge and reForge; Forge Neo.
PINS = ("requirements_versions.txt", "requirements.txt")


def missing_requirements(is_installed, pins):
    """Return the requirements whose module is not installed in any version, as the WebUI pins them if it does."""
    return [pins.get(_name(text), text) for module, text in REQUIREMENTS.items() if not is_installed(module)]


def pins_in(folder):
    """Return by their names the requirements that a WebUI's files pin to one version, the first file's first."""
    pins = {}
    for file in [os.environ.get("REQS_FILE", ""), *PINS]:
        path = Path(folder, file)
        for line in path.read_text(encoding="utf-8").splitlines() if file and path.is_file() else ():
            pinned = re.match(r"\s*([A-Za-z0-9._-]+)\s*==\s*([^\s;#,]+)", line)
            if pinned:
                pins.setdefault(_name(pinned[1]), f"{pinned[1]}=={pinned[2]}")
    return pins


def main():
    """Install them through the WebUI's launcher; elsewhere do nothing."""
    try:
        import launch
    except ImportError:
        return
    folder = Path(getattr(launch, "__file__", None) or ".").parent
    for requirement in missing_requirements(launch.is_installed, pins_in(folder)):
        launch.run_pip(f'install --no-deps "{requirement}"', f"requirement of JoyTag: {requirement}")


def _name(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("-", "_").replace(".", "_")


if __name__ == "__main__":
    main()
