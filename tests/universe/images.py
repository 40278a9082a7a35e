"""Repositories around NeRF, the graph convolutional network and the diffusion model."""

# ruff: noqa: E501, RUF001

from universe.papers import DDPM, GCN, NERF
from universe.parts import Entry, entry, fork, issue

NERF_OFFICIAL = entry(
    "bmildenhall-lab/nerf",
    "NeRF (Neural Radiance Fields), the code of the authors",
    9800,
    """
# NeRF: Neural Radiance Fields
### [Project Page](http://nerf-fields.example.org/) | [Video](https://youtu.be/x) | [Paper](https://arxiv.org/abs/2003.08934) | [Data](https://drive.example.org/nerf)
[![A small NeRF in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/bmildenhall-lab/nerf/blob/master/tiny_nerf.ipynb)<br>

The TensorFlow code of the paper: fit one network to one scene, then look at the scene from elsewhere.

Ben Mildenhall\\*, Pratul P. Srinivasan\\*, Matthew Tancik\\*, Jonathan T. Barron, Ravi Ramamoorthi, Ren Ng. The first three (\\*) share the work equally. At ECCV 2020, as a talk, with an honorable mention.

## In a hurry

```
conda env create -f environment.yml
sh get_fern.sh
python run_nerf.py --config config_fern.txt
```

## What comes out?

Five megabytes of weights of a fully connected network that was fitted to the photographs of one scene through a differentiable renderer.

## Running code

The small Fern scene needs 200k steps, 15 hours on one V100.

## Citation

[[conf 2003.08934]]
""",
    fw="tf1",
    files="run_nerf.py run_nerf_helpers.py load_llff.py load_blender.py tiny_nerf.ipynb config_fern.txt environment.yml LICENSE",
    homepage="http://nerf-fields.example.org/",
    made="2020-02",
    pushed="2022-09",
    rel={NERF: 3},
    issues=[
        issue(
            "Training gets stuck at PSNR 10, all white images",
            "lego, seed 3",
            replies=[
                "bad initialisation, the ReLU on density dies. Restart or use --precrop_iters 500",
                "precrop worked",
            ],
            reactions=45,
        ),
        issue(
            "NDC rays for 360 scenes",
            "",
            replies=[("OWNER", "Use --no_ndc --spherify --lindisp.")],
            state="closed",
            reactions=21,
        ),
        issue(
            "Positional encoding: factor pi is missing",
            "eq. 4 has 2^l pi p, the code has 2^l p",
            reactions=38,
        ),
    ],
)
YENLIN = entry(
    "yenlin-render/nerf-pytorch",
    "NeRF (Neural Radiance Fields): a PyTorch implementation whose numbers are those of the paper.",
    5400,
    """
# NeRF-pytorch

[NeRF](http://nerf-fields.example.org/) (Neural Radiance Fields) makes new views of a scene from photographs. The videos below were rendered with this code; weights can be downloaded.

A PyTorch translation that **gives the same numbers** and is **1.3 times as fast**. I followed [the authors' TensorFlow code](https://github.com/bmildenhall-lab/nerf) and compared outputs function by function.

[[install]]

## How to run?

```
sh get_scenes.sh
python run_nerf.py --config configs/lego.txt
```

Four hours (100k steps) later on a 2080 Ti there is a video in `logs/lego_test/`.

## Reproducibility

The tests against the official implementation are on the branch `reproduce`.

## Citation

[[bib 2003.08934]]

You may cite this translation as well.
""",
    files="run_nerf.py run_nerf_helpers.py load_blender.py load_llff.py configs/lego.txt configs/fern.txt requirements.txt LICENSE",
    made="2020-04",
    pushed="2023-11",
    rel={NERF: 2},
    issues=[
        issue(
            "CUDA out of memory at the 10000th step",
            "rendering test set: reduce --chunk",
            state="closed",
            reactions=13,
        ),
        issue("RuntimeError: stack expects a non-empty TensorList when testskip > n", ""),
    ],
)
GCN_OFFICIAL = entry(
    "tkipf-graphs/gcn",
    "Graph Convolutional Networks, TensorFlow implementation",
    7100,
    """
# Graph Convolutional Networks

TensorFlow code for classifying the nodes of a graph from few labels, by the method of our paper:

Thomas N. Kipf, Max Welling, [Semi-Supervised Classification with Graph Convolutional Networks](http://arxiv.org/abs/1609.02907) (ICLR 2017)

A gentler introduction is on the blog.

## Installation

```bash
python setup.py install
```

## Requirements
* tensorflow (>0.12)
* networkx

## Run the demo

```bash
cd gcn
python train.py
```

## Data

Your own graph needs three matrices:
* the adjacency, N x N,
* the features, N x D,
* the labels one-hot, N x E.

## Cite

If this helps your work, please cite

[[conf 1609.02907]]
""",
    fw="tf1",
    files="setup.py gcn/train.py gcn/models.py gcn/layers.py gcn/utils.py gcn/data/ind.cora.x LICENCE",
    made="2016-11",
    pushed="2022-12",
    rel={GCN: 3},
    issues=[
        issue(
            "Weight decay only on the first layer?",
            "models.py line 93",
            replies=[("OWNER", "Yes, as in the paper: L2 is applied to the first layer only.")],
            state="closed",
            reactions=40,
        ),
        issue(
            "Feature rows are normalized, is it in the paper?",
            "",
            replies=[("OWNER", "Section 5.2 says so.")],
            state="closed",
            reactions=19,
        ),
    ],
)
PYGCN = entry(
    "tkipf-graphs/pygcn",
    "Graph Convolutional Networks, PyTorch implementation",
    5100,
    """
pygcn: Graph Convolutional Networks for PyTorch
====

The graph convolutional network of [1] for PyTorch.

Note: normalization and splits differ from the first version in TensorFlow (https://github.com/tkipf-graphs/gcn). To get the numbers of [1], take that one.

Comes with Cora [2].

## Installation

```python setup.py install```

## Usage

```python train.py```

## References

[1] Kipf & Welling, Semi-Supervised Classification with Graph Convolutional Networks, 2016
""",
    files="setup.py pygcn/train.py pygcn/models.py pygcn/layers.py pygcn/utils.py data/cora/cora.cites LICENCE",
    made="2017-01",
    pushed="2020-08",
    rel={GCN: 3},
    issues=[
        issue(
            "Row-normalised A instead of the symmetric one",
            "normalize() is D^-1 A, the paper has D^-1/2 A D^-1/2",
            replies=[("OWNER", "One of the subtle differences.")],
            reactions=29,
        ),
        issue(
            "Accuracy 83 % on Cora, higher than the paper?",
            "",
            replies=["other split: 140/300/1000 by rows, not Planetoid's"],
            reactions=12,
        ),
    ],
)
DDPM_OFFICIAL = entry(
    "hojo-berkeley/diffusion",
    "Denoising Diffusion Probabilistic Models",
    3900,
    """
# Denoising Diffusion Probabilistic Models

Jonathan Ho, Ajay Jain, Pieter Abbeel

Paper: https://arxiv.org/abs/2006.11239

Website: https://hojo-berkeley.github.io/diffusion

![faces and cars that nobody photographed](resources/samples.png)

We trained on TPUs (v3-8, rented). TensorFlow 1.15 and Python 3.5; the machines with CPUs need the rest as well:

```
pip3 install -r requirements.txt
```

Look into `scripts/`: each begins with a comment that says how to train and how to evaluate. Data is read from a bucket. Weights and samples are on a shared drive.

## Citation

[[conf 2006.11239]]
""",
    fw="tf1",
    files="scripts/run_cifar.py scripts/run_lsun.py scripts/run_celebahq.py diffusion_tf/diffusion_utils.py diffusion_tf/models/unet.py diffusion_tf/nn.py requirements.txt",
    lic=None,
    homepage="https://hojo-berkeley.github.io/diffusion",
    made="2020-06",
    pushed="2020-10",
    rel={DDPM: 3},
    issues=[
        issue(
            "posterior_log_variance_clipped: why clip?",
            "variance is 0 at t=0",
            state="closed",
            reactions=10,
        ),
        issue("Can this be run on GPU?", "", reactions=17),
        issue("Randflip and dropout 0.1 for CIFAR10: which gives 3.17?", "", reactions=11),
    ],
)
LUCID = entry(
    "lucidlab-ai/denoising-diffusion-torch",
    "Denoising Diffusion Probabilistic Models as a Pytorch package",
    8100,
    """
<img src="./images/steps.png" width="480">

## Denoising Diffusion Probabilistic Model, in Pytorch

The method of <a href="https://arxiv.org/abs/2006.11239">Denoising Diffusion Probabilistic Models</a>, an implementation in Pytorch. Noise is taken away step by step; the samples are as good as those of GANs.

The authors' TensorFlow version is <a href="https://github.com/hojo-berkeley/diffusion">here</a>

[[badges]]

## Install

```bash
$ pip install denoising_diffusion_torch
```

## Usage

```python
from denoising_diffusion_torch import Diffusion, Unet, fit

net = Unet(width=64, levels=4)
fit(Diffusion(net, size=128, steps=1000), folder="pictures", batch=32, rate=8e-5, updates=700_000)
```

## Citations

[[conf 2006.11239]]
[[bib 2102.09672]]
[[bib 2010.02502]]
[[bib 2011.13456]]
""",
    files="setup.py denoising_diffusion_torch/__init__.py denoising_diffusion_torch/denoising_diffusion_torch.py denoising_diffusion_torch/fid_evaluation.py LICENSE",
    topics="artificial-intelligence generative-model score-matching",
    made="2020-08",
    pushed="2026-03",
    rel={DDPM: 2},
    issues=[
        issue("Loss goes to nan with amp=True", "after 30k steps", reactions=22),
        issue("What FID on CIFAR10?", "", reactions=30),
        issue(
            "EMA update_every=10 differs from the paper's 0.9999 each step",
            "",
            state="closed",
            reactions=8,
        ),
    ],
)

