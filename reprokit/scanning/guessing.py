"""Guess a repository's framework without its code: from its README, topics and language."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from reprokit.quoting import clean
from reprokit.scanning.found import UNKNOWN, Frameworks
from reprokit.scanning.libraries import framework_of

_LONGEST = 60_000
_LONGEST_SENTENCE = 600
_MOST_SENTENCES = 1000
_MOST_EVIDENCE = 5

# From this score on a framework is named; below, it is only one of those that it might be.
_NAMED = 3.0
_POSSIBLE = 1.0

# A language that leaves no choice.
_LANGUAGES = {
    "go": "go", "julia": "julia", "matlab": "matlab", "rust": "rust", "r": "r", "java": "java",
    "scala": "java", "kotlin": "java",
}  # fmt: skip

_NAMES = {
    "pytorch": r"py-?torch(?:[ -]?(?:lightning|geometric))?|torch(?:vision|audio)|libtorch|torch",
    "torch7": r"torch ?7|lua[- ]?torch|torch lua|luarocks|th \w{1,30}\.lua",
    "tensorflow": r"tensor-?flow ?\d?|tf ?[12](?:\.[0-9x]{1,2})?|tf\.keras|tf-slim|sonnet",
    "keras": r"keras",
    "jax": r"jax|dm-haiku|haiku|optax|equinox",
    "flax": r"flax",
    "mxnet": r"mxnet|gluon",
    "caffe": r"caffe2?|pycaffe",
    "chainer": r"chainer",
    "paddle": r"paddle(?:paddle)?",
    "theano": r"theano|lasagne",
    "mindspore": r"mindspore",
    "cntk": r"cntk",
    "oneflow": r"oneflow",
    "jittor": r"jittor",
    "megengine": r"megengine",
    "dynet": r"dynet",
    "tinygrad": r"tinygrad",
    "mlx": r"mlx",
    "julia": r"flux\.jl|knet\.jl|lux\.jl|julia",
    "matlab": r"matconvnet|matlab",
    "numpy": r"(?:pure|plain|only|in|with|using|just) numpy|numpy[- ]only|numpy implementation",
}
_GROUPS = {
    name: re.compile(rf"(?<![\w/.@-])(?:{words})(?![\w/])", re.IGNORECASE)
    for name, words in _NAMES.items()
}

# What stands before a framework that somebody else used.
_FOREIGN = re.compile(
    r"\b(?:original|(?:the|their|its|from) official|authors?\S{0,3}|ported from|from|unlike|than|"
    r"another|other|see|(?:for|find) (?:a|an|the)|similar to|compared (?:to|with)|port of|"
    r"translat\w{1,5} of|converted|a version of|also (?:a|an|available))(?:\s+\S{1,30}){0,3}\s*$",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:to|into|in|with|using|on|under|via|uses?|requires?|based on)\s+(?:the\s+)?"
    r"(?:latest\s+)?$",
    re.IGNORECASE,
)
# "from TensorFlow to PyTorch": the last one is the author's own.
_TARGET = re.compile(
    r"\b(?:to|into)\s+$|^(?!.*\b(?:original|official|other|author|see)).*$", re.IGNORECASE
)
_ELSEWHERE = re.compile(
    r"^\W{0,3}(?:re-?)?(?:implementation|version|code|repo\w*|port|one)?\W{1,3}"
    r"(?:is |can be |are )?(?:available|found|here|by (?:the|its) |from )",
    re.IGNORECASE,
)
_WORK = (
    r"(?:un-?official|re-?)?(?:implement\w*|version|port|code\w*|written|reproduc\w*|replicat\w*|"
    r"built|rewrite|demo|tutorial|train\w*)"
)
_STRONG_AFTER = re.compile(rf"^[\s:,()*_`-]{{0,4}}{_WORK}\b", re.IGNORECASE)
_STRONG_BEFORE = re.compile(
    rf"\b{_WORK}\b(?:\W+\w+){{0,8}}?\W+(?:in|with|using|to|into|on)\W+(?:\w+ ){{0,1}}$",
    re.IGNORECASE,
)
_REQUIRED = re.compile(r"^\W{0,6}$")
_INSTALL = re.compile(r"\b(?:pip3?|conda|mamba|uv|poetry)\b[^\n]{0,40}\b(?:install|add)\b")
_IMPORT = re.compile(r"^[ \t>.]{0,8}(?:import|from)[ \t]+([A-Za-z_]\w{0,60})", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]{0,3}(?:```|~~~)", re.MULTILINE)
_TAG = re.compile(r"<[^<>\n]{0,500}>")
_BADGE = re.compile(r"shields\.io/badge/[^\s)\"'>]{0,120}", re.IGNORECASE)
_URL = re.compile(r"\]\([^()\s]{0,500}\)|https?://[^\s)\]>\"']{1,500}")
_OTHER_CODE = re.compile(
    r"\[([^\[\]\n]{0,200})\]\(https?://(?:www\.)?git(?:hub|lab)\.com/([^\s/()]{1,60})/"
    r"[^\s()]{1,300}\)"
)
_OWNERS = frozenset({
    "pytorch", "tensorflow", "keras-team", "fchollet", "google", "jax-ml", "deepmind", "apache",
    "dmlc", "chainer", "bvlc", "torch", "paddlepaddle", "theano", "lasagne", "google-deepmind",
    "lightning-ai", "huggingface", "ml-explore",
})  # fmt: skip
_REQUIREMENTS = re.compile(
    r"[\W_]{0,8}(?:\d\.? )?(?:requirements?|prerequisites?|pre-requisites|dependenc\w{1,5}|"
    r"installation|environment|setup|tested (?:on|with)|requires?)\b",
    re.IGNORECASE,
)
_LONGEST_LIST = 12
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n")


@dataclass(slots=True)
class _Guess:
    """What speaks for each framework, and the words that do."""

    scores: dict[str, float] = field(default_factory=dict)
    words: list[tuple[float, str, str]] = field(default_factory=list)

    def add(self, framework: str, score: float, words: str) -> None:
        """Count a hint."""
        self.scores[framework] = self.scores.get(framework, 0) + score
        if score >= _POSSIBLE:
            self.words.append((-score, framework, clean(words)[:120]))


def guess_frameworks(
    *, language: str | None, topics: Sequence[str], description: str, readme: str
) -> Frameworks:
    """Return what a repository seems to use; nothing of it is confirmed.

    Args:
        language: What the service calls the main language.
        topics: The repository's topics.
        description: Its one line.
        readme: Its README, of which the beginning is read.
    """
    guess = _Guess()
    spoken = (language or "").strip().lower()
    for topic in list(topics)[:50]:
        for name in _named(str(topic)[:60]):
            guess.add(name, 3, f"topic: {topic}")
    _read_prose(guess, description[:_LONGEST_SENTENCE], 4, "description")
    prose, code = _split(readme[:_LONGEST])
    for text, bonus in islice(_weighted(prose), _MOST_SENTENCES):
        _read_prose(guess, text, bonus, "README")
    _read_code(guess, code)
    return _result(guess, spoken)


def _result(guess: _Guess, language: str) -> Frameworks:
    scores = guess.scores
    if language == "lua" and "pytorch" in scores:
        scores["torch7"] = scores.get("torch7", 0) + scores.pop("pytorch")
    elif "torch7" in scores and scores["torch7"] < _NAMED:
        del scores["torch7"]
    for name in {"julia", "matlab"} - {language}:
        scores.pop(name, None)
    names = sorted(scores, key=lambda name: (-scores[name], name))
    named = [name for name in names if scores[name] >= _POSSIBLE]
    primary = named[0] if named and scores[named[0]] >= _NAMED else UNKNOWN
    only = _LANGUAGES.get(language)
    if only:
        primary = only
        named = [name for name in named if scores[name] >= _NAMED]
    secondary = tuple(name for name in named if name != primary)
    shown = [words for _, name, words in sorted(guess.words) if name in {primary, *secondary}]
    if only:
        shown.insert(0, f"language: {only}")
    roles = {name: "other" for name in (primary, *secondary) if name != UNKNOWN}
    evidence = tuple(dict.fromkeys(shown))[:_MOST_EVIDENCE]
    return Frameworks(primary, secondary, roles, evidence, confirmed=False)


def _named(text: str) -> Iterator[str]:
    for name, pattern in _GROUPS.items():
        if pattern.search(text.replace("-", " ")):
            yield name


def _split(readme: str) -> tuple[str, str]:
    """Return the prose and the fenced code of a README."""
    parts = _FENCE.split(readme)
    return "\n".join(parts[::2]), "\n".join(parts[1::2])


def _weighted(prose: str) -> Iterator[tuple[str, float]]:
    """Yield the sentences of a README, each with what its place adds to a framework's name."""
    for badge in _BADGE.findall(prose)[:30]:
        yield badge.partition("badge/")[2].replace("-", " ").replace("_", " "), 2
    plain = _URL.sub(" ", _TAG.sub(" ", _OTHER_CODE.sub(_without_others, prose)))
    is_first, required = True, 0
    for sentence in _SENTENCE.split(plain):
        text = sentence.strip()[:_LONGEST_SENTENCE]
        if not text:
            continue
        if _REQUIREMENTS.match(text):
            required = _LONGEST_LIST
        elif text.startswith("#"):
            required = 0
        yield text, 4 if is_first else 3 if required > 0 else 0
        is_first, required = False, required - 1


