"""Diffusion: the noise that is added, the time that is told, the target that is learnt."""

from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import leaves
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_DRAWS = ("randn", "randn_like", "normal", "normal_", "rand", "rand_like", "uniform_")
_CLOSE = 1e-3
_MIN_TIMES = 8


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
    noisy = [t for t in call.inputs if t.shape == data.shape and t.is_floating_point()]
    if not drawn or not noisy:
        raise CheckSkipped("no noise of the data's shape drawn in loss_fn")
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
        ),
        look="loss_fn in train.py",
    )


def network_is_told_the_time(context: Context) -> Passed:
    """Look at the network's other arguments: they differ between examples, and matter."""
    _, _, noisy, call, _ = noised(context)
    state = context.fresh()
    net = context.net(state)
    times = [
        (i, t) for i, t in enumerate(call.args)
        if hasattr(t, "shape") and t.shape[:1] == noisy.shape[:1] and t is not noisy
    ]  # fmt: skip
    if not times:
        raise CheckSkipped("no argument of the network beside the data")
    i, time = times[0]
    unique = time.flatten(1).unique(dim=0) if time.ndim > 1 else time.unique()
    if len(unique) < min(_MIN_TIMES, len(time) // 4):
        raise failed("each example at a time of its own", f"{len(unique)} for {len(time)} examples")
    args = [*call.args]
    before = probe.answer(net, args, call.kwargs)
    args[i] = time.roll(1, 0)
    if float((probe.answer(net, args, call.kwargs) - before).abs().max()) == 0:
        raise failed("another output at another time", "the same")
    return Passed(f"{len(unique)} times in {len(time)} examples, and the output depends on them")


def loss_is_of_the_noise(context: Context) -> Passed:
    """Compute the loss again: the error of the noise, the data, or the step between them."""
    data, noise, _, call, loss = noised(context)
    out = call.prediction
    targets = {"the noise": noise, "the data": data, "noise - data": noise - data}
    stated = str(context.spec.get("prediction", "")).casefold()
    if stated in ("noise", "epsilon", "eps"):
        targets = {"the noise": noise}
    found = {}
    for name, target in targets.items():
        for sign in (1, -1):
            if out.shape == target.shape:
                off = out - sign * target
                found[f"squared error of {name}"] = float(off.square().mean())
                found[f"absolute error of {name}"] = float(off.abs().mean())
                for kind in ("squared error", "absolute error"):
                    value = found[f"{kind} of {name}"]
                    if abs(value - loss) <= _CLOSE * max(loss, 1e-3):
                        return Passed(f"{loss:.4g} is the {kind} of {name}")
    if not found:
        raise CheckSkipped("no output of the data's shape")
    raise failed(", ".join(f"{v:.4g} ({n})" for n, v in list(found.items())[:3]), f"{loss:.4g}")
