"""Products of matrices that come out the same to the last bit, whatever their shape."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_STEP = 2.0**14
_VALUE, _WEIGHT = 2.0**10, 2.0**6
"""Values and weights count up to these."""


def product(values: Floats, weights: Floats) -> Floats:
    """`values @ weights`, (n, f) and (f, h) to (n, h), or (f,) to (n,); at most 512 columns f.

    BLAS adds in an order that depends on the shape. Here both factors are rounded to whole
    multiples of 1 / _STEP and held within their bounds, so that every sum is a whole number
    below 2**53, and exact in any order.
    """
    found: Floats = np.matmul(_whole(values, _VALUE), _whole(weights, _WEIGHT)) / _STEP**2
    return found


def _whole(values: Floats, most: float) -> Floats:
    return np.rint(np.clip(values, -most, most) * _STEP)
