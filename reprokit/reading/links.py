"""GitHub repositories that a paper's own text names, and addresses for what has no open API.

Pure. The text is anybody's: what is named is a lead, the words around it tell a judge whether
it is the paper's own code or somebody else's.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from reprokit.paper import Paper
from reprokit.quoting import clean
from reprokit.repositories import Lead, Mention, Repository, merged

MOST_LINKS = 50
N_WORDS = 12

_LONGEST_TEXT = 100_000
_LONGEST_WORDS = 160
_LONGEST_TITLE = 200
_LONGEST_OWNER, _LONGEST_NAME = 39, 100

# Pages of GitHub's own where an owner would stand.
# fmt: off
_NO_OWNERS = frozenset({
    "about", "account", "apps", "blog", "codespaces", "collections", "contact",
    "customer-stories", "dashboard", "enterprise", "events", "explore", "features", "gist",
    "git-guides", "issues", "join", "login", "logout", "marketplace", "mobile", "new",
    "notifications", "organizations", "orgs", "pricing", "pulls", "readme", "search", "security",
    "sessions", "settings", "signup", "site", "solutions", "sponsors", "stars", "team", "topics",
    "trending", "users",
})
# fmt: on

_LINK = re.compile(
    # with a scheme, or bare where no other address goes on; gist., raw. and *.github.io are others
    r"(?:(?:https?://|git\+https://|git://|ssh://git@)(?:www\.)?|(?<![\w.@/-])(?:www\.|git@)?)"
    r"github\.com(?:(?::443)?/{1,2}|(?<=git@github\.com):)"
    rf"(?P<owner>[A-Za-z0-9][A-Za-z0-9-]{{0,{_LONGEST_OWNER - 1}}})/"
    rf"(?P<name>[A-Za-z0-9._-]{{1,{_LONGEST_NAME + 5}}})(?![A-Za-z0-9._-])"
    r"(?P<path>/[A-Za-z0-9._~/%+@-]{0,300})?(?:[?#][A-Za-z0-9._~/%+&=#-]{1,200})?",
    re.IGNORECASE | re.ASCII,
)
_TEX_UNDERSCORE = re.compile(r"\{\\_\}|\$\\?_\$|\\_|\\textunderscore(?:\{\})? ?")


@dataclass(frozen=True, slots=True)
class Link:
    """A repository that a text names.

    Args:
        name: `OWNER/NAME`, as it is written there.
        before: The words before it, at most a dozen.
        after: The words after it.
        path: Of a page within the repository, such as `tree/main/bert`; else empty.
    """

    name: str
    before: str = ""
    after: str = ""
    path: str = ""


def repository_of(url: object) -> str | None:
    """Return `OWNER/NAME` of the address of a repository, or of a page in it; None for others."""
    if not isinstance(url, str):
        return None
    match = _LINK.match(url.strip()[: 4 * _LONGEST_TITLE])
    return _name_of(match) if match else None


def links_in(text: str) -> tuple[Link, ...]:
    """Return the repositories that a text names, in its order; the same may come twice."""
    plain = _TEX_UNDERSCORE.sub("_", text[:_LONGEST_TEXT])
    found = []
    for match in _LINK.finditer(plain):
        name = _name_of(match)
        if name is None:
            continue
        path = (match["path"] or "").strip("/").rstrip(".-")
        found.append(Link(name, _before(plain, match), _after(plain, match), path))
        if len(found) == MOST_LINKS:
            break
    return tuple(found)


def _name_of(match: re.Match[str]) -> str | None:
    owner, name = match["owner"], match["name"].rstrip(".")
    if name.lower().endswith(".git"):
        name = name[: -len(".git")].rstrip(".")
    is_one = owner.lower() not in _NO_OWNERS and name.strip("._-") and len(name) <= _LONGEST_NAME
    return f"{owner}/{name}" if is_one else None


def _before(text: str, match: re.Match[str]) -> str:
    """Return the words before a link, the nearest ones; a word that is cut is left out."""
    start = max(0, match.start() - 2 * _LONGEST_WORDS)
    words = clean(text[start : match.start()]).split(" ")
    if start:
        words = words[1:]
    return _short(words[-N_WORDS:][::-1])


def _after(text: str, match: re.Match[str]) -> str:
    """Return the words after a link."""
    end = match.end() + 2 * _LONGEST_WORDS
    words = clean(text[match.end() : end]).split(" ")
    if end < len(text):
        words = words[:-1]
    return _short(words[:N_WORDS], is_forward=True)


def _short(words: list[str], *, is_forward: bool = False) -> str:
    """Return words, the nearest first, as a text that is not too long."""
    kept: list[str] = []
    for word in words:
        if sum(map(len, kept)) + len(kept) + len(word) > _LONGEST_WORDS:
            break
        kept.append(word)
    return " ".join(kept if is_forward else kept[::-1])


def leads_in(paper: Paper) -> tuple[Lead, ...]:
    """Return the repositories that a paper's comment and abstract name, the comment's first."""
    url = paper.id.abs_url if paper.id else paper.url or ""
    return merged(
        Lead(Repository(link.name), (Mention("arxiv", kind, _detail(link), url),))
        for kind, text in (("comment", paper.comment), ("abstract", paper.abstract))
        for link in links_in(text or "")
    )


def _detail(link: Link) -> str:
    """Return the words around a link, and the link."""
    page = f"/{link.path}" if link.path else ""
    return f"{link.before} github.com/{link.name}{page} {link.after}".strip()


def deep_links(paper: Paper) -> tuple[tuple[str, str], ...]:
    """Return (name, URL) of the places to look at by hand: they have no open API.

    Every part that comes from the paper is percent-encoded.
    """
    title = clean(paper.title).replace('"', "")[:_LONGEST_TITLE].strip()
    number = paper.id.number if paper.id else ""
    path, exactly = quote(number, safe="/"), f'"{title}"'
    either = f'{exactly} OR "{number}"' if number else exactly
    posts = {"q": either, "src": "typed_query", "f": "live"}
    by_title, by_id = bool(title), bool(number)
    links: tuple[tuple[bool, str, str, dict[str, str]], ...] = (
        (by_title, "OpenReview", "https://openreview.net/search", _openreview(title)),
        (by_id, "alphaXiv", f"https://www.alphaxiv.org/abs/{path}", {}),
        (by_id, "Hugging Face discussion", f"https://huggingface.co/papers/{path}", {}),
        (by_id, "arxiv-sanity", "https://arxiv-sanity-lite.com/", {"rank": "pid", "pid": number}),
        (by_title, "X", "https://x.com/search", posts),
        (by_title, "PyTorch forum", "https://discuss.pytorch.org/search", {"q": title}),
        (by_title, "Reddit", "https://www.reddit.com/search/", {"q": either}),
        (by_title, "Google Scholar", "https://scholar.google.com/scholar", {"q": exactly}),
        (by_title, "Semantic Scholar", "https://www.semanticscholar.org/search", {"q": title}),
        (by_id, "Papers with Code", f"https://paperswithcode.co/paper/{path}", {}),
    )
    return tuple((name, _address(url, params)) for has, name, url, params in links if has)


def _openreview(title: str) -> dict[str, str]:
    return {"term": title, "content": "all", "group": "all", "source": "forum"}


def _address(url: str, params: dict[str, str]) -> str:
    return f"{url}?{urlencode(params, quote_via=quote, safe='')}" if params else url
