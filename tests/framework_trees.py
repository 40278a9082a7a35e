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

def train(args, model, device, loader, optimizer, epoch):
    model.train()
    for data, target in loader:
        data, target = data.to(device), target.to(device)
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(data), target)
        loss.backward()
        optimizer.step()

def main():
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    loader = DataLoader(datasets.MNIST("data", transform=transforms.ToTensor()), batch_size=64)
    model = Net().to(device)
    optimizer = optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(10):
        train(None, model, device, loader, optimizer, epoch)
    torch.save(model.state_dict(), "mnist.pt")

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
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.fc = nn.Linear(32 * 26 * 26, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        return self.fc(torch.flatten(x, 1))
"""

TF1_MODEL = """\
import tensorflow as tf

class DCGAN(object):
    def __init__(self, sess, batch_size=64):
        self.sess = sess
        self.build_model()

    def build_model(self):
        self.inputs = tf.placeholder(tf.float32, [64, 64, 64, 3], name='real_images')
        self.z = tf.placeholder(tf.float32, [None, 100], name='z')
        with tf.variable_scope("generator"):
            h = tf.layers.dense(self.z, 4 * 4 * 512, activation=tf.nn.relu)
            h = tf.layers.batch_normalization(h)
            self.G = tf.nn.tanh(tf.layers.conv2d_transpose(tf.reshape(h, [-1, 4, 4, 512]), 3, 5))
        self.g_loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
            logits=self.D(self.G), labels=tf.ones([64, 1])))
"""

TF1_TRAINING = """\
import tensorflow as tf
from model import DCGAN

flags = tf.app.flags
flags.DEFINE_float("learning_rate", 0.0002, "Learning rate for adam")
FLAGS = flags.FLAGS

def main(_):
    config = tf.ConfigProto()
    config.gpu_options.allow_growth = True
    with tf.Session(config=config) as sess:
        dcgan = DCGAN(sess)
        g_optim = tf.train.AdamOptimizer(FLAGS.learning_rate, beta1=0.5).minimize(dcgan.g_loss)
        sess.run(tf.global_variables_initializer())
        for step in range(10000):
            sess.run(g_optim)

if __name__ == '__main__':
    tf.app.run()
"""

JAX_TRAINING = """\
import jax
import jax.numpy as jnp
from jax import random, grad, jit, vmap

def init_params(key, sizes):
    keys = random.split(key, len(sizes))
    return [(random.normal(k, (m, n)) * 0.1, jnp.zeros(n))
            for k, m, n in zip(keys, sizes[:-1], sizes[1:])]

def predict(params, x):
    for w, b in params[:-1]:
        x = jax.nn.relu(jnp.dot(x, w) + b)
    w, b = params[-1]
    return jax.nn.log_softmax(jnp.dot(x, w) + b)

def loss(params, batch):
    x, y = batch
    return -jnp.mean(jnp.sum(predict(params, x) * y, axis=1))

@jit
def update(params, batch):
    grads = grad(loss)(params, batch)
    return [(w - 0.1 * dw, b - 0.1 * db) for (w, b), (dw, db) in zip(params, grads)]
"""

TORCH7_TRAINING = """\
require 'torch'
require 'nn'
require 'optim'
local cmd = torch.CmdLine()
cmd:option('-lr', 0.0002, 'learning rate')
local opt = cmd:parse(arg)
torch.setdefaulttensortype('torch.FloatTensor')
local netG = nn.Sequential()
netG:add(nn.SpatialFullConvolution(100, 512, 4, 4))
netG:add(nn.SpatialBatchNormalization(512)):add(nn.ReLU(true))
local criterion = nn.BCECriterion()
local parametersG, gradParametersG = netG:getParameters()
local fGx = function(x)
   gradParametersG:zero()
   local df_do = criterion:backward(output, label)
   netG:backward(noise, df_do)
   return errG, gradParametersG
end
optim.adam(fGx, parametersG, {learningRate = opt.lr})
"""

NUMPY_NETWORK = """\
import numpy as np

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

class Network(object):
    def __init__(self, sizes):
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def update_mini_batch(self, batch, eta):
        for x, y in batch:
            nabla_b, nabla_w = self.backprop(x, y)
        self.weights = [w - eta * nw for w, nw in zip(self.weights, nabla_w)]

    def backprop(self, x, y):
        delta = (self.feedforward(x) - y) * sigmoid(x) * (1 - sigmoid(x))
        return delta, np.dot(delta, x.transpose())
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

