"""What does the extension see of a generation? A stand-in for a WebUI's processing object."""

from __future__ import annotations

from typing import Any

from PIL import Image


class Processing:
    """Stand for a WebUI's processing object, after setup_prompts."""

    def __init__(self, prompt: str, pictures: list[Image.Image], *, slots: int = 1, negative: str = "") -> None:
        self.prompt, self.negative, self.slots = prompt, negative, slots
        self.init_images = pictures
        self.extra_generation_params: dict[str, Any] = {}
        self.comments: dict[str, int] = {}
        self.iteration, self.batch_index, self.batch_size = 0, 0, slots
        self.setup_prompts()

    def setup_prompts(self) -> None:
        """Build all prompts from the one prompt, as the host does for each file of a directory."""
        self.all_prompts = [self.prompt] * self.slots
        self.all_negative_prompts = [self.negative] * self.slots
        self.main_prompt = self.prompt

    def comment(self, text: str) -> None:
        """Say something beside the picture."""
        self.comments[text] = 1
