"""Find phrases in a sentence: words are looked up, so that the time is linear in the sentence.

Pure. A phrase is some words; `converg*` stands for all words that begin so, `#` for any number.
Chinese and Japanese have no spaces: there each character is a word. Case and punctuation do not
count.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

NUMBER = "number"
LONGEST_WORD = 40
MOST_WORDS = 100

_CHARACTER = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
# A number is one word, with its decimals. A word keeps the 't of "don't", not the 's of "paper's".
_TOKEN = re.compile(
    rf"[{_CHARACTER}]"
    r"|[0-9]{1,20}(?:\.[0-9]{1,20})?(?:e-?[0-9]{1,3})?(?![^\W_])"
    rf"|([^\W_{_CHARACTER}]+(?:'t(?![^\W_]))?)(?:'[a-z]{{1,2}}(?![^\W_]))?"
)
# Names of classes are words too, but for those of errors: PositionalEncoding, no ImportError.
_JOINED = re.compile(r"(?<=[a-z]{2})(?=[A-Z][a-z]{2})(?!Error|Exception|Warning)")
_NAME_OF_ERROR = re.compile(r"[A-Za-z]{1,40}(?:Error|Exception|Warning)\b")
_SHORTEST_PREFIX = 1
_ANY_NUMBER = "#"

Spans = dict[str, list[tuple[int, int]]]


def words(text: str) -> list[str]:
    """Return the words of a sentence, lower-case."""
    if not _NAME_OF_ERROR.search(text):
        text = _JOINED.sub(" ", text)
    folded = unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'")
    return [(match[1] or match[0])[:LONGEST_WORD] for match in _TOKEN.finditer(folded)]


class _Node:
    """A place in the tree of phrases."""

    __slots__ = ("names", "prefixes", "words")

    def __init__(self) -> None:
        self.words: dict[str, _Node] = {}
        self.prefixes: dict[str, _Node] = {}
        self.names: set[str] = set()

    def after(self, word: str) -> list["_Node"]:
        """Return where a word leads."""
        found = [self.words[word]] if word in self.words else []
        if _ANY_NUMBER in self.words and word[0].isdigit():
            found.append(self.words[_ANY_NUMBER])
        if self.prefixes:
            found += [
                self.prefixes[word[:length]]
                for length in range(_SHORTEST_PREFIX, len(word) + 1)
                if word[:length] in self.prefixes
            ]
        return found


class Lexicon:
    """Names, and the phrases that stand for each.

    Args:
        phrases: By name: phrases, set apart by commas or line ends.
        hides: Names whose phrases hide the shorter ones within them.
    """

    def __init__(self, phrases: Mapping[str, str], hides: Iterable[str] = ()) -> None:
        self._root = _Node()
        self._hides = frozenset(hides)
        for name, listed in phrases.items():
            for phrase in re.split(r"[,\n]", listed):
                self._add(name, phrase)
        self._first = lru_cache(maxsize=20_000)(self._root.after)

    def _add(self, name: str, phrase: str) -> None:
        node = self._root
        parts = phrase.split()
        tokens = [
            (word, part.endswith("*"))
            for part in parts
            for word in ([_ANY_NUMBER] if part == _ANY_NUMBER else words(part))
        ]
        for word, is_prefix in tokens:
            following = node.prefixes if is_prefix else node.words
            node = following.setdefault(word, _Node())
        if tokens:
            node.names.add(name)

    def tag(self, tokens: list[str]) -> Spans:
        """Return where each name's phrases stand: first word, and the one after the last."""
        spans: Spans = {}
        for start, word in enumerate(tokens):
            nodes = list(self._first(word))
            end = start + 1
            while nodes:
                for node in nodes:
                    for name in node.names:
                        spans.setdefault(name, []).append((start, end))
                if end == len(tokens):
                    break
                nodes = [after for node in nodes for after in node.after(tokens[end])]
                end += 1
        return self._without_hidden(spans)

    def _without_hidden(self, spans: Spans) -> Spans:
        hiding = [span for name in self._hides for span in spans.get(name, ())]
        if not hiding:
            return spans
        kept = {
            name: [
                (start, end)
                for start, end in found
                if name in self._hides
                or not any(a <= start and end <= b and b - a > end - start for a, b in hiding)
            ]
            for name, found in spans.items()
        }
        return {name: found for name, found in kept.items() if found}
