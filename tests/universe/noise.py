"""Repositories that are relevant to no paper, from a small grammar with a fixed seed.

Lists, surveys, notes, homework, blogs, applications, other papers that compare with one, and
things that only share a word. All have grade 0 for every paper; many name a paper's id.
"""

# ruff: noqa: E501

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from universe.cited import CITED
from universe.parts import Entry, entry, issue


@dataclass(frozen=True, slots=True)
class Topic:
    """What the grammar says of a paper: id, title, acronym, words of its area, ids cited with it."""

    id: str
    title: str
    acronym: str
    area: str
    near: tuple[str, ...]


FIRST = [
    "alex",
    "jin",
    "maria",
    "tomas",
    "li",
    "priya",
    "oleg",
    "sara",
    "kenji",
    "fatima",
    "lars",
    "diego",
    "hana",
    "yusuf",
    "chloe",
    "ravi",
    "bo",
    "irma",
]
LAST = [
    "w",
    "chen",
    "silva",
    "novak",
    "kim",
    "ml",
    "ai",
    "lab",
    "dev",
    "94",
    "x88",
    "codes",
    "research",
    "park",
    "ito",
    "-nlp",
    "-cv",
    "-rl",
    "2020",
    "muller",
]
ADJECTIVES = [
    "fast",
    "adaptive",
    "sparse",
    "robust",
    "hierarchical",
    "contrastive",
    "latent",
    "gated",
    "dual",
    "masked",
    "calibrated",
    "federated",
]
NOUNS = [
    "mixing",
    "routing",
    "alignment",
    "sampling",
    "distillation",
    "pruning",
    "matching",
    "prompting",
    "rescoring",
    "fusion",
    "gating",
]
VENUES = [
    "NeurIPS",
    "ICLR",
    "ICML",
    "CVPR",
    "ECCV",
    "AAAI",
    "Interspeech",
    "ACL",
    "ICRA",
    "KDD",
    "WACV",
    "EMNLP",
]
FRAMEWORKS = (
    "torch",
    "torch",
    "torch",
    "torch",
    "tf1",
    "tf2",
    "keras",
    "jax",
    "paddle",
    "notebook",
)
COURSES = (
    "CS231n",
    "CS224n",
    "CS285",
    "6.S191",
    "DL4NLP",
    "11-785",
    "MLP coursework",
    "深度学习课程",
)
BUGS = (
    ("Error when installing on Windows", "pip fails with a long traceback, python 3.9"),
    ("Dataset link is dead", "404 on the drive folder, could you upload it again?"),
    ("RuntimeError: CUDA error: device-side assert triggered", "happens in the first epoch"),
    ("Add a license", "Without one nobody may use this."),
    ("Please add my paper", "See the pull request."),
    ("Question about the loss", "Why do you divide by the batch size twice?"),
    ("How to use my own data?", "Is there a guide?"),
)


def owner(rng: Random) -> str:
    """Return a login."""
    return (rng.choice(FIRST) + rng.choice(LAST)).replace("--", "-") + str(rng.randrange(100))


def first_year(topic: Topic) -> int:
    """Return the year before which nobody can have read the paper; 2015 at the earliest."""
    digits = topic.id.rpartition("/")[2][:2]
    year = 2000 + int(digits) if digits < "90" else 1900 + int(digits)
    return max(2015, year + 1)


def month(rng: Random, topic: Topic) -> str:
    """Return a month after the paper."""
    return f"{rng.randrange(first_year(topic), 2026)}-0{rng.randrange(1, 10)}"


def cited(number: str) -> str:
    """Return a line of a list."""
    _, authors, title, year, venue = CITED[number]
    first = authors.partition(",")[0].partition(" and ")[0]
    return (
        f"- **{title}**. {first} et al. {venue} {year}. [[paper](https://arxiv.org/abs/{number})]"
    )


def some(rng: Random, topic: Topic, count: int, year: int = 2026) -> list[str]:
    """Return ids: the paper's own and others, mixed."""
    others = [number for number in CITED if number != topic.id]
    chosen = [topic.id, *topic.near, *rng.sample(others, count)]
    unique = sorted({number for number in chosen if CITED[number][3] <= year})
    rng.shuffle(unique)
    return unique


