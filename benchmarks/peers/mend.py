"""ftfy and charset-normalizer over the texts of a JSON file, in an environment of their own.

Prints one JSON object: program -> texts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import charset_normalizer
import ftfy

CHARSETS = ("latin-1", "cp1252", "cp1250", "cp1251", "mac_roman", "cp437", "gb18030", "big5")
# What a Chinese text must switch off: the defaults make ASCII of its quotation marks and commas.
TUNED = ftfy.TextFixerConfig(
    uncurl_quotes=False, fix_character_width=False, fix_latin_ligatures=False
)


def detected(text: str) -> str:
    """Encode in each charset that can, and take the most Chinese of what is detected."""
    best, most = text, chinese(text)
    for charset in CHARSETS:
        try:
            match = charset_normalizer.from_bytes(text.encode(charset)).best()
        except UnicodeEncodeError:
            continue
        if match is not None and chinese(str(match)) > most:
            best, most = str(match), chinese(str(match))
    return best


def chinese(text: str) -> int:
    """Characters of the main block."""
    return sum("\u4e00" <= character <= "\u9fff" for character in text)


def main(path: str) -> None:
    """The texts of the file after each program."""
    texts = json.loads(Path(path).read_text("utf-8"))
    result = {
        "ftfy": [ftfy.fix_text(text) for text in texts],
        "ftfy_tuned": [ftfy.fix_text(text, TUNED) for text in texts],
        "charset_normalizer": [detected(text) for text in texts],
    }
    sys.stdout.write(json.dumps(result) + "\n")


main(sys.argv[1])