def _without_others(match: re.Match[str]) -> str:
    """Drop the text of a link to somebody's repository, unless it is a framework's own."""
    return match[1] if match[2].lower() in _OWNERS else " "


def _read_prose(guess: _Guess, text: str, bonus: float, where: str) -> None:
    for name, pattern in _GROUPS.items():
        for match in list(pattern.finditer(text))[:3]:
            guess.add(name, _mention(text, match, bonus), f"{where}: {text}")


def _mention(text: str, match: re.Match[str], bonus: float) -> float:
    """Return what one mention of a framework is worth."""
    before, after = text[max(0, match.start() - 120) : match.start()], text[match.end() :][:60]
    own = _OWN.search(before)
    foreign = _FOREIGN.search(before)
    if (foreign and not (own and _TARGET.search(before))) or _ELSEWHERE.match(after):
        return 0.1
    if _INSTALL.search(before):
        return 4
    if _STRONG_AFTER.match(after) or _STRONG_BEFORE.search(before):
        return 5 + bonus
    if _REQUIRED.match(before) and re.match(r"\W{0,4}(?:v?\d|[<>=~(]|$)", after):
        return 4 + bonus
    return (3 if own else 1) + bonus


def _read_code(guess: _Guess, code: str) -> None:
    counts: dict[str, int] = {}
    for top in _IMPORT.findall(code)[:200]:
        known = framework_of(top)
        if known is None or known[1] in {"data", "evaluation"}:
            continue
        counts[known[0]] = counts.get(known[0], 0) + 1
        guess.add(known[0], 5 if counts[known[0]] == 1 else 0.5, f"README: import {top}")
    for line in code.splitlines()[:500]:
        if _INSTALL.search(line[:_LONGEST_SENTENCE]) or ("th " in line and ".lua" in line):
            for name in _named(line[:_LONGEST_SENTENCE]):
                guess.add(name, 3, f"README: {line.strip()}")