def awesome(rng: Random, topic: Topic) -> Entry:
    slug = topic.area.replace(" ", "-")
    lines = "\n".join(cited(number) for number in some(rng, topic, 12))
    code = f"https://github.com/{owner(rng)}/{topic.acronym.lower() or 'code'}"
    text = f"# Awesome {topic.area.title()} [![Awesome](https://awesome.re/badge.svg)](https://awesome.re)\n\nPapers, code and data on {topic.area}, chosen by hand. Something missing? See the guidelines, then send it.\n\n## Contents\n- [Papers](#papers)\n- [Code](#code)\n- [Surveys](#surveys)\n\n## Papers\n\n{lines}\n\n## Code\n\n- [{topic.acronym or topic.area}]({code}) PyTorch implementation of {topic.title}\n\n[[license]]"
    return entry(
        f"{owner(rng)}/{rng.choice(('awesome-', 'Awesome-', 'best-of-'))}{slug}",
        f"A curated list of {topic.area} resources",
        rng.choice((34, 210, 1800, 6300, 20400)),
        text,
        fw="none",
        files="contributing.md LICENSE",
        lic="CC0-1.0",
        topics=f"awesome awesome-list {slug}",
        made=month(rng, topic),
        pushed="2025-07",
        issues=[issue(*BUGS[4])],
    )


def papers(rng: Random, topic: Topic) -> Entry:
    lines = "\n".join(cited(number) for number in some(rng, topic, 9))
    name = rng.choice(
        ("paper-reading", "papers", "survey", "reading-list", "must-read-papers", "arxiv-daily")
    )
    text = f"# Papers on {topic.area}\n\nList for our reading group, newest at the end.\n\n## {topic.area.title()}\n\n{lines}\n\n## Others\n\nTo be continued."
    return entry(
        f"{owner(rng)}/{topic.area.split()[0]}-{name}",
        f"Must-read papers on {topic.area}",
        rng.choice((3, 77, 940, 4100)),
        text,
        fw="none",
        files="TEMPLATE.md",
        lic=None,
        topics=f"{topic.area.replace(' ', '-')} papers survey",
        made=month(rng, topic),
        pushed="2025-11",
    )


def notes(rng: Random, topic: Topic) -> Entry:
    number = topic.id
    text = f"# Reading notes\n\n论文阅读笔记 / notes on papers I read.\n\n| date | paper | notes |\n|---|---|---|\n| 03/12 | [{topic.title}](https://arxiv.org/abs/{number}) | [link](notes/{number.replace('/', '_')}.md) |\n| 03/19 | [{CITED[topic.near[0]][2]}](https://arxiv.org/abs/{topic.near[0]}) | link |\n\n## {topic.title}\n\n**One sentence**: read it twice. **Strength**: simple. **Weakness**: which seeds?\n\n**Question**: what happens without the trick of section 3.2?"
    return entry(
        f"{owner(rng)}/{rng.choice(('paper-notes', 'ml-notes', 'PaperReading', 'notes', 'blog'))}",
        rng.choice(("My notes on papers", "论文笔记", None)),
        rng.choice((0, 2, 15, 120, 3300)),
        text,
        fw="none",
        files=f"notes/{number.replace('/', '_')}.md",
        lic=None,
        made=month(rng, topic),
        pushed="2025-08",
    )


def homework(rng: Random, topic: Topic) -> Entry:
    course = rng.choice(COURSES)
    text = f"# {course} homework {rng.randrange(1, 6)}\n\nMy solutions of the assignments of {course}. Do not copy.\n\n1. Softmax and a two-layer net\n2. Batch norm and dropout\n3. Written: answer questions on *{topic.title}* ({topic.id})\n4. Fill in the blanks in `hw.py`\n\nGrade: {rng.randrange(70, 101)}/100"
    slug = course.replace(" ", "-") if course.isascii() else "dl-course"
    return entry(
        f"{owner(rng)}/{slug}-homework",
        f"Homework of {course}",
        rng.choice((0, 0, 1, 9, 260)),
        text,
        fw=rng.choice(("torch", "notebook", "numpy")),
        files="hw1/hw.py hw2/hw.py report.pdf",
        lic=None,
        made=month(rng, topic),
    )


