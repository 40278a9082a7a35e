"""Who says that a repository is the authors' own."""

from dataclasses import replace

from reprokit.paper import ArxivId, Paper
from reprokit.ranking.relevance import Judgement, rank
from reprokit.repositories import Lead, Mention, Repository

TITLE = "ZIPPER: Zonal Interleaved Pooling for Point Cloud Recognition"
PAPER = Paper(ArxivId("2101.00001"), TITLE, authors=("Orla Quinnell", "Bo Hart"))
LINK = "https://github.com/lab/zipper"
PLAIN = f"# Pooling\n\nPyTorch code for {TITLE} (2101.00001). `python train.py`\n"
CLAIM = f"# Pooling\n\nOfficial implementation of *{TITLE}* (2101.00001). `python train.py`\n"


def lead(name: str, readme: str = PLAIN, *mentions: Mention) -> Lead:
    return Lead(Repository(name, readme=readme, files=("README.md", "train.py")), mentions)


def judged(paper: Paper, *leads: Lead) -> dict[str, Judgement]:
    return {one.lead.repository.name: one for one in rank(paper, leads)}


def said(abstract: str) -> Judgement:
    paper = replace(PAPER, abstract=abstract)
    return judged(paper, lead("lab/zipper"), lead("x/zipper"))["lab/zipper"]


def test_a_link_in_the_abstract_makes_it_official() -> None:
    found = said(f"We pool. Our code is available at {LINK}.")
    assert found.is_official
    assert "the abstract links to it" in found.official


def test_a_link_to_what_the_paper_builds_on_does_not() -> None:
    for text in (
        f"We build on the code at {LINK}.",
        f"We compare with Zap ({LINK}), whose authors we thank.",
        f"As a baseline we take the implementation of others, {LINK}.",
    ):
        assert not said(text).is_official


def test_a_bare_link_in_the_comment_makes_it_official() -> None:
    paper = replace(PAPER, comment=f"10 pages, {LINK}")
    assert judged(paper, lead("lab/zipper"))["lab/zipper"].is_official


def test_a_repository_that_was_renamed_is_still_linked_to() -> None:
    paper = replace(PAPER, comment=f"code: {LINK}")
    followed = lead("lab/zipper-pooling", PLAIN, Mention("arxiv", "comment", LINK))
    assert judged(paper, followed, lead("x/zipper"))["lab/zipper-pooling"].is_official


def test_a_longer_name_is_another_repository() -> None:
    paper = replace(PAPER, comment=f"code: {LINK}")
    assert not judged(paper, lead("lab/zipper"), lead("x/zipper2"))["x/zipper2"].is_official


def test_what_a_user_told_the_hub_counts_and_its_guess_hardly() -> None:
    user = lead("lab/zipper", PLAIN, Mention("huggingface", "user"))
    guess = lead("x/zipper", PLAIN, Mention("huggingface", "auto"))
    found = judged(PAPER, user, guess)
    assert found["lab/zipper"].is_official
    assert not found["x/zipper"].is_official
    assert found["x/zipper"].official


def test_words_alone_are_enough_if_nobody_else_is_known() -> None:
    assert judged(PAPER, lead("x/zipper", CLAIM), lead("y/zip"))["x/zipper"].is_official


def test_of_two_that_claim_it_in_words_neither_is_taken_and_both_are_shown() -> None:
    found = judged(PAPER, lead("x/zipper", CLAIM), lead("y/zip", CLAIM + "Another one.\n"))
    assert not any(one.is_official for one in found.values())
    assert all(one.official for one in found.values())


def test_words_do_not_stand_against_the_papers_link() -> None:
    paper = replace(PAPER, abstract=f"Our code is at {LINK}.")
    found = judged(paper, lead("lab/zipper"), lead("x/zipper", CLAIM))
    assert [name for name, one in found.items() if one.is_official] == ["lab/zipper"]
    assert next(iter(found)) == "lab/zipper"


def test_an_authors_name_and_the_papers_claim_are_enough() -> None:
    found = judged(PAPER, lead("oquinnell/zipper", CLAIM), lead("y/zip", CLAIM + "Mine.\n"))
    assert found["oquinnell/zipper"].is_official
    assert any("Orla Quinnell" in words for words in found["oquinnell/zipper"].official)
    assert not found["y/zip"].is_official


def test_an_owner_that_only_contains_a_short_name_is_no_author() -> None:
    assert judged(PAPER, lead("heartbot/zipper"))["heartbot/zipper"].official == ()


def test_who_calls_itself_unofficial_is_not_official() -> None:
    readme = CLAIM.replace("Official", "Unofficial")
    listed = Mention("paperswithcode", "official")
    guessed = Mention("huggingface", "auto")
    assert not judged(PAPER, lead("x/zipper", readme, listed, guessed))["x/zipper"].is_official


def test_others_that_point_to_it_are_counted() -> None:
    readme = PLAIN + f"\nThe official implementation is [here]({LINK}).\n"
    leads = [lead(f"user{n}/zip{n}", readme + f"Number {n}.\n") for n in range(3)]
    found = judged(PAPER, lead("lab/zipper"), *leads)
    assert found["lab/zipper"].official == ("3 other repositories call it the authors'",)


def test_a_fork_of_the_official_code_is_not_official() -> None:
    paper = replace(PAPER, abstract=f"Our code is at {LINK}.")
    fork = Lead(replace(lead("oquinnell/zipper", CLAIM).repository, is_fork=True))
    assert not judged(paper, lead("lab/zipper"), fork)["oquinnell/zipper"].is_official
