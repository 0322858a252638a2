"""Install what the WebUI lacks of JoyTag's three small requirements; never move what it has."""

# No higher than these WebUIs' own pins allow: their transformers refuses huggingface_hub 1, their gradio Pillow 11.
REQUIREMENTS = {
    "PIL": "pillow>=9.5,<11",
    "safetensors": "safetensors>=0.4.2",
    "huggingface_hub": "huggingface_hub>=0.20,<1",
}


def missing_requirements(is_installed):
    """Return the requirements whose module is not installed in any version."""
    return [requirement for module, requirement in REQUIREMENTS.items() if not is_installed(module)]


def main():
    """Install them through the WebUI's launcher; elsewhere do nothing."""
    try:
        import launch
    except ImportError:
        return
    for requirement in missing_requirements(launch.is_installed):
        launch.run_pip(f'install --no-deps "{requirement}"', f"requirement of JoyTag: {requirement}")


if __name__ == "__main__":
    main()