(x, y), (xt, yt) = tf.keras.datasets.cifar10.load_data()
model = models.Sequential([
    layers.Conv2D(32, 3, activation="relu", input_shape=(32, 32, 3)),
    layers.Flatten(),
    layers.Dense(10),
])
model.compile(optimizer=tf.keras.optimizers.Adam(1e-3),
              loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x / 255.0, y, epochs=10)
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

config = tf.ConfigProto()
config.gpu_options.allow_growth = True
set_session(tf.Session(config=config))

def get_unet():
    inputs = Input((96, 96, 1))
    conv1 = Conv2D(32, (3, 3), activation='relu', padding='same')(inputs)
    model = Model(inputs=[inputs], outputs=[conv1])
    model.compile(optimizer=Adam(lr=1e-5), loss='binary_crossentropy')
    return model

model = get_unet()
model.fit(np.zeros(1), np.zeros(1), batch_size=32, callbacks=[ModelCheckpoint('w.h5')])
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

inputs = keras.Input((28, 28, 1))
x = layers.Conv2D(32, 3)(inputs)
x = ops.mean(x, axis=(1, 2))
model = keras.Model(inputs, layers.Dense(10)(x))
model.compile(optimizer=keras.optimizers.AdamW(), loss="mse")
model.fit(keras.random.normal((8, 28, 28, 1)), keras.random.normal((8, 10)))
""",
    "keras",
)
add(
    "keras_core",
    """\
=== vit.py
import keras_core as keras
from keras_core import layers

class Patches(layers.Layer):
    def call(self, images):
        return keras.ops.reshape(images, (-1, 16))

model = keras.Sequential([Patches(), layers.Dense(10)])
model.compile("adam", "mse")
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

class VAE(nn.Module):
    latents: int = 20

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(500)(x))
        return nn.Dense(self.latents)(x)
=== train.py
from absl import app
import jax
import jax.numpy as jnp
import optax
import tensorflow as tf
import tensorflow_datasets as tfds
from flax.training import train_state
import models

def train_step(state, batch):
    def loss_fn(params):
        return jnp.mean(state.apply_fn({"params": params}, batch) ** 2)
    grads = jax.grad(loss_fn)(state.params)
    return state.apply_gradients(grads=grads)

def main(argv):
    tf.config.experimental.set_visible_devices([], "GPU")
    ds = tfds.load("binarized_mnist", split=tfds.Split.TRAIN)
    ds = ds.map(lambda x: tf.cast(x["image"], tf.float32)).batch(32)
    state = train_state.TrainState.create(
        apply_fn=None, params=None, tx=optax.adam(1e-3))
    for batch in tfds.as_numpy(ds):
        state = jax.jit(train_step)(state, batch)

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

def net_fn(x):
    return hk.Sequential([hk.Flatten(), hk.Linear(300), jax.nn.relu, hk.Linear(10)])(x)

net = hk.without_apply_rng(hk.transform(net_fn))
opt = optax.adam(1e-3)

def loss_fn(params, x, y):
    logits = net.apply(params, x)
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()

@jax.jit
def update(params, opt_state, x, y):
    grads = jax.grad(loss_fn)(params, x, y)
    updates, opt_state = opt.update(grads, opt_state)
    return optax.apply_updates(params, updates), opt_state

tf = T.Compose([T.ToTensor(), T.Normalize((0.5,), (0.5,)), T.RandomCrop(28, 4)])
train_set = torchvision.datasets.MNIST("data", train=True, transform=tf, download=True)
test_set = torchvision.datasets.MNIST("data", train=False, transform=tf)
train_loader = DataLoader(train_set, batch_size=128, shuffle=True)
test_loader = DataLoader(test_set, batch_size=128)
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

class MLP(eqx.Module):
    layers: list

    def __init__(self, key):
        self.layers = [eqx.nn.Linear(2, 8, key=key), jax.nn.relu]

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x

@eqx.filter_jit
def make_step(model, x, y, opt_state, optim):
    loss, grads = eqx.filter_value_and_grad(lambda m: ((m(x) - y) ** 2).mean())(model)
    updates, opt_state = optim.update(grads, opt_state)
    return loss, eqx.apply_updates(model, updates), opt_state
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
        self.inner = datasets.ImageFolder(root, transforms.Compose([
            transforms.Resize(64), transforms.CenterCrop(64), transforms.ToTensor()]))

    def __getitem__(self, i):
        return self.inner[i][0].numpy()

