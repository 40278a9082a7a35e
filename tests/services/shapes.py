"""The JSON of GitHub's REST answers, in the form of 2022 and later."""

import base64
from typing import Any

from services.store import Account, Store, StoredComment, StoredIssue, StoredRepo, git_sha, node_id

# Names of the links of a repository -> what follows its API address.
_LINKS = {
    "forks_url": "/forks",
    "keys_url": "/keys{/key_id}",
    "collaborators_url": "/collaborators{/collaborator}",
    "teams_url": "/teams",
    "hooks_url": "/hooks",
    "issue_events_url": "/issues/events{/number}",
    "events_url": "/events",
    "assignees_url": "/assignees{/user}",
    "branches_url": "/branches{/branch}",
    "tags_url": "/tags",
    "blobs_url": "/git/blobs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "trees_url": "/git/trees{/sha}",
    "statuses_url": "/statuses/{sha}",
    "languages_url": "/languages",
    "stargazers_url": "/stargazers",
    "contributors_url": "/contributors",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "commits_url": "/commits{/sha}",
    "git_commits_url": "/git/commits{/sha}",
    "comments_url": "/comments{/number}",
    "issue_comment_url": "/issues/comments{/number}",
    "contents_url": "/contents/{+path}",
    "compare_url": "/compare/{base}...{head}",
    "merges_url": "/merges",
    "archive_url": "/{archive_format}{/ref}",
    "downloads_url": "/downloads",
    "issues_url": "/issues{/number}",
    "pulls_url": "/pulls{/number}",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "labels_url": "/labels{/name}",
    "releases_url": "/releases{/id}",
    "deployments_url": "/deployments",
}
_USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
LARGEST_CONTENT = 1_000_000
_LICENSE_NAMES = {"MIT": "MIT License", "Apache-2.0": "Apache License 2.0", "NOASSERTION": "Other"}


def license_key(spdx: str) -> str:
    return "other" if spdx == "NOASSERTION" else spdx.lower()


