"""Diffusion: the noise that is added, the time that is told, the target that is learnt."""

from collections.abc import Iterator, Mapping
from typing import Any

from reprokit.checks import probe, statements
from reprokit.checks.batch import leaves
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.streams import walk

_DRAWS = ("randn", "randn_like", "normal", "normal_", "rand", "rand_like", "uniform_")
_CLOSE = 1e-3
_MIN_TIMES = 8
_DRAWS_A_TIME = 28
_MAX_BATCHES = 400


def noised(context: Context) -> tuple[Any, Any, Any, probe.Call, float]:
    """Return data, noise, noisy data [B, ...], the call of the network, and the loss.

    Raises:
        CheckSkipped: The noise is not drawn in loss_fn, or the network is given something else.
    """
    state = context.fresh()
    context.steps(state, 2)
    batch = context.batch(state)
    data = leaves(batch)[0]
    calls: list[tuple[str, Any, Any, Any]] = []
    with probe.evaluating(context.net(state)) as net, probe.watch_functions(calls):
        loss, call = probe.look(context, net, batch)
    drawn = [
        r for name, _, _, r in calls if name in _DRAWS and getattr(r, "shape", 0) == data.shape
    ]
    # a batch may bring its noise along
    drawn += [t for t in leaves(batch)[1:] if t.shape == data.shape and t.is_floating_point()]
    noisy = [t for t in call.inputs if t.shape == data.shape and t.is_floating_point()]
    if not drawn or not noisy:
        raise CheckSkipped("no noise of the data's shape drawn in loss_fn or in the batch")
    return data, drawn[0], noisy[0], call, float(loss)