def loaders(root):
    a, b = random_split(Faces(root), [9, 1], generator=torch.Generator().manual_seed(0))
    return DataLoader(a, 32, num_workers=4), DataLoader(b, 32)
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

class LitMNIST(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.l1 = nn.Linear(28 * 28, 10)

    def training_step(self, batch, batch_idx):
        x, y = batch
        return F.cross_entropy(self.l1(x.view(x.size(0), -1)), y)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=0.02)
=== main.py
from argparse import ArgumentParser
from pytorch_lightning import Trainer
from pl_model import LitMNIST

def main():
    trainer = Trainer(max_epochs=3, gpus=1)
    trainer.fit(LitMNIST())
""",
    "pytorch",
)
add(
    "a fastai notebook with magics",
    {
        "nbs/01_train.ipynb": notebook(
            "%reload_ext autoreload\n%matplotlib inline\n!pip install -Uq fastai",
            "from fastai.vision.all import *\npath = untar_data(URLs.PETS)/'images'",
            "learn = vision_learner(dls, resnet34, metrics=error_rate)\nlearn.fine_tune(1)",
        ),
        "README.md": "# Pets",
    },
    "pytorch",
)
add(
    "transformers' tensorflow classes",
    """\
=== run_classifier.py
import tensorflow as tf
from transformers import BertTokenizer, TFBertForSequenceClassification

tokenizer = BertTokenizer.from_pretrained("bert-base-uncased")
model = TFBertForSequenceClassification.from_pretrained("bert-base-uncased")
model.compile(optimizer=tf.keras.optimizers.Adam(3e-5),
              loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(train_dataset, epochs=2)
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

tok = AutoTokenizer.from_pretrained("roberta-base")
model = AutoModelForSequenceClassification.from_pretrained("roberta-base")
trainer = Trainer(model=model, args=TrainingArguments("out"), train_dataset=load_dataset("imdb"))
trainer.train()
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

model = FlaxAutoModelForCausalLM.from_pretrained("gpt2", dtype=jnp.bfloat16)
state = train_state.TrainState.create(
    apply_fn=model.__call__, params=model.params, tx=optax.adamw(1e-4))

def train_step(state, batch):
    grad_fn = jax.value_and_grad(lambda p: state.apply_fn(**batch, params=p)[0].mean())
    loss, grad = grad_fn(state.params)
    return state.apply_gradients(grads=grad), loss

p_train_step = jax.pmap(train_step, "batch")
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

def convert(tf_checkpoint_path, out):
    init_vars = tf.train.list_variables(tf_checkpoint_path)
    arrays = []
    for name, shape in init_vars:
        array = tf.train.load_variable(tf_checkpoint_path, name)
        arrays.append(array)
    model = Net()
    for pointer, array in zip(model.parameters(), arrays):
        pointer.data = torch.from_numpy(array)
    torch.save(model.state_dict(), out)
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

def create_inception_graph(pth):
    with tf.gfile.FastGFile(pth, 'rb') as f:
        graph_def = tf.GraphDef()
        graph_def.ParseFromString(f.read())
        _ = tf.import_graph_def(graph_def, name='FID_Inception_Net')

def get_activations(images, sess, batch_size=50):
    inception_layer = sess.graph.get_tensor_by_name('FID_Inception_Net/pool_3:0')
    return sess.run(inception_layer, {{'FID_Inception_Net/ExpandDims:0': images}})

def calculate(images):
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return get_activations(images, sess)
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
import scipy.misc

class Logger(object):
    def __init__(self, log_dir):
        self.writer = tf.summary.FileWriter(log_dir)

    def scalar_summary(self, tag, value, step):
        summary = tf.Summary(value=[tf.Summary.Value(tag=tag, simple_value=value)])
        self.writer.add_summary(summary, step)

    def image_summary(self, tag, images, step):
        img = tf.Summary.Image(encoded_image_string=b'', height=1, width=1)
        self.writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag=tag, image=img)]), step)
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
# Unofficial PyTorch implementation of DCGAN
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

def load_data():
    with gzip.open("mnist.pkl.gz") as f:
        return pickle.load(f)
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
local dataset = torch.class('dataLoader')
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
net.load_state_dict(torch.load("mnist.pt"))
=== pytorch/losses.py
import torch.nn as nn
class PerceptualLoss(nn.Module):
    def forward(self, a, b):
        return nn.functional.l1_loss(a, b)
""",
    "pytorch",
    "torch7",
    roles={"torch7": "training"},
)
add(
    "tensorflow in Python 2",
    """\
