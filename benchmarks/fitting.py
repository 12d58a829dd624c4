"""Fits a torch network; needs `pip install torch`, which nothing but training needs."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn

_REPORT = 500
"""Steps between two lines on stderr."""


class Course(NamedTuple):
    """How a network learns: in so many steps, of them `warm` until the full `rate`, which falls to
    near nothing (cosine), with weight `decay`."""

    steps: int
    warm: int
    rate: float
    decay: float


def fit(net: nn.Module, loss_of_batch: Callable[[], torch.Tensor], course: Course) -> None:
    """Lower the loss of one batch after the other (AdamW: Loshchilov & Hutter 2019)."""
    optimiser = torch.optim.AdamW(
        net.parameters(), lr=course.rate, weight_decay=course.decay, fused=True
    )
    total = 0.0
    for step in range(course.steps):
        warmed = min(1, (step + 1) / course.warm)
        fallen = 0.5 + 0.5 * math.cos(math.pi * step / course.steps) + 0.01
        for group in optimiser.param_groups:
            group["lr"] = course.rate * (warmed * fallen)
        loss = loss_of_batch()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        total += float(loss.detach())
        if step % _REPORT == _REPORT - 1:
            sys.stderr.write(f"{step + 1} of {course.steps}: loss {total / _REPORT:.3f}\n")
            total = 0.0
