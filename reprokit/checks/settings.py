"""The paper's stated facts against the live program: the biggest lever there is.

SPEC says what the paper states. What a program holds is read from its optimizers, networks,
batches and steps; its settings are looked at only where nothing live can be.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from reprokit.checks import initialisation, observe, parts, probe
from reprokit.checks.context import TRAINING, Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.step_facts import batch_facts, per_net, step_facts

_OPTIMIZER_FACTS = (
    "learning_rate", "weight_decay", "momentum", "nesterov", "beta1", "beta2", "eps", "alpha",
)  # fmt: skip
_SIZES = ("hidden_units", "z_dim", "latent_dim", "vocab_size", "embedding_dim")

# Stated facts that other checks hold against the program.
ELSEWHERE = frozenset({
    "n_classes", "pad_index", "input_mean", "input_std", "label_smoothing", "seed", "n_seeds",
    "min_accuracy", "max_loss", "min_return", "n_modes", "gamma", "gae_lambda", "clip_range",
    "target_update_every", "lr_schedule", "lr_milestones", "lr_decay_factor", "warmup_steps",
    "gp_lambda", "epochs", "steps", "max_reference_error", "max_init_loss_deviation",
    "max_overfit_loss", "entropy_coef", "value_coef", "deviations",
})  # fmt: skip


def settings_agree_with_the_paper(context: Context) -> Passed:
    """Hold what the program really has against the stated facts, one by one."""
    cfg, state = context.config(), context.fresh()
    spec, declared = context.spec, declared_deviations(context, cfg)
    observed: dict[str, str] = {}
    for name, problem in [*held_facts(context, state), *set_facts(spec, cfg)]:
        observed[name] = observed.get(name) or problem
    found = [
        f"{name}: {problem}"
        for name, problem in observed.items()
        if problem and name not in declared
    ]
    found += [f"settings: {text}" for text in live_differences(context, cfg)]
    if found:
        raise CheckFailed(
            expected="the paper's settings, or a declared deviation with its reason",
            found="; ".join(found),
            causes=("a setting that was changed and not declared", "a setting nobody reads"),
            look="conf/ (deviations) and optimizers.py",
        )
    if is_copy(spec, cfg):
        raise CheckSkipped("no evidence: SPEC says what the settings say, name by name")
    unseen = sorted(set(spec) - set(observed) - ELSEWHERE)
    if not observed:
        if context.program.has_stages and not spec:
            return Passed(
                "the optimizer holds what is set; paper.json states nothing under spec yet"
            )
        raise CheckSkipped("no facts in SPEC that can be observed")
    shown = f", declared: {', '.join(sorted(declared))}" if declared else ""
    shown += f", not observed: {', '.join(unseen)}" if unseen else ""
    return Passed(f"{len(observed)} stated facts agree{shown}")


def is_copy(spec: Mapping[str, Any], cfg: Mapping[str, Any]) -> bool:
    """Return whether SPEC was made of the settings: all of them are in it, under their names.

    The paper states nothing about a folder or a device; what merely repeats the settings can
    contradict nothing.
    """
    flat = {k: v for k, v in cfg.items() if not isinstance(v, Mapping)}
    return len(flat) > 2 and all(k in spec and same_value(spec[k], v) for k, v in flat.items())  # noqa: PLR2004


def declared_deviations(context: Context, cfg: Mapping[str, Any]) -> dict[str, Any]:
    """Return the departures that the settings declare, of this stage and of the training."""
    declared = dict(cfg.get("deviations") or {})
    if context.program.has_stages:
        declared |= dict(context.config(stage=TRAINING).get("deviations") or {})
    return declared


def live_differences(context: Context, cfg: Mapping[str, Any]) -> list[str]:
    """Return where the optimizer of a staged program holds something other than its settings."""
    if not context.program.has_stages:
        return []
    optimizer = next(iter(context.setup().optimizers.values()))
    live = {**observe.optimizer_facts(optimizer), "optimizer": observe.optimizer_name(optimizer)}
    return [
        f"{name}: set {cfg[name]!r}, optimizer {value!r}"
        for name, value in live.items()
        if name in cfg and name != "nesterov" and not same_value(cfg[name], value)
    ]


def same_value(stated: Any, ours: Any) -> bool:
    """Compare numbers by value, lists one by one, and texts without case."""
    if isinstance(stated, int | float) and isinstance(ours, int | float):
        return math.isclose(stated, ours, rel_tol=1e-6, abs_tol=1e-15)
    if isinstance(stated, list | tuple) and isinstance(ours, list | tuple):
        return len(stated) == len(ours) and all(map(same_value, stated, ours))
    return str(stated).casefold() == str(ours).casefold()


def set_facts(spec: Mapping[str, Any], cfg: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each stated fact that the settings name too, and where they contradict it."""
    for name in spec:
        if name in cfg and name not in ("seed", "n_seeds", "optimizer"):
            is_same = same_value(spec[name], cfg[name])
            yield name, "" if is_same else f"paper {spec[name]!r}, set {cfg[name]!r}"


def held_facts(context: Context, state: Any) -> Iterator[tuple[str, str]]:
    """Yield each stated fact that can be observed, and an empty text or what contradicts it."""
    yield from optimizer_facts(context, state)
    yield from parts.facts(context, state)
    yield from network_facts(context, state)
    yield from step_facts(context)
    yield from batch_facts(context, state)


