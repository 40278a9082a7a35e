"""Repositories around two papers with ambiguous acronyms: TCN and Conformer."""

# ruff: noqa: E501, RUF001

from universe.papers import CONFORMER, TCN
from universe.parts import Entry, entry, fork, issue

TCN_OFFICIAL = entry(
    "zkolter-lab/TCN",
    "Temporal convolutional networks on the benchmarks of sequence modeling",
    4300,
    """
# Temporal Convolutional Networks (TCN) on Sequence Modeling Benchmarks

Here are the experiments of our paper [An Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence Modeling](https://arxiv.org/abs/1803.01271) by Shaojie Bai, J. Zico Kolter and Vladlen Koltun.

We took the tasks by which recurrent networks are compared with one another, and ran a plain convolutional network on all of them.

The code is PyTorch. Please cite us if it is of use:

[[bib 1803.01271]]

## Tasks

All of it runs on PyTorch 1.0 and newer.

| kind | task |
|---|---|
| synthetic | adding, copying from memory, each at several lengths |
| images | MNIST pixel by pixel, also permuted |
| music | JSB Chorales, Nottingham |
| language | Penn Treebank (words and characters), Wikitext-103, LAMBADA, text8 |

## Usage

Each task has a folder of its own with one script that ends in `_test.py`, trains, and tests. For instance:

```
python TCN/adding_problem/add_test.py --seed 1
```

`-h` lists the hyperparameters.
""",
    files="TCN/tcn.py TCN/adding_problem/add_test.py TCN/copy_memory/copymem_test.py TCN/mnist_pixel/pmnist_test.py TCN/word_cnn/word_cnn_test.py requirements.txt LICENSE",
    made="2018-03",
    pushed="2021-12",
    org=True,
    rel={TCN: 3},
    issues=[
        issue(
            "weight_norm in TemporalBlock breaks DataParallel / deepcopy",
            "copy.deepcopy(model) raises a RuntimeError about tensors that are no graph leaves",
            reactions=15,
        ),
        issue(
            "Chomp1d: is it really causal? padding on both sides",
            "padding=(k-1)*d pads left and right",
            replies=[
                (
                    "COLLABORATOR",
                    "Conv1d pads both sides and Chomp1d cuts the right one, so nothing of the future is seen.",
                )
            ],
            state="closed",
            reactions=52,
        ),
        issue(
            "Cannot reach 88.68 on word PTB",
            "I get ppl 91.5 with default arguments.",
            replies=[
                (
                    "COLLABORATOR",
                    "Set --emsize 600 --nhid 600 --dropout 0.5 as in Table 2 of the appendix.",
                ),
                "confirmed, 88.9",
            ],
            state="closed",
            reactions=8,
        ),
        issue("init_weights with normal(0, 0.01) makes deep nets not learn", "", reactions=6),
    ],
)
CONFORMER_SOOFT = entry(
    "sooftkim/conformer",
    "Conformer: Convolution-augmented Transformer for Speech Recognition, an unofficial PyTorch implementation",
    1030,
    """
<img src="docs/block.png" width="300">

**The encoder of *Conformer: Convolution-augmented Transformer for Speech Recognition*, a PyTorch implementation.**

[[badges]]

Attention for what is far apart, convolution for what is near: the Conformer encoder for audio has both in each block.

You find the model alone here; to train one, see my toolkit in another repository.

## Installation

```
pip install -e .
```

## Usage

```python
from conformer import Conformer
encoder = Conformer(mels=80, width=144, blocks=16, tokens=5000)
logits, frames = encoder(audio, seconds)
```

## Reference
- [Conformer: Convolution-augmented Transformer for Speech Recognition](https://arxiv.org/pdf/2005.08100.pdf)
- [Transformer-XL](https://arxiv.org/abs/1901.02860)

## License
Apache-2.0, see LICENSE.
""",
    files="setup.py conformer/__init__.py conformer/model.py conformer/encoder.py conformer/convolution.py conformer/attention.py LICENSE",
    topics="pytorch speech-recognition transformer conformer asr",
    lic="Apache-2.0",
    made="2021-01",
    pushed="2023-08",
    rel={CONFORMER: 1},
    issues=[
        issue(
            "Relative shift is wrong for batches with padding",
            "pos_score is shifted over padded frames, and there is no mask in the convolution module",
            reactions=14,
        ),
        issue(
            "Where is the training code?",
            "",
            replies=[("OWNER", "In another repository, sorry.")],
            state="closed",
            reactions=7,
        ),
    ],
)

