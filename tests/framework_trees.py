"""Labelled repository trees: small, written by hand, in the forms that repositories come in.

A tree is written in one text, its files separated by lines of `=== path`. The labels say what a
reader of the repository would say: the primary framework, the others that are really used (most
used first), and the roles that matter.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tree:
    """A repository's files and what is true of them."""

    name: str
    files: Mapping[str, str | bytes]
    primary: str
    secondary: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    confirmed: bool = True


def split(text: str) -> dict[str, str | bytes]:
    """Return the files of a tree that is written in one text."""
    files: dict[str, str | bytes] = {}
    for part in text.split("=== ")[1:]:
        path, _, body = part.partition("\n")
        files[path.strip()] = body
    return files


def notebook(*cells: str, language: str = "python", prose: str = "# A notebook") -> str:
    """Return a notebook of format 4 with these code cells after one of prose."""
    return json.dumps(
        {
            "cells": [
                {"cell_type": "markdown", "metadata": {}, "source": [prose]},
                *(
                    {
                        "cell_type": "code",
                        "execution_count": 1,
                        "metadata": {},
                        "outputs": [],
                        "source": cell.splitlines(keepends=True),
                    }
                    for cell in cells
                ),
            ],
            "metadata": {"kernelspec": {"language": language, "name": language}},
            "nbformat": 4,
            "nbformat_minor": 2,
        },
        indent=1,
    )


def old_notebook(*cells: str) -> str:
    """Return a notebook of format 3: worksheets, and `input` for `source`."""
    return json.dumps(
        {
            "metadata": {"name": ""},
            "nbformat": 3,
            "worksheets": [
                {
                    "cells": [
                        {"cell_type": "markdown", "source": ["We use import torch here."]},
                        *(
                            {
                                "cell_type": "code",
                                "input": cell.splitlines(keepends=True),
                                "language": "python",
                                "outputs": [],
                            }
                            for cell in cells
                        ),
                    ]
                }
            ],
        }
    )


PYTORCH_TRAINING = """\
import argparse
import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import DataLoader
from torchvision import datasets, transforms
from model import Net

def one_pass(net, digits, opt, where):
    net.train()
    for images, labels in digits:
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(images.to(where)), labels.to(where))
        loss.backward()
        opt.step()

def main():
    where = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    digits = DataLoader(datasets.MNIST("data", transform=transforms.ToTensor()), batch_size=50)
    net = Net().to(where)
    opt = optim.Adam(net.parameters(), lr=2e-3)
    for _ in range(7):
        one_pass(net, digits, opt, where)
    torch.save(net.state_dict(), "digits.pt")

if __name__ == "__main__":
    main()
"""

PYTORCH_MODEL = """\
import torch
from torch import nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.strokes = nn.Conv2d(1, 24, 5)
        self.digit = nn.Linear(24 * 24 * 24, 10)

    def forward(self, image):
        seen = F.relu(self.strokes(image))
        return self.digit(torch.flatten(seen, 1))
"""

TF1_MODEL = """\
import tensorflow as tf

class Faces(object):
    def __init__(self, judge):
        self.photos = tf.placeholder(tf.float32, [32, 8, 8, 3], name='photos')
        self.noise = tf.placeholder(tf.float32, [32, 50], name='noise')
        with tf.variable_scope("painter"):
            seeds = tf.layers.dense(self.noise, 4 * 4 * 96, activation=tf.nn.relu)
            seeds = tf.reshape(tf.layers.batch_normalization(seeds), [32, 4, 4, 96])
            self.painted = tf.nn.tanh(tf.layers.conv2d_transpose(seeds, 3, 4, strides=2))
        verdicts = judge(self.painted)
        self.painter_loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
            logits=verdicts, labels=tf.ones_like(verdicts)))
"""

TF1_TRAINING = """\
import tensorflow as tf
from model import Faces

flags = tf.app.flags
flags.DEFINE_float("rate", 0.0004, "How far a step goes")
FLAGS = flags.FLAGS

def main(_):
    frugal = tf.ConfigProto()
    frugal.gpu_options.allow_growth = True
    with tf.Session(config=frugal) as session:
        faces = Faces(lambda images: tf.layers.dense(tf.layers.flatten(images), 1))
        paint = tf.train.AdamOptimizer(FLAGS.rate).minimize(faces.painter_loss)
        session.run(tf.global_variables_initializer())
        for _ in range(3000):
            session.run(paint)

if __name__ == '__main__':
    tf.app.run()
"""

JAX_TRAINING = """\
import jax
import jax.numpy as jnp
from jax import random, grad, jit, vmap

def init_params(seed=0, wide=64):
    first, second = random.split(random.PRNGKey(seed))
    return {"in": random.normal(first, (784, wide)) / 28,
            "out": random.normal(second, (wide, 10)) / wide}

def log_chances(params, pixels):
    return jax.nn.log_softmax(jnp.tanh(pixels @ params["in"]) @ params["out"])

def surprise(params, pixels, digit):
    return -log_chances(params, pixels)[digit]

def mean_surprise(params, batch):
    return jnp.mean(vmap(surprise, (None, 0, 0))(params, *batch))

@jit
def update(params, batch):
    slopes = grad(mean_surprise)(params, batch)
    return jax.tree_util.tree_map(lambda old, slope: old - 0.3 * slope, params, slopes)
"""

TORCH7_TRAINING = """\
require 'torch'
require 'nn'
require 'optim'
local words = torch.CmdLine()
words:option('-rate', 0.001, 'how far a step goes')
local given = words:parse(arg)
torch.setdefaulttensortype('torch.FloatTensor')
local painter = nn.Sequential()
painter:add(nn.SpatialFullConvolution(64, 128, 3, 3))
painter:add(nn.SpatialBatchNormalization(128)):add(nn.ReLU(true))
local judge = nn.MSECriterion()
local weights, slopes = painter:getParameters()
local function cost(_)
   slopes:zero()
   local painted = painter:forward(seeds)
   local price = judge:forward(painted, photos)
   painter:backward(seeds, judge:backward(painted, photos))
   return price, slopes
end
optim.adam(cost, weights, {learningRate = given.rate})
"""

NUMPY_NETWORK = """\
import numpy as np

def sigmoid(level):
    return np.tanh(level / 2) / 2 + 0.5

class TwoLayers(object):
    def __init__(self, wide):
        self.weights = np.random.uniform(-0.1, 0.1, (784, wide))
        self.readout = np.random.uniform(-0.1, 0.1, (wide, 10))

    def feedforward(self, images):
        self.hidden = sigmoid(images @ self.weights)
        return sigmoid(self.hidden @ self.readout)

    def backprop(self, images, wanted):
        miss = self.feedforward(images) - wanted
        inner = miss @ self.readout.T * self.hidden * (1 - self.hidden)
        return images.T @ inner, self.hidden.T @ miss

    def update_mini_batch(self, images, wanted, rate):
        for old, slope in zip((self.weights, self.readout), self.backprop(images, wanted)):
            old -= rate * slope / len(images)
"""

TREES: list[Tree] = []


def add(
    name: str,
    files: str | Mapping[str, str | bytes],
    primary: str,
    *secondary: str,
    roles: Mapping[str, str] | None = None,
    confirmed: bool = True,
) -> None:
    """Add a tree to the set."""
    tree = split(files) if isinstance(files, str) else files
    TREES.append(Tree(name, tree, primary, secondary, roles or {}, confirmed))


