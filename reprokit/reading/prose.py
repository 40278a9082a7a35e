"""The sentences that somebody wrote in an issue, without all that they pasted.

Pure. Code, logs, tracebacks, quoted replies, the boilerplate of templates, links and pictures
are left out: none of them says what the writer means. Every expression is linear in its line.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 20_000
MOST_SENTENCES = 200
LONGEST_LINE = 4_000

_FENCE = re.compile(r"\s{0,8}(```|~~~)")
_QUOTED = re.compile(r"\s{0,3}>")
_LIST_ITEM = re.compile(r"\s*(?:[-*+]\s|[0-9]{1,2}[.)]\s)")
_CHECKBOX = re.compile(r"\s*[-*]\s*\[[ xX]?\]")
_HEADING = re.compile(r"\s*(?:#{1,6}\s+(?P<marks>.{1,120})|\*\*(?P<bold>[^*]{1,120})\*\*:?)\s*\Z")
_WROTE = re.compile(r"On .{5,120} wrote:\s*\Z")
_TRACEBACK = re.compile(r"Traceback \(most recent call last\)|\A\s*File \"[^\"]{1,200}\", line \d")
_ERROR_LINE = re.compile(r"\s*[\w.]{0,80}(?:Error|Exception|Interrupt|Exit|Warning)\b[:\s]")

_LOG = re.compile(
    r"\s*(?:\[?\d{4}-\d\d-\d\d|\[?\d\d:\d\d:\d\d|\$ |>>> |\(\w{1,30}\) ?\S{0,60}[$#>]"
    r"|(?:INFO|WARNING|WARN|DEBUG|ERROR)\b[\s:|\]]"
    r"|(?:epoch|iter(?:ation)?|step|batch|train(?:ing)?|val(?:id(?:ation)?)?)\s*[:=\[#]?\s*\d+"
    r"(?:\s*/\s*\d+|\s*[\]:,|]|\s+\w{1,12}\s*[:=]?\s*(?:nan|inf|-?\d+[.\d]*)\b)"
    r"|\d+%\|)",
    re.IGNORECASE,
)
_KEY_VALUE = re.compile(r"\b\w{1,30}\s?[:=]\s?-?(?:\d|nan|inf|None|True|False)", re.IGNORECASE)
_CODE = re.compile(
    r"\s*(?:import\s+[\w.]+\s*(?:\Z|,|as\b|;)|from\s+[\w.]+\s+import\b|def\s+\w+\s?\("
    r"|class\s+\w+\s?[(:]"
    r"|return\s+[\w.]+[(\[]|(?:for|while|with)\s.{1,80}:\s*\Z"
    r"|if\s+[\w.]+(?::|\s[=!<>]=?).{0,80}:\s*\Z"
    r"|@@ |diff --git|\+\+\+ |--- \S|[+-]\s+[\w.]+(?:\[.{0,40}\])?\s*=\s|@\w+\s*\Z"
    r"|[\w.]{1,60}(?:\[[^\]]{0,40}\])?\s*[-+*/]?=\s*[^=\s].{0,200}[()\[\]]"
    r"|[\w.]{1,60}\([^)]{0,200}\)\s*;?\s*\Z"
    r"|(?:sudo|pip|conda|python3?|git|cd|wget)\s+[-\w./]+(?:\s|\Z)"
    r"|.{0,200}[;{}]\s*\Z)"
)
_WORD = re.compile(r"\S+")
_NUMBER = re.compile(r"[^\w]*\d[\d.,e%+-]*[^\w]*\Z")

_LINK = re.compile(r"!?\[([^\[\]\n]{0,200})\]\([^()\s]{0,500}\)")
_URL = re.compile(r"\bhttps?://\S+")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,300}>")
_LONG_CODE = re.compile(r"``[^`\n]{0,400}``|`[^`\n]{61,400}`")
_EMPHASIS = re.compile(r"\*{1,3}|(?<!\w)_{1,3}|_{1,3}(?!\w)|~~|\A\s*#{1,6}\s|\A\s*[-*+]\s")
_END = re.compile(r"(?<=[.!?])[\"')]?\s+|(?<=[。\uff01\uff1f\uff1b])")
_ABBREVIATION = re.compile(
    r"(?:\A|[\s(])(?:e\.g|i\.e|eq|eqn|fig|figs|sec|tab|alg|app|cf|vs|approx|resp|no|ref|w\.r\.t|al)\.\Z",
    re.IGNORECASE,
)

# A call, an index, an attribute, an assignment of more than a number, an arrow, several signs.
_INLINE_CODE = re.compile(
    r"`[^`]*[^`\w\s.+-][^`]*`|\w\(|\w\[|[A-Za-z_]\w*\.[A-Za-z_]\w*|[=!]=|->|=>|\+=|-=|\*=|\*\*|::"
    r"|\w\s?=\s?(?![-+]?[\d.]+(?:e[-+]?\d+)?\b)\S|[;{}]|\b(?:def|lambda|import|elif)\b|</?\w+>|\w_\w"
)

# Sections of issue templates that hold no sentence of the writer's on what is wrong.
_MACHINE_SECTION = re.compile(
    r"(?:your )?(?:environment|system|desktop|smartphone|versions?|platform|checklist|hardware"
    r"|logs?|traceback|stack ?trace|output|screenshots?|setup|(?:steps )?to reproduce|steps"
    r"|how to reproduce|reproduction|minimal example|code|type of change)"
    r"(?:\s(?:info|information|details?|used|versions?|configuration|steps|to reproduce))?"
    r"[\s:*]*\Z",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"(?:a (?:clear and )?concise description|if applicable, add|steps to reproduce"
    r"|add any other context|i have (?:searched|read|checked|updated)"
    r"|please (?:make sure|fill|check)"
    r"|is your feature request|describe (?:the|alternatives|your)|what you expected to happen"
    r"|thanks for (?:your error report|taking the time)|go to '|click on '|scroll down to"
    r"|see error\Z"
    r"|bug description\Z|expected behaviou?r\Z|actual behaviou?r\Z|additional context\Z"
    r"|(?:os|python|pytorch|torch|tensorflow|cuda|cudnn|gpu|ubuntu|browser)(?: version)?\s*[:=])",
    re.IGNORECASE,
)
_SAME_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'})


@dataclass(frozen=True, slots=True)
class Prose:
    """What somebody wrote, and whether they pasted an error."""

    sentences: tuple[str, ...]
    has_traceback: bool


def read_prose(text: str) -> Prose:
    """Return the writer's own sentences."""
    kept = _drop_comments(text[:LONGEST].translate(_SAME_QUOTES))
    lines = kept.splitlines()
    traced = any(_TRACEBACK.search(line[:LONGEST_LINE]) for line in lines)
    sentences: list[str] = []
    for paragraph in _paragraphs(_written_lines(lines)):
        sentences.extend(_sentences(paragraph))
        if len(sentences) >= MOST_SENTENCES:
            break
    return Prose(tuple(sentences[:MOST_SENTENCES]), traced)


