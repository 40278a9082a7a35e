"""The types of GitHub's GraphQL schema that the made server knows, and their plain fields."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from services.store import Account, StoredComment, StoredDiscussion, StoredIssue, StoredRepo

ENUMS = {
    "IssueState": {"OPEN", "CLOSED"},
    "PullRequestState": {"OPEN", "CLOSED", "MERGED"},
    "SearchType": {"REPOSITORY", "ISSUE", "ISSUE_ADVANCED", "ISSUE_HYBRID", "USER", "DISCUSSION"},
    "OrderDirection": {"ASC", "DESC"},
    "IssueOrderField": {"CREATED_AT", "UPDATED_AT", "COMMENTS"},
    "DiscussionOrderField": {"CREATED_AT", "UPDATED_AT"},
    "IssueCommentOrderField": {"UPDATED_AT"},
    "LanguageOrderField": {"SIZE"},
    "RepositoryOrderField": {"CREATED_AT", "UPDATED_AT", "PUSHED_AT", "NAME", "STARGAZERS"},
}
INPUTS = {
    f"{name}Order": {"field": f"{name}OrderField!", "direction": "OrderDirection!"}
    for name in ("Issue", "Discussion", "IssueComment", "Language", "Repository")
} | {"IssueFilters": {"states": "[IssueState!]", "labels": "[String!]", "since": "DateTime"}}
# A union or interface -> the types that it can be.
POSSIBLE = {
    "SearchResultItem": {"Repository", "Issue", "PullRequest", "Discussion", "User"},
    "Node": {"Repository", "Issue", "PullRequest", "Discussion", "IssueComment", "User"},
    "Actor": {"User", "Organization", "Bot"},
    "RepositoryOwner": {"User", "Organization"},
    "GitObject": {"Blob", "Tree", "Commit"},
}
PAGES = {"first": "Int", "last": "Int", "after": "String", "before": "String"}
_KINDS = {StoredRepo: "Repository", StoredComment: "IssueComment", StoredDiscussion: "Discussion"}


class FieldError(Exception):
    """A field that cannot be given; it becomes null, and an error is told."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind, self.message = kind, message


@dataclass
class Plain:
    """An object of a type that no class of the store stands for."""

    type: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass
class Entries:
    """The elements of a connection, and what else it counts; an edge has its own extras."""

    items: list[Any]
    more: dict[str, Any] = field(default_factory=dict)
    edges: list[dict[str, Any]] | None = None


@dataclass
class FieldType:
    """A field of a type: `kind` as in the schema, what gives its value, and its arguments."""

    kind: str
    resolve: Callable[[Any, dict[str, Any], Any], Any]
    arguments: dict[str, str] = field(default_factory=dict)

    @property
    def named(self) -> str:
        return self.kind.strip("[]!")

    @property
    def connection(self) -> bool:
        return self.named.endswith("Connection")


def type_of(value: Any) -> str:
    """Return the name of a value's type."""
    if isinstance(value, Plain):
        return value.type
    if isinstance(value, Account):
        bot = value.login.endswith("[bot]")
        return "Bot" if bot else value.kind
    if isinstance(value, StoredIssue):
        return "PullRequest" if value.is_pull else "Issue"
    return _KINDS[type(value)]


SCALARS = {"String", "Int", "Float", "Boolean", "ID", "URI", "DateTime", "HTML", "GitObjectID"}
SCALARS |= {"Date", "BigInt", *ENUMS}
SCALARS |= {"CommentAuthorAssociation", "IssueStateReason", "RepositoryVisibility"}
SCHEMA: dict[str, dict[str, FieldType]] = {}


def _follow(path: str) -> Callable[[Any, dict[str, Any], Any], Any]:
    def resolve(value: Any, _: dict[str, Any], __: Any) -> Any:
        for name in path.split("."):
            if isinstance(value, Plain):
                value = value.fields[name]
            else:
                value = None if value is None else getattr(value, name)
        return value

    return resolve


def plain_fields(types: str, table: str) -> None:
    """Add fields from a table of lines: name, type, and where the value is (default: the name)."""
    for name in types.split():
        fields = SCHEMA.setdefault(name, {})
        for line in filter(str.strip, table.splitlines()):
            field_name, kind, *where = line.split()
            fields[field_name] = FieldType(kind, _follow(where[0] if where else field_name))


Resolver = Callable[[Any, dict[str, Any], Any], Any]


def resolved(
    types: str, name: str, kind: str, /, **arguments: str
) -> Callable[[Resolver], Resolver]:
    """Add a field that a function gives; the arguments are those of the schema."""

    def add(function: Resolver) -> Resolver:
        pages = PAGES if kind.strip("!").endswith("Connection") else {}
        for one in types.split():
            SCHEMA.setdefault(one, {})[name] = FieldType(kind, function, pages | arguments)
        return function

    return add