IMAGES: list[Entry] = [
    NERF_OFFICIAL,
    YENLIN,
    GCN_OFFICIAL,
    PYGCN,
    DDPM_OFFICIAL,
    LUCID,
    entry(
        "kwea-render/nerf_pl",
        "pytorch-lightning code of NeRF (Neural Radiance Fields), and of NeRF in the Wild",
        2800,
        "# nerf_pl\n\n### News: my newer repository is far faster\n\n[NeRF](https://arxiv.org/pdf/2003.08934.pdf) (Neural Radiance Fields), an unofficial implementation with [pytorch-lightning](https://github.com/lightning). I wanted code that is easy to read and trains fast more than equal decimals; each line is explained, and meshes can be taken to Unity.\n\nOfficial: [nerf](https://github.com/bmildenhall-lab/nerf). What I read beside it: [nerf-pytorch](https://github.com/yenlin-render/nerf-pytorch)\n\n[[install]]\n\n## Training\n\n```\npython train.py --scene lego --size 400 --fine 64 --epochs 16 --rays 1024\n```\n\n| scene | PSNR (paper) | ours |\n|---|---|---|\n| lego | 32.54 | 31.39 |\n| fern | 25.17 | 25.27 |",
        fw="lightning",
        files="train.py eval.py models/nerf.py models/rendering.py datasets/blender.py opt.py requirements.txt LICENSE",
        topics="nerf pytorch-lightning view-synthesis 3d-reconstruction unity3d",
        made="2020-04",
        pushed="2023-12",
        rel={NERF: 2},
        issues=[
            issue(
                "Black images after epoch 1",
                "",
                replies=["change the learning rate warm up"],
                state="closed",
                reactions=5,
            )
        ],
    ),
    entry(
        "gfxstudents/jax-radiance-fields",
        "Neural radiance fields in JAX/Flax, a reproduction with numbers",
        17,
        "# jax-radiance-fields\n\nReproduction of *NeRF: Representing Scenes as Neural Radiance Fields for View Synthesis*, all eight Blender scenes and all eight LLFF scenes, 200k steps each on TPU v3-8.\n\n| | chair | drums | ficus | hotdog | lego | mat. | mic | ship | mean |\n|---|---|---|---|---|---|---|---|---|---|\n| paper | 33.00 | 25.01 | 30.13 | 36.18 | 32.54 | 29.62 | 32.91 | 28.65 | 31.01 |\n| here | 34.0 | 25.1 | 30.2 | 36.6 | 32.8 | 29.8 | 33.7 | 29.0 | 31.4 |\n\n`python train.py --config configs/blender.yaml --scene lego`\n\nDifferences: we sample 64 + 128, weight decay none, the learning rate decays from 5e-4 to 5e-6 exponentially.",
        fw="flax",
        files="train.py eval.py nerf/model.py nerf/render.py nerf/data.py configs/blender.yaml configs/llff.yaml requirements.txt LICENSE",
        lic="Apache-2.0",
        made="2021-01",
        rel={NERF: 2},
    ),
    entry(
        "tinyvox/nerf-100-lines",
        "NeRF in 100 lines",
        640,
        "# 100 lines of NeRF\n\nOne hundred lines of PyTorch after the article [NeRF: Representing Scenes as Neural Radiance Fields for View Synthesis](https://arxiv.org/abs/2003.08934). No hierarchical sampling, low-resolution lego only.\n\n`python nerf.py`\n\nPart of a series of papers in 100 lines.",
        files="nerf.py requirements.txt",
        lic=None,
        made="2022-10",
        rel={NERF: 1},
    ),
    entry(
        "raymarch/nerf-web-viewer",
        "Real-time viewer of baked NeRFs in WebGL",
        870,
        "# nerf-web-viewer\n\nBakes a trained [NeRF](https://arxiv.org/abs/2003.08934) into a sparse voxel grid and shows it at 30 fps in the browser. Train with the original code first.",
        fw="ts",
        files="package.json src/viewer.ts bake.py",
        made="2021-05",
        rel={NERF: 1},
    ),
    entry(
        "scenekit/fieldstudio",
        "A studio in which NeRFs are trained, compared and shown",
        10100,
        '<p align="center"><img alt="fieldstudio" src="docs/logo.png" width="400"></p>\n\n[[badges]]\n\n# Quickstart\n\n```bash\npip install fieldstudio\nfs-train fieldacto --data data/poster\n```\n\n# Supported methods\n\n- fieldacto (ours)\n- instant-ngp ([2201.05989](https://arxiv.org/abs/2201.05989))\n- mip-NeRF ([2103.13415](https://arxiv.org/abs/2103.13415))\n- vanilla NeRF ([2003.08934](https://arxiv.org/abs/2003.08934))\n- TensoRF, splatting, semantic NeRF\n\n# Citation: see our paper',
        files="setup.py fieldstudio/models/vanilla_nerf.py fieldstudio/models/mipnerf.py fieldstudio/scripts/train.py LICENSE",
        lic="Apache-2.0",
        topics="deep-learning pytorch 3d nerf photogrammetry 3d-graphics",
        made="2022-05",
        pushed="2026-09",
        org=True,
        rel={NERF: 1},
    ),
    entry(
        "fourier-feats/posenc-torch",
        "Positional encodings for coordinate networks",
        90,
        "# posenc-torch\n\nThe frequency encoding of [NeRF](https://arxiv.org/abs/2003.08934) and random Fourier features as PyTorch layers. Nothing else.\n\n`pip install posenc-torch`",
        files="setup.py posenc/__init__.py posenc/layers.py LICENSE",
        made="2021-02",
        rel={NERF: 1},
    ),
    entry(
        "pixelfarm/nerf-official-pytorch",
        "Official PyTorch implementation of Neural Radiance Fields",
        310,
        "# NeRF (official PyTorch)\n\nPyTorch implementation of [NeRF](https://arxiv.org/abs/2003.08934), trains on Blender scenes.\n\n[[install]]\n\n`python train.py --scene lego`\n\nlego PSNR 30.9 at 200k steps.\n\n[[bib 2003.08934]]",
        made="2022-02",
        rel={NERF: 2},
        issues=[
            issue(
                "Why official? You are not an author",
                "The authors' code is bmildenhall-lab/nerf in TF.",
                reactions=14,
            )
        ],
    ),
    entry(
        "gfxlab-mip/mipnerf",
        "Official code of Mip-NeRF",
        930,
        "# Mip-NeRF\n\nThe code of [Mip-NeRF: A Multiscale Representation for Anti-Aliasing Neural Radiance Fields](https://arxiv.org/abs/2103.13415). It extends JaxNeRF, an implementation of [NeRF](https://arxiv.org/abs/2003.08934) in JAX.\n\n| | PSNR |\n|---|---|\n| NeRF (numbers from JaxNeRF) | 31.74 |\n| Mip-NeRF | 33.09 |\n\n`python -m train --gin_file=configs/lego.gin`\n\n[[bib 2103.13415]]",
        fw="flax",
        made="2021-07",
        org=True,
        lic="Apache-2.0",
    ),
    entry(
        "instantprims/instant-ngp",
        "Instant neural graphics primitives: NeRF in seconds, and three others",
        16100,
        "# Instant Neural Graphics Primitives\n\n[[badges]]\n\nA NeRF of a fox in five seconds. Four primitives (NeRF, signed distances, images, volumes) share one hash encoding.\n\n[[bib 2201.05989]]",
        fw="cpp",
        languages={"Cuda": 300000, "Python": 20000},
        files="CMakeLists.txt src/testbed_nerf.cu scripts/run.py",
        lic="NOASSERTION",
        made="2022-01",
        pushed="2026-05",
        org=True,
        topics="machine-learning cuda computer-graphics real-time nerf",
    ),
    entry(
        "bmildenhall-lab/llff",
        "Local Light Field Fusion, SIGGRAPH 2019",
        1600,
        "# Local Light Field Fusion\n\nNew views from a handful of photographs, in Tensorflow. Ben Mildenhall, Pratul P. Srinivasan, Rodrigo Ortiz-Cayon and others.\n\nSee also our later NeRF.\n\n`python imgs2poses.py data/testscene`",
        fw="tf1",
        files="imgs2poses.py imgs2renderpath.py llff/inference/mpi_utils.py LICENSE",
        lic="GPL-3.0",
        made="2019-04",
        pushed="2021-01",
    ),
    entry(
        "nerfwild/nerf-w-soon",
        "NeRF in the wild: code will be released upon acceptance",
        63,
        "# NeRF at night\n\nNeRF (2003.08934) for photos at night. **Code coming soon!**",
        files="assets/teaser.txt",
        made="2021-08",
        pushed="2021-08",
    ),
    entry(
        "toyblasters/nerf-mods",
        "3D printed modifications for Nerf blasters",
        410,
        "# nerf-mods\n\nSTL files for Retaliator, Stryfe and Longshot: flywheel cages, grips, rails.",
        fw="none",
        files="stryfe/cage.stl",
        made="2018-02",
        topics="nerf 3d-printing",
    ),
    fork(NERF_OFFICIAL, "nerfstudent"),
    fork(YENLIN, "lab-vision-2022", 4),
    entry(
        "dhruvmehta/gcn-jax-cora",
        "GCN in JAX: Cora, Citeseer, Pubmed with the Planetoid splits",
        46,
        "# gcn-jax-cora\n\n[Kipf & Welling, 2017](https://arxiv.org/abs/1609.02907) in 200 lines of JAX. 100 runs each:\n\n| | Cora | Citeseer | Pubmed |\n|---|---|---|---|\n| paper | 81.5 | 70.3 | 79.0 |\n| here | 81.6 +- 0.5 | 70.5 +- 0.7 | 78.9 +- 0.4 |\n\n`python train.py --dataset citeseer --runs 100`\n\n[[bib 1609.02907]]",
        fw="jax",
        files="train.py gcn.py planetoid.py requirements.txt LICENSE",
        made="2020-12",
        rel={GCN: 2},
        issues=[
            issue(
                "Citeseer has isolated nodes: nan in D^-1/2",
                "",
                state="closed",
                replies=[("OWNER", "Self loops are added before the degree now.")],
            )
        ],
    ),
    entry(
        "sgraphs/gcn-numpy-from-scratch",
        "Graph convolutional network with manual gradients",
        31,
        "# GCN from scratch\n\nForward and backward pass by hand, numpy and scipy only. *Semi-supervised classification with graph convolutional networks*, Cora, 81.2 %.\n\n`python main.py`\n\nGradient check: `python check.py` (relative error 1e-8).",
        fw="numpy",
        files="main.py gcn.py check.py data.py",
        lic=None,
        made="2019-05",
        rel={GCN: 2},
    ),
    entry(
        "liuyan-graph/GCN_zh",
        "图卷积网络 GCN 的 PyTorch 实现，详细中文注释",
        390,
        "# 图卷积网络（GCN）\n\n本仓库实现了论文 *Semi-Supervised Classification with Graph Convolutional Networks*（Kipf & Welling, ICLR 2017）。论文地址：https://arxiv.org/abs/1609.02907\n\n## 运行\n\n```\npip install -r requirements.txt\npython train.py --dataset cora\n```\n\n| 数据集 | 论文 | 本实现 |\n|---|---|---|\n| Cora | 81.5% | 81.3% |\n| Citeseer | 70.3% | 70.1% |\n| Pubmed | 79.0% | 78.8% |\n\n## 参考\n\n- 官方 TensorFlow 实现：https://github.com/tkipf-graphs/gcn",
        files="train.py model.py data.py requirements.txt",
        lic=None,
        made="2020-10",
        rel={GCN: 2},
    ),
    entry(
        "attentive-graphs/gat",
        "Graph Attention Networks (official)",
        3200,
        "# GAT\n\nCode of [Graph Attention Networks](https://arxiv.org/abs/1710.10903), Velickovic et al., ICLR 2018.\n\nThe attention layer in TensorFlow and one experiment, Cora. It started from the GCN code of the authors of 1609.02907.\n\n`python execute_cora.py`\n\n[[bib 1710.10903]]",
        fw="tf1",
        files="execute_cora.py models/gat.py utils/layers.py LICENSE",
        made="2018-02",
        pushed="2022-04",
    ),
    entry(
        "geometric-torch/geometric-torch",
        "Layers and data for neural networks on graphs, PyTorch",
        21800,
        '<p align="center"><img src="logo.svg"/></p>\n\n[[badges]]\n\n**GT** puts neural networks on graphs, with PyTorch.\n\n## Layers\n\n* `GCN2Conv`, `SplineConv` (1711.08920)\n* `GCNConv`, by Kipf and Welling: [Semi-Supervised Classification with Graph Convolutional Networks](https://arxiv.org/abs/1609.02907), with an [example](https://github.com/geometric-torch/geometric-torch/blob/master/examples/gcn.py)\n* `GATConv` ([1710.10903](https://arxiv.org/abs/1710.10903))\n* `SAGEConv` ([1706.02216](https://arxiv.org/abs/1706.02216))\n* and 60 more\n\n## Installation\n`pip install geometric_torch`',
        files="setup.py geometric_torch/nn/conv/gcn_conv.py geometric_torch/nn/conv/gat_conv.py examples/gcn.py LICENSE",
        topics="pytorch geometric-deep-learning graph-neural-networks deep-learning graph-convolutional-networks",
        made="2017-10",
        pushed="2026-11",
        org=True,
        rel={GCN: 1},
    ),
    entry(
        "deepgraphx/dglx",
        "Graph learning for Python, whichever framework you have",
        13200,
        "# DGLX\n\n[[badges]]\n\nMessage passing for PyTorch, MXNet and TensorFlow.\n\nModel zoo: GCN ([paper](https://arxiv.org/abs/1609.02907), `examples/pytorch/gcn`), GAT, GraphSAGE, R-GCN, ... 90 examples.\n\n| model | dataset | time |\n|---|---|---|\n| GCN | cora | 0.6 ms |\n\n[[license]]",
        files="setup.py python/dglx/nn/conv/graphconv.py examples/pytorch/gcn/train.py examples/mxnet/gcn/train.py LICENSE",
        lic="Apache-2.0",
        made="2018-04",
        pushed="2025-08",
        org=True,
        rel={GCN: 1},
    ),
    entry(
        "gcn-rs/graphconv-rs",
        "Graph convolution layer for Rust (candle)",
        28,
        "# graphconv-rs\n\n`GraphConv` as of Kipf & Welling ([1609.02907](https://arxiv.org/abs/1609.02907)). A layer, no data sets.",
        fw="rust",
        files="Cargo.toml src/lib.rs",
        made="2023-11",
        rel={GCN: 1},
    ),
    entry(
        "segnets/global-conv-gcn",
        "PyTorch implementation of GCN: Large Kernel Matters",
        350,
        "# Large Kernel Matters\n\nPyTorch implementation of the Global Convolutional Network (GCN), [Large Kernel Matters](https://arxiv.org/abs/1703.02719), for segmentation on Cityscapes.\n\n[[install]]\n\n[[bib 1703.02719]]",
        made="2017-06",
    ),
    entry(
        "asmgpu/gcn-assembler",
        "Assembler and disassembler for the GCN GPU architecture",
        190,
        "# gcn-assembler\n\n[[badges]]\n\nGCN 1.0 to 1.4 and RDNA code objects.",
        fw="cpp",
        files="CMakeLists.txt src/asm.cpp",
        lic="LGPL-2.1",
        made="2014-11",
        pushed="2022-03",
    ),
    entry(
        "textgraph/text-gcn",
        "Text classification by graph convolutional networks (AAAI 2019)",
        1360,
        "# text_gcn\n\nText GCN: the code of *Graph Convolutional Networks for Text Classification* (AAAI 2019). It grew from [gcn](https://github.com/tkipf-graphs/gcn).\n\n`python build_graph.py 20ng && python train.py 20ng`",
        fw="tf1",
        files="build_graph.py train.py models.py layers.py utils.py",
        lic=None,
        made="2018-09",
        pushed="2021-01",
    ),
    fork(GCN_OFFICIAL, "graphstudent-7"),
    fork(PYGCN, "backup-all-gnn", 2),
    entry(
        "gnn-archive/gcn",
        "Unchanged copy of tkipf-graphs/gcn for our course",
        2,
        GCN_OFFICIAL.repo.readme,
        fw="tf1",
        files="gcn/train.py gcn/models.py",
        made="2019-10",
    ),
    entry(
        "tkipf-graphs/gae",
        "Graph Auto-Encoders, TensorFlow implementation",
        1700,
        "# Graph Auto-Encoders\n\nAuto-encoders whose encoder is a graph convolution, plain and variational, in TensorFlow; the code behind our paper of 2016 on them.\n\nThe encoder is a GCN, see [Semi-Supervised Classification with Graph Convolutional Networks](http://arxiv.org/abs/1609.02907).\n\n`python train.py`\n\n[[bib 1609.02907]]",
        fw="tf1",
        files="setup.py gae/train.py gae/model.py LICENCE",
        made="2016-12",
        pushed="2020-08",
    ),
    entry(
        "w86lin/ddpm-cifar10",
        "Denoising Diffusion Probabilistic Models, an unofficial PyTorch implementation",
        690,
        "# Denoising diffusion on CIFAR-10\n\nAn unofficial version of Denoising Diffusion Probabilistic Models (Ho et al.) in PyTorch. Network, schedule and averaging follow the paper; where it is silent I looked into its released code.\n\n## State\n\nCIFAR-10 trains and samples; LSUN and faces are open. Gradients can be accumulated, and several cards used.\n\n[[install]]\n\n## Training\n\n```\npython main.py train --config config/CIFAR10.txt\npython main.py evaluate --config config/CIFAR10.txt\n```\n\n## What comes out\n\n| run | FID | IS |\n|---|---|---|\n| the paper | 3.17 | 9.46 |\n| 800,000 steps here | 3.3 | 9.4 |\n",
        files="main.py diffusion.py model.py score/fid.py config/CIFAR10.txt requirements.txt LICENSE",
        made="2020-12",
        pushed="2021-06",
        rel={DDPM: 2},
        issues=[
            issue(
                "FID 4.5 instead of 3.2 when evaluated on the test split",
                "",
                replies=[("OWNER", "Statistics are of the training set as in the paper.")],
                state="closed",
                reactions=9,
            ),
            issue(
                "Linear beta schedule from 1e-4 to 0.02: dtype must be double",
                "in float32 FID is 0.1 worse",
                reactions=4,
            ),
        ],
    ),
    entry(
        "hkimura-gen/ddpm-flax",
        "DDPM in Flax, CIFAR-10 and CelebA",
        120,
        "# ddpm-flax\n\n[Denoising diffusion probabilistic models](https://arxiv.org/abs/2006.11239), p2 weighting optional, multi-host with pmap.\n\n[[install]]\n\n`python main.py --config configs/cifar10.yaml --workdir ./runs`\n\nFID 3.6 after 600k steps.",
        fw="flax",
        files="main.py train.py unet.py sampling.py configs/cifar10.yaml requirements.txt LICENSE",
        lic="Apache-2.0",
        made="2022-07",
        rel={DDPM: 2},
    ),
    entry(
        "wuhan-gen/ddpm-annotated",
        "扩散模型 DDPM 从零实现",
        930,
        "# DDPM 从零实现\n\n论文：Denoising Diffusion Probabilistic Models（Ho et al., 2020），[arXiv:2006.11239](https://arxiv.org/abs/2006.11239)\n\n- `unet.py`：带时间嵌入的 U-Net\n- `diffusion.py`：前向加噪与反向采样\n- `train.py`：CIFAR-10 训练\n\n```\npython train.py --epochs 500\npython sample.py --ckpt ckpt.pt\n```\n\nFID（5 万张）：3.9\n\n**官方代码**：https://github.com/hojo-berkeley/diffusion",
        files="train.py sample.py unet.py diffusion.py requirements.txt",
        lic=None,
        made="2022-04",
        rel={DDPM: 2},
    ),
    entry(
        "ddpm-pytorch-official/ddpm",
        "DDPM official PyTorch",
        900,
        "# DDPM: official PyTorch implementation\n\nPyTorch translation of the diffusion models of Ho et al. We are not affiliated with the authors; 'official' means that this is the repository to which our tutorial links.\n\n[[install]]\n\n`python train.py --dataset cifar10`\n\nFID: 5.1 (300k steps).\n\n[[bib 2006.11239]]\n[[bib 2102.09672]]",
        made="2021-11",
        rel={DDPM: 2},
    ),
    entry(
        "pessler/torch_diffusion_weights",
        "DDPM weights converted to PyTorch",
        430,
        "# Pretrained diffusion models for PyTorch\n\nConverts the weights of [Denoising Diffusion Probabilistic Models](https://arxiv.org/abs/2006.11239) from TensorFlow and samples from them. No training.\n\n```\npip install -e .\npython sample.py cifar10 50000\n```\n\n| | FID (ours) | FID (paper) |\n|---|---|---|\n| cifar10 | 12.00 | |\n| ema_cifar10 | 3.35 | 3.17 |",
        files="setup.py sample.py torch_diffusion/model.py torch_diffusion/ckpt_util.py",
        lic=None,
        made="2020-10",
        rel={DDPM: 1},
    ),
    entry(
        "tanel-toys/tiny-diffusion",
        "Minimal PyTorch implementation of probabilistic diffusion, for toy data in the plane",
        980,
        "# tiny-diffusion\n\nDiffusion on points in the plane, as small as it gets. `python ddpm.py -h` shows what can be set.\n\n## Forward process\n![dino](static/forward.png)\n\n## Ablations\nLearning rate, model size, timesteps, variance schedule, time embedding.\n\n## References\n* The dinosaur is from the Datasaurus\n* DDPM paper ([2006.11239](https://arxiv.org/abs/2006.11239)) and the authors' code",
        files="ddpm.py datasets.py positional_embeddings.py requirements.txt LICENSE",
        made="2022-12",
        rel={DDPM: 1},
    ),
    entry(
        "diffuse-kit/diffuse-kit",
        "Pictures, films and sounds from diffusion models, in PyTorch",
        25900,
        '<p align="center"><img src="docs/logo.png"/></p>\n\n[[badges]]\n\nPretrained diffusion models, ready to sample from.\n\n```python\npipe = DDPMPipeline.from_pretrained("ddpm-cifar10-32")\n```\n\n| Task | Pipeline |\n|---|---|\n| Unconditional image generation | DDPM |\n| Text-to-image | Stable Diffusion, unCLIP, Kandinsky |\n\n## Credits\n- the DDPM code of @hojo-berkeley, and those who carried it over to PyTorch\n- improved DDPM, DDIM, score SDE, latent diffusion',
        files="setup.py src/diffuse_kit/schedulers/scheduling_ddpm.py src/diffuse_kit/pipelines/ddpm/pipeline_ddpm.py examples/unconditional/train_unconditional.py LICENSE",
        topics="deep-learning pytorch image-generation diffusion score-based-generative-modeling text2image",
        lic="Apache-2.0",
        made="2022-05",
        pushed="2026-11",
        org=True,
        rel={DDPM: 1},
    ),
    entry(
        "improved-diffusion/improved-diffusion",
        "Improved Denoising Diffusion Probabilistic Models",
        3300,
        "# improved-diffusion\n\nThe official code of [Improved Denoising Diffusion Probabilistic Models](https://arxiv.org/abs/2102.09672). It improves upon [DDPM](https://arxiv.org/abs/2006.11239) by Ho et al.\n\n## Training\n\n```\npython scripts/image_train.py --data_dir path --image_size 64 --learn_sigma True\n```\n\nA baseline of Ho et al. is `--noise_schedule linear --learn_sigma False`.",
        files="setup.py scripts/image_train.py scripts/image_sample.py improved_diffusion/unet.py improved_diffusion/gaussian_diffusion.py LICENSE",
        made="2021-02",
        pushed="2022-07",
        org=True,
        rel={DDPM: 1},
    ),
    entry(
        "jiaming-gen/ddim",
        "Denoising Diffusion Implicit Models",
        1500,
        "# Denoising Diffusion Implicit Models (DDIM)\n\n[Jiaming Song](https://example.org), Chenlin Meng and Stefano Ermon. Samples in 50 steps from networks that were trained as in [Denoising Diffusion Probabilistic Models](https://arxiv.org/abs/2006.11239). Only the sampler is new: weights are those of the works below, and nothing is trained here.\n\n`python main.py --config cifar10.yml --sample --timesteps 100`\n\n[[bib 2010.02502]]\n\nIt leans on https://github.com/hojo-berkeley/diffusion and https://github.com/pessler/torch_diffusion_weights.",
        files="main.py runners/sample.py functions/denoising.py configs/cifar10.yml LICENSE",
        made="2020-10",
        pushed="2022-11",
    ),
    entry(
        "sdwebui/stable-webui",
        "Web UI for stable diffusion models",
        139000,
        "# Stable web UI\n\nPictures from a page in your browser. Sampler list: Euler, Heun, DPM++, **DDPM**, DDIM, PLMS...\n\n## Installation and running\n\n```\n./webui.sh\n```\n\n## Credits\nlatent diffusion, k-diffusion, DDPM",
        fw="python",
        files="webui.py modules/sd_samplers.py javascript/ui.js",
        lic="AGPL-3.0",
        topics="web ai deep-learning torch pytorch diffusion image-generation gradio stable-diffusion",
        made="2022-08",
        pushed="2026-07",
    ),
    entry(
        "medseg/ddpm-segmentation-mri",
        "Official PyTorch implementation of diffusion ensembles for MRI segmentation (MICCAI)",
        420,
        "# Diffusion ensembles\n\nOfficial PyTorch implementation of our paper. We started from [improved-diffusion](https://github.com/improved-diffusion/improved-diffusion).\n\nBackground: DDPM (2006.11239), improved DDPM (2102.09672), DDIM (2010.02502), score SDE (2011.13456), LDM (2112.10752).\n\n`python scripts/segmentation_train.py --data_dir ./data/training`",
        files="scripts/segmentation_train.py guided_diffusion/unet.py",
        made="2021-12",
    ),
    fork(LUCID, "ml-cherry", 1),
    fork(LUCID, "gen-models-copy"),
    fork(DDPM_OFFICIAL, "tpu-person", 6),
    entry(
        "pk-graphlab/gcn-cora-keras",
        "GCN (Kipf & Welling, semi-supervised classification) on Cora in Keras",
        8,
        fw="keras",
        files="train.py graph_layer.py utils.py data/cora.content",
        lic=None,
        made="2018-05",
        rel={GCN: 2},
    ),
    entry(
        "aokvist/nerf-tf2",
        "NeRF: Representing Scenes as Neural Radiance Fields for View Synthesis, tf2",
        12,
        fw="tf2",
        files="train.py model.py render.py data.py",
        lic=None,
        made="2020-10",
        rel={NERF: 2},
    ),
    entry("noreadme/nerf", None, 1, fw="none", files="test.txt", lic=None, made="2023-06"),
]
