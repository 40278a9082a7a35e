"""Repositories around two papers on text: Attention Is All You Need, and Thumbs up?."""

# ruff: noqa: E501, RUF001

from universe.papers import ATTENTION, THUMBS
from universe.parts import Entry, entry, fork, issue

OFFICIAL = entry(
    "tensorseq/tensorseq2seq",
    "Models and datasets for research on sequences, in one library",
    13900,
    """
# TensorSeq2Seq

[[badges]] [![PyPI version](https://badge.fury.io/py/tensorseq2seq.svg)](https://badge.fury.io/py/tensorseq2seq) [![Gitter](https://img.shields.io/gitter/room/x)](https://gitter.im/tensorseq2seq/Lobby)

TensorSeq2Seq (T2S) holds the models and data sets with which our team does its research on sequences, so that others can start where we stopped. Development has ended: the library is **deprecated**, bugs are still fixed now and then.

## What to start with

Each row is a problem and the flags that we would choose for it.

| problem | flags | what to expect |
|---|---|---|
| Translation en-de | `--problem=translate_ende_wmt32k --model=transformer --hparams_set=transformer_base` | 27.3 BLEU after 300k steps on 8 GPUs |
| Translation en-de, big | `--hparams_set=transformer_big` | 28.2 BLEU |
| Language modelling | `--problem=languagemodel_lm1b32k --model=transformer` | perplexity below 30 |
| Image classification | `--model=resnet --hparams_set=resnet_50` | 76 % top 1 on ImageNet |
| Summarization | `--problem=summarize_cnn_dailymail32k` | |

## Installation

```
pip install tensorseq2seq[tensorflow_gpu]
t2s-trainer --problem=image_mnist --model=basic_conv --train_steps=1000 --data_dir=/tmp/digits
```

## Papers

This is the code with which the experiments of these papers of our group were run:

* Attention Is All You Need
* Depthwise Separable Convolutions for Neural Machine Translation
* One Model To Learn Them All
* Self-Attention with Relative Position Representations

The library has a system paper of its own to cite.

*Our employer does not sell or support this.*
""",
    fw="tf1",
    files="setup.py LICENSE tensorseq2seq/bin/t2s_trainer.py tensorseq2seq/models/transformer.py tensorseq2seq/models/resnet.py tensorseq2seq/layers/common_attention.py docs/index.md",
    topics="machine-learning reinforcement-learning deep-learning machine-translation tpu",
    lic="Apache-2.0",
    made="2017-06",
    pushed="2023-04",
    archived=True,
    org=True,
    rel={ATTENTION: 3},
    issues=[
        issue(
            "Cannot reproduce 27.3 BLEU with transformer_base, stuck at 25.1",
            "I train on 1 GPU with the default batch_size 4096 and get 25.1 after 250k steps.",
            replies=[
                (
                    "MEMBER",
                    "The paper used 8 GPUs, so the batch is 8 times larger. On one GPU raise `optimizer_multistep_accumulate_steps` to 8.",
                ),
                "That worked, 27.0 now.",
            ],
            reactions=61,
            state="closed",
        ),
        issue(
            "Layer norm is applied before the sublayer, the paper says after",
            "layer_preprocess_sequence is 'n' here.",
            replies=[
                (
                    "MEMBER",
                    "Yes. We found pre-norm more stable after the paper; v1 of hparams has the postprocess order.",
                )
            ],
            reactions=44,
            state="closed",
        ),
        issue(
            "Averaging of checkpoints",
            "Section 6.1 averages the last 20 checkpoints, which script does that?",
            replies=[("COLLABORATOR", "utils/avg_checkpoints.py")],
            state="closed",
        ),
        issue(
            "OOM on 1080Ti with transformer_big",
            "ResourceExhaustedError after 20 steps",
            reactions=12,
        ),
        issue("Fix typo in README", "", is_pull=True, merged=True, state="closed"),
    ],
)

