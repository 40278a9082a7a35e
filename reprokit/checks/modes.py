"""GANs: no mode of the data is lost, neither where they are drawn nor where they are made."""

from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import leaves
from reprokit.checks.clusters import are_apart, centres_of, shares_of
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.streams import walk

N_REAL = 20_000
_MAX_DIMENSIONS = 8
_MAX_SHARE_OFF = 0.35  # of a mode's share; a mode that is missed moves two others by 40 %


def real_data_cover_all_modes(context: Context) -> Passed:
    """Group what sample_real and the batches give: as many modes as stated, equally often."""
    n_modes = context.spec.get("n_modes")
    if not isinstance(n_modes, int) or n_modes < 2:  # noqa: PLR2004
        raise CheckSkipped("no n_modes in SPEC")
    state = context.fresh()
    said = []
    for name, sample in real_samples(context, state).items():
        centres = centres_of(sample, n_modes)
        if not are_apart(sample, centres):
            raise CheckSkipped("no modes that stand apart in the data")
        shares = sorted(float(s) * n_modes for s in shares_of(sample, centres))
        if shares[0] < 1 - _MAX_SHARE_OFF or shares[-1] > 1 + _MAX_SHARE_OFF:
            raise CheckFailed(
                expected=f"{n_modes} modes, each with {1 / n_modes:.1%} of the examples",
                found=f"{name}: shares from {shares[0] / n_modes:.1%} "
                f"to {shares[-1] / n_modes:.1%}",
                causes=(
                    "an index that misses the first or the last mode",
                    "modes on top of others",
                ),
                look="sample_real in train.py",
            )
        said.append(f"{name} {shares[0] / n_modes:.1%} to {shares[-1] / n_modes:.1%}")
    return Passed(f"{n_modes} modes: {', '.join(said)}")


def real_samples(context: Context, state: Any) -> dict[str, Any]:
    """Return real examples [N, ...], from sample_real and from the batches."""
    import torch  # noqa: PLC0415  heavy

    generator = torch.Generator().manual_seed(context.seed)
    found = {"sample_real": context.program.function("sample_real")(N_REAL, generator)}
    first = leaves(context.batch(state))[0]
    sample = leaves(found["sample_real"])[0]
    batches = walk(context, state, min(400, -(-N_REAL // len(first))))
    rows = [leaves(batch)[0] for batch in batches]
    if first.ndim > sample.ndim:  # the batches of several steps of D, one behind the other
        rows = [row.flatten(0, first.ndim - sample.ndim) for row in rows]
    found["batches"] = torch.cat(rows)
    return {name: leaves(t)[0].detach().flatten(1).double() for name, t in found.items()}


def generated_examples_cover_modes(context: Context) -> Passed:
    """Train; of what G then makes, most lies in modes of the real data, and in most of them."""
    n_modes = context.spec.get("n_modes")
    if not isinstance(n_modes, int) or n_modes < 2:  # noqa: PLR2004
        raise CheckSkipped("no n_modes in SPEC")
    import torch  # noqa: PLC0415  heavy

    state = context.trained().state
    real = real_samples(context, state)["sample_real"]
    centres = centres_of(real, n_modes)
    if not are_apart(real, centres):
        raise CheckSkipped("no modes that stand apart in the data")
    radius = torch.cdist(real, centres).amin(1).quantile(0.99) * 1.5
    torch.manual_seed(context.seed)
    with probe.evaluating(state.nets["G"]) as net:
        drawn = context.program.function("sample_noise")(5000)
        fake = leaves(net(drawn))[0].flatten(1).double()
    distance, nearest = torch.cdist(fake, centres).min(1)
    hits = torch.bincount(nearest[distance <= radius], minlength=n_modes) / len(fake)
    covered = int((hits > 0.1 / n_modes).sum())
    said = f"{covered} of {n_modes} modes, {float(hits.sum()):.0%} of the examples in one"
    # of examples of many dimensions few lie as close to a centre as real ones do
    is_off = float(hits.sum()) < 0.25 and real.shape[1] <= _MAX_DIMENSIONS  # noqa: PLR2004
    if covered < 0.6 * n_modes or is_off:
        raise CheckFailed(
            expected="most modes covered, and most examples in one",
            found=said,
            causes=("mode collapse", "too little training", "D and G out of balance"),
            look="the learning rates and the numbers of updates",
        )
    return Passed(said, {"modes": covered})
