"""Hashed linear models over character n-grams: how they lie on disk and how they answer."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import Stream, gram_sums
from cleaner.kernels.segments import Ints

Floats = npt.NDArray[np.float64]
_TOP = 32_000


@dataclass(frozen=True)
class Linear:
    """logit = bias + unit · Σ over orders and n-grams of weight / number of n-grams.

    `weights` has shape (orders, 2**BITS), int16; `unit` turns their mean into a logit.
    """

    weights: npt.NDArray[np.int16]
    orders: tuple[int, ...]
    unit: float
    bias: float

    @classmethod
    def quantised(
        cls, weights: Floats, orders: tuple[int, ...], scale: float, bias: float
    ) -> Linear:
        """The model with its weights in sixteen bits."""
        top = float(np.abs(weights).max()) or 1.0
        whole = np.round(weights * (_TOP / top)).astype(np.int16)
        return cls(whole, orders, scale * top / _TOP, float(bias))

    def logits(self, stream: Stream) -> Floats:
        """The logit of each document of a stream, shape (n,); the bias where it is empty."""
        total: Ints = np.zeros(len(stream.starts), np.int64)
        count: Ints = np.zeros(len(stream.starts), np.int64)
        for order, weights in zip(self.orders, self.weights, strict=True):
            sums, sizes = gram_sums(stream, weights, order)
            total = total + sums
            count = count + sizes
        logits: Floats = self.bias + self.unit * (total / np.maximum(count, 1))
        return logits

    def save(self, path: Path) -> None:
        """Write the model; the same model gives the same bytes."""
        path.write_bytes(self.to_bytes())

    def to_bytes(self) -> bytes:
        """An `.npz` without dates."""
        facts = np.array([self.unit, self.bias, *map(float, self.orders)])
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, facts)
        np.lib.format.write_array(buffer, self.weights)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Linear:
        """The model that `to_bytes` wrote."""
        buffer = io.BytesIO(data)
        facts = np.lib.format.read_array(buffer)
        weights = np.lib.format.read_array(buffer)
        return cls(weights, tuple(int(n) for n in facts[2:]), float(facts[0]), float(facts[1]))

    @classmethod
    def load(cls, path: Path) -> Linear:
        """Read a model from disk."""
        return cls.from_bytes(path.read_bytes())