def noise_is_added_consistently(context: Context) -> Passed:
    """Split each noisy example into its shares of data and noise: they belong together.

    Squares that add up to 1 (J. Ho et al., arXiv:2006.11239, equation 4), shares that add up to
    1 (a straight path), or the data whole; and the noise is standard normal.
    """
    import torch  # noqa: PLC0415  heavy

    data, noise, noisy, _, _ = noised(context)
    mean, spread = float(noise.mean()), float(noise.std())
    error = 6 / noise.numel() ** 0.5
    if abs(mean) > error or abs(spread - 1) > error:
        raise failed("standard normal noise", f"mean {mean:.3g}, standard deviation {spread:.3g}")
    rows = []
    for x, e, z in zip(data.flatten(1), noise.flatten(1), noisy.flatten(1), strict=True):
        basis = torch.stack([x, e], 1).double()
        solution = torch.linalg.lstsq(basis, z.double()[:, None]).solution[:, 0]
        rows.append((*solution.tolist(), float((basis @ solution - z.double()).abs().max())))
    if max(r[2] for r in rows) > _CLOSE * max(float(noisy.abs().max()), 1.0):
        raise CheckSkipped("no noisy example that is a sum of data and noise")
    laws = {
        "a^2 + b^2 = 1": [a * a + b * b - 1 for a, b, _ in rows],
        "a + b = 1": [a + b - 1 for a, b, _ in rows],
        "a = 1": [a - 1 for a, _, _ in rows],
    }
    off = {law: sorted(map(abs, values))[len(values) // 2] for law, values in laws.items()}
    law = min(off, key=off.__getitem__)
    scaled = statements.says(context.spec, r"sigma_data|precondition|\bedm\b|variance.explod")
    if off[law] > 10 * _CLOSE and scaled:
        raise CheckSkipped(f"no shares to expect where SPEC's {scaled} scales the network's input")
    if off[law] > 10 * _CLOSE:
        a, b, _ = rows[0]
        raise failed(
            "shares a of the data and b of the noise with a^2 + b^2 = 1 or a + b = 1",
            f"a = {a:.3g}, b = {b:.3g}, for one",
        )
    return Passed(f"{len(rows)} noisy examples with {law}")


def failed(expected: str, found: str) -> CheckFailed:
    """Return the finding of a wrong noise process."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "a square root is missing in the schedule",
            "uniform instead of normal noise",
            "one time for the whole batch, or a network that does not get it",
            "a bound of the times that is off by one",
        ),
        look="loss_fn in train.py",
    )


def network_is_told_the_time(context: Context) -> Passed:
    """Look at the network's other arguments: they differ between examples, and matter."""
    _, _, noisy, call, _ = noised(context)
    state = context.fresh()
    context.steps(state, 3)  # a last layer may begin at zero
    net = context.net(state)
    i, time = time_of(call, noisy)
    unique = time.flatten(1).unique(dim=0) if time.ndim > 1 else time.unique()
    if len(unique) < min(_MIN_TIMES, len(time) // 4):
        raise failed("each example at a time of its own", f"{len(unique)} for {len(time)} examples")
    args = [*call.args]
    before = probe.answer(net, args, call.kwargs)
    args[i] = time.roll(1, 0)
    if float((probe.answer(net, args, call.kwargs) - before).abs().max()) == 0:
        raise failed("another output at another time", "the same")
    return Passed(f"{len(unique)} times in {len(time)} examples, and the output depends on them")


def time_of(call: probe.Call, noisy: Any) -> tuple[int, Any]:
    """Return which argument of the network is the time, and the times [B].

    Raises:
        CheckSkipped: None is.
    """
    for i, t in enumerate(call.args):
        if hasattr(t, "shape") and t.shape[:1] == noisy.shape[:1] and t is not noisy:
            return i, t
    raise CheckSkipped("no argument of the network beside the data")


def every_time_is_drawn(context: Context) -> Passed:
    """Collect the times that the network is told: the first and the last of SPEC's are among them.

    Of T times drawn evenly, one is missed in 28 T draws with a probability below 1e-12.
    """
    names = ("diffusion_steps", "timesteps", "n_timesteps", "num_timesteps", "n_steps", "T")
    stated = next((context.spec[n] for n in names if isinstance(context.spec.get(n), int)), None)
    if stated is None:
        raise CheckSkipped("no number of diffusion steps in SPEC")
    _, _, noisy, call, _ = noised(context)
    place, time = time_of(call, noisy)
    if time.is_floating_point() or time.ndim != 1:
        raise CheckSkipped("no whole numbers as times")
    state = context.fresh()
    count = -(-_DRAWS_A_TIME * stated // max(1, len(time)))
    if count > _MAX_BATCHES:
        raise CheckSkipped(f"no {_DRAWS_A_TIME * stated} draws in {_MAX_BATCHES} batches")
    seen: set[int] = set()
    with probe.evaluating(context.net(state)) as net:
        for batch in walk(context, state, count):
            _, call = probe.look(context, net, batch)
            seen |= set(call.args[place].tolist())
    wanted = [set(range(stated)), set(range(1, stated + 1))]
    if seen not in wanted:
        missing = min((w - seen for w in wanted), key=len)
        raise failed(
            f"all {stated} times",
            f"{min(seen)} to {max(seen)}, without {sorted(missing)[:5]}" if missing else "others",
        )
    return Passed(f"all {stated} times, {min(seen)} to {max(seen)}")


def loss_is_of_the_noise(context: Context) -> Passed:
    """Compute the loss again: the error of the noise, the data, the step, or the velocity.

    The velocity is a e - b x of the shares a of the data x and b of the noise e (T. Salimans and
    J. Ho, arXiv:2202.00512); the step of a straight path e - x (Y. Lipman et al.,
    arXiv:2210.02747).
    """
    data, noise, noisy, call, loss = noised(context)
    out = call.prediction
    targets = {"the noise": noise, "the data": data, "noise - data": noise - data}
    stated = str(context.spec.get("prediction", "")).casefold()
    shares = shares_of(data, noise, noisy) if stated in ("velocity", "v") else None
    if shares is not None:
        a, b = (s.reshape(-1, *[1] * (data.ndim - 1)).to(data) for s in shares)
        targets["the velocity"] = a * noise - b * data
    kinds = {
        "noise": "the noise", "epsilon": "the noise", "eps": "the noise", "data": "the data",
        "x0": "the data", "flow": "noise - data",
    }  # fmt: skip
    if stated in kinds:
        targets = {kinds[stated]: targets[kinds[stated]]}
    found = dict(errors_of(out, targets))
    for name, mean in found.items():
        # over all elements, or summed over those of an example
        for value in (mean, mean * out[0].numel()):
            if abs(value - loss) <= _CLOSE * max(loss, 1e-3):
                return Passed(f"{loss:.4g} is the {name}")
    if not found:
        raise CheckSkipped("no output of the data's shape")
    if statements.unread_loss(context.spec) or any(
        "weight" in name and "decay" not in name for name in context.spec
    ):
        raise CheckSkipped("no way to compute a loss that is weighted, or another, by SPEC")
    raise failed(", ".join(f"{v:.4g} ({n})" for n, v in list(found.items())[:3]), f"{loss:.4g}")


def errors_of(out: Any, targets: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the errors of an output with respect to each target, or its negative, by name."""
    for name, target in targets.items():
        for sign in (1, -1):
            if out.shape == target.shape:
                off = out - sign * target
                what = name if sign > 0 else f"the negative of {name}"
                yield f"squared error of {what}", float(off.square().mean())
                yield f"absolute error of {what}", float(off.abs().mean())


def shares_of(data: Any, noise: Any, noisy: Any) -> tuple[Any, Any] | None:
    """Return each noisy example's shares [B] of data and noise; None where it is no such sum."""
    import torch  # noqa: PLC0415  heavy

    rows = []
    for x, e, z in zip(data.flatten(1), noise.flatten(1), noisy.flatten(1), strict=True):
        basis = torch.stack([x, e], 1).double()
        solution = torch.linalg.lstsq(basis, z.double()[:, None]).solution[:, 0]
        if float((basis @ solution - z.double()).abs().max()) > _CLOSE * max(
            float(z.abs().max()), 1.0
        ):
            return None
        rows.append(solution)
    shares = torch.stack(rows)
    return shares[:, 0], shares[:, 1]
