"""Batches: which examples, in which order.

The order is a function of (seed, epoch) alone: no generator has a state to save, and any
number of workers gives the same stream. Legend: N examples, B batch.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Subset, TensorDataset, default_collate

Batch = tuple[Tensor, Tensor]


def epoch_order(n: int, seed: int, epoch: int, *, shuffle: bool = True) -> Tensor:
    """Return the order [N] in which an epoch visits the examples."""
    if not shuffle:
        return torch.arange(n)
    return torch.randperm(n, generator=epoch_generator(seed, epoch))


def epoch_generator(seed: int, epoch: int) -> torch.Generator:
    """Return a generator of the epoch's own; the global one is left alone."""
    return torch.Generator().manual_seed(seed * 1_000_003 + epoch)


def collate(items: Sequence[tuple[Tensor, Tensor]]) -> Batch:
    """Stack examples to a batch: x [B, ...], y [B]."""
    x, y = default_collate(list(items))
    return x, y


def make_loader(  # noqa: PLR0913  the first three are what the gates give
    dataset: Dataset[Any],
    workers: int,
    seed: int,
    *,
    batch_size: int = 32,
    epoch: int = 0,
    skip: int = 0,
    shuffle: bool = True,
    drop_last: bool = True,
) -> DataLoader[Batch]:
    """Return a loader over one epoch from batch `skip` on."""
    n = len(dataset)  # type: ignore[arg-type]
    size = min(batch_size, n)
    order = epoch_order(n, seed, epoch, shuffle=shuffle).split(size)
    if drop_last and len(order[-1]) < size:
        order = order[:-1]
    return DataLoader(
        dataset,
        batch_sampler=[indices.tolist() for indices in order[skip:]],
        num_workers=workers,
        collate_fn=collate,
        generator=epoch_generator(seed, epoch),  # seeds the loader's processes
    )


def steps_per_epoch(n: int, batch_size: int) -> int:
    """Return the number of full batches in an epoch, at least one."""
    return max(1, n // batch_size)


def loader_batches(
    dataset: Dataset[Any], cfg: dict[str, Any], seed: int, step: int, device: torch.device
) -> Iterator[Batch]:
    """Yield batches from `step` on through a DataLoader: for any dataset."""
    n, size = len(dataset), cfg["batch_size"]  # type: ignore[arg-type]
    epoch, skip = divmod(step, steps_per_epoch(n, size))
    while True:
        loader = make_loader(
            dataset, cfg["workers"], seed,
            batch_size=size, epoch=epoch, skip=skip, shuffle=cfg["shuffle"],
        )  # fmt: skip
        for x, y in loader:
            yield x.to(device), y.to(device)
        epoch, skip = epoch + 1, 0


def indexed_batches(
    dataset: Dataset[Any], cfg: dict[str, Any], seed: int, step: int, device: torch.device
) -> Iterator[Batch]:
    """Yield the same batches by indexing tensors: for data that fits in memory."""
    x, y = (tensor.to(device) for tensor in in_memory(dataset))
    size = min(cfg["batch_size"], len(y))
    epoch, skip = divmod(step, steps_per_epoch(len(y), size))
    while True:
        order = epoch_order(len(y), seed, epoch, shuffle=cfg["shuffle"]).to(device)
        for k in range(skip, steps_per_epoch(len(y), size)):
            indices = order[k * size : (k + 1) * size]
            yield x[indices], y[indices]
        epoch, skip = epoch + 1, 0


def in_memory(dataset: Dataset[Any]) -> Batch:
    """Return a dataset's tensors x [N, ...] and y [N].

    Raises:
        TypeError: The dataset is no TensorDataset: use `loading=loader`.
    """
    if isinstance(dataset, Subset):
        x, y = in_memory(dataset.dataset)
        return x[list(dataset.indices)], y[list(dataset.indices)]
    if isinstance(dataset, TensorDataset):
        x, y = dataset.tensors
        return x, y
    msg = f"loading=indexed needs a TensorDataset, found {type(dataset).__name__}: use loader"
    raise TypeError(msg)
