"""Compressed static functions: n-grams → a few bits, without the n-grams.

A table answers for a stored key with its value and for any other key with "absent"; the bits
of a slot that the value leaves are a mark, and m bits of mark are wrong about an absent key
once in 2^m. (Chazelle et al., The Bloomier filter, 2004; for language
models Talbot & Brants 2008; three slots a key and peeling as in Graf & Lemire, Xor filters,
2020.) A table takes about 0.8 keys a slot.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Table = npt.NDArray[Any]
"""Of 16 or 32 bits without sign."""
Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_MULTIPLY = np.uint64(0x9E3779B97F4A7C15)
_STIR = np.uint64(0xBF58476D1CE4E5B9)
_MARK = np.uint64(0x94D049BB133111EB)
_SHIFTS = np.array([[43], [22], [1]], np.uint64)


def look_up(table: Table, keys: Keys, bits: int) -> tuple[Bytes, Mask]:
    """(value of `bits` bits, present) of each key, both of the shape of `keys`; the value of an
    absent key is noise."""
    places, mark = _places(keys, len(table), table.dtype, bits)
    thirds = table.reshape(3, -1)
    found = thirds[0].take(places[0], mode="clip")
    found ^= thirds[1].take(places[1], mode="clip")
    found ^= thirds[2].take(places[2], mode="clip")
    value = (found & found.dtype.type((1 << bits) - 1)).astype(np.uint8)
    return value, found >> found.dtype.type(bits) == mark


def build(
    keys: Keys, values: Bytes, bits: int, size: int, dtype: type[np.uint16 | np.uint32]
) -> Table:
    """The table of `size` slots (a multiple of 3) that gives `values` of `bits` bits for `keys`.

    Keys are distinct. Raises ValueError where they are too many for the table.
    """
    places, mark = _places(keys, size, np.dtype(dtype), bits)
    slots = [own + number * (size // 3) for number, own in enumerate(places)]
    table: Table = np.zeros(size, dtype)
    want = mark << dtype(bits) | values
    for peeled, own in reversed(_peel(slots, size)):
        others = [np.where(s[peeled] == own, 0, table[s[peeled]]) for s in slots]
        table[own] = want[peeled] ^ others[0] ^ others[1] ^ others[2]
    return table


def _places(keys: Keys, size: int, dtype: np.dtype[Any], bits: int) -> tuple[Ints, Table]:
    """The slot of each key in each third of the table, shape (3, n), and its mark, which has all
    bits of `dtype` but `bits`."""
    hashed = keys * _MULTIPLY
    hashed ^= hashed >> np.uint64(32)
    hashed *= _STIR
    mark = ((hashed ^ keys) * _MARK >> np.uint64(64 + bits - 8 * dtype.itemsize)).astype(dtype)
    places = hashed >> _SHIFTS
    # 21 bits of the hash, scaled to a third of the table
    places &= np.uint64(0x1FFFFF)
    places *= np.uint64(size // 3)
    places >>= np.uint64(21)
    return places.view(np.int64), mark


def _peel(slots: list[Ints], size: int) -> list[tuple[Ints, Ints]]:
    """Rounds of (keys, the slot that each has to itself), in the order of their removal."""
    count = np.zeros(size, np.int64)
    total = np.zeros(size, np.int64)  # sum of the keys in a slot: the key, once it is alone
    numbers = np.arange(len(slots[0]))
    for slot in slots:
        count += np.bincount(slot, minlength=size)
        np.add.at(total, slot, numbers)
    rounds: list[tuple[Ints, Ints]] = []
    left, alone = len(numbers), np.flatnonzero(count == 1)
    while len(alone):
        keys, at = np.unique(total[alone], return_index=True)
        rounds.append((keys, alone[at]))
        left -= len(keys)
        touched = np.concatenate([slot[keys] for slot in slots])
        np.subtract.at(count, touched, 1)
        np.subtract.at(total, touched, np.tile(keys, 3))
        alone = np.unique(touched[count[touched] == 1])
    if left:
        raise ValueError(f"{len(numbers)} keys are too many for a table of {size} slots")
    return rounds