def another(rng: Random, topic: Topic) -> Entry:
    adjective, noun = rng.choice(ADJECTIVES), rng.choice(NOUNS)
    own = f"{adjective.title()} {noun.title()} for {topic.area.title()}"
    short = (adjective[:2] + noun[:3]).title() + rng.choice(("Net", "", "++", "Former"))
    venue, year = rng.choice(VENUES), rng.randrange(max(2019, first_year(topic)), 2026)
    baseline, framework = topic.acronym or "SVM", rng.choice(FRAMEWORKS[:8])
    spoken = "PyTorch " if framework == "torch" and rng.random() < 0.6 else ""
    refs = "\n".join(f"[[bib {number}]]" for number in some(rng, topic, 2, year)[:3])
    text = f"# {short}: {own}\n\n[[badges]]\n\n**Official {spoken}implementation of [{short}: {own}](https://arxiv.org/abs/{year % 100:02}10.{rng.randrange(1, 19000):05}) ({venue} {year}).**\n\n{short} starts from {topic.title} [{topic.id}](https://arxiv.org/abs/{topic.id}) and replaces its core by {adjective} {noun}.\n\n| method | score |\n|---|---|\n| {baseline} | {rng.randrange(700, 800) / 10} |\n| {short} (ours) | **{rng.randrange(800, 900) / 10}** |\n\n[[install]]\n\n## Training\n\n```\npython train.py --config configs/{short.lower().rstrip('+')}.yaml\n```\n\n## Related work that we build on\n\n{refs}"
    return entry(
        f"{owner(rng)}/{short.rstrip('+')}",
        f"[{venue} {year}] Official implementation of {short}: {own}",
        rng.choice((4, 28, 96, 350, 1200)),
        text,
        fw=framework,
        archived=rng.random() < 0.15,
        files="train.py model.py data.py configs/base.yaml requirements.txt LICENSE",
        made=f"{year}-0{rng.randrange(1, 10)}",
        topics=topic.area.replace(" ", "-"),
        issues=[issue(*bug) for bug in rng.sample(BUGS[:4], 2)],
    )


def application(rng: Random, topic: Topic) -> Entry:
    thing = rng.choice(
        (
            "wind power forecast",
            "crop disease detection",
            "chat bot for a bank",
            "sign language app",
            "bird song recognition",
            "fraud detection",
            "game bot",
            "CV parser",
            "traffic prediction",
        )
    )
    text = f"# {thing.title()}\n\nA small project that applies {topic.acronym or topic.area} to {thing}.\n\n![demo](demo.gif)\n\n[[install]]\n\n```\npython app.py\n```\n\nThe model comes from a library. Background: [{topic.title}](https://arxiv.org/abs/{topic.id})."
    return entry(
        f"{owner(rng)}/{thing.replace(' ', '-').lower()}-{(topic.acronym or 'ml').lower()}",
        f"{thing.capitalize()} with {topic.acronym or topic.area}",
        rng.choice((0, 3, 12, 55, 480)),
        text,
        fw=rng.choice(FRAMEWORKS),
        files="app.py requirements.txt Dockerfile",
        lic=rng.choice((None, "MIT", "GPL-3.0")),
        made=month(rng, topic),
        homepage=rng.choice((None, "https://demo.example.org")),
    )


def library(rng: Random, topic: Topic) -> Entry:
    word = rng.choice(("kit", "flow", "lab", "zoo", "ops", "bench"))
    near = ", ".join(
        f"[{number}](https://arxiv.org/abs/{number})" for number in some(rng, topic, 2)
    )
    text = f"# {topic.area.split()[0]}{word}\n\n[[badges]] [![Docs](https://readthedocs.org/projects/x/badge/?version=latest)](https://x.readthedocs.io) [![codecov](https://codecov.io/gh/x/badge.svg)](https://codecov.io)\n\nData loading, metrics, logging and visualization for {topic.area}. Bring your own model.\n\n```\npip install {topic.area.split()[0]}{word}\n```\n\n## Features\n- readers for 20 formats\n- metrics tested against reference scripts\n- experiment tracking\n\n## References\nOur defaults follow {near}."
    return entry(
        f"{topic.area.split()[0]}{word}{rng.randrange(50)}/{topic.area.split()[0]}{word}",
        f"Data, metrics and plots for {topic.area}",
        rng.choice((150, 2300, 11800, 99000)),
        text,
        fw=rng.choice(("torch", "python", "tf2")),
        files="setup.py src/core.py src/metrics.py tests/test_metrics.py LICENSE",
        lic="Apache-2.0",
        org=True,
        made=month(rng, topic),
        archived=rng.random() < 0.15,
        pushed="2026-10",
        issues=[issue(*bug) for bug in rng.sample(BUGS, 3)],
    )


def collection(rng: Random, topic: Topic) -> Entry:
    rows = "\n".join(
        f"| {CITED[number][2]} | https://arxiv.org/abs/{number} | https://github.com/{owner(rng)}/x |"
        for number in some(rng, topic, 6)
    )
    text = f"# Papers with implementations\n\nTable of papers on {topic.area} and links to implementations by others. There is no code here.\n\n| paper | link | implementation |\n|---|---|---|\n{rows}\n"
    return entry(
        f"{owner(rng)}/{topic.area.split()[0]}-papers-with-code",
        f"Collection of {topic.area} implementations",
        rng.choice((40, 800, 7600)),
        text,
        fw="none",
        files="make_table.sh",
        lic=None,
        made=month(rng, topic),
        pushed="2025-11",
        topics="papers-with-code deep-learning collection",
    )