def plain(text: str) -> str:
    """Return a line without links, tags, emphasis and long inline code."""
    for pattern, kept in ((_LINK, r"\1"), (_URL, " "), (_TAG, " "), (_LONG_CODE, " ")):
        text = pattern.sub(kept, text)
    return " ".join(_EMPHASIS.sub("", text).split())


def has_code(text: str) -> bool:
    """Tell whether a sentence shows code: more of it than the name and value of a setting."""
    return bool(_INLINE_CODE.search(text))


def _drop_comments(text: str) -> str:
    """Return the text without HTML comments; an open one reaches to the end."""
    kept: list[str] = []
    start = 0
    while (found := text.find("<!--", start)) >= 0:
        kept.append(text[start:found])
        end = text.find("-->", found)
        start = len(text) if end < 0 else end + 3
    return "".join(kept) + text[start:]


def _written_lines(lines: list[str]) -> Iterator[str]:
    """Yield the lines that are the writer's prose; an empty one where something was left out."""
    fence = ""
    in_traceback = in_machine_section = after_blank = False
    for line in (raw[:LONGEST_LINE] for raw in lines):
        if not line.strip():
            in_traceback, after_blank = False, True
            yield ""
            continue
        mark = _FENCE.match(line)
        if fence or mark:
            if mark:
                fence = "" if fence == mark[1] else fence or mark[1]
            yield ""
            continue
        if _TRACEBACK.search(line):
            in_traceback = True
            continue
        if in_traceback:
            in_traceback = line.startswith((" ", "\t"))
            continue
        heading = _HEADING.match(line)
        if heading:
            in_machine_section = bool(_MACHINE_SECTION.match(heading["marks"] or heading["bold"]))
        if in_machine_section or _is_pasted(line, after_blank=after_blank):
            yield ""
            continue
        yield line
        after_blank = False


def _is_pasted(line: str, *, after_blank: bool) -> bool:
    """Tell whether a line is code, a log, quoted, or a template's."""
    indented = after_blank and line.startswith(("    ", "\t")) and not _LIST_ITEM.match(line)
    if indented or _QUOTED.match(line) or _CHECKBOX.match(line) or _WROTE.match(line):
        return True
    bare = _EMPHASIS.sub("", line).strip()
    if _BOILERPLATE.match(bare) or _ERROR_LINE.match(bare):
        return True
    return bool(_CODE.match(line) or _CODE.match(bare) or _LOG.match(bare) or _is_numbers(bare))


def _is_numbers(line: str) -> bool:
    """Tell whether a line is a row of numbers, or of names with numbers."""
    words = _WORD.findall(line)
    numbers = sum(1 for word in words if _NUMBER.match(word))
    pairs = len(_KEY_VALUE.findall(line))
    return (numbers >= 3 and 2 * numbers >= len(words)) or (  # noqa: PLR2004 - a row of numbers
        pairs >= 3 and 4 * pairs >= len(words)  # noqa: PLR2004
    )


def _paragraphs(lines: Iterator[str]) -> Iterator[str]:
    """Yield paragraphs; a line that ends in mid-sentence is joined with the next one."""
    held: list[str] = []
    for line in lines:
        text = plain(line)
        new = not text or bool(_LIST_ITEM.match(line)) or not text[0].islower()
        if held and new:
            yield " ".join(held)
            held = []
        if text:
            held.append(text)
    if held:
        yield " ".join(held)


def _sentences(paragraph: str) -> Iterator[str]:
    held = ""
    for part in _END.split(paragraph):
        held = f"{held} {part}".strip() if held else part.strip()
        if held and not _ABBREVIATION.search(held[-12:]):
            yield unicodedata.normalize("NFC", held)
            held = ""
    if held:
        yield held