def connection(node: str, name: str = "", **more: str) -> None:
    """Add the types of a connection: of itself, and of its edges."""
    name = name or node
    counts = "".join(f"{key} {kind}\n" for key, kind in more.items())
    plain_fields(
        f"{name}Connection",
        f"{counts or 'totalCount Int!'}\npageInfo PageInfo!\nnodes [{node}]\nedges [{name}Edge]",
    )
    plain_fields(f"{name}Edge", f"node {node}\ncursor String!")


for _node in (
    *("Issue", "PullRequest", "Discussion", "IssueComment", "DiscussionComment", "Language"),
    *("Label", "RepositoryTopic", "User", "Repository", "Release", "CommitHistory"),
):
    connection("Commit" if _node == "CommitHistory" else _node, _node)
connection("Language", totalCount="Int!", totalSize="Int!")
connection("Reaction")
connection(
    "SearchResultItem",
    repositoryCount="Int!",
    issueCount="Int!",
    userCount="Int!",
    discussionCount="Int!",
    wikiCount="Int!",
    codeCount="Int!",
)
plain_fields("LanguageEdge", "size Int!")
plain_fields(
    "PageInfo",
    "hasNextPage Boolean!\nhasPreviousPage Boolean!\nstartCursor String\nendCursor String",
)
plain_fields(
    "RateLimit",
    "limit Int!\ncost Int!\nremaining Int!\nused Int!\nresetAt DateTime!\nnodeCount Int!",
)
plain_fields("Reaction", "content String!\nid ID!")
plain_fields("Release", "name String\ntagName String!\nid ID!\nurl URI!")
plain_fields("Language", "name String!\nid ID!\ncolor String")
plain_fields("Topic", "name String!\nid ID!")
plain_fields("RepositoryTopic", "topic Topic!\nid ID!\nurl URI!")
plain_fields(
    "License", "key String!\nname String!\nspdxId String\nnickname String\nurl URI\nid ID!"
)
plain_fields("Label", "name String!\ncolor String!\ndescription String\nid ID!")
plain_fields("Ref", "name String!\nid ID!\nprefix String!\ntarget GitObject")
plain_fields(
    "TreeEntry",
    "name String!\npath String\ntype String!\nmode Int!\noid GitObjectID!\n"
    "size Int!\nobject GitObject",
)
plain_fields("GitObject Blob Tree Commit", "oid GitObjectID!\nid ID!\nabbreviatedOid String!")
plain_fields("Blob", "text String\nbyteSize Int!\nisTruncated Boolean!\nisBinary Boolean")
plain_fields("Tree", "entries [TreeEntry!]")
plain_fields(
    "Commit",
    "message String!\nmessageHeadline String!\ncommittedDate DateTime!\n"
    "authoredDate DateTime!\ntree Tree!\nurl URI!",
)
plain_fields("ReactionGroup", "content String!\nreactors Count!")
plain_fields("Count", "totalCount Int!")
plain_fields("DiscussionCategory", "name String!\nid ID!\nisAnswerable Boolean!")
plain_fields(
    "Actor RepositoryOwner User Organization Bot",
    "login String!\nurl URI!\navatarUrl URI! avatar_url",
)
plain_fields("RepositoryOwner User Organization Bot", "id ID! node_id\ndatabaseId Int id")
plain_fields("User Organization", "name String login")
plain_fields("Node", "id ID! node_id")
plain_fields("SearchResultItem", "")
plain_fields(
    "Repository",
    """id ID! node_id
    databaseId Int id
    name String!
    nameWithOwner String! full_name
    url URI!
    description String given.description
    homepageUrl URI given.homepage
    stargazerCount Int! given.stars
    forkCount Int! given.forks
    diskUsage Int given.size
    isArchived Boolean! given.archived
    isFork Boolean! given.fork
    isTemplate Boolean! given.is_template
    isPrivate Boolean! private
    isEmpty Boolean! empty
    hasIssuesEnabled Boolean! has_issues
    createdAt DateTime! given.created_at
    pushedAt DateTime given.pushed_at
    updatedAt DateTime! updated_at
    owner RepositoryOwner!""",
)
plain_fields(
    "Issue PullRequest",
    """id ID! node_id
    databaseId Int id
    number Int!
    title String!
    url URI!
    author Actor
    authorAssociation CommentAuthorAssociation! association
    createdAt DateTime! created_at
    updatedAt DateTime! updated_at
    closedAt DateTime closed_at
    locked Boolean!
    repository Repository! repo""",
)
plain_fields("PullRequest", "merged Boolean!")
plain_fields(
    "IssueComment DiscussionComment",
    """id ID! node_id
    databaseId Int id
    body String!
    bodyText String! body
    url URI!
    author Actor
    authorAssociation CommentAuthorAssociation! association
    createdAt DateTime! created_at
    updatedAt DateTime! updated_at""",
)
plain_fields(
    "Discussion",
    """id ID! node_id
    number Int!
    title String!
    body String!
    bodyText String! body
    url URI!
    author Actor
    isAnswered Boolean answered
    upvoteCount Int! upvotes
    createdAt DateTime! created_at
    updatedAt DateTime! updated_at
    repository Repository! repo""",
)