def optimizer_facts(context: Context, state: Any) -> Iterator[tuple[str, str]]:
    """Yield what is stated about the optimizers.

    Of several, each has to hold what is stated, unless SPEC states it more than once under names
    that are not theirs (`head_learning_rate`), or they are not a GAN's two: then one has to.
    """
    spec, found = context.spec, list(each_optimizer(context, state))
    for fact in dict.fromkeys(name for name, _ in found):
        problems = [problem for name, problem in found if name == fact]
        others = [name for name in spec if fact in name and name != fact]
        is_open = len(state.optimizers) > 1 and (
            any(name.removeprefix(f"{fact}_").upper() not in state.optimizers for name in others)
            or not {"G", "D"} <= {name.upper() for name in state.optimizers}
        )
        if is_open and "" in problems:
            yield fact, ""
        else:
            yield from ((fact, problem) for problem in problems)


def each_optimizer(context: Context, state: Any) -> Iterator[tuple[str, str]]:
    """Yield what is stated about the optimizers, for each of them."""
    spec = context.spec
    for net, optimizer in state.optimizers.items():
        name, stated = observe.optimizer_name(optimizer), per_net(spec.get("optimizer"), net)
        words = re.findall(r"[a-z]+", str(stated).casefold())
        if stated and name and words_name_an_optimizer(words):
            is_same = name.casefold() in (*words, "".join(words))
            yield "optimizer", "" if is_same else f"paper {stated!r}, {net}'s is {name}"
        held = observe.optimizer_facts(optimizer)
        for fact in _OPTIMIZER_FACTS:
            value = per_net(spec.get(f"{fact}_{net.casefold()}", spec.get(fact)), net)
            if value is None or not isinstance(value, int | float):
                continue
            if fact not in held:
                if fact in ("momentum", "beta1", "beta2") and name:
                    yield fact, f"paper {value!r}, {net}'s {name} has none" if value else ""
                continue
            if any(same_value(value, other) for other in held_by_groups(optimizer, fact)):
                yield fact, ""
                continue
            if fact == "learning_rate" and is_rate_set_by_hand(context, optimizer):
                continue  # the schedule's check sees its course
            is_same = same_value(value, held[fact])
            yield fact, "" if is_same else f"paper {value!r}, {net}'s optimizer {held[fact]!r}"


def held_by_groups(optimizer: Any, fact: str) -> list[Any]:
    """Return what the groups of an optimizer hold where they hold different values.

    Rates that fall from layer to layer, parts with a rate or a decay of their own: the stated
    value is that of one of them.
    """
    each = [observe.group_facts(group).get(fact) for group in optimizer.param_groups]
    return each if len({repr(value) for value in each}) > 1 else []


def words_name_an_optimizer(words: list[str]) -> bool:
    """Return whether a text names an optimizer of torch."""
    import torch  # noqa: PLC0415  heavy

    known = {name.casefold() for name in dir(torch.optim) if name[0].isupper()}
    return any(word in known for word in (*words, "".join(words)))


def is_rate_set_by_hand(context: Context, optimizer: Any) -> bool:
    """Return whether the rate may begin elsewhere: a schedule is stated and no scheduler set it."""
    spec = context.spec
    has_schedule = spec.get("warmup_steps") or spec.get("lr_schedule") not in (None, "constant")
    is_cyclic = re.search(r"cycl|triang", str(spec.get("lr_schedule", "")).casefold())
    return bool(has_schedule) and (
        is_cyclic is not None or "initial_lr" not in observe.main_group(optimizer)
    )


def network_facts(context: Context, state: Any) -> Iterator[tuple[str, str]]:
    """Yield what is stated about the networks."""
    spec = context.spec
    for name, values in observe.norm_facts(state.nets).items():
        stated = spec.get(name, spec.get("norm_eps") if name.endswith("eps") else None)
        if isinstance(stated, int | float):
            is_same = all(same_value(stated, value) for value in values)
            yield name, "" if is_same else f"paper {stated!r}, layers {sorted(values)}"
    counts = observe.parameter_counts(state)
    stated = spec.get("n_parameters")
    if isinstance(stated, int):
        is_same = stated in counts.values()
        ours = counts.get("model", counts["trained"])
        yield "n_parameters", "" if is_same else f"paper {stated}, ours {ours}"
    found = observe.dimensions(state.nets)
    for name in _SIZES:
        stated = spec.get(name)
        sizes = list(stated) if isinstance(stated, list | tuple) else [stated]
        if all(isinstance(size, int) for size in sizes):
            missing = [size for size in sizes if size not in found]
            yield name, f"paper {stated!r}, no weight has that dimension" if missing else ""
    yield from initialisation.facts(spec, state)
    if context.program.family not in ("gan", "rl"):
        yield from functional_facts(context, state)


def functional_facts(context: Context, state: Any) -> Iterator[tuple[str, str]]:
    """Yield what is stated about dropout and activation, which may be functional."""
    spec = context.spec
    calls = observe.functions_in_a_step(context, state)
    stated = spec.get("dropout")
    if isinstance(stated, int | float):
        live = observe.dropouts(state.nets, calls)
        is_same = any(same_value(stated, p) for p in live) if stated else not live
        # a dropout written by hand is seen by nobody: then the modes differ and nothing is said
        if (
            is_same
            or live
            or not probe.depends_on_mode(context, context.net(state), context.batch(state))
        ):
            yield "dropout", "" if is_same else f"paper {stated!r}, live {sorted(live)}"
    stated = spec.get("activation")
    if isinstance(stated, str) and stated.casefold() in observe.ACTIVATIONS:
        is_there = stated.casefold() in observe.activations(calls)
        yield "activation", "" if is_there else f"paper {stated!r}, never called"