SEQUENCE: list[Entry] = [
    TCN_OFFICIAL,
    CONFORMER_SOOFT,
    entry(
        "premphil/keras-tcn",
        "TCN, the temporal convolutional network, as a layer of Keras",
        1950,
        """
# Keras TCN

The temporal convolutional network as a layer of Keras, after [Bai et al.](https://arxiv.org/abs/1803.01271)

[![Downloads](https://pepy.tech/badge/keras-tcn)](https://pepy.tech/project/keras-tcn) [[badges]]

Tested with TensorFlow 2.9 to 2.16.

```bash
pip install keras-tcn
```

## Why not an LSTM?

- They remember for longer at the same number of weights.
- They win on the long benchmarks (sequential MNIST, adding, copying, Penn Treebank).
- All steps are computed at once, and gradients do not vanish over time.

## Tasks

All results of the paper's three synthetic tasks are in `tasks/`, each with its training script.

| task | this repository | paper |
|---|---|---|
| Adding T=600 | loss 1e-5 after 5 epochs | 5.8e-5 |
| Copy memory T=1000 | 3.5e-5 | 3.5e-5 |
| Sequential MNIST | 99.0 % | 99.0 % |

## References

- https://github.com/zkolter-lab/TCN, by the authors, in Pytorch
- the WaveNet paper
""",
        fw="keras",
        files="setup.py tcn/tcn.py tcn/__init__.py tasks/adding_problem/main.py tasks/copy_memory/main.py tasks/mnist_pixel/main.py tasks/tcn_test.py requirements.txt LICENSE",
        topics="keras-tcn sequence-models tensorflow temporal-convolutional-network keras",
        made="2018-03",
        pushed="2025-04",
        rel={TCN: 2},
        issues=[
            issue(
                "return_sequences=False takes the wrong step with padding='same'",
                "With 'same' the last step has seen the future.",
                replies=[("OWNER", "use causal")],
                state="closed",
                reactions=11,
            ),
            issue(
                "Receptive field formula in the README",
                "1 + 2*(K-1)*nb_stacks*sum(d): two convs per block",
                state="closed",
                reactions=9,
            ),
        ],
    ),
    entry(
        "yuanpark/tcn-haiku",
        "TCN vs GRU in Haiku",
        9,
        "# tcn-haiku\n\nRedoes Table 1 of Bai, Kolter and Koltun (2018), *An empirical evaluation of generic convolutional and recurrent networks for sequence modeling*, with JAX and Haiku: adding, copy memory, P-MNIST, JSB, char-PTB. TCN, LSTM and GRU of equal size, 5 seeds each.\n\n| task | TCN (paper) | TCN (ours, mean of 5) | GRU (ours) |\n|---|---|---|---|\n| P-MNIST | 97.2 | 97.0 +- 0.2 | 87.9 |\n| JSB nll | 8.10 | 8.13 | 8.5 |\n| char-PTB bpc | 1.31 | 1.33 | 1.38 |\n\n`python -m experiments.run --task jsb --model tcn --seed 3`\n\nThe weight norm is data dependent in Haiku: pass `w_init` explicitly.",
        fw="jax",
        files="experiments/run.py models/tcn.py models/recurrent.py data/jsb.py requirements.txt",
        lic="Apache-2.0",
        made="2021-09",
        pushed="2021-12",
        rel={TCN: 2},
    ),
    entry(
        "dgarrett-ml/seq-modeling-gluon",
        "MXNet Gluon port of a sequence modeling benchmark",
        26,
        "# seq-modeling-gluon\n\nMXNet/Gluon port of the benchmark in https://arxiv.org/abs/1803.01271 (official PyTorch code: https://github.com/zkolter-lab/TCN). This is an unofficial implementation.\n\n[[install]]\n\n```\npython copy_memory/train.py\npython word_ptb/train.py --dropout 0.45\n```\n\nPTB word level perplexity 89.9 (paper 88.68).\n\n[[bib 1803.01271]]",
        fw="mxnet",
        files="tcn.py copy_memory/train.py adding/train.py word_ptb/train.py requirements.txt",
        lic="Apache-2.0",
        made="2018-06",
        rel={TCN: 2},
    ),
    entry(
        "signalkit/torch-causal-layers",
        "Causal convolution blocks for PyTorch: WaveNet, TCN, gated",
        140,
        "# torch-causal-layers\n\n[[badges]]\n\nLayers only.\n\n- `CausalConv1d`\n- `WaveNetBlock` (1609.03499)\n- `TemporalBlock`, as in the TCN of [Bai et al.](https://arxiv.org/abs/1803.01271)\n- `GatedTCN`\n\n```python\nfrom causal_layers import TemporalBlock\n```\n\n[[license]]",
        files="setup.py causal_layers/__init__.py causal_layers/temporal_block.py causal_layers/wavenet.py tests/test_causality.py LICENSE",
        made="2020-05",
        pushed="2022-06",
        rel={TCN: 1},
    ),
    entry(
        "edgeseq/tcn-onnx-runner",
        "Run trained temporal convolutional networks on microcontrollers",
        73,
        "# tcn-onnx-runner\n\nStreaming inference of TCNs ([1803.01271](https://arxiv.org/abs/1803.01271)) with a ring buffer per layer, on Cortex-M4. Export from the authors' PyTorch code with `export.py`; there is no training here.\n\n12 us per step for 8 levels of 25 channels.",
        fw="c",
        files="src/ring.c src/tcn.c include/tcn.h export.py LICENSE",
        made="2021-02",
        rel={TCN: 1},
    ),
    entry(
        "blogml/lstm-vs-tcn-notebook",
        "Notebook of my blog post: LSTM vs. TCN",
        37,
        "# LSTM vs TCN\n\nNotebook for the post *Do we still need LSTMs?*. Trains the adding problem with T=200 only; the model file is copied from https://github.com/zkolter-lab/TCN (MIT). Paper: An Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence Modeling.",
        fw="notebook",
        files="lstm_vs_tcn.ipynb tcn.py",
        made="2019-10",
        rel={TCN: 1},
    ),
    entry(
        "leacolin/TemporalConvolutionalNetworks",
        "Temporal Convolutional Networks (TCN) that segment actions",
        680,
        "# Temporal Convolutional Networks\n\nModels that segment actions in video and sensor data, from [Temporal Convolutional Networks for Action Segmentation and Detection](https://arxiv.org/abs/1611.05267) by C. Lea and others, CVPR 2017.\n\nIt dates from 2016 and needs Python 2.7 and the Keras of then. Begin with `code/TCN_main.py`; the networks are in `tf_models.py`.\n\n*For generic sequence modelling see the later TCN of Bai et al. (1803.01271), which is another network.*\n\n[[bib 1611.05267]]",
        fw="keras",
        files="code/TCN_main.py code/tf_models.py code/metrics.py",
        lic=None,
        made="2016-08",
        pushed="2018-06",
    ),
    entry(
        "robot-mimic/tcn-time-contrastive",
        "Time Contrastive Networks (TCN) in PyTorch",
        190,
        "# TCN\n\nImplementation of [Time-Contrastive Networks: Self-Supervised Learning from Video](https://arxiv.org/abs/1704.06888).\n\n![demo](images/demo.gif)\n\n[[install]]\n\n`python train.py --train-directory data/multiview`\n\n[[bib 1704.06888]]",
        made="2017-11",
        pushed="2019-01",
    ),
    entry(
        "sensoranomaly/tcn-ae",
        "TCN autoencoder for unsupervised anomaly detection in ECG",
        230,
        "# TCN-AE\n\nTemporal convolutional autoencoder for anomaly detection. Uses [keras-tcn](https://github.com/premphil/keras-tcn). TCN: Bai et al., [arXiv:1803.01271](https://arxiv.org/abs/1803.01271).\n\n`python train_ecg.py --dataset mit-bih`\n\n[[bib 1803.01271]]",
        fw="keras",
        files="train_ecg.py model.py requirements.txt",
        topics="tcn anomaly-detection temporal-convolutional-network",
        made="2020-09",
    ),
    entry(
        "zkolter-lab/trellisnet",
        "Trellis Networks for Sequence Modeling (ICLR 2019)",
        470,
        "# Trellis Networks for Sequence Modeling\n\nThe experiments of our paper [Trellis Networks for Sequence Modeling](https://arxiv.org/abs/1810.06682) by Shaojie Bai, J. Zico Kolter and Vladlen Koltun.\n\nA trellis network ties its weights over depth and feeds the input to every layer; it stands between recurrent networks and [our earlier TCN](https://arxiv.org/abs/1803.01271).\n\n[[bib 1810.06682]]\n\n## Usage\n\n`python char_PTB/char_ptb.py`",
        files="TRELLISNET/char_PTB/char_ptb.py trellisnet.py LICENSE",
        made="2018-10",
        pushed="2019-09",
        org=True,
    ),
    entry(
        "tcn-sense/TCN_stock_hft",
        None,
        310,
        "# High frequency order book with TCN\n\n基于 TCN 的高频因子挖掘。\n\n模型直接用 keras-tcn 库，论文 https://arxiv.org/abs/1803.01271 ，数据为自有逐笔数据，无法公开。\n\n```\npython run.py --factor mid_return_5s\n```",
        fw="keras",
        files="run.py factor.py",
        lic=None,
        made="2021-05",
    ),
    fork(TCN_OFFICIAL, "kim-sequences"),
    fork(TCN_OFFICIAL, "autoforkbot", 2),
    entry(
        "tlab-asr/conformer-librispeech",
        "Conformer S/M on LibriSpeech, trained from scratch, with the WERs",
        14,
        """
# conformer-librispeech

Conformer (S) and (M) of [Gulati et al.](https://arxiv.org/abs/2005.08100), RNN-T loss, trained on the 960 hours of LibriSpeech. No official code was ever released, so the details come from the paper and from two e-mails.

| model | params | test-clean | test-other | paper clean / other |
|---|---|---|---|---|
| S (10.3M) | 10.4M | 2.9 | 6.9 | 2.7 / 6.3 |
| M (30.7M) | 30.9M | 2.5 | 5.6 | 2.3 / 5.0 |

No language model. 8 V100, 5 days for M.

## Steps

```bash
bash prepare.sh /data/LibriSpeech
python train.py --config configs/conformer_m.yaml
python decode.py --checkpoint runs/m/last.pt --beam 8
```

## Differences from the paper

* Variational noise is added from step 10k on; before it diverges.
* Time masks of SpecAugment are at most 5 % of the utterance, ten of them (the paper's p_S = 0.05).
* The depthwise kernel of 32 became 31, an even one shifts.
""",
        files="train.py decode.py prepare.sh conformer/block.py conformer/rnnt.py conformer/specaugment.py configs/conformer_s.yaml configs/conformer_m.yaml requirements.txt LICENSE",
        made="2021-10",
        pushed="2022-05",
        rel={CONFORMER: 2},
        issues=[
            issue(
                "Diverges at 12k steps with lr peak 0.05/sqrt(d)",
                "loss goes to 400 with batch 256",
                replies=[
                    (
                        "OWNER",
                        "Is the batch 2048? The peak is for that one. Warm up for 10k steps.",
                    ),
                    "That was it.",
                ],
                state="closed",
            ),
            issue(
                "Batch norm in the convolution module with padded frames",
                "Statistics include the padding",
                replies=[("OWNER", "I mask before the norm, see block.py line 88.")],
                state="closed",
            ),
        ],
    ),
    entry(
        "vuongspeech/conformer-ctc-vi",
        "Vietnamese speech recognition with Conformer CTC",
        58,
        "# Conformer CTC for Vietnamese\n\nUnofficial implementation of *Conformer: Convolution-augmented Transformer for Speech Recognition* with a full training pipeline on VIVOS and VLSP.\n\n[[install]]\n\n```\npython train.py -c configs/vivos.yaml\npython infer.py --wav x.wav\n```\n\n| dataset | WER |\n|---|---|\n| VIVOS | 11.2 |\n| VLSP 2020 | 14.7 |\n\nEncoder 16 blocks, d = 256. CTC instead of the transducer of the paper.",
        files="train.py infer.py src/encoder.py src/dataset.py configs/vivos.yaml requirements.txt",
        lic="Apache-2.0",
        made="2021-11",
        pushed="2023-04",
        rel={CONFORMER: 2},
    ),
    entry(
        "usmnguyen/tf-asr-conformer",
        "TensorFlow 2 ASR: Conformer transducer, subwords, TFLite",
        880,
        '# tf-asr-conformer :zap:\n\n<p align="center"><a href="#"><img src="https://img.shields.io/badge/python-3.8-blue"></a></p>\n\n## News\n- June 2021: the transducer trains by `fit` as well\n- February 2021: TPU training\n\n## Model\n**Conformer transducer**, after [2005.08100](https://arxiv.org/abs/2005.08100), with its training, evaluation and TFLite conversion.\n\n## Results on LibriSpeech\n| | test-clean | test-other |\n|---|---|---|\n| greedy | 3.4 | 8.4 |\n| beam 5 | 3.1 | 7.9 |\n\n## Training\n`python examples/conformer/train.py --config config.yml --mxp`\n\n[[license]]',
        fw="tf2",
        files="setup.py examples/conformer/train.py examples/conformer/test.py tf_asr/models/encoders/conformer.py config.yml LICENSE",
        topics="speech-recognition conformer tensorflow2 tflite automatic-speech-recognition",
        lic="Apache-2.0",
        made="2020-09",
        pushed="2023-10",
        rel={CONFORMER: 2},
        issues=[
            issue("WER 100% after converting to tflite", "", reactions=3),
            issue(
                "Loss inf at the first step: blank index",
                "transducer loss expects blank = 0",
                state="closed",
                replies=[("OWNER", "fixed, see config blank_index")],
                reactions=7,
            ),
        ],
    ),
    entry(
        "zhang-asr/conformer-aishell",
        "Conformer 语音识别，AISHELL-1 从头训练",
        420,
        "# Conformer 中文语音识别\n\n论文：[Conformer: Convolution-augmented Transformer for Speech Recognition](https://arxiv.org/abs/2005.08100)\n\n本仓库复现了 Conformer 编码器 + 注意力解码器 / CTC 联合训练，在 AISHELL-1 上的结果如下：\n\n| 解码方式 | CER |\n|---|---|\n| ctc greedy | 5.18 |\n| attention | 5.20 |\n| attention rescoring | **4.63** |\n\n## 训练\n\n```bash\ncd examples/aishell && bash run.sh --stage 0 --stop_stage 5\n```\n\n## 说明\n\n1. 相对位置编码与论文一致；2. 学习率 0.002，warmup 25000；3. 8 卡训练约两天。",
        files="train.py recognize.py asr/conformer/encoder.py examples/aishell/run.sh examples/aishell/conf.yaml requirements.txt LICENSE",
        lic="Apache-2.0",
        made="2021-03",
        pushed="2022-12",
        rel={CONFORMER: 2},
    ),
    entry(
        "lucid-layers/conformer-block",
        "Conformer block and its convolutions, for PyTorch",
        390,
        '## Conformer block\n\nThe convolution module and the block around it, of the <a href="https://arxiv.org/abs/2005.08100">Conformer</a> paper, to put into your own Transformer.\n\n## Install\n\n```bash\n$ pip install conformer-block\n```\n\n## Usage\n\n```python\nfrom conformer_block import ConformerConvModule\n```\n\n## Citations\n\n[[bib 2005.08100]]',
        files="setup.py conformer_block/__init__.py conformer_block/conformer.py LICENSE",
        topics="artificial-intelligence deep-learning transformer audio",
        made="2020-07",
        pushed="2023-05",
        rel={CONFORMER: 1},
    ),
    entry(
        "espeech/espeech",
        "Toolkit for speech: recipes and models, end to end",
        8700,
        "# ESPeech, a toolkit for speech\n\n[[badges]]\n\nESPeech recognizes, synthesizes, translates and cleans speech, each by one network.\n\n## What it has\n- recipes from the raw corpus to the score: `ASR` (AISHELL, LibriSpeech, CSJ, ...), `TTS`, `ST`\n- Encoders: RNN, Transformer, **Conformer** [[paper](https://arxiv.org/abs/2005.08100)], Branchformer\n- Self-supervised features\n\n## Results\n| task | CER | WER |\n|---|---|---|\n| AISHELL dev/test | 4.6/5.1 | |\n| LibriSpeech clean/other | | 1.9/4.6 |\n\n## References: 31 papers, see docs.",
        files="setup.py espeech/nets/conformer/encoder.py espeech/nets/rnn.py egs/librispeech/asr1/run.sh LICENSE",
        topics="speech-recognition text-to-speech deep-learning kaldi chainer pytorch end-to-end speech-synthesis",
        lic="Apache-2.0",
        made="2017-12",
        pushed="2026-11",
        org=True,
        rel={CONFORMER: 1},
    ),
    entry(
        "sherpa-run/conformer-mobile",
        "Streaming Conformer ASR on Android, iOS and Raspberry Pi (inference)",
        1600,
        "# conformer-mobile\n\nRuns pre-trained streaming Conformer transducers with ncnn and ONNX Runtime. Model: [2005.08100](https://arxiv.org/abs/2005.08100). Pretrained files come from ESPeech and others; to train one, go there.\n\n```\n./build/bin/recognize tokens.txt encoder.onnx decoder.onnx joiner.onnx test.wav\n```",
        fw="cpp",
        files="CMakeLists.txt src/recognizer.cc src/features.cc android/build.gradle LICENSE",
        lic="Apache-2.0",
        made="2022-08",
        pushed="2026-09",
        org=True,
        rel={CONFORMER: 1},
    ),
    entry(
        "visionconf/Conformer",
        "Conformer: Local Features Coupling Global Representations for Visual Recognition, official code",
        560,
        "# Conformer: Local Features Coupling Global Representations for Visual Recognition\n\n**Official implementation** of our ICCV 2021 [paper](https://arxiv.org/abs/2105.03889).\n\nA convolutional and a transformer branch that exchange features at each stage.\n\n## Getting started\n`torchrun --nproc_per_node 8 main.py --size small --images /data/imagenet`\n\n| model | params | top-1 |\n|---|---|---|\n| Conformer-Ti | 23.5M | 81.3 |\n| Conformer-S | 37.7M | 83.4 |\n| Conformer-B | 83.3M | 84.1 |\n\n[[bib 2105.03889]]",
        files="main.py conformer.py engine.py models.py mmdetection/README.md LICENSE",
        topics="conformer transformer classification object-detection pytorch",
        lic="Apache-2.0",
        made="2021-04",
        pushed="2022-09",
        issues=[
            issue(
                "Name clash with the speech Conformer (2005.08100)?",
                "Why the same name?",
                reactions=4,
            )
        ],
    ),
    entry(
        "chemgen/geo-conformer",
        "Molecular conformer generation with diffusion",
        510,
        "# Conformer generation\n\n[[badges]]\n\nGenerates 3D conformers of drug-like molecules from their graphs. Trained on GEOM-Drugs.\n\n`python train.py ./configs/drugs.yml`\n\n[[bib 2006.11239]]\n[[bib 2010.02502]]",
        topics="conformer molecule diffusion chemistry",
        made="2022-01",
    ),
    entry(
        "guardrails-py/conformer",
        "Declarative validation: does your JSON conform?",
        2900,
        "# conformer\n\n[[badges]]\n\nType-safe validation for Python dictionaries.\n\n```\npip install conformer\n```",
        fw="python",
        files="setup.py conformer/core.py tests/test_core.py LICENSE",
        made="2018-06",
        pushed="2025-05",
    ),
    entry(
        "squeeze-asr/squeezeformer",
        "Squeezeformer: an efficient transformer for speech recognition (code of the paper)",
        230,
        "# Squeezeformer\n\nThis is the official repository of *Squeezeformer* (NeurIPS 2022). We take the [Conformer](https://arxiv.org/abs/2005.08100) apart and put it together again, with a U-shape in time.\n\n| model | test-clean | test-other | GFLOPs |\n|---|---|---|---|\n| Conformer-CTC-S* | 4.21 | 10.54 | 26.2 |\n| Squeezeformer-S | 3.74 | 9.09 | 26.3 |\n\n\\* our own training of the baseline with the same code: `--model conformer`\n\n[[bib 2005.08100]]\n[[bib 1904.08779]]",
        fw="tf2",
        files="examples/squeezeformer/train.py src/models/conformer.py src/models/squeezeformer.py requirements.txt LICENSE",
        made="2022-05",
        rel={CONFORMER: 1},
    ),
    fork(CONFORMER_SOOFT, "jeong-tts", 0),
]
