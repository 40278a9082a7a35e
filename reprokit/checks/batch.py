"""Batches of any structure: tensors in tuples, dicts and dataclasses, cut and put together by rows.

A batch is what the program's `batches` yields; its examples lie along the first dimension of
its tensors, or along the second where a program is time-major.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from reprokit.checks.outcome import CheckSkipped


def leaves(tree: Any) -> list[Any]:
    """Return the tensors of a batch, in order."""
    import torch  # noqa: PLC0415  heavy

    if isinstance(tree, torch.Tensor):
        return [tree]
    if isinstance(tree, Mapping):
        return [leaf for value in tree.values() for leaf in leaves(value)]
    if isinstance(tree, list | tuple):
        return [leaf for value in tree for leaf in leaves(value)]
    return [leaf for value in parts_of(tree).values() for leaf in leaves(value)]


def parts_of(tree: Any) -> dict[str, Any]:
    """Return the parts of a batch that is a dataclass or a namespace, by name; else none."""
    if isinstance(tree, type):
        return {}
    if dataclasses.is_dataclass(tree):
        return {f.name: getattr(tree, f.name) for f in dataclasses.fields(tree) if f.init}
    return dict(vars(tree)) if isinstance(tree, SimpleNamespace) else {}


def map_leaves(function: Callable[[Any], Any], tree: Any) -> Any:
    """Return the batch with a function applied to each of its tensors."""
    import torch  # noqa: PLC0415  heavy

    if isinstance(tree, torch.Tensor):
        return function(tree)
    if isinstance(tree, Mapping):
        return {key: map_leaves(function, value) for key, value in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(map_leaves(function, value) for value in tree))
    if isinstance(tree, list | tuple):
        return type(tree)(map_leaves(function, value) for value in tree)
    changed = {name: map_leaves(function, value) for name, value in parts_of(tree).items()}
    return type(tree)(**changed) if changed else tree


def size(batch: Any) -> int:
    """Return the number of examples.

    That of the shortest one-dimensional tensor (labels, lengths) where there is one, else the
    first dimension of the first tensor.

    Raises:
        CheckSkipped: There is no tensor in it.
    """
    found = [leaf for leaf in leaves(batch) if leaf.ndim]
    if not found:
        raise CheckSkipped("no tensors in a batch")
    flat = [len(leaf) for leaf in found if leaf.ndim == 1]
    # labels and lengths are as many as there are examples; what is packed in one row is longer
    return min(flat) if flat else len(found[0])


def is_ragged(batch: Any, n: int) -> bool:
    """Return whether a batch keeps all examples in one row: tokens, and where each begins."""
    flat = [leaf for leaf in leaves(batch) if leaf.ndim == 1]
    return any(len(leaf) != n and not leaf.is_floating_point() for leaf in flat)


def take(batch: Any, indices: Sequence[int]) -> Any:
    """Return the batch of some of the examples, copied."""
    import torch  # noqa: PLC0415  heavy

    n = size(batch)
    rows = torch.tensor(list(indices))
    if is_ragged(batch, n):
        raise CheckSkipped("no rectangular batch: its examples lie one behind the other")

    def cut(leaf: Any) -> Any:
        for dim in range(min(leaf.ndim, 2)):
            if leaf.shape[dim] == n:
                return leaf.index_select(dim, rows.to(leaf.device))
        return leaf.clone()

    return map_leaves(cut, batch)


def copy(batch: Any) -> Any:
    """Return a copy that shares no memory."""
    return map_leaves(lambda leaf: leaf.clone(), batch)


def same(one: Any, other: Any) -> bool:
    """Compare two batches bit for bit."""
    import torch  # noqa: PLC0415  heavy

    ours, theirs = leaves(one), leaves(other)
    return len(ours) == len(theirs) and all(
        a.shape == b.shape and (bool(torch.equal(a, b)) or is_equal_but_for_nan(a, b))
        for a, b in zip(ours, theirs, strict=True)
    )


def is_equal_but_for_nan(one: Any, other: Any) -> bool:
    """Return whether two tensors are the same where neither is NaN, and NaN at the same places."""
    import torch  # noqa: PLC0415  heavy

    return bool(one.is_floating_point() and torch.allclose(one, other, 0.0, 0.0, equal_nan=True))


def shape_of(batch: Any) -> list[tuple[int, str]]:
    """Return what a batch looks like: dimensions and type of each tensor."""
    return [(leaf.ndim, str(leaf.dtype)) for leaf in leaves(batch)]


def length(dataset: Any) -> int:
    """Return the number of examples of a dataset: a Dataset, or tensors in a tuple or dict."""
    import torch  # noqa: PLC0415  heavy

    if is_columns(dataset):
        return len(dataset) if isinstance(dataset, torch.Tensor) else size(dataset)
    try:
        return len(dataset)
    except TypeError as error:
        raise CheckSkipped("no length: the dataset is a stream") from error


def is_columns(dataset: Any) -> bool:
    """Return whether a dataset is nothing but tensors, in one of the structures of a batch."""
    import torch  # noqa: PLC0415  heavy

    if isinstance(dataset, torch.Tensor) or is_table(dataset):
        return True
    if isinstance(dataset, Mapping):
        return bool(leaves(dataset))
    # a list of examples has as many entries as examples, and these are no columns
    if not isinstance(dataset, tuple | list) or not leaves(dataset):
        return False
    return all(isinstance(part, torch.Tensor | Mapping) for part in dataset) and (
        isinstance(dataset, tuple) or len({len(leaf) for leaf in leaves(dataset) if leaf.ndim}) == 1
    )


def is_table(dataset: Any) -> bool:
    """Return whether a dataset is a dataclass of columns: tensors with a row an example."""
    if not parts_of(dataset) or hasattr(type(dataset), "__getitem__"):
        return False
    return len({leaf.shape[:1] for leaf in leaves(dataset)}) == 1


def from_dataset(program: Any, dataset: Any, indices: Sequence[int], like: Any) -> Any:
    """Put examples of a dataset together as a batch of the program's own.

    Raises:
        CheckSkipped: That does not give a batch of the structure of `like`.
    """
    from torch.utils.data import default_collate  # noqa: PLC0415

    if is_columns(dataset):
        batch = take(dataset, indices)
    else:
        items = [dataset[i] for i in indices]
        own = getattr(program.module, "collate", None)
        try:
            batch = own(items) if callable(own) else default_collate(items)
        except (TypeError, ValueError, RuntimeError, KeyError, IndexError) as error:
            raise CheckSkipped(f"no way from a dataset's items to a batch: {error}") from error
    if shape_of(batch) != shape_of(like):
        raise CheckSkipped("no way from a dataset's items to a batch: another structure")
    if type(batch) is type(like):
        return batch
    parts = iter(leaves(batch))  # items are pairs, and a batch names its parts
    return map_leaves(lambda _: next(parts), like)


def some_of(dataset: Any, indices: Sequence[int]) -> Any:
    """Return a dataset of some of the examples, of the same kind where that is known."""
    from torch.utils.data import Subset, TensorDataset  # noqa: PLC0415

    rows = list(indices)
    if isinstance(dataset, TensorDataset):
        return TensorDataset(*(tensor[rows] for tensor in dataset.tensors))
    if is_columns(dataset):
        return take(dataset, rows)
    return Subset(dataset, rows)


def items(dataset: Any, rows: Sequence[int]) -> list[Any]:
    """Return some examples of a dataset.

    Raises:
        CheckSkipped: It cannot be indexed.
    """
    import torch  # noqa: PLC0415  heavy

    if isinstance(dataset, torch.Tensor):
        return [dataset[i] for i in rows]
    if is_columns(dataset):
        tensors = [leaf for leaf in leaves(dataset) if leaf.shape[:1] == (size(dataset),)]
        return [tuple(leaf[i] for leaf in tensors) for i in rows]
    try:
        return [dataset[i] for i in rows]
    except (TypeError, KeyError, IndexError, NotImplementedError, AttributeError) as error:
        raise CheckSkipped("no items by index: the dataset is a stream") from error


def leaves_of(item: Any) -> list[Any]:
    """Return the tensors, arrays and numbers of one example, as tensors."""
    import torch  # noqa: PLC0415  heavy

    if isinstance(item, dict):
        return [leaf for value in item.values() for leaf in leaves_of(value)]
    if isinstance(item, list | tuple):
        return [leaf for value in item for leaf in leaves_of(value)]
    try:
        return [torch.as_tensor(item)]
    except (TypeError, ValueError, RuntimeError):
        return []
