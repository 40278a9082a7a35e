"""Groups in data: k-means with careful seeding, for counting modes.

D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding" (SODA 2007).
Legend: N examples, K centres, F features.
"""

from typing import Any

_N_STARTS = 8
_N_ROUNDS = 25
_MAX_SEEDING = 2000
_MAX_WIDTH = 0.3  # of the distance to the nearest other group


def centres_of(sample: Any, k: int) -> Any:
    """Return K centres [K, F] of a sample [N, F], the best of some starts."""
    import torch  # noqa: PLC0415  heavy

    best, lowest = None, float("inf")
    for start in range(_N_STARTS):
        generator = torch.Generator().manual_seed(start)
        centres = spread_out(sample[:_MAX_SEEDING], k, generator)
        for _ in range(_N_ROUNDS):
            nearest = torch.cdist(sample[:_MAX_SEEDING], centres).argmin(1)
            for j in range(k):
                own = sample[:_MAX_SEEDING][nearest == j]
                if len(own):
                    centres[j] = own.mean(0)
        inertia = float(torch.cdist(sample[:_MAX_SEEDING], centres).amin(1).pow(2).sum())
        if inertia < lowest:
            best, lowest = centres, inertia
    return best


def spread_out(sample: Any, k: int, generator: Any) -> Any:
    """Return K examples, each drawn by its squared distance to those already drawn."""
    import torch  # noqa: PLC0415  heavy

    chosen = [sample[int(torch.randint(len(sample), (1,), generator=generator))]]
    while len(chosen) < k:
        weights = torch.cdist(sample, torch.stack(chosen)).amin(1).pow(2) + 1e-12
        chosen.append(sample[int(torch.multinomial(weights, 1, generator=generator))])
    return torch.stack(chosen).clone()


def shares_of(sample: Any, centres: Any) -> Any:
    """Return the share [K] of the examples nearest to each centre."""
    import torch  # noqa: PLC0415  heavy

    nearest = torch.cdist(sample, centres).argmin(1)
    return torch.bincount(nearest, minlength=len(centres)).double() / len(sample)


def are_apart(sample: Any, centres: Any) -> bool:
    """Return whether most groups are small beside their distances: there are modes to count."""
    import torch  # noqa: PLC0415  heavy

    between = torch.cdist(centres, centres).fill_diagonal_(float("inf")).amin(1).median()
    within = torch.cdist(sample[:_MAX_SEEDING], centres).amin(1).mean()
    return bool(within < _MAX_WIDTH * between)