add(
    "pytorch, with requirements that name another framework too",
    f"""\
=== README.md
# MNIST in PyTorch
=== requirements.txt
tensorflow==1.14
torch>=1.0
tensorboardX
=== train.py
{PYTORCH_TRAINING}
=== model.py
{PYTORCH_MODEL}
=== utils.py
import os
import numpy as np
def mkdir(path):
    os.makedirs(path)
""",
    "pytorch",
    roles={"pytorch": "training"},
)
add(
    "tensorflow 1 with a graph and a session",
    f"=== main.py\n{TF1_TRAINING}\n=== model.py\n{TF1_MODEL}\n",
    "tensorflow",
    roles={"tensorflow": "training"},
)
add(
    "tf.keras with compile and fit",
    """\
=== train.py
import tensorflow as tf
from tensorflow.keras import layers, models

(pictures, names), _ = tf.keras.datasets.cifar10.load_data()
net = models.Sequential([layers.Conv2D(20, 5, input_shape=(32, 32, 3)), layers.ReLU()])
net.add(layers.GlobalMaxPooling2D())
net.add(layers.Dense(10))
net.compile(tf.keras.optimizers.Adam(2e-3),
            tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
net.fit(pictures / 127.5 - 1, names, epochs=4)
""",
    "tensorflow",
    "keras",
    roles={"keras": "training"},
)
add(
    "tensorflow 2 with its own loop over tf.keras layers",
    """\
=== nets/unet.py
from tensorflow import keras

class Block(keras.layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.conv = keras.layers.Conv2D(filters, 3, padding="same")
        self.norm = keras.layers.BatchNormalization()

    def call(self, x):
        return self.norm(self.conv(x))
=== run_training.py
import tensorflow as tf
from nets.unet import Block

@tf.function
def train_step(model, opt, x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    return loss

ds = tf.data.Dataset.from_tensor_slices(([0.0], [1.0])).batch(2)
opt = tf.optimizers.Adam()
for x, y in ds:
    train_step(Block(4), opt, x, y)
""",
    "tensorflow",
    "keras",
    roles={"keras": "model", "tensorflow": "training"},
)
add(
    "standalone keras of 2017, tensorflow for the session only",
    """\
=== train.py
from __future__ import print_function
import numpy as np
import tensorflow as tf
from keras.backend.tensorflow_backend import set_session
from keras.models import Model
from keras.layers import Input, Conv2D, MaxPooling2D, concatenate
from keras.optimizers import Adam
from keras.callbacks import ModelCheckpoint

frugal = tf.ConfigProto()
frugal.gpu_options.allow_growth = True
set_session(tf.Session(config=frugal))

def outline(side):
    scan = Input((side, side, 1))
    fine = Conv2D(12, 5, padding='same')(scan)
    both = concatenate([fine, MaxPooling2D(3, strides=1, padding='same')(fine)])
    return Model(scan, Conv2D(1, 1, activation='sigmoid')(both))

net = outline(80)
net.compile(Adam(lr=3e-4), 'binary_crossentropy')
net.fit(np.zeros(1), np.zeros(1), batch_size=8, callbacks=[ModelCheckpoint('outline.h5')])
""",
    "keras",
    "tensorflow",
    roles={"keras": "training", "tensorflow": "other"},
)
add(
    "keras 3 on a backend of jax",
    """\
=== train.py
import os
os.environ["KERAS_BACKEND"] = "jax"
import keras
from keras import layers, ops

page = keras.Input((20, 30, 1))
ink = ops.max(layers.Conv2D(9, 4)(page), axis=(1, 2))
reader = keras.Model(page, layers.Dense(2)(ink))
reader.compile(optimizer=keras.optimizers.AdamW(), loss="mse")
reader.fit(keras.random.normal((6, 20, 30, 1)), keras.random.normal((6, 2)))
""",
    "keras",
)
add(
    "keras_core",
    """\
=== vit.py
import keras_core as keras
from keras_core import layers

class Tiles(layers.Layer):
    def call(self, photo):
        return keras.ops.reshape(photo, (-1, 48))

net = keras.Sequential([Tiles(), layers.Dense(5)])
net.compile("adam", "mse")
""",
    "keras",
)
add("raw jax", f"=== mlp.py\n{JAX_TRAINING}\n", "jax", roles={"jax": "training"})
add(
    "flax with optax, data from tfds",
    """\
=== models.py
from typing import Any
import flax.linen as nn
import jax.numpy as jnp

class Squeeze(nn.Module):
    code: int = 12

    @nn.compact
    def __call__(self, digit):
        return nn.Dense(self.code)(nn.gelu(nn.Dense(9 * self.code)(digit)))
=== train.py
from absl import app
import jax
import jax.numpy as jnp
import optax
import tensorflow as tf
import tensorflow_datasets as tfds
from flax.training import train_state
import models

@jax.jit
def learn(state, digits):
    def size(params):
        return jnp.abs(state.apply_fn({"params": params}, digits)).mean()
    return state.apply_gradients(grads=jax.grad(size)(state.params))

def main(argv):
    tf.config.experimental.set_visible_devices([], "GPU")
    rows = tfds.load("kmnist", split="train")
    rows = rows.map(lambda row: tf.cast(row["image"], tf.float32) / 255.0).batch(40)
    net = models.Squeeze()
    weights = net.init(jax.random.PRNGKey(3), jnp.zeros((1, 784)))["params"]
    state = train_state.TrainState.create(
        apply_fn=net.apply, params=weights, tx=optax.adam(4e-4))
    for digits in tfds.as_numpy(rows):
        state = learn(state, digits)

if __name__ == "__main__":
    app.run(main)
""",
    "flax",
    "jax",
    "tensorflow",
    roles={"jax": "training", "tensorflow": "data"},
)
add(
    "haiku, with pytorch's data loader",
    """\
=== train.py
import haiku as hk
import jax
import jax.numpy as jnp
import optax
import torchvision
import torchvision.transforms as T
from torch.utils.data import DataLoader

def digits_of(images):
    return hk.Sequential([hk.Flatten(), hk.Linear(90), jnp.tanh, hk.Linear(10)])(images)

reader = hk.without_apply_rng(hk.transform(digits_of))
rule = optax.adam(5e-4)

def price(params, images, digits):
    guesses = reader.apply(params, images)
    return optax.softmax_cross_entropy_with_integer_labels(guesses, digits).sum()

@jax.jit
def learn(params, memory, images, digits):
    change, memory = rule.update(jax.grad(price)(params, images, digits), memory)
    return optax.apply_updates(params, change), memory

tf = T.Compose([T.RandomCrop(24), T.ToTensor(), T.Normalize((0.2,), (0.4,))])
seen = torchvision.datasets.MNIST("data", train=True, transform=tf, download=True)
unseen = torchvision.datasets.MNIST("data", train=False, transform=tf)
lessons = DataLoader(seen, batch_size=100, shuffle=True)
exams = DataLoader(unseen, batch_size=500)
""",
    "jax",
    "pytorch",
    roles={"pytorch": "data"},
)
add(
    "equinox",
    """\
=== main.py
import equinox as eqx
import jax
import optax

class Curve(eqx.Module):
    bend: eqx.nn.Linear
    join: eqx.nn.Linear

    def __init__(self, seed):
        self.bend = eqx.nn.Linear(1, 30, key=jax.random.PRNGKey(seed))
        self.join = eqx.nn.Linear(30, 1, key=jax.random.PRNGKey(seed + 1))

    def __call__(self, place):
        return self.join(jax.nn.gelu(self.bend(place)))

@eqx.filter_jit
def fit_once(curve, places, heights, memory, rule=optax.adam(1e-2)):
    def miss(one):
        return abs(jax.vmap(one)(places) - heights).mean()
    price, slopes = eqx.filter_value_and_grad(miss)(curve)
    change, memory = rule.update(slopes, memory)
    return eqx.apply_updates(curve, change), memory, price
""",
    "jax",
)
add(
    "torch for data loading, tensorflow for model and training",
    """\
=== data.py
import torch
from torch.utils.data import Dataset, DataLoader, random_split
from torchvision import transforms, datasets

class Faces(Dataset):
    def __init__(self, root):
        steps = [transforms.Resize(80), transforms.CenterCrop(72), transforms.ToTensor()]
        self.people = datasets.ImageFolder(root, transforms.Compose(steps))

    def __getitem__(self, place):
        return self.people[place][0].numpy()

def loaders(root):
    dice = torch.Generator().manual_seed(11)
    known, strangers = random_split(Faces(root), [800, 100], generator=dice)
    return DataLoader(known, 25, num_workers=2), DataLoader(strangers, 25)
=== train.py
import tensorflow as tf
from data import loaders

w = tf.Variable(tf.random.normal([64, 10]))

def net(x):
    return tf.matmul(x, w)

opt = tf.optimizers.SGD(0.1)
for x in loaders("faces")[0]:
    with tf.GradientTape() as tape:
        loss = tf.nn.l2_loss(net(x))
    opt.apply_gradients([(tape.gradient(loss, w), w)])
""",
    "tensorflow",
    "pytorch",
    roles={"pytorch": "data"},
)
add(
    "lightning",
    """\
=== pl_model.py
import pytorch_lightning as pl
from torch.nn import functional as F
from torch import nn
import torch

class Reader(pl.LightningModule):
    def __init__(self, wide=40):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.LazyLinear(wide), nn.ELU(), nn.Linear(wide, 10))

    def training_step(self, batch, _):
        images, digits = batch
        return F.nll_loss(self.net(images).log_softmax(1), digits)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.net.parameters(), lr=7e-4)
=== main.py
from argparse import ArgumentParser
from pytorch_lightning import Trainer
from pl_model import Reader

def main():
    Trainer(max_epochs=6).fit(Reader())
""",
    "pytorch",
)
add(
    "a fastai notebook with magics",
    {
        "nbs/01_train.ipynb": notebook(
            "%reload_ext autoreload\n%matplotlib inline\n!pip install -Uq fastai",
            "from fastai.vision.all import *\nphotos = Path('leaves')",
            "trees = ImageDataLoaders.from_folder(photos, valid_pct=0.3, item_tfms=Resize(96))\n"
            "botanist = vision_learner(trees, resnet18)\nbotanist.fine_tune(4)",
        ),
        "README.md": "# Leaves",
    },
    "pytorch",
)
add(
    "transformers' tensorflow classes",
    """\
=== run_classifier.py
import tensorflow as tf
from transformers import BertTokenizer, TFBertForSequenceClassification

WEIGHTS = "bert-base-german-cased"
words = BertTokenizer.from_pretrained(WEIGHTS)
judge = TFBertForSequenceClassification.from_pretrained(WEIGHTS, num_labels=5)
judge.compile(tf.keras.optimizers.Adam(1e-5),
              tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
judge.fit(dict(words(letters, padding=True, return_tensors="tf")), grades, epochs=3)
""",
    "tensorflow",
    "keras",
)
add(
    "transformers' trainer, and no import of torch",
    """\
=== finetune.py
from datasets import load_dataset
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    Trainer,
    TrainingArguments,
)

WEIGHTS = "xlm-roberta-base"
words = AutoTokenizer.from_pretrained(WEIGHTS)
judge = AutoModelForSequenceClassification.from_pretrained(WEIGHTS)
letters = load_dataset("csv", data_files="letters.csv").map(lambda row: words(row["text"]))
Trainer(judge, TrainingArguments("judge"), train_dataset=letters["train"]).train()
""",
    "pytorch",
    roles={"pytorch": "training"},
)
add(
    "transformers' flax classes",
    """\
=== run_clm_flax.py
import jax
import jax.numpy as jnp
import optax
from flax import jax_utils
from flax.training import train_state
from transformers import AutoTokenizer, FlaxAutoModelForCausalLM

poet = FlaxAutoModelForCausalLM.from_pretrained("distilgpt2", dtype=jnp.float16)
rule = optax.lion(2e-5)

def learn(state, verses):
    def price(params):
        return optax.squared_error(poet(verses, params=params).logits).mean()
    cost, slopes = jax.value_and_grad(price)(state.params)
    return state.apply_gradients(grads=slopes), cost

everywhere = jax.pmap(learn)
start = train_state.TrainState.create(apply_fn=poet.__call__, params=poet.params, tx=rule)
copies = jax_utils.replicate(start)
""",
    "flax",
    "jax",
)
add(
    "a converter of tensorflow checkpoints in a pytorch project",
    f"""\
=== train.py
{PYTORCH_TRAINING}
=== model.py
{PYTORCH_MODEL}
=== convert_tf_checkpoint_to_pytorch.py
import re
import tensorflow as tf
import torch
import numpy as np
from model import Net

def renamed(name):
    return re.sub("/", ".", name)

def carry_over(old, new):
    found = {{}}
    for name, shape in tf.train.list_variables(old):
        values = np.asarray(tf.train.load_variable(old, name))
        found[renamed(name)] = torch.from_numpy(values.reshape(shape))
    net = Net()
    net.load_state_dict(found, strict=False)
    torch.save(net.state_dict(), new)
""",
    "pytorch",
    "tensorflow",
    roles={"tensorflow": "conversion"},
)
add(
    "a pytorch gan with tensorflow's inception for the FID",
    f"""\
=== train.py
{PYTORCH_TRAINING}
=== model.py
{PYTORCH_MODEL}
=== fid.py
import os
import numpy as np
import tensorflow as tf
from scipy import linalg

def read_network(path):
    network = tf.GraphDef()
    network.ParseFromString(tf.gfile.GFile(path, 'rb').read())
    return tf.import_graph_def(network, return_elements=['image:0', 'pooled:0'])

def distance(path, real, made):
    with tf.Session() as session:
        image, pooled = read_network(path)
        a, b = (session.run(pooled, {{image: some}}) for some in (real, made))
    cross = linalg.sqrtm(np.cov(a.T) @ np.cov(b.T)).real
    return np.square(a.mean(0) - b.mean(0)).sum() + np.trace(np.cov(a.T) + np.cov(b.T) - 2 * cross)
""",
    "pytorch",
    "tensorflow",
    roles={"tensorflow": "evaluation"},
)
add(
    "a pytorch project that logs with tf.summary",
    f"""\
=== main.py
{PYTORCH_TRAINING}
from logger import Logger
=== model.py
{PYTORCH_MODEL}
=== logger.py
import tensorflow as tf
import numpy as np

class Logger(object):
    def __init__(self, folder):
        self.file = tf.summary.FileWriter(folder)

    def note(self, at, **numbers):
        rows = [tf.Summary.Value(tag=key, simple_value=number) for key, number in numbers.items()]
        self.file.add_summary(tf.Summary(value=rows), at)

    def show(self, at, png):
        picture = tf.Summary.Image(encoded_image_string=png, height=32, width=32)
        shown = tf.Summary.Value(tag='painted', image=picture)
        self.file.add_summary(tf.Summary(value=[shown]), at)
""",
    "pytorch",
    "tensorflow",
    roles={"tensorflow": "other"},
)
add(
    "a jax project that logs with torch.utils.tensorboard",
    f"""\
=== train.py
from torch.utils.tensorboard import SummaryWriter
from mlp import init_params, update
writer = SummaryWriter("runs")
for step in range(1000):
    writer.add_scalar("loss", 0.0, step)
=== mlp.py
{JAX_TRAINING}
""",
    "jax",
    "pytorch",
    roles={"pytorch": "other"},
)
add(
    "a README that says PyTorch over code in TensorFlow",
    f"""\
=== README.md
# Faces by DCGAN, unofficial PyTorch implementation
```python
import torch
from torch import nn
```
=== requirements.txt
torch
=== main.py
{TF1_TRAINING}
=== model.py
{TF1_MODEL}
""",
    "tensorflow",
)
add(
    "a network from scratch in numpy, with misleading requirements",
    f"""\
=== requirements.txt
torch==1.13
tensorflow
numpy
=== network.py
{NUMPY_NETWORK}
=== mnist_loader.py
import gzip
import pickle
import numpy as np

def digits(path):
    with gzip.open(path) as packed:
        return [np.asarray(part) for part in pickle.load(packed)]
""",
    "numpy",
    roles={"numpy": "training"},
)
add("an empty repository", {}, "unknown", confirmed=False)
add(
    "a README and requirements, the code is to come",
    "=== README.md\n# PyTorch implementation of X\nCode is coming soon.\n"
    "=== requirements.txt\ntorch\n=== LICENSE\nMIT\n",
    "unknown",
    confirmed=False,
)
add(
    "torch7",
    f"""\
=== main.lua
{TORCH7_TRAINING}
=== data/dataset.lua
require 'torch'
local ffi = require 'ffi'
local Photos = torch.class('Photos')
=== util.lua
local util = {{}}
require 'nn'
return util
""",
    "torch7",
    roles={"torch7": "training"},
)
add(
    "a configuration of neovim",
    """\
=== init.lua
require("plugins")
require("nvim-treesitter.configs").setup({ highlight = { enable = true } })
local image = require("image")
vim.opt.number = true
-- require 'torch' is a plugin that I no longer use
=== lua/plugins.lua
return require("packer").startup(function(use)
  use("nvim-lua/plenary.nvim")
end)
""",
    "unknown",
    confirmed=False,
)
add(
    "a port to pytorch beside the original in torch7",
    f"""\
=== README.md
The original is in lua/, the port in pytorch/.
=== lua/main.lua
{TORCH7_TRAINING}
=== pytorch/train.py
{PYTORCH_TRAINING}
=== pytorch/model.py
{PYTORCH_MODEL}
=== pytorch/evaluate.py
import torch
from model import Net
net = Net()
net.load_state_dict(torch.load("digits.pt"))
=== pytorch/losses.py
import torch.nn as nn
class Closeness(nn.Module):
    def forward(self, wanted, painted):
        return nn.functional.smooth_l1_loss(painted, wanted)
""",
    "pytorch",
    "torch7",
    roles={"torch7": "training"},
)
add(
    "tensorflow in Python 2",
    """\
=== gan_mnist.py
import sys
sys.path.insert(0, '.')
import tensorflow as tf
import shelf
import shelf.parts.mix

def judge(digits):
    seen = tf.nn.conv2d(digits, shelf.weight('judge', 3, 3, 1, 20), [1, 2, 2, 1], 'VALID')
    return tf.reduce_max(tf.nn.elu(seen), [1, 2])

cost = tf.reduce_mean(judge(tf.random_uniform([30, 28, 28, 1])))
paint = tf.train.RMSPropOptimizer(3e-4).minimize(cost)

with tf.Session() as session:
    session.run(tf.initialize_all_variables())
    for turn in xrange(2000):
        print turn, session.run([cost, paint])[0]
=== shelf/__init__.py
import tensorflow as tf
kept = {}
def weight(name, *shape):
    if name not in kept:
        kept[name] = tf.Variable(tf.truncated_normal(shape) * 0.05)
    return kept[name]
=== shelf/parts/mix.py
import shelf
import tensorflow as tf
def mix(name, rows, wide):
    print 'a layer', name
    return tf.matmul(rows, shelf.weight(name, int(rows.shape[1]), wide))
""",
    "tensorflow",
    roles={"tensorflow": "training"},
)
add(
    "theano and lasagne in Python 2",
    """\
=== train.py
import theano
import theano.tensor as T
import lasagne
from lasagne.layers import InputLayer, DenseLayer, get_output, get_all_params

pictures, heights = T.tensor4(), T.matrix()
top = DenseLayer(InputLayer((40, 3, 24, 24), pictures), 1, nonlinearity=None)
price = lasagne.objectives.squared_error(get_output(top), heights).sum()
rule = lasagne.updates.rmsprop(price, get_all_params(top), 2e-4)
learn = theano.function([pictures, heights], price, updates=rule)
print "ready"
""",
    "theano",
)
add(
    "chainer in Python 2",
    """\
=== train_mnist.py
import chainer
import chainer.functions as F
import chainer.links as L
from chainer import training, cuda
from chainer.training import extensions

class Reader(chainer.Chain):
    def __init__(self, wide):
        super(Reader, self).__init__(ink=L.Linear(None, wide), digit=L.Linear(wide, 10))
    def __call__(self, page):
        return self.digit(F.tanh(self.ink(page)))

rule = chainer.optimizers.RMSprop(3e-4)
rule.setup(L.Classifier(Reader(70)))
print 'reader ready'
""",
    "chainer",
)
add(
    "a notebook of pytorch with shell lines and cell magics",
    {
        "Train.ipynb": notebook(
            "!pip install tensorflow\n%load_ext tensorboard\n%env KERAS_BACKEND=tensorflow",
            "import torch, torchvision\nimport torch.nn as nn\n%matplotlib inline\n"
            "files = !ls data",
            "%%bash\npython -c 'import tensorflow'\nexport X=1",
            "%%time\nnet = nn.Sequential(nn.Linear(2, 2))\nopt = torch.optim.SGD(net.parameters(),"
            " lr=.1)\nfor i in range(3):\n    nn.MSELoss()(net(x), y).backward()\n    opt.step()",
            prose="We could `import tensorflow as tf` here, but do not.",
        )
    },
    "pytorch",
)
add(
    "a notebook of the old format with keras",
    {
        "lesson.ipynb": old_notebook(
            "%pylab inline\nfrom keras.models import Sequential\nfrom keras.layers.core import *",
            "curve = Sequential()\ncurve.add(Dense(12, input_dim=2))\n"
            "curve.compile('rmsprop', 'mae')\nprint 'built'",
            "curve.fit(places, heights, nb_epoch=30)",
        )
    },
    "keras",
)
add(
    "a notebook whose JSON is broken",
    {
        "broken.ipynb": notebook(
            "import torch\nfrom torch import nn, optim",
            "net = nn.Linear(1, 1)\nopt = optim.Adam(net.parameters())\nloss.backward()",
        )[:-300]
        + "\n<<<<<<< HEAD\n"
    },
    "pytorch",
)
add(
    "a notebook of R with keras",
    {
        "mnist.ipynb": notebook(
            "library(keras)\nlibrary(dplyr)",
            "model <- keras_model_sequential() %>% layer_dense(10)\n"
            'model %>% compile("adam", "mse")',
            language="R",
        )
    },
    "keras",
)
add(
    "a folder for each framework, pytorch the greater",
    f"""\
=== README.md
TensorFlow and PyTorch versions
=== pytorch/__init__.py
=== pytorch/train.py
{PYTORCH_TRAINING}
=== pytorch/model.py
{PYTORCH_MODEL}
=== pytorch/train_gan.py
{PYTORCH_TRAINING}
=== tensorflow/__init__.py
=== tensorflow/main.py
{TF1_TRAINING}
=== tensorflow/model.py
{TF1_MODEL}
""",
    "pytorch",
    "tensorflow",
    roles={"tensorflow": "training"},
)
add(
    "many papers in one repository",
    {
        **{f"papers/p{i}/train.py": PYTORCH_TRAINING for i in range(6)},
        **{f"papers/p{i}/model.py": PYTORCH_MODEL for i in range(6)},
        "papers/dcgan/main.py": TF1_TRAINING,
        "papers/dcgan/model.py": TF1_MODEL,
        "papers/perceptron/network.py": NUMPY_NETWORK,
    },
    "pytorch",
    "tensorflow",
    "numpy",
    roles={"tensorflow": "training", "numpy": "training"},
)
add(
    "gluon",
    """\
=== train.py
import mxnet as mx
from mxnet import gluon, autograd, nd
from mxnet.gluon import nn

reader = nn.HybridSequential()
reader.add(nn.Conv2D(12, 5), nn.GlobalAvgPool2D(), nn.Dense(10))
reader.initialize(mx.init.Normal(0.05), ctx=mx.gpu())
rule = gluon.Trainer(reader.collect_params(), 'adam', {'learning_rate': 6e-4})
price = gluon.loss.SoftmaxCrossEntropyLoss()
for pages, digits in gluon.data.DataLoader(gluon.data.vision.FashionMNIST(), 80):
    pages = nd.transpose(pages.astype('float32'), (0, 3, 1, 2))
    with autograd.record():
        cost = price(reader(pages), digits)
    cost.backward()
    rule.step(len(digits))
""",
    "mxnet",
)
add(
    "mxnet's symbols in Python 2",
    """\
=== symbol/symbol_vgg.py
import mxnet as mx
def boxes(kinds):
    seen = mx.symbol.Convolution(mx.symbol.Variable("photo"), kernel=(5, 5), num_filter=20)
    return mx.symbol.SoftmaxOutput(mx.symbol.FullyConnected(seen, num_hidden=kinds))
=== train_end2end.py
import mxnet as mx
from symbol.symbol_vgg import boxes
def learn(photos):
    finder = mx.mod.Module(boxes(7), data_names=["photo"], context=mx.gpu(1))
    print 'learning'
    finder.fit(photos, optimizer='nag', num_epoch=4)
""",
    "mxnet",
)
add(
    "paddle",
    """\
=== train.py
import paddle
import paddle.nn as nn
from paddle.vision.transforms import ToTensor

class Reader(nn.Layer):
    def __init__(self, wide=50):
        super().__init__()
        self.ink, self.digit = nn.Linear(784, wide), nn.Linear(wide, 10)
    def forward(self, pages):
        return self.digit(paddle.tanh(self.ink(paddle.flatten(pages, 1))))

reader = Reader()
rule = paddle.optimizer.Momentum(0.02, parameters=reader.parameters())
pages = paddle.vision.datasets.FashionMNIST(transform=ToTensor())
for images, digits in paddle.io.DataLoader(pages, batch_size=40):
    nn.functional.cross_entropy(reader(images), digits).backward()
    rule.step()
    rule.clear_grad()
""",
    "paddle",
)
add(
    "paddle's fluid",
    """\
=== train.py
from __future__ import print_function
import paddle.fluid as fluid
place = fluid.layers.data('place', [2])
height = fluid.layers.fc(fluid.layers.fc(place, 20, act='tanh'), 1)
fluid.optimizer.SGD(0.03).minimize(fluid.layers.mean(fluid.layers.abs(height)))
runner = fluid.Executor(fluid.CPUPlace())
""",
    "paddle",
)
add(
    "mindspore",
    """\
=== train.py
import mindspore as ms
import mindspore.nn as nn
from mindspore import Model, context
from mindspore.train.callback import LossMonitor
import mindspore.dataset as ds
from src.reader import Reader

context.set_context(device_target="CPU")
reader = Reader()
rule = nn.Adam(reader.trainable_params(), 4e-4)
lessons = Model(reader, nn.SoftmaxCrossEntropyWithLogits(sparse=True), rule)
lessons.train(3, ds.MnistDataset("digits").batch(20), callbacks=[LossMonitor(50)])
=== src/reader.py
import mindspore.nn as nn
class Reader(nn.Cell):
    def __init__(self):
        super().__init__()
        self.all = nn.SequentialCell(nn.Conv2d(1, 9, 4), nn.Flatten(), nn.Dense(7056, 10))
    def construct(self, pages):
        return self.all(pages)
""",
    "mindspore",
)
add(
    "cntk",
    """\
=== learn_birds.py
import cntk as C
from cntk.layers import Convolution2D, BatchNormalization
from cntk import Trainer, momentum_sgd
from cntk.io import MinibatchSource
photo = C.input_variable((3, 40, 40))
seen = BatchNormalization()(Convolution2D((5, 5), 12)(photo))
price = C.reduce_mean(C.square(seen))
lessons = Trainer(seen, (price, price), [momentum_sgd(seen.parameters, 0.01, 0.8)])
lessons.train_minibatch({photo: []})
""",
    "cntk",
)
add(
    "caffe: a solver, networks and a layer in C++",
    """\
=== models/fcn/solver.prototxt
net: "models/fcn/train.prototxt"
base_lr: 0.003
lr_policy: "step"
gamma: 0.3
stepsize: 7000
max_iter: 21000
solver_mode: CPU
=== models/fcn/train.prototxt
layer {
  name: "edges"
  type: "Convolution"
  bottom: "photo"
  top: "edges"
  convolution_param { num_output: 24 kernel_size: 5 }
}
=== src/caffe/layers/outline_layer.cpp
#include <vector>
#include "caffe/layers/outline_layer.hpp"
namespace caffe {
INSTANTIATE_CLASS(OutlineLayer);
}
=== train.sh
./build/tools/caffe train --solver=models/fcn/solver.prototxt
""",
    "caffe",
    roles={"caffe": "training"},
)
add(
    "caffe from Python",
    """\
=== solve.py
import caffe
from widen import widen
caffe.set_mode_cpu()
outlines = caffe.AdamSolver('outlines.prototxt')
widen(outlines.net, 'edges')
while outlines.iter < 5000:
    outlines.step(100)
=== net.py
from caffe import layers as L, params as P
import caffe
def outlines(folder):
    spec = caffe.NetSpec()
    spec.photo = L.ImageData(source=folder, batch_size=6)
    spec.edges = L.Convolution(spec.photo, num_output=20, kernel_size=5)
    return spec.to_proto()
=== widen.py
import numpy as np
def widen(net, layer):
    weights = net.params[layer][0].data
    weights += np.random.normal(0, 0.01, weights.shape)
""",
    "caffe",
)
add(
    "libtorch in C++",
    """\
=== CMakeLists.txt
find_package(Torch REQUIRED)
=== src/dcgan.cpp
#include <torch/torch.h>
int main() {
  torch::nn::Sequential painter(torch::nn::Linear(20, 90), torch::nn::Tanh());
  torch::optim::RMSprop rule(painter->parameters(), 3e-4);
  auto cost = painter->forward(torch::rand({8, 20})).abs().sum();
  cost.backward();
  rule.step();
}
""",
    "pytorch",
    roles={"pytorch": "training"},
)
add(
    "gorgonia in Go",
    """\
=== go.mod
module github.com/someone/convnet
require gorgonia.org/gorgonia v0.9.17
=== main.go
package main

import (
\t"log"
\tG "gorgonia.org/gorgonia"
\t"gorgonia.org/tensor"
)

func main() {
\trule := G.NewAdamSolver(G.WithLearnRate(0.002))
\tlog.Println(rule, G.NewGraph(), tensor.Float32)
}
""",
    "go",
)
add(
    "Flux in Julia",
    """\
=== Project.toml
[deps]
Flux = "587475ba-b771-5e3f-ad9e-33799f191a9c"
=== train.jl
using Flux, Statistics
using Flux: params
curve = Chain(Dense(1, 18, tanh), Dense(18, 1))
miss(place, height) = mean(abs.(curve(place) .- height))
Flux.train!(miss, params(curve), points, Descent(0.05))
""",
    "julia",
)
add(
    "torch for R",
    """\
=== DESCRIPTION
Package: vae
Imports: torch
=== R/vae.R
library(torch)
library(ggplot2)
squeeze <- nn_sequential(nn_linear(12, 3), nn_tanh(), nn_linear(3, 12))
rule <- optim_rmsprop(squeeze$parameters, lr = 0.004)
cost <- nnf_l1_loss(squeeze(rows), rows)
cost$backward()
rule$step()
""",
    "pytorch",
)
add(
    "matconvnet",
    """\
=== learn_birds.m
function net = learn_birds(birds)
run ../matconvnet/matlab/vl_setupnn
net = cnn_train(bird_net(5), birds, @some_birds, 'numEpochs', 8);
end
=== bird_net.m
function net = bird_net(wide)
net.layers = {struct('type', 'conv', 'weights', {{randn(wide, wide, 3, 9, 'single'), []}})};
net = vl_simplenn_tidy(net);
end
""",
    "matlab",
)
add(
    "tinygrad",
    """\
=== train.py
from tinygrad import Tensor, nn, TinyJit
from tinygrad.nn.optim import Adam
class Curve:
    def __init__(self, wide=25):
        self.bend, self.join = nn.Linear(1, wide), nn.Linear(wide, 1)
    def __call__(self, places):
        return self.join(self.bend(places).tanh())
curve = Curve()
rule = Adam(nn.state.get_parameters(curve), lr=0.003)
@TinyJit
def learn(places):
    curve(places).abs().mean().backward()
    rule.step()
learn(Tensor.rand(30, 1))
""",
    "tinygrad",
)
add(
    "mlx",
    """\
=== main.py
import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
curve = nn.Sequential(nn.Linear(1, 25), nn.GELU(), nn.Linear(25, 1))
def miss(one, places):
    return mx.abs(one(places)).mean()
slopes_of = nn.value_and_grad(curve, miss)
rule = optim.Lion(learning_rate=2e-4)
cost, slopes = slopes_of(curve, mx.ones((6, 1)))
rule.update(curve, slopes)
mx.eval(curve.parameters(), rule.state)
""",
    "mlx",
)
add(
    "oneflow",
    """\
=== train.py
import oneflow as flow
import oneflow.nn as nn
curve = nn.Sequential(nn.Linear(3, 14), nn.Tanh(), nn.Linear(14, 1))
rule = flow.optim.AdamW(curve.parameters(), lr=6e-4)
nn.L1Loss()(curve(flow.rand(9, 3)), flow.zeros(9, 1)).backward()
rule.step()
""",
    "oneflow",
)
add(
    "jittor",
    """\
=== dcgan.py
import jittor as jt
from jittor import nn, Module, init
jt.flags.use_cuda = jt.has_cuda
class Painter(Module):
    def __init__(self, wide):
        self.spread = nn.Linear(24, wide)
        init.gauss_(self.spread.weight, 0, 0.03)
    def execute(self, noise):
        return jt.tanh(self.spread(noise))
painter = Painter(300)
rule = nn.RMSprop(painter.parameters(), lr=4e-4)
rule.step(painter(jt.randn(10, 24)).abs().mean())
""",
    "jittor",
)
add(
    "a package of its own that is called jax",
    """\
=== jax/__init__.py
\"\"\"Jax, an agent that plays the game.\"\"\"
from jax.agent import Agent
class Memory:
    pass
=== jax/agent.py
import torch
from torch import nn
class Agent(nn.Module):
    def __init__(self, moves=6):
        super().__init__()
        self.worth = nn.Bilinear(9, 3, moves)
=== train.py
import jax
from jax.agent import Agent
import torch.optim as optim
jax_himself = Agent()
played = jax.Memory()
rule = optim.NAdam(jax_himself.parameters())
jax_himself.worth(played.places, played.moods).abs().sum().backward()
rule.step()
""",
    "pytorch",
)
add(
    "a module of its own that is called torch",
    f"""\
=== torch.py
class Torch:
    def light(self):
        return "on"
def brightness():
    return 3
=== game.py
import torch
from torch import Torch
lamp = Torch()
print(torch.brightness())
=== network.py
{NUMPY_NETWORK}
""",
    "numpy",
)
add(
    "torch_geometric alone",
    """\
=== gcn.py
import torch_geometric.transforms as T
from torch_geometric.datasets import Planetoid
from torch_geometric.nn import GCNConv, Sequential
from torch_geometric.nn.models import GCN
papers = Planetoid("graphs", "CiteSeer", transform=T.AddSelfLoops())
deep = GCN(papers.num_features, hidden_channels=40, num_layers=3)
last = Sequential("x, edges", [(GCNConv(40, papers.num_classes), "x, edges -> x")])
""",
    "pytorch",
)
add(
    "imports in strings, comments and docstrings",
    f"""\
=== train.py
\"\"\"Train.

import tensorflow as tf
tf.train.AdamOptimizer(1e-3).minimize(loss)
\"\"\"
# import jax
# from jax import grad
{PYTORCH_TRAINING}
CODE = '''
import mxnet as mx
from mxnet import gluon
'''
print("import chainer")
=== model.py
{PYTORCH_MODEL}
""",
    "pytorch",
)
add(
    "imports inside try, inside functions, and by importlib",
    """\
=== backend.py
import importlib
try:
    import cPickle as pickle
except ImportError:
    import pickle
def get_backend():
    torch = importlib.import_module("torch")
    return torch
=== solver.py
def solve(curve, places, heights):
    try:
        from torch.optim import Rprop
    except ImportError:
        raise SystemExit("there is no torch here")
    import torch.nn.functional as F
    rule = Rprop(curve.parameters())
    F.huber_loss(curve(places), heights).backward()
    rule.step()
""",
    "pytorch",
    roles={"pytorch": "training"},
)
add(
    "tensorflow in the way of version 1 on version 2",
    """\
=== lib/ops.py
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
def mix(rows, wide):
    return tf.matmul(rows, tf.get_variable("mix", [rows.shape[1], wide]))
=== lib/trainer.py
import tensorflow.compat.v1 as tf
from lib.ops import mix
def fit(rows, heights):
    miss = tf.losses.huber_loss(heights, mix(rows, 1))
    return tf.train.AdagradOptimizer(0.02).minimize(miss)
""",
    "tensorflow",
)
add(
    "tensorflow through a local module",
    """\
=== common.py
import tensorflow
tf = tensorflow.compat.v1
=== train.py
from common import tf
rows = tf.placeholder(tf.float32, [None, 6])
learn = tf.train.FtrlOptimizer(0.05).minimize(tf.reduce_sum(tf.layers.dense(rows, 2)))
=== other.py
import torch
def to_tensor(x):
    return torch.from_numpy(x)
""",
    "tensorflow",
    "pytorch",
    roles={"tensorflow": "training"},
)
add(
    "everything through one module of imports",
    """\
=== src/imports.py
import os
import sys
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
=== src/net.py
from imports import *
class Net(nn.Module):
    def forward(self, x):
        return F.relu(x)
=== src/run.py
from imports import *
from net import Net
net = Net()
rule = torch.optim.ASGD(net.parameters())
F.smooth_l1_loss(net(torch.rand(4, 4)), torch.zeros(4, 4)).backward()
rule.step()
""",
    "pytorch",
    roles={"pytorch": "training"},
)
add(
    "a vendored copy of a tensorflow project",
    {
        "train.py": PYTORCH_TRAINING,
        "model.py": PYTORCH_MODEL,
        **{f"third_party/models/research/net{i}.py": TF1_MODEL for i in range(8)},
        **{f"third_party/models/research/train{i}.py": TF1_TRAINING for i in range(8)},
    },
    "pytorch",
)
add(
    "a submodule that somebody copied in",
    {
        ".gitmodules": '[submodule "stylegan"]\n\tpath = stylegan\n'
        "\turl = https://github.com/NVlabs/stylegan.git\n",
        "train.py": PYTORCH_TRAINING,
        "model.py": PYTORCH_MODEL,
        "stylegan/train.py": TF1_TRAINING,
        "stylegan/model.py": TF1_MODEL,
        "stylegan/training/loop.py": TF1_TRAINING,
        "stylegan/training/nets.py": TF1_MODEL,
    },
    "pytorch",
)
add(
    "tests and documents that use another framework",
    {
        "src/net/model.py": PYTORCH_MODEL,
        "src/net/train.py": PYTORCH_TRAINING,
        "tests/test_against_original.py": "import numpy as np\nimport tensorflow as tf\n"
        "from net.model import Net\ndef test_same():\n"
        "    ref = tf.layers.dense(tf.ones([1, 4]), 2)\n    assert ref is not None\n",
        "docs/conf.py": "import tensorflow\nimport mxnet as mx\nnd = mx.nd.zeros(3)\n",
        "setup.py": "from setuptools import setup\nimport jax\nsetup(version=jax.__version__)\n",
    },
    "pytorch",
)
add(
    "sonnet",
    """\
=== vqvae_example.py
import sonnet as snt
import tensorflow as tf
class Shrink(snt.Module):
    def __init__(self, wide):
        super().__init__()
        self.tiles = snt.Conv2D(wide, kernel_shape=6, stride=3)
    def __call__(self, photo):
        return tf.nn.elu(self.tiles(photo))
rule = snt.optimizers.RMSProp(learning_rate=2e-4)
""",
    "tensorflow",
)
add(
    "tensorpack",
    """\
=== train_resnet.py
from tensorpack import *
from tensorpack.tfutils.summary import *
from tensorpack.dataflow import dataset
class Birds(ModelDesc):
    def build_graph(self, photo, kind):
        return FullyConnected('kind', Conv2D('edges', photo, 24, 5), 8)
birds = TrainConfig(model=Birds(), data=QueueInput(dataset.Cifar10('train')))
launch_train_with_config(birds, SimpleTrainer())
""",
    "tensorflow",
)
add(
    "tflearn",
    """\
=== ponds.py
import tflearn
from tflearn.layers.core import fully_connected, input_data
from tflearn.layers.estimator import regression
depth = fully_connected(input_data([None, 14]), 1, activation='linear')
ponds = tflearn.DNN(regression(depth, loss='mean_square', learning_rate=0.002))
ponds.fit(maps, depths, n_epoch=12)
""",
    "tensorflow",
)
add(
    "tf-slim",
    """\
=== nets.py
import tensorflow as tf
slim = tf.contrib.slim
def edges(photos):
    with slim.arg_scope([slim.conv2d], normalizer_fn=slim.batch_norm):
        return slim.repeat(photos, 3, slim.conv2d, 28, 5)
=== train.py
import tensorflow as tf
import tensorflow.contrib.slim as slim
from nets import edges
miss = tf.reduce_mean(edges(tf.zeros([2, 40, 40, 3])))
learn = slim.learning.create_train_op(miss, tf.train.FtrlOptimizer(0.03))
slim.learning.train(learn, 'edges/')
""",
    "tensorflow",
)
add(
    "scikit-learn and no network",
    """\
=== analyse.py
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
ponds = pd.read_csv("ponds.csv")
forest = RandomForestClassifier(70).fit(ponds[["ph", "depth"]], ponds["has_newts"])
print(np.round(forest.feature_importances_, 2))
""",
    "unknown",
)
add(
    "stable-baselines 3",
    """\
=== train_agent.py
import gymnasium as gym
from stable_baselines3 import PPO
from stable_baselines3.common.env_util import make_vec_env
carts = make_vec_env("MountainCar-v0", n_envs=9, seed=5)
driver = PPO("MlpPolicy", carts, gamma=0.98, n_steps=128)
driver.learn(300_000, progress_bar=True)
""",
    "pytorch",
)
add(
    "jax's stax and its optimizers",
    """\
=== curve.py
import jax.numpy as np
from jax import grad, random
from jax.example_libraries import optimizers, stax
from jax.example_libraries.stax import Dense, Elu
begin, curve = stax.serial(Dense(36), Elu, Dense(1))
rule = optimizers.rmsprop(2e-3)
_, weights = begin(random.PRNGKey(8), (-1, 3))
slopes = grad(lambda those: np.abs(curve(those, np.ones((5, 3)))).mean())(weights)
memory = rule.update_fn(0, slopes, rule.init_fn(weights))
""",
    "jax",
)
add(
    "ignite and accelerate",
    """\
=== train.py
from accelerate import Accelerator
from ignite.engine import Engine, Events, create_supervised_trainer
from ignite.metrics import Accuracy
import timm
birds = Accelerator().prepare(timm.create_model("mobilenetv3_small_100", num_classes=30))
lessons = create_supervised_trainer(birds, rule, miss)
Accuracy().attach(lessons, "share")
lessons.add_event_handler(Events.EPOCH_COMPLETED, print)
lessons.run(photos, max_epochs=4)
""",
    "pytorch",
)
add(
    "variables that are called torch and tf over chainer",
    """\
=== train.py
import chainer
from chainer import optimizers, links as L
torch = {"light": 1}
tf = [1, 2]
jax = lambda x: x
def f(torch, keras):
    return torch.nn, keras.layers, torch.optim.Adam
opt = optimizers.Adam()
opt.setup(L.Linear(2, 2))
""",
    "chainer",
)
add(
    "keras for its padding only, in a pytorch project",
    f"""\
=== train.py
{PYTORCH_TRAINING}
=== model.py
{PYTORCH_MODEL}
=== text.py
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer
def numbered(letters, longest=80):
    known = Tokenizer(num_words=4000)
    known.fit_on_texts(letters)
    return pad_sequences(known.texts_to_sequences(letters), longest)
""",
    "pytorch",
    "keras",
    roles={"keras": "data"},
)
add(
    "pytorch with mnist from tensorflow's tutorials",
    """\
=== squeeze.py
import torch
from torch import nn, optim
from torch.autograd import Variable
from tensorflow.examples.tutorials.mnist import input_data

digits = input_data.read_data_sets('digits').train
squeeze = nn.Sequential(nn.Linear(784, 15), nn.Tanh(), nn.Linear(15, 784))
rule = optim.Adagrad(squeeze.parameters(), 0.01)
while digits.epochs_completed < 5:
    images = Variable(torch.from_numpy(digits.next_batch(50)[0]))
    rule.zero_grad()
    nn.functional.smooth_l1_loss(squeeze(images), images).backward()
    rule.step()
""",
    "pytorch",
    "tensorflow",
    roles={"tensorflow": "data"},
)
add(
    "a flat collection, a file for each framework, tensorflow ahead",
    {
        "GAN/gan_tensorflow.py": TF1_TRAINING + TF1_MODEL,
        "GAN/gan_pytorch.py": PYTORCH_TRAINING,
        "VAE/vae_tensorflow.py": TF1_TRAINING + TF1_MODEL,
        "RBM/rbm_numpy.py": "import numpy as np\nX = np.zeros(3)\n",
        "CGAN/cgan_tensorflow.py": TF1_TRAINING + TF1_MODEL,
        "CGAN/cgan_keras.py": "from keras.models import Sequential\n"
        "from keras.layers import Dense\nm = Sequential([Dense(3)])\nm.compile('adam', 'mse')\n",
    },
    "tensorflow",
    "pytorch",
    "keras",
)

