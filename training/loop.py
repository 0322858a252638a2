"""How does a network learn? Stages of LAMB steps along a cosine, with a checkpoint to go on from."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from timm.optim import Lamb
from torch import nn
from torch.utils.data import DataLoader
from tqdm import tqdm

from joytag_core.model.network import Network
from joytag_core.pictures.pixels import normalise
from joytag_core.whole_files import whole_file

from .augment import make_augment
from .dataset import Example, ShuffledBatches, TaggedPictures
from .loss import focal_loss
from .recipe import Recipe, Stage

log = logging.getLogger("joytag")

AtStageEnd = Callable[[Stage], None]


class Training:
    """Trains one network on examples; what it would lose by an interruption is at most `checkpoint_seconds`."""

    def __init__(
        self,
        network: Network,
        examples: Sequence[Example],
        tags: Sequence[str],
        recipe: Recipe,
        *,
        checkpoint: Path | None = None,
        checkpoint_seconds: float = 120.0,
        in_memory: bool = True,
        workers: int = 0,
    ) -> None:
        self.network = network
        self.examples = examples
        self.tags = tags
        self.recipe = recipe
        self.checkpoint = checkpoint
        self.checkpoint_seconds = checkpoint_seconds
        self.in_memory = in_memory
        self.workers = workers
        self.losses: list[float] = []
        self.device = next(network.parameters()).device
        self.stage_index = 0
        self.step = 0
        self._begin_stage()

    def run(self, *, at_stage_end: AtStageEnd | None = None, stop_after: int | None = None) -> None:
        """Train to the end of the last stage, or for `stop_after` more steps."""
        left = stop_after
        while self.stage_index < len(self.recipe.stages):
            done = self._run_stage(left)
            left = None if left is None else left - done
            if self.step < self._steps:
                break
            if at_stage_end is not None:
                at_stage_end(self.stage)
            self.stage_index += 1
            if self.stage_index < len(self.recipe.stages):
                self.step = 0
                self._begin_stage()
        self.save()

    @property
    def stage(self) -> Stage:
        return self.recipe.stages[self.stage_index]

    @property
    def _steps(self) -> int:
        return max(1, self.stage.pictures // self.recipe.batch_size)

    def save(self) -> None:
        """Write everything that the next step depends on; the old checkpoint stays until the new one is whole."""
        if self.checkpoint is None:
            return
        state = {
            "recipe": repr(self.recipe),
            "tags": list(self.tags),
            "stage": self.stage_index,
            "step": self.step,
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "scaler": self.scaler.state_dict(),
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all() if self.device.type == "cuda" else [],
        }
        with whole_file(self.checkpoint) as temporary:
            torch.save(state, temporary)

    def resume(self) -> None:
        """Go on from the checkpoint.

        Raises:
            ValueError: it was made with another recipe or for other tags.
        """
        assert self.checkpoint is not None
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        if state["recipe"] != repr(self.recipe) or state["tags"] != list(self.tags):
            raise ValueError(f"{self.checkpoint} belongs to another recipe or other tags; choose another output folder")
        self.stage_index, self.step = state["stage"], state["step"]
        self.network.load_state_dict(state["network"])
        if self.stage_index == len(self.recipe.stages):
            return
        self._begin_stage()
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.scaler.load_state_dict(state["scaler"])
        torch.set_rng_state(state["random"].cpu())
        if state["random_cuda"]:
            torch.cuda.set_rng_state_all([random.cpu() for random in state["random_cuda"]])

    def _begin_stage(self) -> None:
        """Start the optimiser and the cosine afresh: the restart of the recipe."""
        groups = _parameter_groups(self.network, self.recipe.weight_decay)
        self.optimizer = Lamb(groups, lr=self.stage.learning_rate)
        self.schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, self._steps)
        self.scaler = _make_scaler(enabled=self.device.type == "cuda")

    def _run_stage(self, most_steps: int | None) -> int:
        """Train this stage on from its current step; return how many steps were made."""
        end = self._steps if most_steps is None else min(self._steps, self.step + most_steps)
        pictures = TaggedPictures(
            self.examples,
            self.tags,
            size=self.stage.size,
            augment=make_augment(self.recipe.augmentation),
            in_memory=self.in_memory,
        )
        seed = self.recipe.seed + self.stage_index
        order = ShuffledBatches(len(pictures), self.recipe.batch_size, steps=end, seed=seed, start=self.step)
        begun, saved, mean_loss = self.step, time.monotonic(), None
        self.network.train()
        with tqdm(total=self._steps, initial=self.step, desc=f"train at {self.stage.size}", unit="step") as bar:
            # A generator of its own: else every new loader, so every interruption, would use up a random number.
            own = torch.Generator().manual_seed(seed)
            for pixels, targets in DataLoader(pictures, batch_sampler=order, num_workers=self.workers, generator=own):
                loss = self._learn(pixels.to(self.device), targets.to(self.device))
                self.losses.append(loss)
                mean_loss = loss if mean_loss is None else 0.98 * mean_loss + 0.02 * loss
                bar.set_postfix(loss=f"{mean_loss:.3f}", refresh=False)
                bar.update()
                if time.monotonic() - saved > self.checkpoint_seconds:
                    self.save()
                    saved = time.monotonic()
        return self.step - begun

    def _learn(self, pixels: torch.Tensor, targets: torch.Tensor) -> float:
        """Make one step on a batch and return its loss."""
        with torch.autocast("cuda", dtype=torch.float16, enabled=self.device.type == "cuda"):
            logits = self.network(normalise(pixels))
        loss = focal_loss(logits, targets)
        self.optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.schedule.step()
        self.step += 1
        return float(loss.detach())


def _make_scaler(*, enabled: bool) -> torch.amp.GradScaler:
    if hasattr(torch.amp, "GradScaler"):
        return torch.amp.GradScaler("cuda", enabled=enabled)
    return torch.cuda.amp.GradScaler(enabled=enabled)  # torch before 2.3


def _parameter_groups(network: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """Matrices decay, and LAMB scales their steps by their size; biases, norms and residual scales get neither."""
    parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
