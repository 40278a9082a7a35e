"""Weigh what the files of a repository use: its framework, the others, and their roles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reprokit.scanning.places import Place
from reprokit.scanning.uses import FileUses, Purpose

# What one use says about the framework that a repository is written in.
_WEIGHTS: dict[Purpose, float] = {
    "training": 3.0,
    "model": 1.0,
    "other": 0.2,
    "evaluation": 0.1,
    "data": 0.05,
    "conversion": 0.02,
}

# A long file is one file: more uses than these of a purpose say nothing more.
_MOST = 10.0
_FEWEST = 1.0

_MAKING: tuple[Purpose, ...] = ("training", "model")
_NAMED: frozenset[Purpose] = frozenset({"data", "evaluation", "conversion"})


@dataclass(slots=True)
class Weights:
    """What speaks for one framework.

    Args:
        purposes: Uses in files of the authors' own, by purpose.
        score: How much it speaks for the framework as the primary one.
        used: Uses in files that are neither tests nor copies.
    """

    purposes: dict[Purpose, float] = field(default_factory=dict)
    score: float = 0.0
    used: float = 0.0

    @property
    def role(self) -> Purpose:
        """What the framework is for: training before models, a purpose before none."""
        for purpose in _MAKING:
            if self.purposes.get(purpose, 0) >= _FEWEST:
                return purpose
        counts = [(count, purpose) for purpose, count in self.purposes.items() if purpose in _NAMED]
        return max(counts)[1] if counts else "other"


def weigh(files: Iterable[FileUses], places: Mapping[str, Place]) -> dict[str, Weights]:
    """Return what speaks for each framework that is used anywhere."""
    found: dict[str, Weights] = {}
    for file in files:
        place = places[file.path]
        for (framework, purpose), count in _counted(file, place).items():
            weights = found.setdefault(framework, Weights())
            weights.score += place.weight * _WEIGHTS[purpose] * min(count, _MOST)
            if place.is_own:
                weights.purposes[purpose] = weights.purposes.get(purpose, 0) + count
                weights.used += count
    return found


def _counted(file: FileUses, place: Place) -> dict[tuple[str, Purpose], float]:
    counts: dict[tuple[str, Purpose], float] = {}
    for use in file.uses:
        key = (use.framework, _in_place(use.purpose, place))
        counts[key] = counts.get(key, 0) + use.count
    return counts


def _in_place(purpose: Purpose, place: Place) -> Purpose:
    """Return what a use is for in a file whose name tells its purpose."""
    if place.kind == "conversion":
        return "conversion"
    if place.kind == "evaluation" and purpose in {"model", "other"}:
        return "evaluation"
    if place.kind == "data" and purpose in {"model", "other"}:
        return "data"
    return purpose


def ranked(found: Mapping[str, Weights]) -> list[str]:
    """Return the frameworks that are really used, the one for most of the training first."""
    scores = {name: weights.score for name, weights in found.items() if name != "tf.keras"}
    if _is_flax(found):
        scores["flax"] += scores.get("jax", 0)
        scores.setdefault("jax", 0)
    layers = found.get("tf.keras")
    if layers is not None and layers.role in {"training", "model"}:
        _add_tf_keras(scores, layers.score)
    return sorted(scores, key=lambda name: (-scores[name], name))


def _add_tf_keras(scores: dict[str, float], layers: float) -> None:
    """Put Keras beside TensorFlow: tf.keras counts as TensorFlow, and Keras comes after it."""
    own = scores.get("keras", 0)
    if own <= scores["tensorflow"]:
        scores["keras"] = min(own + layers, scores["tensorflow"] - 1e-6)


def _is_flax(found: Mapping[str, Weights]) -> bool:
    """Return whether models are written with Flax rather than with another library for JAX."""
    models = {name: weights.purposes.get("model", 0) for name, weights in found.items()}
    return models.get("flax", 0) >= max(_FEWEST, models.get("jax", 0))
