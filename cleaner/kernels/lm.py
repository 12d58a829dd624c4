"""Compressed static functions: n-grams → one byte, at two bytes of table a slot.

A table answers for a stored key with its byte and for any other key with "absent", wrongly so
once in 256. Keys are not stored. (Chazelle et al., The Bloomier filter, 2004; for language
models Talbot & Brants 2008; three slots a key and peeling as in Graf & Lemire, Xor filters,
2020.) A table has 3 · 2^bits slots and takes about 0.8 of that many keys.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Table = npt.NDArray[np.uint16]
Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

_MULTIPLY = np.uint64(0x9E3779B97F4A7C15)
_STIR = np.uint64(0xBF58476D1CE4E5B9)
_MARK = np.uint64(0x94D049BB133111EB)


def look_up(table: Table, keys: Keys) -> tuple[Bytes, Mask]:
    """(byte, present) of each key, both of the shape of `keys`; the byte of an absent key is
    noise."""
    first, second, third, mark = _places(keys, _bits(table))
    found = table.take(first, mode="clip")
    found ^= table.take(second, mode="clip")
    found ^= table.take(third, mode="clip")
    return found.astype(np.uint8), (found >> np.uint16(8)) == mark


def build(keys: Keys, values: Bytes, bits: int) -> Table:
    """The table of 3 · 2^bits slots that gives `values` for `keys`.

    Keys are distinct. Raises ValueError where they are too many for the table.
    """
    *slots, mark = _places(keys, bits)
    rounds = _peel(slots, 3 << bits)
    table = np.zeros(3 << bits, np.uint16)
    want = (mark << np.uint16(8)) | values
    for peeled, own in reversed(rounds):
        others = [np.where(s[peeled] == own, 0, table[s[peeled]]) for s in slots]
        table[own] = want[peeled] ^ others[0] ^ others[1] ^ others[2]
    return table


def _places(keys: Keys, bits: int) -> tuple[Ints, Ints, Ints, npt.NDArray[np.uint16]]:
    """The three slots of each key, one in each third of the table, and its 8-bit mark."""
    hashed = keys * _MULTIPLY
    hashed ^= hashed >> np.uint64(32)
    hashed *= _STIR
    mark = ((hashed ^ keys) * _MARK >> np.uint64(56)).astype(np.uint16)
    mask, size = np.uint64((1 << bits) - 1), np.int64(1 << bits)
    first = (hashed >> np.uint64(64 - bits)).view(np.int64)
    second = (hashed >> np.uint64(43 - bits) & mask).view(np.int64)
    second += size
    third = (hashed >> np.uint64(1) & mask).view(np.int64)
    third += 2 * size
    return first, second, third, mark


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


def _bits(table: Table) -> int:
    return (len(table) // 3).bit_length() - 1
