"""What is relied on of MNIST-1D."""

import torch

import data


def test_the_splits_have_the_published_sizes() -> None:
    x, y, x_test, y_test = data.make()
    assert (x.shape, y.shape) == ((4000, 40), (4000,))
    assert (x_test.shape, y_test.shape) == ((1000, 40), (1000,))


def test_every_class_is_there_about_equally_often() -> None:
    _, y, _, _ = data.make()
    assert y.unique().tolist() == list(range(10))
    assert y.bincount().min() > 300


def test_the_validation_split_is_cut_from_the_training_examples() -> None:
    whole = data.load({"n_validation": 0, "shuffle_positions": False})
    cut = data.load({"n_validation": 800, "shuffle_positions": False})
    assert whole.validation is None
    assert cut.validation is not None
    assert torch.equal(cut.validation[0][0], whole.train[3200][0])


def test_shuffling_moves_the_positions_of_every_example_alike() -> None:
    plain = data.load({"n_validation": 0, "shuffle_positions": False})
    shuffled = data.load({"n_validation": 0, "shuffle_positions": True})
    order = data.shuffled_positions()
    assert sorted(order.tolist()) == list(range(40))
    assert torch.equal(shuffled.test[5][0], plain.test[5][0][order])