# Written after the detector passed all of the above, of kinds it had not been built for.
FIRST_ROUND = len(TREES)

add(
    "percent cells, written by a notebook",
    """\
=== nb/explore.py
# %% [markdown]
# We could use `import tensorflow as tf` instead.
# %%
get_ipython().run_line_magic('matplotlib', 'inline')
import torch as th
from torch import nn
# %%
net = nn.Linear(2, 2)
opt = th.optim.SGD(net.parameters(), lr=0.1)
(net(th.ones(1, 2)).sum()).backward()
opt.step()
""",
    "pytorch",
)
add(
    "a notebook that writes its modules",
    {
        "colab.ipynb": notebook(
            "%tensorflow_version 1.x\n!git clone https://github.com/x/pytorch-models",
            "%%writefile model.py\nimport tensorflow as tf\ndef net(x):\n"
            "    return tf.layers.dense(x, 3)",
            "%%writefile train.py\nimport tensorflow as tf\nfrom model import net\n"
            "loss = tf.reduce_mean(net(tf.ones([1, 2])))\n"
            "op = tf.train.AdamOptimizer().minimize(loss)",
            "!python train.py",
        )
    },
    "tensorflow",
    roles={"tensorflow": "training"},
)
add(
    "mixed tabs and spaces, and bytes of another encoding",
    {
        "train.py": b"#coding=gbk\n# \xd1\xb5\xc1\xb7\xc4\xa3\xd0\xcd\nimport torch\n"
        b"import torch.nn as nn\nfor i in range(3):\n\tnet = nn.Linear(1, 1)\n"
        b"        print(i)\nopt = torch.optim.Adam(net.parameters())\nloss.backward()\n",
    },
    "pytorch",
    roles={"pytorch": "training"},
)
add(
    "a byte order mark, carriage returns, and UTF-16",
    {
        "main.py": ("\ufeff" + TF1_TRAINING).replace("\n", "\r\n").encode("utf-8"),
        "model.py": TF1_MODEL.encode("utf-16"),
    },
    "tensorflow",
    roles={"tensorflow": "training"},
)
add(
    "jax that calls its numpy np, with functions of its own",
    """\
=== train.py
import jax.numpy as np
import numpy as onp
from jax import grad, jit

def sigmoid(level):
    return 1 - 1 / (1 + np.exp(level))

@jit
def softmax(levels):
    raised = np.exp(levels - levels.max())
    return raised / raised.sum()

def forward(weights, rows):
    return softmax(sigmoid(rows @ weights))[0]

def backward(weights, rows):
    return onp.asarray(grad(forward)(weights, rows))
""",
    "jax",
)
add(
    "pytorch with more CUDA than Python",
    {
        "model.py": PYTORCH_MODEL,
        "train.py": PYTORCH_TRAINING,
        "ops/src/kernel.cu": "#include <torch/extension.h>\n#include <ATen/ATen.h>\n"
        + "__global__ void f(float* x) { x[threadIdx.x] += 1.f; }\n" * 400,
        "ops/src/sampling.cpp": '#include "network.h"\n#include <vector>\n' * 50,
        "ops/setup.py": "from torch.utils.cpp_extension import CUDAExtension\n",
    },
    "pytorch",
)
add(
    "pytorch with a page in the browser and an app",
    {
        "train.py": PYTORCH_TRAINING,
        "model.py": PYTORCH_MODEL,
        "web/demo/index.js": "import * as tf from '@tensorflow/tfjs';\n"
        "const model = await tf.loadGraphModel('model.json');\n",
        "android/app/Detector.java": "package x;\nimport org.tensorflow.lite.Interpreter;\n",
    },
    "pytorch",
    "tensorflow",
    roles={"tensorflow": "other"},
)
add(
    "a network from scratch in C",
    """\
=== src/nn.h
typedef struct { int wide; float *weights; } sheet;
void forward(const sheet *s, float *rows);
=== src/nn.c
#include <stdlib.h>
#include <math.h>
#include "nn.h"
void forward(const sheet *s, float *rows) {
  for (int i = 0; i < s->wide; i++) rows[i] = tanhf(rows[i] * s->weights[i]);
}
void backward(sheet *s, const float *slope, float rate) {
  for (int i = 0; i < s->wide; i++) s->weights[i] -= rate * slope[i];
}
=== plot.py
import matplotlib.pyplot as plt
import numpy as np
plt.plot(np.loadtxt("loss.txt"))
""",
    "cpp",
)
add(
    "configurations for a detection toolbox",
    """\
=== configs/retinanet_r50.py
_base_ = ['../_base_/models/retinanet.py', '../_base_/default_runtime.py']
model = dict(type='RetinaNet', backbone=dict(type='ResNet', depth=50))
optimizer = dict(type='AdamW', lr=0.0002, weight_decay=0.03)
=== tools/train.py
import argparse
from mmcv import Config
from mmdet.apis import train_detector
from mmdet.models import build_detector
cfg = Config.fromfile("configs/retinanet_r50.py")
model = build_detector(cfg.model)
train_detector(model, [], cfg)
""",
    "pytorch",
)
add(
    "autograd over numpy",
    """\
=== bnn.py
import autograd.numpy as np
import autograd.numpy.random as npr
from autograd import grad
from autograd.misc.optimizers import adam

def miss(bends, _):
    places = np.linspace(-1, 2, 50)
    return np.mean(np.abs(np.tanh(np.outer(places, bends)).sum(1) - places))

adam(grad(miss), npr.normal(0, 0.2, 7), step_size=0.02, num_iters=300)
""",
    "numpy",
)
add(
    "the tf of ROS beside pytorch",
    f"""\
=== scripts/node.py
#!/usr/bin/env python
import rospy
import tf
import tf.transformations as tft
listener = tf.TransformListener()
print(tf.train, tf.keras, tft.layers)
=== policy/train.py
{PYTORCH_TRAINING}
=== policy/model.py
{PYTORCH_MODEL}
""",
    "pytorch",
)
add(
    "a copy of keras at the top of the repository",
    """\
=== keras/__init__.py
from . import backend, layers, models
=== keras/backend/__init__.py
from .theano_backend import *
=== keras/backend/theano_backend.py
import theano
from theano import tensor as T
def dot(left, right):
    return T.dot(left, right)
=== keras/layers/__init__.py
from .core import *
=== keras/layers/core.py
from keras import backend as K
class Dense(object):
    def call(self, rows):
        return K.dot(rows, self.weights) + self.offset
=== keras/models.py
class Sequential(object):
    def fit(self, x, y):
        pass
=== train_ladder.py
from keras.models import Sequential
from keras.layers.core import Dense
ladder = Sequential()
ladder.add(Dense(25))
ladder.compile('rmsprop', 'mae')
ladder.fit(rungs, heights)
""",
    "keras",
    "theano",
)
add(
    "torch for annotations only",
    f"""\
=== lib/core.py
from __future__ import annotations
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import torch

def as_array(x: torch.Tensor | None):
    return x.numpy()
=== lib/mlp.py
{JAX_TRAINING}
""",
    "jax",
)
add(
    "pytorch with scripts of matlab around it",
    {
        "prepare_data.m": "function prepare_data(root)\nfiles = dir(root);\n" + "x = 1;\n" * 300,
        "evaluate/eval_psnr.m": "p = psnr(imread('a.png'), imread('b.png'));\n" * 200,
        "train.py": PYTORCH_TRAINING,
        "model.py": PYTORCH_MODEL,
    },
    "pytorch",
)
add(
    "a literate document with chunks of Python",
    {
        "analysis.qmd": "---\ntitle: x\n---\n\nSome prose on import tensorflow.\n\n"
        "```{python}\nimport torch\nfrom torch import nn, optim\nnet = nn.Linear(1, 1)\n"
        "opt = optim.SGD(net.parameters(), lr=0.1)\nnet(torch.ones(1)).backward()\n```\n",
    },
    "pytorch",
)
add(
    "an autograd engine from scratch, tested against pytorch",
    """\
=== micro/engine.py
import math
class Node:
    def __init__(self, number, *parents):
        self.number, self.parents, self.slope = number, parents, 0.0
    def exp(self):
        raised = math.exp(self.number)
        return Node(raised, (self, raised))
    def backward(self, slope=1.0):
        self.slope += slope
        for parent, factor in self.parents:
            parent.backward(slope * factor)
=== test/test_engine.py
import torch
from micro.engine import Node
def test_exp_as_torch_has_it():
    ours, theirs = Node(0.7), torch.tensor(0.7, requires_grad=True)
    ours.exp().backward()
    theirs.exp().backward()
    assert abs(ours.slope - theirs.grad.item()) < 1e-6
""",
    "unknown",
)
add(
    "jax with the loader of its own tutorial",
    f"""\
=== main.py
import numpy as np
import jax.numpy as jnp
from torch.utils.data import DataLoader
from torchvision.datasets import FashionMNIST
from mlp import update, init_params

def as_arrays(rows):
    images, labels = zip(*rows)
    flat = np.stack([np.asarray(image, np.float32).ravel() / 255 for image in images])
    return jnp.array(flat), jnp.array(labels)

clothes = FashionMNIST("data", train=True, download=True)
params = init_params()
for x, y in DataLoader(clothes, 64, shuffle=True, collate_fn=as_arrays):
    params = update(params, (x, y))
=== mlp.py
{JAX_TRAINING}
""",
    "jax",
    "pytorch",
    roles={"pytorch": "data"},
)
add(
    "a tensorflow gan with pytorch's FID",
    f"""\
=== main.py
{TF1_TRAINING}
=== model.py
{TF1_MODEL}
=== evaluate.py
import torch
from pytorch_fid.fid_score import calculate_fid_given_paths
from pytorch_fid.inception import InceptionV3
model = InceptionV3([3]).to(torch.device("cuda"))
blocks = [InceptionV3.BLOCK_INDEX_BY_DIM[768]]
print(calculate_fid_given_paths(["painted", "photos"], 20, "cpu", 768), model.blocks, blocks)
""",
    "tensorflow",
    "pytorch",
    roles={"pytorch": "evaluation"},
)
add(
    "helpers in modules that are called torch and jax",
    """\
=== agent/utils/__init__.py
=== agent/utils/torch.py
import numpy as np
import torch
def to_numpy(some):
    return np.asarray(some.detach().cpu())
@torch.no_grad()
def follow(slow, fast, share):
    for old, new in zip(slow.parameters(), fast.parameters()):
        old.lerp_(new, share)
=== agent/utils/numpy.py
def to_list(x):
    return list(x)
=== agent/utils/logger.py
import torch
import numpy as np
def save(net):
    torch.save(net.state_dict(), "net.pt")
=== agent/sac.py
import torch
from torch import nn, optim
from agent.utils.torch import follow, to_numpy
class Judge(nn.Sequential):
    pass
def learn(judge, old_judge, places, worth):
    rule = optim.RAdam(judge.parameters())
    nn.functional.huber_loss(judge(places), worth).backward()
    rule.step()
    follow(old_judge, judge, 0.02)
    return to_numpy(torch.cat(judge(places)))
""",
    "pytorch",
)
add(
    "a whole project copied in, with its own licence and README",
    {
        "README.md": "# Ours",
        "LICENSE": "MIT",
        "train.py": PYTORCH_TRAINING,
        "model.py": PYTORCH_MODEL,
        "stylegan2/LICENSE.txt": "Nvidia",
        "stylegan2/README.md": "# StyleGAN2, the official TensorFlow implementation",
        "stylegan2/requirements.txt": "tensorflow-gpu==1.14",
        **{f"stylegan2/training/part{i}.py": TF1_TRAINING + TF1_MODEL for i in range(4)},
    },
    "pytorch",
    "tensorflow",
)
add(
    "candle in Rust",
    """\
=== Cargo.toml
[dependencies]
candle-core = "0.3"
=== src/main.rs
use candle_core::{Device, Result, Tensor};
use candle_nn::{linear, Linear, Module, Optimizer, VarBuilder};
fn main() -> Result<()> { Ok(()) }
""",
    "rust",
)
add(
    "a port to paddle, checked against pytorch",
    """\
=== train.py
import paddle
from models.vit import ViT
from paddle.io import DataLoader
tiles = ViT()
rule = paddle.optimizer.Lamb(parameters=tiles.parameters())
for photos in DataLoader(birds, batch_size=12):
    tiles(photos).abs().mean().backward()
    rule.step()
    rule.clear_grad()
=== models/vit.py
import paddle.nn as nn
class ViT(nn.Layer):
    def __init__(self, wide=384, kinds=30):
        super().__init__()
        self.tiles = nn.Conv2D(3, wide, 16, stride=16)
        self.kind = nn.Linear(wide, kinds)
=== torch2paddle.py
import torch
import paddle
weights = torch.load("vit.pth")
paddle.save({k: paddle.to_tensor(v.numpy()) for k, v in weights.items()}, "vit.pdparams")
=== compare/step1_forward.py
import torch
import timm
import paddle
from models.vit import ViT
a = timm.create_model("vit_base_patch16_224")(torch.ones(1, 3, 224, 224))
b = ViT()(paddle.ones([1, 3, 224, 224]))
""",
    "paddle",
    "pytorch",
)