=== gan_mnist.py
import os, sys
sys.path.append(os.getcwd())
import time
import tensorflow as tf
import tflib as lib
import tflib.ops.linear

def Discriminator(inputs):
    output = tf.reshape(inputs, [-1, 1, 28, 28])
    output = tf.nn.conv2d(output, lib.param('f'), [1, 1, 2, 2], 'SAME')
    return tf.nn.relu(output)

gen_train_op = tf.train.AdamOptimizer(
    learning_rate=1e-4, beta1=0.5).minimize(gen_cost)

with tf.Session() as session:
    session.run(tf.initialize_all_variables())
    for iteration in xrange(ITERS):
        print "iter {} time {}".format(iteration, time.time())
=== tflib/__init__.py
import numpy as np
import tensorflow as tf
_params = {}
def param(name, *args, **kwargs):
    _params[name] = tf.Variable(*args, **kwargs)
    return _params[name]
=== tflib/ops/linear.py
import tflib as lib
import tensorflow as tf
def Linear(name, inputs):
    print 'hello'
    return tf.matmul(inputs, lib.param(name + '.W'))
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

input_var = T.tensor4('inputs')
target_var = T.ivector('targets')
net = DenseLayer(InputLayer((None, 1, 28, 28), input_var), 10)
loss = lasagne.objectives.categorical_crossentropy(get_output(net), target_var).mean()
params = get_all_params(net, trainable=True)
updates = lasagne.updates.nesterov_momentum(loss, params, learning_rate=0.01, momentum=0.9)
train_fn = theano.function([input_var, target_var], loss, updates=updates)
print "done"
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

class MLP(chainer.Chain):
    def __init__(self):
        super(MLP, self).__init__(l1=L.Linear(784, 100), l2=L.Linear(100, 10))
    def __call__(self, x):
        return self.l2(F.relu(self.l1(x)))

optimizer = chainer.optimizers.Adam()
optimizer.setup(L.Classifier(MLP()))
print 'epoch', 1
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
            "model = Sequential()\nmodel.add(Dense(10, input_dim=4))\n"
            "model.compile(loss='mse', optimizer='sgd')\nprint 'ok'",
            "model.fit(X, Y, nb_epoch=5)",
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

net = nn.HybridSequential()
with net.name_scope():
    net.add(nn.Dense(128, activation='relu'), nn.Dense(10))
net.initialize(mx.init.Xavier(), ctx=mx.gpu())
trainer = gluon.Trainer(net.collect_params(), 'sgd', {'learning_rate': 0.1})
loss_fn = gluon.loss.SoftmaxCrossEntropyLoss()
for data, label in gluon.data.DataLoader(gluon.data.vision.MNIST(), 64):
    with autograd.record():
        loss = loss_fn(net(data), label)
    loss.backward()
    trainer.step(64)
""",
    "mxnet",
)
add(
    "mxnet's symbols in Python 2",
    """\
=== symbol/symbol_vgg.py
import mxnet as mx
def get_vgg(num_classes):
    data = mx.symbol.Variable(name="data")
    conv1 = mx.symbol.Convolution(data=data, kernel=(3, 3), num_filter=64)
    return mx.symbol.SoftmaxOutput(mx.symbol.FullyConnected(conv1, num_hidden=10))
=== train_end2end.py
import mxnet as mx
from symbol.symbol_vgg import get_vgg
def train_net(args):
    mod = mx.mod.Module(get_vgg(21), context=[mx.gpu(0)])
    print 'fitting'
    mod.fit(train_data, optimizer='sgd', kvstore='device', num_epoch=10)
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

class LeNet(nn.Layer):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)
    def forward(self, x):
        return self.fc(paddle.flatten(x, 1))

net = LeNet()
opt = paddle.optimizer.Adam(parameters=net.parameters())
for x, y in paddle.io.DataLoader(paddle.vision.datasets.MNIST(transform=ToTensor())):
    loss = nn.functional.cross_entropy(net(x), y)
    loss.backward()
    opt.step()
    opt.clear_grad()
""",
    "paddle",
)
add(
    "paddle's fluid",
    """\
=== train.py
from __future__ import print_function
import paddle.fluid as fluid
img = fluid.layers.data(name='img', shape=[1, 28, 28], dtype='float32')
fc = fluid.layers.fc(input=img, size=10, act='softmax')
avg_cost = fluid.layers.mean(fc)
fluid.optimizer.Adam(learning_rate=0.001).minimize(avg_cost)
exe = fluid.Executor(fluid.CUDAPlace(0))
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
from src.lenet import LeNet5

