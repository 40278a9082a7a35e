"""What a file is for, from its place and name in the repository."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "training",
    "code",
    "data",
    "evaluation",
    "conversion",
    "example",
    "project",
    "tests",
    "vendored",
]

# How much the code of a place tells about what the repository trains with.
WEIGHTS: dict[Kind, float] = {
    "training": 1.5,
    "code": 1.0,
    "data": 1.0,
    "evaluation": 0.6,
    "conversion": 0.1,
    "example": 0.5,
    "project": 0.15,
    "tests": 0.03,
    "vendored": 0.02,
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_VENDORED = _words(
    "third_party third-party thirdparty 3rdparty 3rd_party vendor vendors vendored _vendor "
    "external externals extern deps dependencies submodules submodule node_modules site-packages "
    "dist-packages venv .venv virtualenv"
)
_TESTS = _words(
    "tests test unittests unit_tests testing docs doc documentation website .github .circleci"
)
_EXAMPLE = _words(
    "examples example demo demos tutorials tutorial playground sandbox baselines baseline "
    "benchmark benchmarks original legacy old deprecated archive"
)
_EVALUATION_FOLDERS = _words("evaluation evaluations eval metrics metric evaluator")
_DATA_FOLDERS = _words(
    "data dataset datasets dataloader dataloaders data_loader data_loaders preprocessing "
    "input_pipeline"
)
_SETUP = _words("setup conftest noxfile versioneer fabfile tasks")

_TO = (
    "torch|pytorch|pt|pth|tf|tf2|tensorflow|keras|jax|flax|onnx|caffe|mxnet|paddle|mindspore|"
    "npy|numpy|npz|tflite|coreml|h5|torch7|chainer"
)
_CONVERSION = re.compile(
    rf"(?:.*[_\-])?(?:convert\w*|conversion|export\w*|to_onnx|onnx\w*)(?:[_\-].*)?"
    rf"|.*(?:_to_|-to-|2)(?:{_TO})(?:[_\-].*)?|(?:load|import|port|transfer|transplant)_?"
    rf"(?:tf|tensorflow|torch|pytorch|caffe|keras|jax|pretrained|weights)(?:_\w*)?"
)
_TEST_FILE = re.compile(r"test_\w+|\w+_tests?|tests")
_EVALUATION = re.compile(
    r"(?:\w*_)?(?:fid|kid|is|inception\w*|lpips|psnr|ssim|metrics?|scores?|scoring|prdc|infer|"
    r"inference|predict|demo|test|sample|visuali[sz]e\w*)(?:_\w*)?|eval\w*|\w*_eval\w*|calc_\w+"
)
_DATA = re.compile(
    r"data|datasets?|(?:\w*_)?(?:data_?sets?|data_?loaders?|loaders?)(?:_\w*)?|input_pipeline|"
    r"(?:data_?)?pre_?process\w*|prepare_\w+|transforms?|augment\w*|\w*tfrecords?\w*|"
    r"\w*data_utils|data_\w+|inputs?|mnist_?reader"
)
_TRAINING = re.compile(
    r"(?:\w*[_\-])?(?:train\w*|pre_?train\w*|fine_?tun\w*)(?:[_\-].*)?|main(?:[_\-].*)?|run\w*|"
    r"solver|learner|learn|engine|launch"
)
_WORDS = {"license": "license", "licence": "license", "copying": "license", "readme": "readme"}
_PROJECT_FILE = re.compile(r"(licen[cs]e|copying|readme)(?:[._-].{0,20})?$", re.IGNORECASE)
_SUBMODULE = re.compile(r"^\s*path\s*=\s*([^\n\r]{1,200})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """What a file is for and what its code weighs."""

    kind: Kind
    weight: float

    @property
    def is_own(self) -> bool:
        """Whether the authors use here what they import: no test and no copy."""
        return self.kind not in {"tests", "vendored"}


def submodules(gitmodules: str) -> tuple[str, ...]:
    """Return the folders that `.gitmodules` fills with other repositories."""
    return tuple(path.strip().strip("/") + "/" for path in _SUBMODULE.findall(gitmodules[:50_000]))


def projects_within(paths: Iterable[str], code: Iterable[str]) -> tuple[str, ...]:
    """Return the folders with a licence and a README of their own, where code stands outside.

    They were copied from somewhere. Where all code is in such folders, it is a collection.
    """
    named: dict[str, set[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        word = _PROJECT_FILE.match(name)
        if word and folder:
            named.setdefault(folder + "/", set()).add(_WORDS[word[1].lower()])
    found = tuple(sorted(f for f, names in named.items() if {"license", "readme"} <= names))
    ordinary = {"training", "code", "data"}
    outside = [p for p in code if not p.startswith(found) and place_of(p).kind in ordinary]
    return found if found and outside else ()


def place_of(path: str, copied: tuple[str, ...] = (), projects: tuple[str, ...] = ()) -> Place:
    """Return what a file is for.

    Args:
        path: In the repository, with slashes.
        copied: Folders that hold other repositories, each with a slash at its end.
        projects: Folders that are projects by themselves.
    """
    kind = _kind(path.lower()[-400:])
    if path.startswith(copied):
        kind = "vendored"
    elif path.startswith(projects) and kind not in {"vendored", "tests"}:
        kind = "project"
    return Place(kind, WEIGHTS[kind])


def _kind(path: str) -> Kind:
    *folders, name = path.split("/")
    stem = name.partition(".")[0][:80]
    within = set(folders)
    is_test = stem in _SETUP or (stem != "test" and _TEST_FILE.fullmatch(stem))
    converts = any(_CONVERSION.fullmatch(word[:80]) for word in [stem, *within])
    readings: tuple[tuple[Kind, object], ...] = (
        ("vendored", within & _VENDORED),
        ("tests", within & _TESTS or is_test),
        ("conversion", converts),
        ("example", within & _EXAMPLE),
        ("evaluation", within & _EVALUATION_FOLDERS or _EVALUATION.fullmatch(stem)),
        ("training", _TRAINING.fullmatch(stem)),
        ("data", within & _DATA_FOLDERS or _DATA.fullmatch(stem)),
    )
    return next((kind for kind, holds in readings if holds), "code")
