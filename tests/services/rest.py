"""GitHub's REST API over the stored repositories, raw files and archives."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from services.archive import prefix, tarball, zipball
from services.search import SearchRefused, search_issues, search_repositories
from services.shapes import Shapes
from services.store import Store, StoredIssue, StoredRepo
from services.wire import Answer, Refusal, Request, not_found, page_of

MOST_RESULTS = 1000
_REPO = re.compile(r"/(?:repos/([^/]+)/([^/]+)|repositories/(\d+))(?:/(.*))?")
_RAW = re.compile(r"(?:/raw)?/([^/]+)/([^/]+)/(?:refs/heads/)?([^/]+)/(.+)")
_CODELOAD = re.compile(r"/([^/]+)/([^/]+)/(legacy\.)?(tar\.gz|zip)/(.+)")
_WEB = re.compile(r"/([^/]+)/([^/]+)/archive/(.+?)\.(tar\.gz|zip)")


def resource_of(method: str, path: str) -> str:
    """Return the budget that a request to the API belongs to."""
    if path == "/graphql":
        return "graphql"
    if path.startswith("/raw/"):
        return "raw"
    if path.startswith("/search/"):
        return "code_search" if path == "/search/code" else "search"
    return "archive" if _WEB.fullmatch(path) and method in {"GET", "HEAD"} else "core"


def unprocessable(code: str, message: str = "") -> Refusal:
    """Return the refusal of a search query, in the form of 422."""
    error = {"resource": "Search", "field": "q", "code": code}
    if message:
        error["message"] = message
    url = "https://docs.github.com/v3/search/"
    return Refusal(422, "Validation Failed", errors=[error], documentation_url=url)


def blocked(kind: str) -> Refusal:
    """Return the refusal for a repository that was taken down."""
    block = {"reason": kind, "created_at": "2022-02-03T04:05:06Z"}
    if kind == "tos":
        block["html_url"] = "https://github.com/tos"
        return Refusal(403, "Repository access blocked", block=block)
    block["html_url"] = "https://github.com/github/dmca/blob/master/2022/02/2022-02-03-made-up.md"
    return Refusal(451, "Repository access blocked", block=block)


class Rest:
    """Answers requests; `api`, `raw` and `codeload` are addresses without a slash at the end."""

    def __init__(self, store: Store, api: str, raw: str, codeload: str) -> None:
        self.store, self.api, self.codeload = store, api, codeload
        self.shapes = Shapes(store, api, raw)

    def answer(self, request: Request) -> Answer:
        """Answer a request to the API.

        Raises:
            Refusal: With the status that GitHub has for it.
        """
        if request.method not in {"GET", "HEAD"}:
            raise not_found()
        if request.resource == "raw":
            return self.raw(request)
        if request.path in {"/search/repositories", "/search/issues"}:
            return self._search(request)
        if request.path == "/user":
            return self._user(request)
        if web := _WEB.fullmatch(request.path):
            owner, name, ref, form = web.groups()
            place = f"{owner}/{name}/{form}/{ref}"
            return Answer(302, b"", {"Location": f"{self.codeload}/{place}"})
        if match := _REPO.fullmatch(request.path.rstrip("/")):
            return self._in_repo(request, self._repo(request, match), match[4] or "")
        if request.path in {"", "/"}:
            return Answer.of({"current_user_url": f"{self.api}/user"})
        raise not_found()

    def _user(self, request: Request) -> Answer:
        if not request.authorized:
            raise Refusal(401, "Requires authentication")
        return Answer.of({"login": "tester", "id": 1, "type": "User", "url": f"{self.api}/user"})

    def _repo(self, request: Request, match: re.Match[str]) -> StoredRepo:
        owner, name, number, rest = match.groups()
        if number:
            repo = self.store.numbered(int(number))
        else:
            repo = self.store.named(f"{owner}/{name}")
            former = self.store.renamed(f"{owner}/{name}")
            if repo is None and former is not None:
                raise self._moved(request, former, rest)
        if repo is None:
            raise not_found()
        if repo.blocked:
            raise blocked(repo.blocked)
        return repo

    def _moved(self, request: Request, repo: StoredRepo, rest: str | None) -> Refusal:
        query = "&".join(f"{quote(k)}={quote(v)}" for k, v in request.query.items())
        url = f"{self.api}/repositories/{repo.id}{'/' + rest if rest else ''}"
        url += f"?{query}" if query else ""
        guide = "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects"
        return Refusal(
            301, "Moved Permanently", {"Location": url}, url=url, documentation_url=guide
        )

    def _in_repo(self, request: Request, repo: StoredRepo, rest: str) -> Answer:
        for pattern, method in _ROUTES:
            if match := pattern.fullmatch(rest):
                answer: Answer = getattr(self, method)(request, repo, *match.groups())
                return answer
        raise not_found()

    def _search(self, request: Request) -> Answer:
        kind = request.path.rpartition("/")[2]
        size, page = request.number("per_page", 30, 100), request.number("page", 1, 10**6)
        find: Callable[..., list[Any]] = search_issues if kind == "issues" else search_repositories
        shape: Callable[[Any], dict[str, Any]] = (
            self.shapes.issue if kind == "issues" else self.shapes.repo
        )
        order = request.query.get("order", "desc")
        try:
            found = find(self.store, request.query.get("q", ""), request.query.get("sort"), order)
        except SearchRefused as refused:
            raise unprocessable(refused.code, refused.message) from refused
        if (page - 1) * size >= MOST_RESULTS:
            url = "https://docs.github.com/v3/search/"
            raise Refusal(
                422, "Only the first 1000 search results are available", documentation_url=url
            )
        items, links = page_of(request, found[:MOST_RESULTS], shape, f"{self.api}/search/{kind}")
        items = [item | {"score": 1.0} for item in items]
        document = {"total_count": len(found), "incomplete_results": False, "items": items}
        return Answer.of(document, headers={"Cache-Control": "no-cache"} | links)

    def _about(self, request: Request, repo: StoredRepo) -> Answer:
        del request
        return Answer.of(self.shapes.full_repo(repo)).tagged()

    def _languages(self, request: Request, repo: StoredRepo) -> Answer:
        del request
        return Answer.of(repo.languages).tagged()

    def _topics(self, request: Request, repo: StoredRepo) -> Answer:
        del request
        return Answer.of({"names": list(repo.given.topics)}).tagged()

    def _readme(self, request: Request, repo: StoredRepo) -> Answer:
        if repo.readme_path is None:
            raise not_found()
        return self._contents(request, repo, repo.readme_path)

    def _contents(self, request: Request, repo: StoredRepo, path: str | None) -> Answer:
        path = (path or "").strip("/")
        if repo.empty:
            raise Refusal(404, "This repository is empty.")
        if not repo.knows(request.query.get("ref", "HEAD")):
            raise Refusal(404, f"No commit found for the ref {request.query['ref']}")
        if path in repo.files:
            return self._file(request, repo, path)
        entries = repo.folder(path)
        if not entries:
            raise not_found()
        shapes = [self.shapes.content(repo, name, kind) for name, kind, _ in entries]
        return Answer.of(shapes).tagged()

    def _file(self, request: Request, repo: StoredRepo, path: str) -> Answer:
        body = repo.files[path]
        accept = request.headers.get("accept", "")
        if "raw" in accept:
            kind = "application/vnd.github.raw+json; charset=utf-8"
            return Answer(200, body, {"Content-Type": kind}).tagged()
        return Answer.of(self.shapes.content(repo, path, "file", body=body)).tagged()

    def _issues(self, request: Request, repo: StoredRepo) -> Answer:
        state, labels = request.query.get("state", "open"), request.query.get("labels", "")
        wanted = {label.strip() for label in labels.split(",") if label.strip()}
        since = request.query.get("since", "")
        chosen = [
            issue
            for issue in repo.plain_issues + repo.pulls
            if state in {issue.state, "all"}
            and wanted <= set(issue.labels)
            and issue.updated_at >= since
        ]
        chosen = _in_order(chosen, request, lambda issue: len(issue.comments))
        return self._page(request, repo, "issues", chosen, self.shapes.issue)

    def _page(
        self,
        request: Request,
        repo: StoredRepo,
        part: str,
        items: list[Any],
        shape: Callable[[Any], Any],
    ) -> Answer:
        base = f"{self.api}/repositories/{repo.id}/{part}"
        shown, links = page_of(request, items, shape, base)
        return Answer.of(shown, headers=links).tagged()

    def _issue_of(self, repo: StoredRepo, number: str) -> StoredIssue:
        if not repo.has_issues:
            raise Refusal(410, "Issues are disabled for this repo")
        found = next((one for one in repo.issues if one.number == int(number)), None)
        if found is None:
            raise not_found()
        return found

    def _issue(self, request: Request, repo: StoredRepo, number: str) -> Answer:
        del request
        return Answer.of(self.shapes.issue(self._issue_of(repo, number))).tagged()

    def _comments(self, request: Request, repo: StoredRepo, number: str) -> Answer:
        comments = self._issue_of(repo, number).comments
        return self._page(request, repo, f"issues/{number}/comments", comments, self.shapes.comment)

    def _all_comments(self, request: Request, repo: StoredRepo) -> Answer:
        since = request.query.get("since", "")
        comments = [
            comment
            for issue in repo.plain_issues + repo.pulls
            for comment in issue.comments
            if comment.updated_at >= since
        ]
        if request.query.get("sort"):
            comments = _in_order(comments, request, lambda comment: comment.id)
        return self._page(request, repo, "issues/comments", comments, self.shapes.comment)

    def _commits(self, request: Request, repo: StoredRepo) -> Answer:
        _needs_commits(repo)
        path = request.query.get("path", "").strip("/")
        known = not path or path in repo.files or bool(repo.folder(path))
        pairs = repo.commits if known and repo.knows(request.query.get("sha", "HEAD")) else []
        return self._page(
            request, repo, "commits", pairs, lambda pair: self.shapes.commit(repo, *pair)
        )

    def _commit(self, request: Request, repo: StoredRepo, ref: str) -> Answer:
        del request
        _needs_commits(repo)
        if not repo.knows(ref):
            raise Refusal(422, f"No commit found for SHA: {ref}")
        pair = next((pair for pair in repo.commits if pair[0] == ref), repo.commits[0])
        return Answer.of(self.shapes.commit(repo, *pair)).tagged()

    def _tree(self, request: Request, repo: StoredRepo, ref: str) -> Answer:
        _needs_commits(repo)
        folders = {repo.sha(path): path for path in _folders(repo)}
        if not repo.knows(ref) and ref not in folders:
            raise not_found()
        root = folders.get(ref, "")
        deep = bool(request.query.get("recursive"))
        url = f"{self.api}/repos/{repo.full_name}/git"
        tree = []
        for path, kind in _walk(repo, root, deep=deep):
            git = "blob" if kind == "file" else "tree"
            mode = "100644" if kind == "file" else "040000"
            sha = repo.sha(path)
            entry: dict[str, Any] = {
                "path": path.removeprefix(f"{root}/") if root else path,
                "mode": mode,
                "type": git,
                "sha": sha,
            }
            if kind == "file":
                entry["size"] = len(repo.files[path])
            tree.append(entry | {"url": f"{url}/{git}s/{sha}"})
        sha = repo.sha(root)
        cut = bool(repo.more("truncated_tree"))
        document = {"sha": sha, "url": f"{url}/trees/{sha}", "tree": tree, "truncated": cut}
        return Answer.of(document).tagged()

    def _archive(self, request: Request, repo: StoredRepo, form: str, ref: str | None) -> Answer:
        del request
        _needs_commits(repo)
        if ref and not repo.knows(ref):
            raise not_found()
        place = f"refs/heads/{repo.given.default_branch}" if ref is None else ref
        kind = "legacy.tar.gz" if form == "tarball" else "legacy.zip"
        url = f"{self.codeload}/{repo.full_name}/{kind}/{place}"
        return Answer(302, b"", {"Location": url})

    def raw(self, request: Request) -> Answer:
        """Answer for a raw file: in plain text, whatever it is.

        Raises:
            Refusal: 404, in plain text as well.
        """
        match = _RAW.fullmatch(request.path)
        repo = self.store.named(f"{match[1]}/{match[2]}") if match else None
        if match and repo is None:
            repo = self.store.renamed(f"{match[1]}/{match[2]}")
        plain = {"Content-Type": "text/plain; charset=utf-8"}
        if not match or repo is None or not repo.knows(match[3]) or match[4] not in repo.files:
            return Answer(404, b"404: Not Found", plain)
        if repo.blocked:
            return Answer(451, b"Unavailable For Legal Reasons", plain)
        return Answer(200, repo.files[match[4]], plain).tagged()

    def codeload_answer(self, request: Request) -> Answer | None:
        """Answer for an archive; None when the request is for something else.

        Raises:
            Refusal: There is no such archive.
        """
        match = _CODELOAD.fullmatch(request.path)
        if not match:
            return None
        owner, name, legacy, form, ref = match.groups()
        repo = self.store.named(f"{owner}/{name}")
        if repo is None or repo.empty or repo.blocked or not repo.knows(ref):
            raise not_found()
        folder = prefix(repo, web=not legacy, ref=ref)
        make = tarball if form == "tar.gz" else zipball
        given = repo.more("archive")
        kind = "application/x-gzip" if form == "tar.gz" else "application/zip"
        disposition = f"attachment; filename={folder}.{form}"
        headers = {"Content-Type": kind, "Content-Disposition": disposition}
        return Answer(200, make(repo, folder) if given is None else given, headers).tagged()


def _needs_commits(repo: StoredRepo) -> None:
    if repo.empty:
        raise Refusal(409, "Git Repository is empty.")


def _in_order(items: list[Any], request: Request, by_comments: Callable[[Any], int]) -> list[Any]:
    keys: dict[str, Callable[[Any], Any]] = {
        "created": lambda one: one.created_at,
        "updated": lambda one: one.updated_at,
        "comments": by_comments,
    }
    key = keys.get(request.query.get("sort", "created"), keys["created"])
    down = request.query.get("direction", "desc") != "asc"
    return sorted(sorted(items, key=lambda one: one.id, reverse=down), key=key, reverse=down)


def _folders(repo: StoredRepo) -> list[str]:
    found = {""}
    for path in repo.files:
        parts = path.split("/")[:-1]
        found |= {"/".join(parts[: depth + 1]) for depth in range(len(parts))}
    return sorted(found)


def _walk(repo: StoredRepo, root: str, *, deep: bool) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for path, kind, _ in repo.folder(root):
        found.append((path, kind))
        if deep and kind == "dir":
            found += _walk(repo, path, deep=True)
    return found


# What follows the name of a repository -> the method that answers.
_ROUTES = [
    (re.compile(pattern), f"_{method}")
    for pattern, method in (
        (r"", "about"),
        (r"languages", "languages"),
        (r"topics", "topics"),
        (r"readme", "readme"),
        (r"contents(?:/(.*))?", "contents"),
        (r"issues", "issues"),
        (r"issues/comments", "all_comments"),
        (r"issues/(\d+)", "issue"),
        (r"issues/(\d+)/comments", "comments"),
        (r"commits", "commits"),
        (r"commits/(.+)", "commit"),
        (r"git/trees/(.+)", "tree"),
        (r"(tarball|zipball)(?:/(.+))?", "archive"),
    )
]