context.set_context(mode=context.GRAPH_MODE, device_target="Ascend")
opt = nn.Momentum(LeNet5().trainable_params(), 0.01, 0.9)
model = Model(LeNet5(), nn.SoftmaxCrossEntropyWithLogits(sparse=True), opt)
model.train(10, ds.MnistDataset("data"), callbacks=[LossMonitor()])
=== src/lenet.py
import mindspore.nn as nn
class LeNet5(nn.Cell):
    def __init__(self):
        super(LeNet5, self).__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, pad_mode="valid")
    def construct(self, x):
        return self.conv1(x)
""",
    "mindspore",
)
add(
    "cntk",
    """\
=== TrainResNet_CIFAR10.py
import cntk as C
from cntk.layers import Convolution2D, BatchNormalization
from cntk import Trainer, momentum_sgd
from cntk.io import MinibatchSource
def create(input):
    return Convolution2D((3, 3), 16)(input)
z = create(C.input_variable((3, 32, 32)))
trainer = Trainer(z, (C.cross_entropy_with_softmax(z, z), None), [momentum_sgd(z.parameters, 1)])
trainer.train_minibatch({})
""",
    "cntk",
)
add(
    "caffe: a solver, networks and a layer in C++",
    """\
=== models/fcn/solver.prototxt
train_net: "models/fcn/train.prototxt"
test_iter: 736
base_lr: 1e-10
lr_policy: "fixed"
momentum: 0.99
max_iter: 100000
solver_mode: GPU
=== models/fcn/train.prototxt
layer {
  name: "conv1_1"
  type: "Convolution"
  bottom: "data"
  top: "conv1_1"
  convolution_param { num_output: 64 kernel_size: 3 }
}
=== src/caffe/layers/my_layer.cpp
#include <vector>
#include "caffe/layers/my_layer.hpp"
namespace caffe {
INSTANTIATE_CLASS(MyLayer);
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
import surgery, score
import numpy as np
caffe.set_device(0)
caffe.set_mode_gpu()
solver = caffe.SGDSolver('solver.prototxt')
solver.net.copy_from('../vgg16-fcn.caffemodel')
for _ in range(75):
    solver.step(8000)
=== net.py
from caffe import layers as L, params as P
import caffe
def fcn(split):
    n = caffe.NetSpec()
    n.conv = L.Convolution(n.data, kernel_size=3, num_output=64)
    return n.to_proto()
=== surgery.py
from __future__ import division
import numpy as np
def interp(net, layers):
    for l in layers:
        net.params[l][0].data[...] = np.zeros(3)
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
#include <iostream>
struct NetImpl : torch::nn::Module {
  NetImpl() { fc = register_module("fc", torch::nn::Linear(784, 10)); }
  torch::nn::Linear fc{nullptr};
};
int main() {
  torch::optim::Adam opt(net->parameters(), torch::optim::AdamOptions(2e-4));
  loss.backward();
  opt.step();
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
\tg := G.NewGraph()
\tsolver := G.NewRMSPropSolver(G.WithBatchSize(64))
\tlog.Println(g, solver, tensor.Float64)
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
using Flux: onehotbatch, crossentropy
using Flux.Data.MNIST
m = Chain(Dense(28^2, 32, relu), Dense(32, 10), softmax)
loss(x, y) = crossentropy(m(x), y)
opt = ADAM()
Flux.train!(loss, params(m), [], opt)
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
vae <- nn_module("VAE", initialize = function() { self$fc <- nn_linear(10, 2) })
opt <- optim_adam(vae$parameters, lr = 0.001)
loss$backward()
opt$step()
""",
    "pytorch",
)
add(
    "matconvnet",
    """\
=== cnn_cifar.m
function [net, info] = cnn_cifar(varargin)
run(fullfile(fileparts(mfilename('fullpath')), 'matlab', 'vl_setupnn.m')) ;
net = cnn_cifar_init(opts) ;
[net, info] = cnn_train(net, imdb, getBatch(opts), 'val', find(imdb.images.set == 3)) ;
end
=== cnn_cifar_init.m
function net = cnn_cifar_init(varargin)
net.layers{end+1} = struct('type', 'conv', 'stride', 1) ;
net = vl_simplenn_tidy(net) ;
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
class Net:
    def __init__(self):
        self.l1 = nn.Linear(784, 10)
    def __call__(self, x):
        return self.l1(x)
net = Net()
opt = Adam(nn.state.get_parameters(net))
loss = net(Tensor.zeros(1, 784)).sparse_categorical_crossentropy(Tensor([1]))
loss.backward()
opt.step()
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
class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(2, 2)]
model = MLP()
step = nn.value_and_grad(model, lambda m, x: m(x).sum())
optimizer = optim.SGD(learning_rate=0.1)
mx.eval(model.parameters())
""",
    "mlx",
)
add(
    "oneflow",
    """\
=== train.py
import oneflow as flow
import oneflow.nn as nn
model = nn.Linear(1, 1).to("cuda")
opt = flow.optim.SGD(model.parameters(), lr=0.1)
loss = nn.MSELoss()(model(flow.ones(1, 1)), flow.ones(1, 1))
loss.backward()
opt.step()
""",
    "oneflow",
)
add(
    "jittor",
    """\
=== dcgan.py
import jittor as jt
from jittor import nn, Module, init
if jt.has_cuda:
    jt.flags.use_cuda = 1
class Generator(Module):
    def __init__(self):
        self.l1 = nn.Sequential(nn.Linear(100, 128))
    def execute(self, z):
        return self.l1(z)
optimizer_G = nn.Adam(Generator().parameters(), lr=0.0002)
optimizer_G.step(loss)
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
    def __init__(self):
        super().__init__()
        self.q = nn.Linear(4, 2)
=== train.py
import jax
from jax.agent import Agent
import torch.optim as optim
agent = Agent()
memory = jax.Memory()
opt = optim.Adam(agent.parameters())
loss = agent(memory).mean()
loss.backward()
opt.step()
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
dataset = Planetoid("data", "Cora", transform=T.NormalizeFeatures())
model = GCN(dataset.num_features, 16, 2)
conv = GCNConv(16, 7)
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
def run(model, data):
    try:
        from torch.optim import Adam
    except ImportError:
        raise SystemExit("install it")
    import torch.nn.functional as F
    opt = Adam(model.parameters())
    loss = F.cross_entropy(model(data[0]), data[1])
    loss.backward()
    opt.step()
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
def dense(x, n):
    w = tf.get_variable("w", [x.shape[1], n])
    return tf.matmul(x, w)
=== lib/trainer.py
import tensorflow.compat.v1 as tf
from lib.ops import dense
def build(x, y):
    loss = tf.losses.mean_squared_error(y, dense(x, 1))
    return tf.train.GradientDescentOptimizer(0.1).minimize(loss)
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
x = tf.placeholder(tf.float32, [None, 4])
loss = tf.reduce_mean(tf.layers.dense(x, 1))
op = tf.train.AdamOptimizer().minimize(loss)
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
opt = torch.optim.Adam(Net().parameters())
loss = F.mse_loss(Net()(x), y)
loss.backward()
opt.step()
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
class Encoder(snt.Module):
    def __init__(self):
        super().__init__()
        self._conv = snt.Conv2D(64, 4)
    def __call__(self, x):
        return tf.nn.relu(self._conv(x))
optimizer = snt.optimizers.Adam(learning_rate=3e-4)
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
class Model(ModelDesc):
    def build_graph(self, image, label):
        return Conv2D('conv0', image, 16, 1)
launch_train_with_config(TrainConfig(model=Model()), SimpleTrainer())
""",
    "tensorflow",
)
add(
    "tflearn",
    """\
=== alexnet.py
import tflearn
from tflearn.layers.core import input_data, dropout, fully_connected
from tflearn.layers.estimator import regression
import tflearn.datasets.oxflower17 as oxflower17
network = input_data(shape=[None, 227, 227, 3])
network = regression(fully_connected(network, 17), optimizer='momentum')
tflearn.DNN(network).fit(X, Y, n_epoch=1000)
""",
    "tensorflow",
)
add(
    "tf-slim",
    """\
=== nets.py
import tensorflow as tf
slim = tf.contrib.slim
def vgg(inputs):
    with slim.arg_scope([slim.conv2d], activation_fn=tf.nn.relu):
        return slim.conv2d(inputs, 64, [3, 3])
=== train.py
import tensorflow as tf
import tensorflow.contrib.slim as slim
from nets import vgg
op = slim.learning.create_train_op(loss, tf.train.RMSPropOptimizer(0.1))
slim.learning.train(op, 'logs')
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
clf = RandomForestClassifier().fit(np.zeros((2, 2)), [0, 1])
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
model = PPO("MlpPolicy", make_vec_env("CartPole-v1", 4), verbose=1)
model.learn(total_timesteps=25_000)
""",
    "pytorch",
)
add(
    "jax's stax and its optimizers",
    """\
=== mnist_vae.py
import jax.numpy as np
from jax import jit, grad, lax, random
from jax.example_libraries import optimizers, stax
from jax.example_libraries.stax import Dense, FanOut, Relu, Softplus
encoder_init, encode = stax.serial(Dense(512), Relu, FanOut(2))
opt_init, opt_update, get_params = optimizers.momentum(1e-3, mass=0.9)
g = grad(lambda params: np.sum(params))
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
model = timm.create_model("resnet18")
accelerator = Accelerator()
model = accelerator.prepare(model)
trainer = create_supervised_trainer(model, None, None)
trainer.run([], max_epochs=10)
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
def load(texts):
    return pad_sequences(Tokenizer().texts_to_sequences(texts))
""",
    "pytorch",
    "keras",
    roles={"keras": "data"},
)
add(
    "pytorch with mnist from tensorflow's tutorials",
    """\
=== vae.py
import torch
import torch.nn.functional as nn
import torch.autograd as autograd
import torch.optim as optim
import numpy as np
from torch.autograd import Variable
from tensorflow.examples.tutorials.mnist import input_data

mnist = input_data.read_data_sets('../../MNIST_data', one_hot=True)
solver = optim.Adam([], lr=1e-3)
for it in range(100000):
    X, _ = mnist.train.next_batch(64)
    X = Variable(torch.from_numpy(X))
    loss = nn.binary_cross_entropy(X, X)
    loss.backward()
    solver.step()
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

def sigmoid(x):
    return 0.5 * (np.tanh(x / 2.0) + 1)

def softmax(x):
    return np.exp(x) / np.exp(x).sum()

def forward(weights, inputs):
    return sigmoid(np.dot(inputs, weights))

def backward(weights, x):
    return grad(lambda w: forward(w, x).sum())(weights)
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
typedef struct { int n; float *w; } layer;
void forward(layer *l, float *x);
=== src/nn.c
#include <stdlib.h>
#include <math.h>
#include "nn.h"
void forward(layer *l, float *x) { for (int i = 0; i < l->n; i++) x[i] *= l->w[i]; }
void backward(layer *l, float *g) { for (int i = 0; i < l->n; i++) l->w[i] -= 0.1f * g[i]; }
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
optimizer = dict(type='SGD', lr=0.01, momentum=0.9, weight_decay=0.0001)
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

def predict(w, x):
    return np.tanh(np.dot(x, w))

gradient = grad(lambda w: np.sum(predict(w, 1.0)))
adam(gradient, npr.randn(3), num_iters=100)
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
def dot(x, y):
    return T.dot(x, y)
=== keras/layers/__init__.py
from .core import *
=== keras/layers/core.py
from keras import backend as K
class Dense(object):
    def call(self, x):
        return K.dot(x, self.W)
=== keras/models.py
class Sequential(object):
    def fit(self, x, y):
        pass
=== train_ladder.py
from keras.models import Sequential
from keras.layers.core import Dense
model = Sequential()
model.add(Dense(10))
model.compile(loss='mse', optimizer='sgd')
model.fit([], [])
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
class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0
    def backward(self):
        self.grad = 1
    def relu(self):
        return Value(max(0, self.data))
=== test/test_engine.py
import torch
from micro.engine import Value
def test_it():
    x = torch.Tensor([-4.0]).double()
    x.requires_grad = True
    x.relu().backward()
    assert Value(1.0).relu().data == 1.0
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
print(calculate_fid_given_paths(["a", "b"], 50, "cuda", 2048))
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
def to_numpy(x):
    return x.detach().cpu().numpy()
def soft_update(net, target, tau):
    with torch.no_grad():
        for p, q in zip(net.parameters(), target.parameters()):
            q.lerp_(p, tau)
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
from agent.utils.torch import to_numpy, soft_update
class Critic(nn.Module):
    pass
def update(critic, batch):
    opt = optim.Adam(critic.parameters())
    loss = nn.functional.mse_loss(critic(batch), batch)
    loss.backward()
    opt.step()
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
model = ViT()
opt = paddle.optimizer.AdamW(parameters=model.parameters())
for x in DataLoader([]):
    loss = model(x).mean()
    loss.backward()
    opt.step()
    opt.clear_grad()
=== models/vit.py
import paddle.nn as nn
class ViT(nn.Layer):
    def __init__(self):
        super().__init__()
        self.proj = nn.Conv2D(3, 768, 16)
        self.head = nn.Linear(768, 10)
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
class Normalise(gym.Wrapper):
    def step(self, action):
        obs, r, d, t, i = self.env.step(action)
        return torch.as_tensor(obs).numpy(), r, d, t, i
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
def mlp(x):
    with tf.variable_scope("pi"):
        return tf.layers.dense(x, 64)
=== pkg/algos/trpo.py
from ..compat import tf
from ..nets.policy import mlp
def build(x):
    grads = tf.gradients(tf.reduce_mean(mlp(x)), tf.trainable_variables())
    return tf.train.AdamOptimizer(1e-3).apply_gradients(zip(grads, tf.trainable_variables()))
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
def resnet():
    x = Input((32, 32, 3))
    return Model(x, Add()([Conv2D(3, 3)(x), BatchNormalization()(x)]))
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
        "cs231n/layers.py": "import numpy as np\n\ndef affine_forward(x, w, b):\n"
        "    return x.dot(w) + b, (x, w, b)\n\ndef affine_backward(dout, cache):\n"
        "    x, w, b = cache\n    dx, dw, db = dout.dot(w.T), x.T.dot(dout), dout.sum(0)\n"
        "    return dx, dw, db\n\ndef relu_forward(x):\n    return np.maximum(0, x), x\n\n"
        "def relu_backward(dout, cache):\n    return dout * (cache > 0)\n\n"
        "def softmax_loss(x, y):\n    return 0, x\n",
        "cs231n/optim.py": "import numpy as np\ndef sgd(w, dw, config=None):\n"
        "    w -= 0.1 * dw\n    return w, config\n",
        "cs231n/classifiers/fc_net.py": "from ..layers import *\nimport numpy as np\n"
        "class TwoLayerNet:\n    def loss(self, X, y=None):\n        grads = {}\n"
        "        scores, cache = affine_forward(X, self.W1, self.b1)\n"
        "        loss, dscores = softmax_loss(scores, y)\n        return loss, grads\n",
        "cs231n/classifiers/cnn.py": "from cs231n.layers import *\nimport numpy as np\n"
        "class ConvNet:\n    def loss(self, X, y):\n        dX, dW1, db1 = affine_backward(X, y)\n"
        "        softmax = 1\n        grads = {'W1': dW1}\n        return 0, grads\n",
        "PyTorch.ipynb": notebook(
            "import torch\nimport torch.nn as nn\nimport torch.optim as optim",
            "class Net(nn.Module):\n    pass\nopt = optim.SGD(Net().parameters(), lr=1e-2)",
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
m = Sequential([Dense(3), Dropout(0.5)])
m.compile('adam', 'mse')
m.fit([], [])
=== experiments/keras/__init__.py
=== experiments/theano/train.py
import theano
import theano.tensor as T
x = T.matrix()
f = theano.function([x], x, updates=[])
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
graph = tf.Graph()
with graph.as_default():
    graph_def = tf.GraphDef()
    tf.import_graph_def(graph_def)
    sess = tf.Session(graph=graph)
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
def step(model, x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x))
    return tape.gradient(loss, model.variables)
=== utils.py
import importlib
import types
class LazyLoader(types.ModuleType):
    def __getattr__(self, name):
        return getattr(importlib.import_module(self.__name__), name)
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
        "class Layer(object):\n    def __init__(self, rng, input, n_in, n_out):\n"
        "        self.W = theano.shared(numpy.zeros((n_in, n_out)), name='W', borrow=True)\n"
        "        self.p_y = T.nnet.softmax(T.dot(input, self.W))\n"
        "    def grad(self, cost):\n        return T.grad(cost, self.W)\n"
        "def sigmoid(x):\n    return T.nnet.sigmoid(x)\n"
        "print 'name %s' % theano.config.device\n"
        for name in ("mlp", "dbn", "rbm", "logistic_sgd")
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
        "        return torch.optim.Adam(self.parameters())\n",
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
    def backward(self, grad=None):
        self.grad = np.ones_like(self.data)
    def sigmoid(self):
        return Tensor(1 / (1 + np.exp(-self.data)))
    def relu(self):
        return Tensor(np.maximum(self.data, 0))
=== flow/optim.py
class SGD:
    def step(self):
        for p in self.params:
            p.data -= 0.1 * p.grad
=== train.py
from flow.tensor import Tensor
from flow.optim import SGD
from tensorflow.keras.datasets import mnist
(x, y), _ = mnist.load_data()
loss = Tensor(x).sigmoid()
loss.backward()
""",
    "numpy",
    "tensorflow",
    roles={"tensorflow": "data"},
)
