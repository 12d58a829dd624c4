"""What words say about articles: whether they are said again in one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from cleaner.kernels.grams import BITS, Stream
from cleaner.kernels.mentions import mentions_of, numbering
from cleaner.kernels.units import Units, units_of
from cleaner.models.coherence import UNIT
from cleaner.train.incoherent import paragraphs
from cleaner.train.linear import folded_of_texts, stream_of_texts

Floats = npt.NDArray[np.float64]

CHUNK = 500
"""Texts that are looked at together."""


def sharing(
    texts: Sequence[str], words: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """What it says for one article that a word of a unit stands in another unit, or in none.

    ln p(said elsewhere | same article) / p(in another article), smoothed by the mean of words
    that are equally common; and the same of not being said.
    """
    said, again, within, total = _counted(texts)
    size = int(words.max()) + 1
    rare = np.flatnonzero(words == 1)
    within[rare] = np.average(within[rare], weights=said[rare] + 1e-9)
    common = np.zeros(size)
    common[words] = (within + 0.5) / (total + 1)
    own_said, own_again = (np.bincount(words, values, minlength=size) for values in (said, again))
    level = np.digitize(np.log(common * total + 1), np.linspace(0, 10, 30))
    mean = np.bincount(level, own_again, minlength=31) / np.maximum(
        np.bincount(level, own_said, minlength=31), 1
    )
    same = np.clip((own_again + 8 * mean[level]) / (own_said + 8), 1e-4, 1 - 1e-4)
    shared = np.clip(np.log(same / common), -2, 3.9 * 2) / 2
    missing = np.clip(np.log((1 - same) / (1 - np.minimum(common, 0.99))), -3, 1) / 2
    shared[0] = missing[0] = 0
    return int8_of(shared), int8_of(missing)


def _counted(texts: Sequence[str]) -> tuple[Floats, Floats, Floats, int]:
    """By bucket, in articles of three units and more: how often a pair stands there, how often
    in several units of its article, and in how many articles; and the number of articles."""
    size = 1 << BITS
    said, again, within = np.zeros(size), np.zeros(size), np.zeros(size)
    total = 0
    for at in range(0, len(texts), CHUNK):
        part = texts[at : at + CHUNK]
        stream = stream_of_texts(part)
        units = units_of(stream, folded_of_texts(part)).units
        many = np.bincount(stream.docs_at(units), minlength=len(part)) >= 3
        number = numbering(units, len(stream.codes))
        places = np.flatnonzero(stream.pairs > 0)
        places = places[many[stream.docs_at(units)][number[places]]]
        mentions = mentions_of(stream, places)
        own = number[mentions.at]
        opens = mentions.opens
        spans = (own[opens] != own[opens + mentions.sizes - 1])[mentions.run]
        counts = np.bincount(stream.pairs[places], minlength=size)
        repeats = np.bincount(stream.pairs[mentions.at], minlength=size)
        said += counts
        again += np.bincount(stream.pairs[mentions.at[spans]], minlength=size)
        first = np.bincount(stream.pairs[mentions.at[opens]], minlength=size)
        within += counts - repeats + first
        total += int(many.sum())
    return said, again, within, total


def int8_of(nats: Floats) -> npt.NDArray[np.int8]:
    """Weights in nats as whole steps of 1 / UNIT."""
    return np.clip(np.round(nats * UNIT), -127, 127).astype(np.int8)


def streams(texts: Sequence[str]) -> Iterator[tuple[Stream, Units, int]]:
    """Texts without blank lines, in chunks: stream, units, and their number."""
    for at in range(0, len(texts), CHUNK):
        part = ["\n".join(paragraphs(text)) for text in texts[at : at + CHUNK]]
        stream = stream_of_texts(part)
        yield stream, units_of(stream, folded_of_texts(part)), len(part)
