"""READMEs, files and issues of repositories: 25 a GraphQL request, or README by README without one.

Network, through the channel. What fails in part is told in one sentence, and the rest is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from reprokit.errors import Unavailable
from reprokit.quoting import clean
from reprokit.repositories import Lead, Repository, combined
from reprokit.sources.github_answers import GraphQLAnswer
from reprokit.sources.github_call import LATER, Call, Gone, TokenRefused, side_by_side
from reprokit.sources.github_find import AT_ONCE, SearchResult, raise_if_all_failed
from reprokit.sources.github_graphql import describe_query, files_query, halves
from reprokit.sources.github_http import Channel
from reprokit.sources.github_read import (
    LONGEST_README,
    inner,
    is_name,
    odd_readme,
    readme_text,
    repository_of_graphql,
    repository_of_rest,
)
from reprokit.sources.github_wire import Ask

IN_ONE = 25  # with more READMEs in it an answer can take GraphQL longer than its ten seconds

_RAW = "application/vnd.github.raw+json"
_GONE = {"NOT_FOUND": 404, "FORBIDDEN": 403}
_NOT_FOUND = 404
_SHOWN = 3


@dataclass
class Described:
    """What was told of repositories, by the names that were asked for."""

    told: dict[str, Repository] = field(default_factory=dict)
    failed: dict[str, Unavailable] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, other: "Described") -> None:
        """Take over what another one tells."""
        self.told |= other.told
        self.failed |= other.failed
        self.notes += [note for note in other.notes if note not in self.notes]

    def fail(self, names: Sequence[str], why: Unavailable) -> None:
        """Note that of these nothing was told."""
        self.failed |= dict.fromkeys(names, why)


def describe(channel: Channel, given: Sequence[Lead | str], call: Call) -> SearchResult:
    """Return the leads with README, files and issues, as many as there is a budget for.

    Raises:
        Unavailable: Only names were given, and nothing was told of any.
    """
    leads = [Lead(Repository(one)) if isinstance(one, str) else one for one in given]
    known = [lead for lead in leads if is_name(lead.repository.name)]
    found = Described()
    if len(known) < len(leads):
        found.notes.append(f"{len(leads) - len(known)} names are not of the form OWNER/NAME")
    if channel.has_token:
        found.add(_at_once(channel, [lead.repository.name for lead in known], call))
    if not channel.has_token:
        rest = [lead.repository for lead in known if lead.repository.name not in found.told]
        found.failed.clear()
        found.add(_by_rest(channel, rest, call))
    if not any(isinstance(one, Lead) for one in given) and not found.told:
        raise_if_all_failed(list(found.failed.values()))
    return _result(known, found)


def _result(known: Sequence[Lead], found: Described) -> SearchResult:
    """Keep what was not described as it was, leave out what is gone, say why once a reason."""
    leads: list[Lead] = []
    reasons: dict[str, list[str]] = {}
    for lead in known:
        name = lead.repository.name
        told, why = found.told.get(name), found.failed.get(name)
        if why is not None:
            reasons.setdefault(why.message, []).append(name)
        if told is not None:
            leads.append(replace(lead, repository=combined(told, lead.repository)))
        elif not isinstance(why, Gone):
            leads.append(lead)
    said = []
    for reason, names in reasons.items():
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        said.append(f"{', '.join(names[:_SHOWN])}{more}: {reason}")
    return SearchResult(tuple(leads), (*found.notes, *said))


def _at_once(channel: Channel, names: Sequence[str], call: Call) -> Described:
    """Ask for 25 repositories a request, two requests at a time."""
    parts = [names[start : start + IN_ONE] for start in range(0, len(names), IN_ONE)]
    jobs = [partial(_part, channel, part, call) for part in parts]
    found = Described()
    for part, one in zip(parts, side_by_side(jobs, call, AT_ONCE), strict=True):
        if isinstance(one, Unavailable):
            found.fail(part, one)
        else:
            found.add(one)
    odd = {
        name: path
        for name, told in found.told.items()
        if told.readme is None and (path := odd_readme(told.files or ()))
    }
    if odd and channel.has_token:
        job = partial(_odd_readmes, channel, dict(list(odd.items())[:IN_ONE]), call)
        texts = side_by_side([job], call, 1)[0]
        for name, text in ({} if isinstance(texts, Unavailable) else texts).items():
            found.told[name] = replace(found.told[name], readme=text)
    return found


def _part(channel: Channel, names: Sequence[str], call: Call) -> Described:
    """Ask for up to 25 repositories; once more, in halves, for those that are too expensive."""
    keys = {f"r{place}": name for place, name in enumerate(names)}
    answer = channel.graphql(*describe_query(keys), call)
    over = answer.over_limits(keys)
    found = _read(answer, {key: name for key, name in keys.items() if key not in over})
    for part in halves(over, len(keys)):
        asked = {key: keys[key] for key in part}
        try:
            again = channel.graphql(*describe_query(asked), call)
        except TokenRefused:
            raise
        except Unavailable as error:
            first = _read(answer, asked)
            found.told |= first.told
            found.fail(list(asked.values()), error)
            continue
        found.add(_read(again, asked))
        lost = [name for key, name in asked.items() if key in again.over_limits(asked)]
        if lost:
            found.notes.append(
                f"{', '.join(lost[:_SHOWN])}: too expensive for GitHub, their issues may be missing"
            )
    return found


def _read(answer: GraphQLAnswer, keys: dict[str, str]) -> Described:
    found = Described()
    for key, name in keys.items():
        told = repository_of_graphql(answer.data.get(key))
        if told is not None:
            found.told[name] = told
            continue
        error = answer.error_at(key)
        said = error.message if error and error.message else "GitHub left it out of its answer"
        status = _GONE.get(error.kind) if error else None
        found.failed[name] = (
            Unavailable(said, hint=LATER)
            if status is None
            else Gone(_of_gone(status), hint=LATER, status=status)
        )
    return found


def _of_gone(status: int) -> str:
    gone = "not on GitHub (renamed, deleted or private)"
    return gone if status == _NOT_FOUND else "GitHub does not give access"


def _odd_readmes(channel: Channel, paths: dict[str, str], call: Call) -> dict[str, str]:
    """Return the READMEs that have names that could not be guessed."""
    keys = {f"r{place}": one for place, one in enumerate(paths.items())}
    answer = channel.graphql(*files_query(keys), call)
    return {
        name: readme_text(inner(answer.data, key, "file", "text"))
        for key, (name, _) in keys.items()
    }


def _by_rest(channel: Channel, wanted: Sequence[Repository], call: Call) -> Described:
    """Ask for the READMEs one by one, the first repositories first, as far as the budget goes."""
    left = 1_000 if call.most is None else call.most - call.spent
    todo, n_left = [], 0
    for repository in wanted:
        cost = _is_bare(repository) + (repository.readme is None)
        if cost <= left:
            todo += [repository] if cost else []
            left -= cost
        else:
            left, n_left = 0, n_left + 1
    jobs = [partial(_one, channel, repository, call) for repository in todo]
    found = Described()
    for repository, one in zip(todo, side_by_side(jobs, call, AT_ONCE), strict=True):
        if isinstance(one, Unavailable):
            found.failed[repository.name] = one
        else:
            found.add(one)
    if n_left:
        why = "without a token GitHub gives 60 requests an hour (GITHUB_TOKEN)"
        found.notes.append(f"the READMEs of {n_left} repositories were not asked for: {why}")
    return found


def _is_bare(repository: Repository) -> bool:
    """Tell whether nothing but the name is known."""
    return repository.stars is None and not repository.node_id


def _one(channel: Channel, repository: Repository, call: Call) -> Described:
    name, found = repository.name, Described()
    if _is_bare(repository):
        told = repository_of_rest(channel.get(Ask(f"/repos/{name}"), call).document)
        if told is None:
            raise Unavailable("GitHub's answer is not of the form of a repository", hint=LATER)
        repository = found.told[name] = told
    if repository.readme is not None:
        return found
    try:
        ask = Ask(f"/repos/{name}/readme", accept=_RAW, most=4 * LONGEST_README, cuts=True)
        text = channel.get(ask, call).text
    except Gone as error:
        if error.status != _NOT_FOUND:
            raise
        text = ""
    except Unavailable as error:
        if found.told:
            found.notes.append(f"the README of {clean(name)}: {error.message}")
            return found
        raise
    found.told[name] = replace(repository, readme=readme_text(text))
    return found