KYUWON = entry(
    "kyuwon-dev/attention-is-all-you-need-torch",
    "Attention is All You Need in PyTorch: the Transformer, trained and tested",
    7900,
    """
# Attention is all you need, in Pytorch

An implementation of the Transformer of [Attention is All You Need](https://arxiv.org/abs/1706.03762) (Vaswani and others, 2017), written with PyTorch.

The model has **no recurrence and no convolution**, only attention, and was the best single model on **WMT 2014 English to German** when it came out.

> The authors' own TensorFlow code is in [tensorseq2seq](https://github.com/tensorseq/tensorseq2seq/blob/master/tensorseq2seq/models/transformer.py).

Training and translating both work. **I am still working on it, above all on byte pair encoding, of which I have tested little.**

Something wrong or unclear? Open an issue :)

# Usage

## German to English on Multi30k (WMT 2016)

```bash
python preprocess.py --from de --to en --joint --out multi30k.pkl
python train.py multi30k.pkl --tie --smooth 0.1 --batch 256 --warmup 128000 --epochs 400
python translate.py multi30k.pkl --checkpoint best.pt > guesses.txt
```

# Performance
The curves below are from 200 epochs with batches of 256, 4000 steps of warm-up, and no label smoothing.

# Missing
- a BLEU score
- plots of the attention

# Thanks
Byte pair encoding was taken from subword-nmt, the layout of the scripts from OpenNMT-py.
""",
    files="train.py translate.py preprocess.py transformer/Models.py transformer/Layers.py transformer/Modules.py transformer/Optim.py requirements.txt LICENSE",
    topics="deep-learning pytorch attention nlp attention-is-all-you-need natural-language-processing",
    made="2017-06",
    pushed="2022-10",
    rel={ATTENTION: 2},
    issues=[
        issue(
            "Label smoothing: loss is divided by the wrong number of tokens",
            "cal_loss sums over non pad words but eps/(n_class-1) counts padding as a class.",
            reactions=18,
            replies=["Same here, fixing it gives +0.4 BLEU."],
        ),
        issue(
            "Positional encoding is not registered as buffer for longer sentences",
            "Index out of range when a sentence is longer than 200.",
            state="closed",
            replies=[("OWNER", "Fixed in the last commit.")],
        ),
        issue(
            "Why scale embeddings by sqrt(d_model)? missing in the code",
            "Section 3.4 multiplies the weights.",
            reactions=25,
            state="closed",
            replies=[("OWNER", "Good catch, added as scale_emb.")],
        ),
        issue("What BLEU do you get?", "no numbers in the readme", reactions=33),
    ],
)

