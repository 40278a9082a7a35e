"""Write text from outside so that nothing in it is read as syntax.

Titles, abstracts and names come from strangers. They are cleaned once at the border
(`clean`), and written only by the functions below, each for one place.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

# C0 and C1 control characters but newline and tab, and the characters that reorder text
# on a terminal (CVE-2021-42574): none of them belongs in a title or a name.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]"
)

# Legal in JSON, but YAML or TOML refuse or change them when they stand unescaped.
_ESCAPED = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]"
)

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#|!&~$])")
_MENTION = re.compile(r"(?<![A-Za-z0-9])@(?=[A-Za-z0-9])")
_REFERENCE = re.compile(r"#(?=\d)")


def printable(text: str) -> str:
    """Return the text as it is, without control and text-reordering characters."""
    return _UNWANTED.sub("", text.encode("utf-8", "replace").decode())


def clean(text: str) -> str:
    """Return the text in one line, without control and text-reordering characters."""
    return " ".join(printable(text).split())


def clean_block(text: str) -> str:
    """Return the text with its line breaks, without control and reordering characters."""
    return "\n".join(" ".join(line.split()) for line in printable(text).strip().splitlines())


def quote_scalar(text: str) -> str:
    """Return a double-quoted string that JSON, TOML, YAML and Python read alike."""
    valid = text.encode("utf-8", "replace").decode()
    dumped = json.dumps(valid, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", dumped)


def dump_json(document: Mapping[str, Any] | Sequence[Any], *, indent: int | None = 2) -> str:
    """Return the document as JSON that is readable, plain text, and ends in a newline."""
    dumped = json.dumps(document, ensure_ascii=False, indent=indent)
    valid = dumped.encode("utf-8", "replace").decode()
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", valid) + "\n"


def markdown(text: str) -> str:
    """Return the text as Markdown that shows it literally.

    Mentions and issue references get a zero-width space, so that a title cannot notify
    people or link issues where the file is shown.
    """
    escaped = _MARKDOWN.sub(r"\\\1", clean(text))
    return _REFERENCE.sub("#\u200b", _MENTION.sub("@\u200b", escaped))


def ascii_words(text: str) -> list[str]:
    """Return the lower-case ASCII words of a text, accents dropped."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", folded.lower())