def personal(rng: Random, topic: Topic) -> Entry:
    login = owner(rng)
    text = f"# Hi there\n\nI am a PhD student who works on {topic.area}. I love *{topic.title}*.\n\n![stats](https://github-readme-stats.example.org/api?username={login})\n\n- Publications: see my page\n- Languages: Python, C++"
    return entry(
        f"{login}/{rng.choice((login, login + '.github.io', 'dotfiles'))}",
        rng.choice(("My page", None, "What my profile is made of")),
        rng.choice((0, 1, 4)),
        text,
        fw=rng.choice(("js", "none", "css")),
        files="index.html _config.yml",
        lic=None,
        made=month(rng, topic),
        is_template=rng.random() < 0.3,
    )


def bare(rng: Random, topic: Topic) -> Entry:
    name = (topic.acronym or topic.area.split()[0]).lower()
    return entry(
        f"{owner(rng)}/{name}{rng.choice(('', '-test', '2', '-project', '_old'))}",
        rng.choice((None, "test", "wip", f"{topic.area} stuff")),
        rng.choice((0, 0, 1, 2)),
        rng.choice(("", "", f"# {name}\n")),
        fw=rng.choice(("torch", "python", "none", "notebook")),
        files=rng.choice(("Untitled.ipynb", "test.py", "a.txt")),
        lic=None,
        made=month(rng, topic),
    )


KINDS: tuple[Callable[[Random, Topic], Entry], ...] = (
    awesome,
    another,
    notes,
    homework,
    application,
    library,
    papers,
    another,
    collection,
    bare,
    personal,
    application,
    another,
)


def make_noise(seed: int, topics: list[Topic], count: int, taken: set[str]) -> list[Entry]:
    """Return so many entries whose names are new, each kind and each topic in turn."""
    rng = Random(seed)  # noqa: S311
    found: list[Entry] = []
    turn, used = 0, {name.lower() for name in taken}
    while len(found) < count:
        kind, topic = KINDS[turn % len(KINDS)], topics[(turn // 3 + turn) % len(topics)]
        made, turn = kind(rng, topic), turn + 1
        if made.repo.full_name.lower() not in used:
            used.add(made.repo.full_name.lower())
            found.append(made)
    return found


TOPICS = [
    Topic(
        "1706.03762",
        "Attention Is All You Need",
        "Transformer",
        "machine translation",
        ("1409.0473", "1810.04805"),
    ),
    Topic(
        "1707.01495",
        "Hindsight Experience Replay",
        "HER",
        "goal-conditioned reinforcement learning",
        ("1509.02971", "1802.09464"),
    ),
    Topic(
        "1803.01271",
        "An Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence Modeling",
        "TCN",
        "time series forecasting",
        ("1611.05267", "1810.06682"),
    ),
    Topic(
        "1906.00830",
        "DAWN: Dynamic Adversarial Watermarking of Neural Networks",
        "DAWN",
        "model watermarking",
        ("1802.04633", "1910.05429"),
    ),
    Topic(
        "2003.08934",
        "NeRF: Representing Scenes as Neural Radiance Fields for View Synthesis",
        "NeRF",
        "neural rendering",
        ("2103.13415", "2201.05989"),
    ),
    Topic(
        "cs/0205070",
        "Thumbs up? Sentiment Classification using Machine Learning Techniques",
        "",
        "sentiment analysis",
        ("1810.04805", "1409.0473"),
    ),
    Topic(
        "2402.99001",
        "What user:x stars:>1 Cannot Tell: Learning to Rank Repositories by Their Text",
        "StarRank",
        "code search",
        ("1810.04805", "1412.6980"),
    ),
    Topic(
        "1609.02907",
        "Semi-Supervised Classification with Graph Convolutional Networks",
        "GCN",
        "graph learning",
        ("1710.10903", "1706.02216"),
    ),
    Topic(
        "2005.08100",
        "Conformer: Convolution-augmented Transformer for Speech Recognition",
        "Conformer",
        "speech recognition",
        ("1904.08779", "1901.02860"),
    ),
    Topic(
        "2006.11239",
        "Denoising Diffusion Probabilistic Models",
        "DDPM",
        "diffusion models",
        ("2102.09672", "2010.02502"),
    ),
]