class Shapes:
    """Makes the JSON; `api` is the address of the API, `raw` that of raw files."""

    def __init__(self, store: Store, api: str, raw: str) -> None:
        self.store, self.api, self.raw = store, api, raw

    def user(self, who: Account | None) -> dict[str, Any] | None:
        if who is None:
            return None
        url = f"{self.api}/users/{who.login}"
        return {
            "login": who.login,
            "id": who.id,
            "node_id": who.node_id,
            "avatar_url": who.avatar_url,
            "gravatar_id": "",
            "url": url,
            "html_url": who.url,
            **{name: url + rest for name, rest in _USER_LINKS.items()},
            "type": who.kind,
            "user_view_type": "public",
            "site_admin": False,
        }

    def license(self, spdx: str | None) -> dict[str, Any] | None:
        if spdx is None:
            return None
        key = license_key(spdx)
        url = None if spdx == "NOASSERTION" else f"{self.api}/licenses/{key}"
        return {
            "key": key,
            "name": _LICENSE_NAMES.get(spdx, spdx),
            "spdx_id": spdx,
            "url": url,
            "node_id": node_id("L", len(spdx)),
        }

    def repo(self, repo: StoredRepo) -> dict[str, Any]:
        """The form that lists and searches have."""
        url = f"{self.api}/repos/{repo.full_name}"
        return {
            "id": repo.id,
            "node_id": repo.node_id,
            "name": repo.name,
            "full_name": repo.full_name,
            "private": False,
            "owner": self.user(repo.owner),
            "html_url": repo.url,
            "description": repo.given.description,
            "fork": repo.given.fork,
            "url": url,
            **{name: url + rest for name, rest in _LINKS.items()},
            "created_at": repo.given.created_at,
            "updated_at": repo.updated_at,
            "pushed_at": repo.given.pushed_at,
            "git_url": f"git://github.com/{repo.full_name}.git",
            "ssh_url": f"git@github.com:{repo.full_name}.git",
            "clone_url": f"{repo.url}.git",
            "svn_url": repo.url,
            **self._numbers(repo),
            **self._flags(repo),
        }

    def _numbers(self, repo: StoredRepo) -> dict[str, Any]:
        given, count = repo.given, repo.open_count
        return {
            "homepage": given.homepage,
            "size": given.size,
            "stargazers_count": given.stars,
            "watchers_count": given.stars,
            "language": given.language,
            "forks_count": given.forks,
            "open_issues_count": count,
            "forks": given.forks,
            "open_issues": count,
            "watchers": given.stars,
        }

    def _flags(self, repo: StoredRepo) -> dict[str, Any]:
        given = repo.given
        return {
            "has_issues": repo.has_issues,
            "has_projects": True,
            "has_downloads": True,
            "has_wiki": True,
            "has_pages": False,
            "has_discussions": bool(repo.discussions),
            "mirror_url": repo.more("mirror_url"),
            "archived": given.archived,
            "disabled": bool(repo.blocked),
            "license": self.license(given.license),
            "allow_forking": True,
            "is_template": given.is_template,
            "web_commit_signoff_required": False,
            "topics": list(given.topics),
            "visibility": "public",
            "default_branch": given.default_branch,
            "permissions": {
                "admin": False,
                "maintain": False,
                "push": False,
                "triage": False,
                "pull": True,
            },
        }

    def full_repo(self, repo: StoredRepo) -> dict[str, Any]:
        """The form of one repository."""
        shape = self.repo(repo) | {
            "temp_clone_token": None,
            "custom_properties": {},
            "network_count": repo.given.forks,
            "subscribers_count": repo.more("subscribers", 0),
        }
        if repo.owner.kind == "Organization":
            shape["organization"] = self.user(repo.owner)
        parent = self.store.parent(repo)
        if repo.given.fork and parent:
            shape |= {"parent": self.repo(parent), "source": self.repo(parent)}
        return shape

    def reactions(self, counts: dict[str, int], url: str) -> dict[str, Any]:
        return {"url": f"{url}/reactions", "total_count": sum(counts.values()), **counts}

    def issue(self, issue: StoredIssue) -> dict[str, Any]:
        home = f"{self.api}/repos/{issue.repo.full_name}"
        url = f"{home}/issues/{issue.number}"
        shape = {
            "url": url,
            "repository_url": home,
            "labels_url": f"{url}/labels{{/name}}",
            "comments_url": f"{url}/comments",
            "events_url": f"{url}/events",
            "html_url": issue.url,
            "id": issue.id,
            "node_id": issue.node_id,
            "number": issue.number,
            "title": issue.title,
            "user": self.user(issue.author),
            "labels": [self.label(name, home) for name in issue.labels],
            "state": issue.state,
            "locked": issue.locked,
            "assignee": None,
            "assignees": [],
            "milestone": None,
            "comments": len(issue.comments),
            "created_at": issue.created_at,
            "updated_at": issue.updated_at,
            "closed_at": issue.closed_at,
            "author_association": issue.association,
            "active_lock_reason": None,
            "body": issue.body,
            "closed_by": None,
            "reactions": self.reactions(issue.reactions, url),
            "timeline_url": f"{url}/timeline",
            "performed_via_github_app": None,
            "state_reason": issue.state_reason,
        }
        if issue.is_pull:
            shape |= {"draft": False, "pull_request": self._pull(issue)}
        return shape

    def _pull(self, issue: StoredIssue) -> dict[str, Any]:
        return {
            "url": f"{self.api}/repos/{issue.repo.full_name}/pulls/{issue.number}",
            "html_url": issue.url,
            "diff_url": f"{issue.url}.diff",
            "patch_url": f"{issue.url}.patch",
            "merged_at": issue.closed_at if issue.merged else None,
        }

    def label(self, name: str, home: str) -> dict[str, Any]:
        return {
            "id": int(git_sha("label", name.encode())[:7], 16),
            "node_id": node_id("LA", len(name)),
            "url": f"{home}/labels/{name}",
            "name": name,
            "color": "d73a4a",
            "default": name in {"bug", "question", "enhancement"},
            "description": None,
        }

    def comment(self, comment: StoredComment) -> dict[str, Any]:
        issue = comment.parent
        home = f"{self.api}/repos/{issue.repo.full_name}/issues"
        return {
            "url": f"{home}/comments/{comment.id}",
            "html_url": comment.url,
            "issue_url": f"{home}/{issue.number}",
            "id": comment.id,
            "node_id": comment.node_id,
            "user": self.user(comment.author),
            "created_at": comment.created_at,
            "updated_at": comment.updated_at,
            "author_association": comment.association,
            "body": comment.body,
            "reactions": self.reactions(comment.reactions, f"{home}/comments/{comment.id}"),
            "performed_via_github_app": None,
        }

    def content(
        self, repo: StoredRepo, path: str, kind: str, *, body: bytes | None = None
    ) -> dict[str, Any]:
        """One entry of a folder, or with its body one file."""
        name, branch, sha = path.rpartition("/")[2], repo.given.default_branch, repo.sha(path)
        url = f"{self.api}/repos/{repo.full_name}/contents/{path}?ref={branch}"
        part = "trees" if kind == "dir" else "blobs"
        git = f"{self.api}/repos/{repo.full_name}/git/{part}/{sha}"
        web = f"{repo.url}/{'tree' if kind == 'dir' else 'blob'}/{branch}/{path}"
        raw = f"{self.raw}/{repo.full_name}/{branch}/{path}"
        shape: dict[str, Any] = {
            "name": name,
            "path": path,
            "sha": sha,
            "size": len(repo.files.get(path, b"")),
            "url": url,
            "html_url": web,
            "git_url": git,
            "download_url": None if kind == "dir" else raw,
            "type": kind,
        }
        if body is not None:
            large = len(body) > LARGEST_CONTENT
            shape["content"] = "" if large else base64.encodebytes(body).decode()
            shape["encoding"] = "none" if large else "base64"
        return shape | {"_links": {"self": url, "git": git, "html": web}}

    def commit(self, repo: StoredRepo, sha: str, message: str) -> dict[str, Any]:
        who = {"name": repo.login, "email": f"{repo.login}@users.noreply.github.com"}
        who["date"] = repo.given.pushed_at
        url = f"{self.api}/repos/{repo.full_name}/commits/{sha}"
        tree = {"sha": repo.sha(""), "url": url.replace("/commits/", "/git/trees/")}
        return {
            "sha": sha,
            "node_id": node_id("C", int(sha[:8], 16)),
            "commit": {
                "author": who,
                "committer": who,
                "message": message,
                "tree": tree,
                "url": url.replace("/commits/", "/git/commits/"),
                "comment_count": 0,
            },
            "url": url,
            "html_url": f"{repo.url}/commit/{sha}",
            "comments_url": f"{url}/comments",
            "author": self.user(repo.owner),
            "committer": self.user(repo.owner),
            "parents": [],
        }
