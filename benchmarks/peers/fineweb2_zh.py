"""datatrove's FineWeb2 filters with the settings for Chinese, over a file of JSON lines.

The settings are those of huggingface/fineweb-2: fineweb-2-pipeline.py with configs/cmn_Hani.yml.
Runs in an environment of its own; prints `{"seconds": …, "busy": …, "kept": […], "why": […]}`.
"""

import json
import sys
import time
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.filters import (
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)

LANGUAGE = "cmn_Hani"
STOP_WORDS = list("的年在月是和日了於·為有被人中为他與後也而由")


def filters():
    return [
        GopherRepetitionFilter(
            language=LANGUAGE,
            dup_para_frac=0,
            dup_line_char_frac=0,
            dup_para_char_frac=0,
            dup_line_frac=0.287,
            top_n_grams=((2, 0.256), (3, 0.201), (4, 0.171)),
            dup_n_grams=((5, 0.198), (6, 0.182), (7, 0.167), (8, 0.154), (9, 0.14), (10, 0.127)),
        ),
        FineWebQualityFilter(
            language=LANGUAGE,
            short_line_thr=999,
            char_duplicates_ratio=0.1,
            line_punct_thr=0.106,
            new_line_ratio=0.178,
        ),
        GopherQualityFilter(
            language=LANGUAGE,
            min_avg_word_length=1,
            max_avg_word_length=5,
            stop_words=STOP_WORDS,
            max_non_alpha_words_ratio=0.735,
            min_stop_words=2,
        ),
    ]


def verdict(chain, text):
    """Why a text is dropped; empty for what is kept."""
    doc = Document(text=text, id="0")
    for item in chain:
        result = item.filter(doc)
        if result is not True:
            return result[1]
    return ""


def main(path):
    with Path(path).open(encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    chain = filters()
    verdict(chain, texts[0])
    start = time.perf_counter()
    busy = time.process_time()
    why = [verdict(chain, text) for text in texts]
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    kept = [not reason for reason in why]
    print(json.dumps({"seconds": seconds, "busy": busy, "kept": kept, "why": why}))  # noqa: T201


main(sys.argv[1])
