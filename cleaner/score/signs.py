"""The code points that the score of damage looks at, found by one look into a table."""

from __future__ import annotations

from enum import IntFlag
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.batch import Ints
from cleaner.kernels.text import Class, class_table, encode, fold, fold_table

KUN, JIN, KAO = encode("锟斤拷").tolist()
_FILLS = encode("烫屯葺铪")  # 0xCC, 0xCD, 0xDD and 0xFE 0xEE of fresh memory, read as GBK
_QUESTION = ord("?")
_CANTONESE = fold(
    encode("冇咗喺睇啲嘅嚟嘢唔哋佢冚攞揾搵啱咁噉嗰嘥嚿掂喎啫咩瞓嬲諗嗮晒畀俾啦嘛喇囉啵嘞咪")
)
"""Rare in print, but not on the pages of Hong Kong."""
_SIGNS = encode("\xa0·×÷°§©®«»£¥±²³µ½¼¾")
"""Signs of Latin-1 that text of any language may hold."""


class Sign(IntFlag):
    """Why a code point is looked at; clean pages have none but rare characters."""

    LOST = 1  # control or private use: lost by itself
    REPLACED = 2
    FILL = 4
    QUESTION = 8
    RARE = 16
    UPPER = 32  # a letter of the upper half of Latin-1, or of the block after it


class Found(NamedTuple):
    """The code points of a batch that have a sign: where they stand, sorted, and their signs."""

    at: Ints
    signs: npt.NDArray[np.uint8]

    def of(self, sign: Sign) -> Ints:
        """Where those with this sign stand."""
        chosen: Ints = self.at[(self.signs & np.uint8(sign)) != 0]
        return chosen


@cache
def signs_of_all() -> npt.NDArray[np.uint8]:
    """The signs of every code point, shape (0x110000,)."""
    classes, folded = class_table(), fold_table()
    table = np.zeros(len(classes), np.uint8)
    rare = (classes == int(Class.RARE_HAN)) & ~np.isin(folded, _CANTONESE)
    for sign, which in (
        (Sign.LOST, np.isin(classes, (int(Class.CONTROL), int(Class.PRIVATE)))),
        (Sign.REPLACED, np.isin(folded, (KUN, JIN, KAO))),
        (Sign.FILL, np.isin(folded, _FILLS)),
        (Sign.RARE, rare),
    ):
        table[which] |= np.uint8(sign)
    table[_QUESTION] |= np.uint8(Sign.QUESTION)
    upper = np.setdiff1d(np.arange(0x80, 0x180), _SIGNS)
    table[upper] |= np.uint8(Sign.UPPER)
    return table
