"""The fields of issues, pull requests and discussions in GitHub's GraphQL schema."""

from collections.abc import Callable
from typing import Any

from services.graphql_types import Entries, FieldError, Plain, resolved
from services.store import StoredDiscussion, StoredIssue, StoredRepo, node_id


def _ordered(items: list[Any], order: dict[str, str] | None, default: str) -> list[Any]:
    keys: dict[str, Callable[[Any], Any]] = {
        "CREATED_AT": lambda one: one.created_at,
        "UPDATED_AT": lambda one: one.updated_at,
        "COMMENTS": lambda one: len(one.comments),
    }
    order = order or {"field": default, "direction": "ASC"}
    return sorted(items, key=keys[order["field"]], reverse=order["direction"] == "DESC")


@resolved(
    "Repository",
    "issues",
    "IssueConnection!",
    states="[IssueState!]",
    labels="[String!]",
    orderBy="IssueOrder",
    filterBy="IssueFilters",
)
def _issues(repo: StoredRepo, arguments: dict[str, Any], _: Any) -> Entries:
    wanted = (arguments.get("filterBy") or {}) | arguments
    states, labels, since = wanted.get("states"), wanted.get("labels"), wanted.get("since") or ""
    chosen = [
        issue
        for issue in repo.plain_issues
        if (not states or issue.state.upper() in states)
        and (not labels or set(labels) & set(issue.labels))
        and issue.updated_at >= since
    ]
    return Entries(_ordered(chosen, arguments.get("orderBy"), "CREATED_AT"))


@resolved(
    "Repository",
    "pullRequests",
    "PullRequestConnection!",
    states="[PullRequestState!]",
    labels="[String!]",
    orderBy="IssueOrder",
)
def _pulls(repo: StoredRepo, arguments: dict[str, Any], _: Any) -> Entries:
    states, labels = arguments.get("states"), arguments.get("labels")
    chosen = [
        pull
        for pull in repo.pulls
        if (not states or _state(pull) in states) and (not labels or set(labels) & set(pull.labels))
    ]
    return Entries(_ordered(chosen, arguments.get("orderBy"), "CREATED_AT"))


@resolved(
    "Repository",
    "discussions",
    "DiscussionConnection!",
    orderBy="DiscussionOrder",
    answered="Boolean",
)
def _discussions(repo: StoredRepo, arguments: dict[str, Any], _: Any) -> Entries:
    wanted = arguments.get("answered")
    chosen = [one for one in repo.discussions if wanted is None or one.answered is wanted]
    return Entries(_ordered(chosen, arguments.get("orderBy"), "UPDATED_AT"))


@resolved("Repository", "issue", "Issue", number="Int!")
def _issue(repo: StoredRepo, arguments: dict[str, Any], _: Any) -> StoredIssue:
    for issue in repo.plain_issues:
        if issue.number == arguments["number"]:
            return issue
    number = arguments["number"]
    raise FieldError("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")


@resolved("Issue", "state", "IssueState!")
@resolved("PullRequest", "state", "PullRequestState!")
def _issue_state(issue: StoredIssue, _: dict[str, Any], __: Any) -> str:
    return _state(issue)


def _state(issue: StoredIssue) -> str:
    return "MERGED" if issue.merged else issue.state.upper()


@resolved("PullRequest", "mergedAt", "DateTime")
def _merged_at(pull: StoredIssue, _: dict[str, Any], __: Any) -> str | None:
    return pull.closed_at if pull.merged else None


@resolved("Issue PullRequest", "closed", "Boolean!")
def _closed(issue: StoredIssue, _: dict[str, Any], __: Any) -> bool:
    return issue.state == "closed"


@resolved("Issue", "stateReason", "IssueStateReason")
def _state_reason(issue: StoredIssue, _: dict[str, Any], __: Any) -> str | None:
    return issue.state_reason.upper() if issue.state_reason else None


@resolved("Issue PullRequest", "body", "String!")
@resolved("Issue PullRequest", "bodyText", "String!")
def _body(issue: StoredIssue, _: dict[str, Any], __: Any) -> str:
    return issue.body or ""


@resolved("Issue PullRequest", "labels", "LabelConnection")
def _labels(issue: StoredIssue, _: dict[str, Any], __: Any) -> Entries:
    more: dict[str, Any] = {"color": "d73a4a", "description": None}
    labels = [more | {"name": name, "id": node_id("LA", len(name))} for name in issue.labels]
    return Entries([Plain("Label", fields) for fields in labels])


@resolved("Issue PullRequest", "comments", "IssueCommentConnection!", orderBy="IssueCommentOrder")
def _comments(issue: StoredIssue, _: dict[str, Any], __: Any) -> Entries:
    return Entries(list(issue.comments))


@resolved("Discussion", "comments", "DiscussionCommentConnection!")
def _discussion_comments(one: StoredDiscussion, _: dict[str, Any], __: Any) -> Entries:
    return Entries(list(one.comments))


@resolved("Discussion", "category", "DiscussionCategory!")
def _category(one: StoredDiscussion, _: dict[str, Any], __: Any) -> Plain:
    fields = {"name": one.category, "id": node_id("DIC", len(one.category))}
    return Plain("DiscussionCategory", fields | {"isAnswerable": one.category == "Q&A"})


_CONTENTS = {"+1": "THUMBS_UP", "-1": "THUMBS_DOWN"}


@resolved("Issue PullRequest IssueComment", "reactions", "ReactionConnection!", content="String")
def _reactions(one: Any, arguments: dict[str, Any], _: Any) -> Entries:
    wanted = arguments.get("content")
    names = [
        _CONTENTS.get(kind, kind.upper()) for kind, n in one.reactions.items() for _ in range(n)
    ]
    chosen = [name for name in names if wanted in {None, name}]
    return Entries(
        [Plain("Reaction", {"content": name, "id": node_id("REA", 1)}) for name in chosen]
    )


@resolved("Issue PullRequest IssueComment", "reactionGroups", "[ReactionGroup!]")
def _reaction_groups(one: Any, _: dict[str, Any], __: Any) -> list[Plain]:
    return [
        Plain(
            "ReactionGroup",
            {
                "content": _CONTENTS.get(kind, kind.upper()),
                "reactors": Plain("Count", {"totalCount": number}),
            },
        )
        for kind, number in one.reactions.items()
    ]
