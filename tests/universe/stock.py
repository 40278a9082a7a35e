"""Stock texts of the made repositories: imports, requirements, a training loop, README ends."""

# ruff: noqa: E501

IMPORTS = {
    "torch": "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n",
    "lightning": "import torch\nfrom torch import nn\nimport pytorch_lightning as pl\n",
    "tf1": "import numpy as np\nimport tensorflow as tf\n\nflags = tf.app.flags\n",
    "tf2": "import tensorflow as tf\nfrom tensorflow import keras\n",
    "keras": "from keras import backend as K\nfrom keras.layers import Layer\n",
    "jax": "import jax\nimport jax.numpy as jnp\nimport optax\n",
    "flax": "import jax\nimport jax.numpy as jnp\nimport flax.linen as nn\nimport optax\n",
    "mxnet": "import mxnet as mx\nfrom mxnet import autograd, gluon\n",
    "paddle": "import paddle\nimport paddle.nn as nn\nimport paddle.nn.functional as F\n",
    "chainer": "import chainer\nimport chainer.functions as F\nimport chainer.links as L\n",
    "theano": "import theano\nimport theano.tensor as T\n",
    "numpy": "import numpy as np\n",
    "sklearn": "import numpy as np\nfrom sklearn.naive_bayes import MultinomialNB\n",
    "python": "import argparse\nimport json\n",
}
REQUIREMENTS = {
    "torch": "torch>=1.4\ntorchvision\nnumpy\ntqdm\ntensorboardX\n",
    "lightning": "torch>=1.7\npytorch-lightning==1.1.5\neinops\n",
    "tf1": "tensorflow-gpu==1.15.0\nnumpy\nscipy\n",
    "tf2": "tensorflow>=2.3\ntqdm\n",
    "keras": "keras==2.2.4\ntensorflow>=1.12\nh5py\n",
    "jax": "jax\njaxlib\noptax\n",
    "flax": "jax[cuda]\nflax\noptax\ntensorflow-datasets\n",
    "mxnet": "mxnet-cu100\ngluonnlp\n",
    "paddle": "paddlepaddle-gpu==2.2.1\nvisualdl\n",
    "chainer": "chainer==5.0.0\ncupy\n",
    "theano": "theano==0.9\nlasagne\n",
    "numpy": "numpy\nmatplotlib\n",
    "sklearn": "scikit-learn>=0.22\nnltk\nnumpy\n",
    "python": "requests\npyyaml\n",
}
LANGUAGES = {
    "cpp": "C++",
    "julia": "Julia",
    "rust": "Rust",
    "js": "JavaScript",
    "ts": "TypeScript",
    "lua": "Lua",
    "perl": "Perl",
    "r": "R",
    "matlab": "MATLAB",
    "go": "Go",
    "notebook": "Jupyter Notebook",
    "swift": "Swift",
    "css": "CSS",
    "liquid": "Liquid",
    "c": "C",
    "tex": "TeX",
    "none": None,
}
LOOP = """
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default={epochs})
    parser.add_argument("--batch-size", type=int, default={batch})
    parser.add_argument("--lr", type=float, default={rate})
    parser.add_argument("--seed", type=int, default={seed})
    args = parser.parse_args()
    model, optimizer, loader = setup(args)
    for epoch in range(args.epochs):
        for step, batch in enumerate(loader):
            loss = train_step(model, optimizer, batch)
            if step % 100 == 0:
                print(f"epoch {{epoch}} step {{step}} loss {{loss:.4f}}")
        evaluate(model, epoch)


if __name__ == "__main__":
    main()
"""

TAILS = (
    "## Contributing\n\nPatches are welcome, small ones best. If yours is large, tell us in an issue"
    " before you begin. Please run the linter before you push.",
    "## Star history\n\n[![Star History Chart](https://api.star-history.com/svg?repos={name}&type=Date)]"
    "(https://star-history.com/#{name})",
    "## TODO\n\n- [x] Upload first version\n- [x] Add license\n- [ ] Clean up the configuration\n"
    "- [ ] Write more tests\n- [ ] Documentation",
    "## FAQ\n\n**Does it run on Windows?** Some have told us so; we use Ubuntu 18.04.\n\n**I get"
    " `CUDA error: no kernel image is available`.** Your build of the framework does not fit your"
    " card.\n\n**May I use this at work?** See the license.",
    "## Contact\n\nFor any questions please open an issue, or write to {owner} (at) example.org.",
    "## Changelog\n\n* **0.1.2** fix a path on case-insensitive file systems\n* **0.1.1** typos\n"
    "* **0.1.0** first release",
    "## Acknowledgements\n\nThanks to all who reported errors, and to our institute for the machines.",
)

OPTIONS = """## Options

```
usage: {script} [-h] [--epochs N] [--batch-size N] [--lr LR] [--seed S] [--resume PATH]

optional arguments:
  -h, --help        show this help message and exit
  --epochs N        number of passes over the training data (default: {epochs})
  --batch-size N    examples a step, over all devices (default: {batch})
  --lr LR           peak learning rate (default: {rate})
  --seed S          of everything that is random (default: 0)
  --resume PATH     checkpoint to go on from
  --num-workers N   processes that load data (default: 4)
  --log-every N     steps between two lines of the log (default: 100)
  --save-dir PATH   where checkpoints and logs go (default: ./runs)
```

Checkpoints are written at the end of each epoch, the last three are kept. Logs can be read with
TensorBoard: `tensorboard --logdir runs`.
"""
