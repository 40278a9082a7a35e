"""One assumption a test, its name the sentence. Add yours as you read the paper."""

import pytest
import torch

import lines
from loading import epoch_order, make_loader, steps_per_epoch


def test_an_image_shows_at_least_one_line_and_at_most_four() -> None:
    _, y = lines.draw(500, seed=0)
    assert y.unique().tolist() == [0, 1, 2, 3]


def test_images_are_standardized() -> None:
    x, _ = lines.draw(500, seed=0)
    assert x.mean().item() == pytest.approx(0, abs=1e-4)
    assert x.std().item() == pytest.approx(1, abs=1e-3)


def test_the_same_seed_draws_the_same_images_and_another_seed_others() -> None:
    assert torch.equal(lines.draw(10, seed=1)[0], lines.draw(10, seed=1)[0])
    assert not torch.equal(lines.draw(10, seed=1)[0], lines.draw(10, seed=2)[0])


def test_an_epoch_visits_every_example_once() -> None:
    assert epoch_order(100, seed=3, epoch=7).sort().values.tolist() == list(range(100))


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    assert torch.equal(epoch_order(50, 1, 2), epoch_order(50, 1, 2))
    assert not torch.equal(epoch_order(50, 1, 2), epoch_order(50, 1, 3))
    assert not torch.equal(epoch_order(50, 1, 2), epoch_order(50, 2, 2))


@pytest.mark.parametrize(("n", "batch_size", "expected"), [(10, 3, 3), (9, 3, 3), (2, 3, 1)])
def test_an_epoch_has_full_batches_only(n: int, batch_size: int, expected: int) -> None:
    assert steps_per_epoch(n, batch_size) == expected


def test_inputs_and_labels_stay_together_in_a_batch() -> None:
    data = torch.utils.data.TensorDataset(torch.arange(20.0)[:, None], torch.arange(20))
    for x, y in make_loader(data, 0, seed=5, batch_size=4):
        assert torch.equal(x[:, 0].long(), y)