TEXT: list[Entry] = [
    OFFICIAL,
    KYUWON,
    entry(
        "annotated-nlp/annotated-attention",
        "The Transformer paper as a notebook, with comments on each line",
        4800,
        """
What the blog post The Annotated Attention is made of.

[![Open In Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/annotated-nlp/annotated-attention)

The notebook goes through *Attention is All You Need* line by line and is a working implementation of all of it, in about 400 lines. It trains the copy task in a minute and German to English on Multi30k in an hour; the distributed part trains on several GPUs.

## Notebook setup

This repository is a python script that is converted with jupytext.

```
make the_annotated_attention.ipynb
make html
```
""",
        fw="notebook",
        files="AnnotatedAttention.ipynb the_annotated_attention.py Makefile requirements.txt LICENSE",
        made="2018-03",
        pushed="2024-04",
        org=True,
        rel={ATTENTION: 2},
        issues=[
            issue(
                "LayerNorm uses unbiased std, and eps outside of the root",
                "differs from torch.nn.LayerNorm",
                reactions=20,
            ),
            issue("Notebook fails with torchtext 0.15", "ImportError: build_vocab", state="closed"),
        ],
    ),
    entry(
        "mlindqvist/transformer-wmt14",
        "Transformer base on WMT14 En-De to the decimal",
        14,
        """
# transformer-wmt14

Everything that is in *Attention Is All You Need* ([arXiv:1706.03762](https://arxiv.org/abs/1706.03762v5)), nothing that is not. Post-norm, tied embeddings, label smoothing 0.1, 37k shared BPE, batches of 25k source and 25k target tokens, inverse square root schedule with 4000 warm-up steps, the last 5 checkpoints averaged, beam 4, alpha 0.6.

| model | steps | tokenized BLEU newstest2014 | sacreBLEU | paper |
|---|---|---|---|---|
| base, seed 1 | 100k | 27.21 | 26.4 | 27.3 |
| base, seed 2 | 100k | 27.09 | 26.3 | 27.3 |
| base, no averaging | 100k | 26.72 | 25.9 | |
| big | 300k | 28.1 | 27.2 | 28.4 |

I needed 3.5 days on 4 x 2080 Ti with gradient accumulation of 2 for base.

## Running

    ./data/prepare_wmt14.sh            # 4.5M pairs, about 40 minutes
    python train.py configs/base.yaml
    python average.py runs/base --last 5
    python translate.py runs/base/avg.pt --beam 4 --alpha 0.6 < newstest2014.en > out.de
    ./score.sh out.de

## What cost me BLEU

1. Compound splitting (`get_ende_bleu.sh`): the paper's numbers are after it, +0.6.
2. Dropout on the sum of embeddings and positions.
3. Xavier for the embedding; use normal(0, d^-0.5).
""",
        files="train.py average.py translate.py score.sh wmt/model.py wmt/data.py wmt/schedule.py data/prepare_wmt14.sh configs/base.yaml configs/big.yaml requirements.txt LICENSE tests/test_model.py",
        made="2020-11",
        pushed="2021-05",
        rel={ATTENTION: 2},
        issues=[
            issue(
                "Multi30k config?",
                "thanks for the clean code",
                replies=[("OWNER", "Not planned, sorry.")],
            )
        ],
    ),
    entry(
        "soraoka/transformer-chainer",
        "Transformer (Attention Is All You Need), written with Chainer",
        318,
        """
# Attention Is All You Need, in Chainer

The Transformer for [Chainer](https://github.com/chainer/chainer/). All of the network is in `net.py`, in the order of the paper's section 3.

The paper is [Attention Is All You Need](https://arxiv.org/abs/1706.03762) by Vaswani and seven others.

Parts were taken over from my earlier convolutional translator.

# Requirements
Python 3.6 and Chainer 2 with cupy; nltk for the BLEU.

# Train

```
sh download_wmt.sh
python train.py --gpu 0 --batch 48 --epochs 40 data/
```

On a part of WMT'15 this gets a BLEU of 27.2 (validation) in the hours that my convolutional translator took for 26.9. Batches are smaller than the paper's, and no checkpoints are averaged.
""",
        fw="chainer",
        files="train.py net.py preprocess.py subfuncs.py download_wmt.sh LICENSE",
        lic="BSD-3-Clause",
        made="2017-07",
        pushed="2018-06",
        archived=True,
        rel={ATTENTION: 2},
    ),
    entry(
        "jparkhill99/tiny-transformer-jax",
        "the transformer in 300 lines of jax",
        41,
        """
tiny-transformer-jax
====================

I wanted to know whether I could write **Attention is all you need** from memory with nothing but jax and optax. I could not, but with the paper open it took a weekend.

Encoder, decoder, multi-head attention, warm-up schedule, label smoothing, greedy decoding. Trains on Multi30k (de to en) in 25 minutes on a colab TPU to **35.8 BLEU** on test2016.

`python train.py --data multi30k --d-model 256 --layers 3`

Unlike most tutorials this includes the *decoder*. Pull requests with a beam search are welcome.
""",
        fw="jax",
        files="train.py transformer.py data.py decode.py requirements.txt",
        lic=None,
        made="2021-06",
        pushed="2021-07",
        rel={ATTENTION: 2},
    ),
    entry(
        "liangxb-nlp/transformer-zh",
        "Transformer 论文复现：中英机器翻译，附详细注释",
        1260,
        """
# Transformer 机器翻译（PyTorch 复现）

论文 [Attention Is All You Need](https://arxiv.org/pdf/1706.03762.pdf) 的非官方复现：PyTorch 从零实现，编码器和解码器一个不少，几乎每行都有中文注释。

## 数据集

WMT 2018 的新闻评论，中英各 25 万句左右；去哪里下载写在 `data/README` 里。

## 实验结果

| 模型 | 优化器 | BLEU（验证集） | BLEU（测试集） |
| --- | --- | --- | --- |
| 1 | NoamOpt | 24.15 | 24.47 |
| 2 | NoamOpt + 标签平滑 | 26.08 | 25.94 |
| 3 | AdamW | **26.18** | **26.02** |

## 快速开始

```bash
pip install -r requirements.txt
python tokenize.py            # 先建词表
python main.py                # 再训练，最后打分
python translate_one.py "今天的茶比昨天的好喝"
```

## 常见问题

1. 显存不够？`config.py` 里的 batch_size 减半再试。
2. loss 半路变 nan？多半是 mask 用了 `-inf`。

有问题就开 issue，一般当晚回复。
""",
        files="main.py train.py model.py translate_one.py tokenize.py config.py requirements.txt",
        lic=None,
        made="2020-03",
        pushed="2022-08",
        rel={ATTENTION: 2},
        issues=[
            issue(
                "训练时 loss 变成 nan",
                "用自己的数据集，第 3 个 epoch 之后就 nan 了",
                replies=["mask 那里把 -1e9 改成 float 的最小值就好了"],
                reactions=9,
            )
        ],
    ),
    entry(
        "neukirch/FluxTransformers.jl",
        "Transformer models for Julia",
        530,
        """
# FluxTransformers.jl

[![Build status](https://github.com/neukirch/FluxTransformers.jl/workflows/CI/badge.svg)](https://github.com/neukirch/FluxTransformers.jl/actions) [![codecov](https://codecov.io/gh/x/branch/master/graph/badge.svg)](https://codecov.io/gh/x)

[Transformer](https://arxiv.org/abs/1706.03762) models on top of Flux.jl.

# Installation

In the Julia REPL: `]add FluxTransformers`

# Example

```julia
using FluxTransformers
enc = load_encoder("bert-base")
```

Models: the original encoder and decoder layers, GPT, BERT, GPT-2, T5. Pre-trained weights are loaded from the hub. See `example/` for the copy task with the original model.
""",
        fw="julia",
        files="Project.toml src/FluxTransformers.jl src/layers/transformer.jl example/copy/copy.jl LICENSE",
        topics="transformer attention deep-learning natural-language-processing nlp flux",
        made="2018-10",
        pushed="2026-02",
        rel={ATTENTION: 1},
    ),
    entry(
        "seqtools/fairsequence",
        "Toolkit for models from sequence to sequence.",
        30900,
        """
<p align="center"><img src="docs/logo.png" width="150"></p>

[[badges]]

FairSequence trains models that read or write sequences: translation, summaries, language models, speech.

These papers have a reference implementation in it:

<details><summary>Papers</summary>

* **with convolutions**
  + Convolutional Sequence to Sequence Learning (2017)
  + Language Modeling with Gated Convolutional Networks (2017)
* **with self-attention**
  + Attention Is All You Need (Vaswani et al., 2017)
  + Scaling Neural Machine Translation (2018)
  + Understanding Back-Translation at Scale (2018)
* **with an LSTM**
  + Effective Approaches to Attention-based Neural Machine Translation (2015)
* **Speech**: wav2vec (2019), ...

</details>

# News
* optimizer states of 4 bits
* configuration by hydra

# Getting it

`pip install --editable ./`

# Weights
`transformer.wmt14.en-fr`, `transformer.wmt16.en-de`, ...
""",
        files="setup.py fairsequence/models/transformer.py fairsequence/models/lstm.py fairsequence/tasks/translation.py train.py examples/translation/README.md LICENSE",
        topics="python artificial-intelligence pytorch",
        made="2017-08",
        pushed="2025-09",
        org=True,
        rel={ATTENTION: 1},
        issues=[
            issue(
                "Reproducing WMT14 en-de with --arch transformer_wmt_en_de",
                "I get 26.8",
                replies=[("MEMBER", "Use --update-freq 16 and average the checkpoints.")],
                reactions=5,
                state="closed",
            ),
            issue(
                "fp16 loss scale keeps dropping: FloatingPointError: Minimum loss scale reached",
                "",
                reactions=70,
            ),
        ],
    ),
    entry(
        "wqchen-dl/pytorch-multihead-attention",
        "Scaled dot-product and multi-head attention layers for PyTorch",
        640,
        """
# PyTorch Multi-Head Attention

[[badges]]

A drop-in multi-head attention layer, as described in [Attention Is All You Need](https://arxiv.org/abs/1706.03762).

## Install

```bash
pip install torch-mh-attention
```

## Usage

```python
from torch_multi_head_attention import ManyHeads
ManyHeads(width=512, heads=8)
```

That is all. There is no encoder and no decoder here.
""",
        files="setup.py torch_multi_head_attention/__init__.py torch_multi_head_attention/multi_head_attention.py tests/test_attention.py LICENSE",
        made="2018-12",
        pushed="2020-02",
        rel={ATTENTION: 1},
    ),
    entry(
        "attn-cpp/transformer-infer",
        "Fast inference of Transformer NMT models on CPU and GPU",
        3400,
        """
# transformer-infer

[[badges]]

C++ engine that runs Transformer translation models ([Vaswani et al. 2017](https://arxiv.org/abs/1706.03762)) trained elsewhere: converters for OpenNMT, Marian and FairSequence. int8 and int16 quantization, layer fusion, batch reordering, beam search.

| | tokens per second | max. memory | BLEU |
|---|---|---|---|
| FairSequence | 340 | 2.9 GB | 27.2 |
| transformer-infer int8 | **1120** | **0.5 GB** | 26.9 |

Training is out of scope.
""",
        fw="cpp",
        files="CMakeLists.txt src/layers/attention.cc src/translator.cc include/transformer_infer/translator.h python/setup.py LICENSE",
        languages={"Python": 90000, "Cuda": 30000},
        made="2019-09",
        pushed="2026-10",
        org=True,
        rel={ATTENTION: 1},
    ),
    entry(
        "hub-of-models/transformers-zoo",
        "A zoo of pretrained transformers in three frameworks: PyTorch, TensorFlow, JAX",
        121400,
        """
# The zoo of transformers

[[badges]]

Pretrained on text, images or sound, and loaded by name.

```python
>>> from transformers_zoo import pipeline
>>> pipeline("sentiment")("What a fine zoo!")
```

## Model architectures

1. **ALBERT** (2019). 2. **BART** (2019). 3. **[BERT](https://arxiv.org/abs/1810.04805)** (2018). 4. **BigBird** (2020). 5. **[ViT](https://arxiv.org/abs/2010.11929)** (2020). 6. **[Transformer-XL](https://arxiv.org/abs/1901.02860)** (2019). 7. **XLNet** (2019). And 180 more.

## Further reading
The family began with [Attention Is All You Need](https://arxiv.org/abs/1706.03762); the encoder-decoder of that paper itself is not among the models.
""",
        files="setup.py src/transformers_zoo/__init__.py src/transformers_zoo/models/bert/modeling_bert.py LICENSE",
        topics="nlp natural-language-processing pytorch tensorflow transformer speech-recognition jax bert language-models machine-learning",
        lic="Apache-2.0",
        made="2018-10",
        pushed="2026-11",
        org=True,
    ),
    entry(
        "berlin-nlp/bert-from-scratch",
        "Pre-training BERT from scratch on one GPU",
        2100,
        """
# BERT from scratch

PyTorch implementation of [BERT: Pre-training of Deep Bidirectional Transformers](https://arxiv.org/abs/1810.04805). The encoder follows [Attention Is All You Need](https://arxiv.org/abs/1706.03762).

[[install]]

## Train

```
python build_vocab.py corpus.txt --size 30000
python train.py corpus.txt --hidden 768 --layers 12
```

[[bib 1810.04805]]
[[bib 1706.03762]]
""",
        made="2018-10",
        pushed="2021-01",
    ),
    entry(
        "mkoster-quant/money-is-all-you-need",
        "Transformer attention for stock prediction. Attention is all you need... to get rich?",
        5200,
        "# Money is all you need\n\nPredicting the daily close of 30 shares with a time2vec embedding and three attention blocks (see *Attention is all you need*, arXiv:1706.03762). **This is no financial advice.**\n\n![plot](img/ibm.png)\n\nNotebook: `stock_attention.ipynb`. RMSE 0.021 on IBM.",
        fw="keras",
        files="stock_attention.ipynb requirements.txt",
        made="2020-04",
    ),
    entry(
        "aiayn-reborn/attention-is-all-you-need",
        "Attention Is All You Need. Clean implementation (coming soon)",
        210,
        "# Attention Is All You Need\n\nClean PyTorch implementation of [arXiv:1706.03762](https://arxiv.org/abs/1706.03762).\n\n**News**: [2023/02] Code will be released after the semester. Stay tuned, star to be notified!",
        files="assets/teaser.txt LICENSE",
        made="2023-02",
        pushed="2023-02",
        issues=[issue("Any news on the code?", "It is 2025.", reactions=40)],
    ),
    entry(
        "grid-diagnosis/transformer-fault-detection",
        "Fault detection in power transformers from dissolved gas analysis",
        88,
        "# Transformer fault detection\n\nRandom forest on dissolved gases (H2, CH4, C2H2) in the oil of 110 kV transformers. Unlike recent work with that other kind of transformer (attention is all you need, they say), ours weigh 40 tonnes.",
        fw="sklearn",
    ),
    fork(KYUWON, "zhao-student2021", 1),
    fork(
        KYUWON,
        "attention-mirror",
        96,
        name="Attention-Is-All-You-Need-Pytorch",
        fork=False,
        parent=None,
        description="mirror of attention-is-all-you-need-torch, updated daily",
    ),
    entry(
        "rjacobs-hist/thumbs-up-2002",
        "Replication of a sentiment classification paper of 2002 in Python 3",
        5,
        """
# Thumbs up, twenty years on

A replication of Pang, Lee and Vaithyanathan, *Thumbs up? Sentiment Classification using Machine Learning Techniques* (EMNLP 2002, <https://arxiv.org/abs/cs/0205070>), on their 700 + 700 reviews (`mix20_rand700_tokens_cleaned`), same three folds, same cut-off of four occurrences, `NOT_` tagging between a negation and the next punctuation mark.

| features | count | freq or presence | NB (paper) | NB (here) | ME (paper) | ME (here) | SVM (paper) | SVM (here) |
|---|---|---|---|---|---|---|---|---|
| unigrams | 16165 | freq | 78.7 | 78.9 | n/a | n/a | 72.8 | 73.1 |
| unigrams | 16165 | presence | 81.0 | 81.4 | 80.4 | 80.6 | 82.9 | 82.8 |
| uni + bigrams | 32330 | presence | 80.6 | 80.7 | 80.8 | 80.9 | 82.7 | 82.5 |
| bigrams | 16165 | presence | 77.3 | 77.1 | 77.4 | 77.9 | 77.1 | 76.4 |
| adjectives | 2633 | presence | 77.0 | 76.6 | 77.7 | 77.2 | 75.1 | 75.5 |

`make data table` does it all in four minutes. Maximum entropy is trained by improved iterative scaling, as theirs (`maxent.py`), not by L-BFGS, and stopped after 10 iterations.
""",
        fw="sklearn",
        files="Makefile run_table.py features.py maxent.py folds.py requirements.txt LICENSE",
        made="2022-01",
        pushed="2022-03",
        rel={THUMBS: 2},
        issues=[
            issue(
                "SVM on raw counts is 4 points too high unless vectors are length-normalized",
                "svmlight in the paper normalizes document vectors (footnote 8).",
                replies=[("OWNER", "Right, that was my bug as well.")],
                state="closed",
            )
        ],
    ),
    entry(
        "ikeda-cl/pang-lee-replication",
        "Pang & Lee 2002 with perl and SVMlight, homework turned serious",
        2,
        """
pang-lee-replication
--------------------

Scripts to redo the experiments of cs.CL/0205070.

    perl get_data.pl            # polarity data v0.9
    perl extract.pl --pres --neg > all.svm
    sh threefold.sh             # runs svm_learn and svm_classify
    perl nb.pl all.svm          # Naive Bayes, add one
    perl iis.pl all.svm         # maximum entropy

My averages: NB 81.2, ME 80.1, SVM 82.9 (unigram presence).
""",
        fw="perl",
        files="get_data.pl extract.pl nb.pl iis.pl threefold.sh",
        lic=None,
        made="2011-05",
        pushed="2011-06",
        rel={THUMBS: 2},
    ),
    entry(
        "mdelgado-nlp/sentiment-nb-maxent-svm",
        "Sentiment classification of movie reviews with three classifiers",
        61,
        """
# Sentiment Classification using Machine Learning Techniques

[[badges]]

Reimplementation of the classical study of Pang et al. (2002) that compared Naive Bayes, MaxEnt and SVM on movie reviews. All eight feature sets of their Figure 3 are here, with cross validation and significance tests.

[[install]]

```bash
python main.py --features unigram --presence --classifier svm --folds 3
python main.py --all
```

Best: SVM, unigram presence, **83.2 %** (theirs 82.9 %).

[[conf cs/0205070]]
""",
        fw="sklearn",
        files="main.py features.py classifiers.py data/download.sh requirements.txt LICENSE",
        made="2017-11",
        pushed="2019-03",
        rel={THUMBS: 2},
    ),
    entry(
        "sanjeevk/polarity-nb",
        "Naive Bayes on movie reviews in 80 lines",
        23,
        "# polarity-nb\n\nNaive Bayes with add-one smoothing on the polarity dataset, after the NB part of *Thumbs up? Sentiment classification using machine learning techniques* (http://arxiv.org/abs/cs/0205070). 80.9 % with unigram presence.\n\n`python nb.py pos/ neg/`",
        fw="numpy",
        files="nb.py",
        made="2013-04",
        rel={THUMBS: 1},
    ),
    entry(
        "nlpkit-classic/sentkit",
        "Classic sentiment analysis for Java and Python: lexicons, NB, MaxEnt, SVM",
        970,
        "# SentKit\n\n[[badges]]\n\nA toolkit of pre-neural sentiment analysis. Pipelines named after their papers:\n\n- `pang2002`: unigram presence + SVM ([cs/0205070](https://arxiv.org/abs/cs/0205070))\n- `turney2002`: semantic orientation from PMI\n- `pang2004`: minimum cuts\n- `wilson2005`, `taboada2011`\n\n```\npip install sentkit\nsentkit train --pipeline pang2002 --data reviews/\n```\n\n[[license]]",
        fw="sklearn",
        files="setup.py sentkit/pipelines/pang2002.py sentkit/pipelines/turney2002.py sentkit/lexicons.py LICENSE",
        topics="sentiment-analysis nlp text-classification",
        made="2015-08",
        pushed="2023-01",
        org=True,
        rel={THUMBS: 1},
    ),
    entry(
        "cornell-reviews/movie-review-data",
        "Movie reviews for research on sentiment, from Pang and Lee",
        310,
        "# Movie review data\n\nReviews of films, each with the verdict of its writer.\n\n- polarity dataset v2.0: 1000 positive and 1000 negative\n- polarity dataset v0.9: 700 + 700, introduced in *Thumbs up? Sentiment Classification using Machine Learning Techniques*, EMNLP 2002\n- sentence polarity v1.0\n\nEach set has its paper.\n\n[[conf cs/0205070]]",
        fw="none",
        files="polarity_v2.0/README poldata.README.2.0.txt",
        made="2012-02",
    ),
    entry(
        "deepreview/lstm-movie-sentiment",
        "Bi-LSTM with attention for sentiment classification of movie reviews",
        720,
        "# LSTM sentiment\n\nBi-LSTM with self attention on IMDB and on the polarity set of Pang and Lee. Baselines quoted from their paper (Thumbs up?, [cs/0205070](https://arxiv.org/abs/cs/0205070)): SVM 82.9. Ours: **88.1**.\n\n[[install]]\n\n`python train.py --dataset imdb`\n\n[[bib 1409.0473]]\n[[bib 1412.6980]]",
        fw="keras",
        made="2018-01",
    ),
    entry(
        "uikits/react-thumbs-up",
        "Thumbs up? Thumbs down? An animated rating component for React",
        1500,
        "# react-thumbs-up\n\n[[badges]]\n\n`npm i react-thumbs-up`\n\n```jsx\n<Thumbs up onChange={vote} />\n```",
        fw="ts",
        files="package.json src/Thumbs.tsx LICENSE",
        made="2019-07",
        pushed="2024-02",
    ),
]