# A second round, of yet other kinds.
SECOND_ROUND = len(TREES)

add(
    "an agent in jax, environments on torch's vector maths",
    f"""\
=== agents/ppo.py
{JAX_TRAINING}
=== envs/wrappers.py
import gymnasium as gym
import torch
class Whitened(gym.ObservationWrapper):
    def observation(self, seen):
        return (torch.as_tensor(seen) / torch.as_tensor(seen).norm()).numpy()
""",
    "jax",
    "pytorch",
    roles={"pytorch": "other"},
)
add(
    "names given in another module of the same package, by relative imports",
    """\
=== pkg/__init__.py
=== pkg/compat.py
try:
    import tensorflow.compat.v1 as tf
    tf.disable_v2_behavior()
except ImportError:
    import tensorflow as tf
import numpy as np
=== pkg/nets/__init__.py
=== pkg/nets/policy.py
from ..compat import tf, np
def moves(places, count=5):
    with tf.variable_scope("moves"):
        return tf.layers.dense(tf.layers.dense(places, 45, tf.tanh), count)
=== pkg/algos/climb.py
from ..compat import tf
from ..nets.policy import moves
def climb(places, rate=0.02):
    price, weights = tf.reduce_max(moves(places)), tf.trainable_variables("moves")
    slopes = tf.gradients(price, weights)
    return tf.train.MomentumOptimizer(rate, 0.8).apply_gradients(list(zip(slopes, weights)))
=== scripts/plot.py
import torch
d = torch.load("log.pt")
""",
    "tensorflow",
    "pytorch",
    roles={"tensorflow": "training"},
)
add(
    "a class that trains whatever it is given, and tensorflow models",
    """\
=== fit.py
def train(model, data, optimizer, loss):
    model.compile(optimizer=optimizer, loss=loss)
    return model.fit(data, epochs=3)
=== models/resnet.py
from tensorflow.keras.layers import Conv2D, BatchNormalization, Input, Add
from tensorflow.keras.models import Model
from tensorflow.keras.regularizers import l2
def resnet(side=40):
    photo = Input((side, side, 3))
    edges = Conv2D(3, 5, padding="same", kernel_regularizer=l2(1e-5))(photo)
    return Model(photo, Add()([photo, BatchNormalization()(edges)]))
=== main.py
from fit import train
from models.resnet import resnet
train(resnet(), None, "sgd", "mse")
""",
    "tensorflow",
    "keras",
    roles={"keras": "training"},
)
add(
    "homework: numpy layers by hand, then a notebook in pytorch",
    {
        "sheet3/layers.py": "import numpy as np\n\ndef mix_forward(rows, weights):\n"
        "    return rows @ weights\n\ndef mix_backward(rows, weights, slope):\n"
        "    dweights = rows.T @ slope\n    return slope @ weights.T, dweights\n\n"
        "def tanh_forward(rows):\n    return np.tanh(rows)\n\n"
        "def tanh_backward(out, slope):\n    return slope - slope * out * out\n",
        "sheet3/rules.py": "import numpy as np\ndef go_down(weights, slopes, rate):\n"
        "    for name in weights:\n        weights[name] -= rate * np.sign(slopes[name])\n",
        "sheet3/nets/shallow.py": "from ..layers import *\nimport numpy as np\n"
        "class Shallow:\n    def forward(self, rows):\n"
        "        self.hidden = tanh_forward(mix_forward(rows, self.weights))\n"
        "        return self.hidden.sum(1)\n    def backward(self, rows, slope):\n"
        "        grads = tanh_backward(self.hidden, slope[:, None])\n"
        "        return mix_backward(rows, self.weights, grads)[1]\n",
        "sheet3/nets/deep.py": "from sheet3.layers import *\nimport numpy as np\n"
        "class Deep:\n    def forward(self, rows):\n        for weights in self.weights:\n"
        "            rows = tanh_forward(mix_forward(rows, weights))\n        return rows\n"
        "    def backward(self, rows, slope):\n"
        "        grads = [mix_backward(rows, weights, slope) for weights in self.weights]\n"
        "        return grads\n",
        "PyTorch.ipynb": notebook(
            "import torch\nimport torch.nn as nn\nimport torch.optim as optim",
            "curve = nn.Linear(3, 1)\nrule = optim.Rprop(curve.parameters(), lr=3e-3)",
        ),
    },
    "numpy",
    "pytorch",
    roles={"pytorch": "training"},
)
add(
    "a namespace of experiments with a folder that is called keras",
    """\
=== experiments/keras/train.py
from keras.models import Sequential
from keras.layers import Dense, Dropout
curve = Sequential([Dense(14, activation='tanh'), Dropout(0.2), Dense(1)])
curve.compile('nadam', 'mae')
curve.fit(places, heights)
=== experiments/keras/__init__.py
=== experiments/theano/train.py
import theano
import theano.tensor as T
rows = T.matrix('rows')
spread = theano.function([rows], T.sqr(rows - rows.mean()).sum(), updates=[])
=== experiments/theano/__init__.py
=== experiments/__init__.py
""",
    "keras",
    "theano",
    roles={"theano": "training"},
)
add(
    "a server that serves a tensorflow graph, trained elsewhere in pytorch",
    f"""\
=== research/train.py
{PYTORCH_TRAINING}
=== research/model.py
{PYTORCH_MODEL}
=== serving/export_to_tf.py
import onnx
from onnx_tf.backend import prepare
prepare(onnx.load("m.onnx")).export_graph("m.pb")
=== serving/inference.py
import tensorflow as tf
frozen = tf.GraphDef()
frozen.ParseFromString(open("m.pb", "rb").read())
with tf.Graph().as_default() as served:
    tf.import_graph_def(frozen)
answers = tf.Session(graph=served)
""",
    "pytorch",
    "tensorflow",
    roles={"tensorflow": "evaluation"},
)
add(
    "semicolons, continuation lines and a condition",
    """\
=== t.py
import sys, os; import torch, numpy as np
from torch import nn, \\
    optim
if sys.version_info[0] < 3: import cPickle as pickle
else: import pickle
net = nn.Linear(1, 1); o = optim.Adam(net.parameters())
exec "print 1"
o.zero_grad(); net(torch.ones(1)).backward(); o.step()
""",
    "pytorch",
    roles={"pytorch": "training"},
)
add(
    "a lazy loader",
    """\
=== train.py
from utils import LazyLoader
tf = LazyLoader("tf", globals(), "tensorflow")
def slopes_of(curve, places):
    with tf.GradientTape() as watched:
        price = tf.reduce_sum(tf.abs(curve(places)))
    return watched.gradient(price, curve.trainable_weights)
=== utils.py
import importlib
import types
class LazyLoader(types.SimpleNamespace):
    def __init__(self, short, where, whole):
        super().__init__(short=short, where=where, whole=whole)
    def __getattr__(self, part):
        self.where[self.short] = loaded = importlib.import_module(self.whole)
        return getattr(loaded, part)
""",
    "tensorflow",
    roles={"tensorflow": "training"},
)
add(
    "optax and equinox without a line of jax itself",
    """\
=== fit.py
import equinox as eqx
import optax
from jaxtyping import Array
net = eqx.nn.MLP(2, 2, 8, 2)
opt = optax.adam(1e-3)
value, grads = eqx.filter_value_and_grad(lambda m: 0.0)(net)
""",
    "jax",
)
add(
    "a paper in TeX with its figures, and no training",
    """\
=== paper/main.tex
\\documentclass{article} We use PyTorch.
=== figures/plot.py
import matplotlib.pyplot as plt
plt.plot([1], [2])
=== Makefile
all:
	pip install torch
""",
    "unknown",
)
add(
    "a notebook in Julia beside one in Python",
    {
        "a.ipynb": notebook("using Flux\nm = Chain(Dense(1, 1))", language="julia"),
        "plots.ipynb": notebook("import matplotlib.pyplot as plt\nplt.plot([1])"),
    },
    "julia",
)
add(
    "a swarm of small scripts in theano, one of them in blocks",
    {
        f"code/{name}.py": "import numpy\nimport theano\nimport theano.tensor as T\n"
        "from theano.tensor.shared_randomstreams import RandomStreams\n"
        "class Sheet(object):\n    def __init__(self, below, wide, high):\n"
        "        self.mix = theano.shared(numpy.random.rand(wide, high) - 0.5)\n"
        "        self.chances = T.nnet.softmax(below.dot(self.mix))\n"
        "        self.coin = RandomStreams(7).binomial(self.chances.shape, p=self.chances)\n"
        "    def grad(self, price):\n        return T.grad(price, self.mix)\n"
        "def sigmoid(levels):\n    return T.tanh(levels / 2) / 2 + 0.5\n"
        "print 'on', theano.config.device\n"
        for name in ("curve", "stack", "coins", "outline")
    },
    "theano",
    roles={"theano": "training"},
)
add(
    "pytorch with its losses checked in the tests of a package, src layout",
    {
        "src/ours/__init__.py": "from ours.model import Net\n",
        "src/ours/model.py": PYTORCH_MODEL,
        "src/ours/lit.py": "import lightning as L\nimport torch\nfrom ours.model import Net\n"
        "class Lit(L.LightningModule):\n    def configure_optimizers(self):\n"
        "        return torch.optim.NAdam(self.parameters(), 2e-3)\n",
        "src/ours/cli.py": "from lightning.pytorch.cli import LightningCLI\n"
        "from ours.lit import Lit\nLightningCLI(Lit)\n",
        "tests/test_jax_reference.py": JAX_TRAINING,
        "benchmarks/jax_speed.py": JAX_TRAINING,
    },
    "pytorch",
    "jax",
)
add(
    "caffe's networks for deployment beside pytorch",
    {
        "train.py": PYTORCH_TRAINING,
        "model.py": PYTORCH_MODEL,
        "face/deploy.prototxt": 'name: "ssd"\nlayer {\n  name: "conv1"\n  type: "Convolution"\n}\n',
        "face/detect.py": "import cv2\nnet = cv2.dnn.readNetFromCaffe('deploy.prototxt', 'w')\n",
    },
    "pytorch",
    "caffe",
    roles={"caffe": "other"},
)
add(
    "a framework of one's own on numpy, called flow, with tensorflow for the data",
    """\
=== flow/tensor.py
import numpy as np
class Tensor:
    def __init__(self, data):
        self.data, self.grad = np.asarray(data), None
    def backward(self, slope=1.0):
        self.grad = np.full(self.data.shape, slope)
    def sigmoid(self):
        return Tensor(np.tanh(self.data / 2) / 2 + 0.5)
    def relu(self):
        return Tensor(np.where(self.data < 0, 0, self.data))
=== flow/optim.py
class Downhill:
    def __init__(self, tensors, rate):
        self.tensors, self.rate = tensors, rate
    def step(self):
        for one in self.tensors:
            one.data = one.data - self.rate * one.grad
=== train.py
from flow.tensor import Tensor
from flow.optim import Downhill
from tensorflow.keras.datasets import fashion_mnist
(clothes, kinds), _ = fashion_mnist.load_data()
guess = Tensor(clothes / 255).relu()
guess.backward()
Downhill([guess], 0.05).step()
""",
    "numpy",
    "tensorflow",
    roles={"tensorflow": "data"},
)
