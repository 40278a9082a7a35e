"""The ten papers, and what the hub and the catalogue say of their code: right, wrong or nothing.

Titles, ids and authors are those of real papers, but for 2402.99001, which nobody wrote. The
abstracts are ours, and so is every repository.
"""

# ruff: noqa: E501

from typing import Any

from universe.shapes import Paper

ATTENTION, HER, TCN, DAWN = "1706.03762", "1707.01495", "1803.01271", "1906.00830"
NERF, THUMBS, STARS, GCN = "2003.08934", "cs/0205070", "2402.99001", "1609.02907"
CONFORMER, DDPM = "2005.08100", "2006.11239"

PAPERS = [
    Paper(
        ATTENTION,
        "Attention Is All You Need",
        [
            "Ashish Vaswani",
            "Noam Shazeer",
            "Niki Parmar",
            "Jakob Uszkoreit",
            "Llion Jones",
            "Aidan N. Gomez",
            "Lukasz Kaiser",
            "Illia Polosukhin",
        ],
        "Models that translate one sequence into another have so far leaned on recurrence or convolution, joined by attention. We build one from attention alone and call it the Transformer. It trains in parallel, reaches 28.4 BLEU on WMT 2014 English to German and 41.8 on English to French, and parses English constituents well too.",
        "15 pages, 5 figures",
        "2017-06-12",
        "Transformer",
    ),
    Paper(
        HER,
        "Hindsight Experience Replay",
        [
            "Marcin Andrychowicz",
            "Filip Wolski",
            "Alex Ray",
            "Jonas Schneider",
            "Rachel Fong",
            "Peter Welinder",
            "Bob McGrew",
            "Josh Tobin",
            "Pieter Abbeel",
            "Wojciech Zaremba",
        ],
        "Sparse rewards are hard for reinforcement learning. We replay each episode with the goal that it happened to reach, so that failures teach as well. Any off-policy method can be combined with it; pushing, sliding and pick-and-place are learned from a binary reward alone. Videos are at https://goo.gl/SMrQnI",
        None,
        "2017-07-05",
        "HER",
    ),
    Paper(
        TCN,
        "An Empirical Evaluation of Generic Convolutional and Recurrent Networks for Sequence Modeling",
        ["Shaojie Bai", "J. Zico Kolter", "Vladlen Koltun"],
        "Most people begin a sequence task with a recurrent network. We compare a plain temporal convolutional network with LSTMs and GRUs over the tasks on which the latter are usually measured, and find that the convolutions do better and remember longer. Our code is at http://github.com/zkolter-lab/TCN .",
        None,
        "2018-03-04",
        "TCN",
    ),
    Paper(
        DAWN,
        "DAWN: Dynamic Adversarial Watermarking of Neural Networks",
        ["Sebastian Szyller", "Buse Gul Atli", "Samuel Marchal", "N. Asokan"],
        "A model behind an API can be copied by asking it often enough. Earlier watermarks are put in while training and do not survive that. DAWN answers a small share of a client's queries wrongly, on purpose, so that the copy carries the mark; ownership is then shown with confidence above 1 - 2^-64.",
        "A short version is at ACM Multimedia 2021; code at https://github.com/ssgroup-aalto/dawn.",
        "2019-06-03",
        "DAWN",
    ),
    Paper(
        NERF,
        "NeRF: Representing Scenes as Neural Radiance Fields for View Synthesis",
        [
            "Ben Mildenhall",
            "Pratul P. Srinivasan",
            "Matthew Tancik",
            "Jonathan T. Barron",
            "Ravi Ramamoorthi",
            "Ren Ng",
        ],
        "We make new views of a scene from a set of photographs by fitting a fully connected network from a place and a direction to density and colour, and rendering it along camera rays by classical volume rendering, which can be differentiated.",
        "At ECCV 2020. Code and films: http://nerf-fields.example.org/",
        "2020-03-19",
        "NeRF",
    ),
    Paper(
        THUMBS,
        "Thumbs up? Sentiment Classification using Machine Learning Techniques",
        ["Bo Pang", "Lillian Lee", "Shivakumar Vaithyanathan"],
        "Documents can be sorted by what their writers feel, not only by topic. On movie reviews naive Bayes, maximum entropy and support vector machines beat lists of words that people thought of, but do not do as well as on topics; we ask why.",
        "To appear in EMNLP-2002",
        "2002-05-28",
        None,
    ),
    Paper(
        STARS,
        "What user:x stars:>1 Cannot Tell: Learning to Rank Repositories by Their Text",
        ["Mirela Kovacs", "Tobias Hjelm", "Ananya Raghunathan", "Wenqing Li"],
        "People who search for code sort by stars, and stars say who came first. We train a listwise ranker, StarRank, on the text of repositories with the stars held out, and find the better implementation more often. We compare with ListNet-Star (https://github.com/listnet-star/listnet-star), whose code we thank its authors for.",
        "ECIR 2024, 16 pages",
        "2024-02-11",
        "StarRank",
    ),
    Paper(
        GCN,
        "Semi-Supervised Classification with Graph Convolutional Networks",
        ["Thomas N. Kipf", "Max Welling"],
        "We classify the nodes of a graph of which few are labelled, by a convolutional network that works on the graph itself: a first-order approximation of spectral convolutions, linear in the number of edges. On citation networks and a knowledge graph it is clearly ahead of related methods.",
        "ICLR 2017, code: https://github.com/tkipf-graphs/gcn",
        "2016-09-09",
        "GCN",
    ),
    Paper(
        CONFORMER,
        "Conformer: Convolution-augmented Transformer for Speech Recognition",
        [
            "Anmol Gulati",
            "James Qin",
            "Chung-Cheng Chiu",
            "Niki Parmar",
            "Yu Zhang",
            "Jiahui Yu",
            "Wei Han",
            "Shibo Wang",
            "Zhengdong Zhang",
            "Yonghui Wu",
            "Ruoming Pang",
        ],
        "Transformers see the whole utterance, convolutions its details. We join both in one block for speech recognition and reach word error rates of 2.1 and 4.3 percent on LibriSpeech test and test-other without a language model, 1.9 and 3.9 with one.",
        "Submitted to Interspeech 2020",
        "2020-05-16",
        "Conformer",
    ),
    Paper(
        DDPM,
        "Denoising Diffusion Probabilistic Models",
        ["Jonathan Ho", "Ajay Jain", "Pieter Abbeel"],
        "Noise is added to an image in many small steps, and a network learns to take it away again; the loss that we train on is a weighted bound, and is close to denoising score matching. Without labels, CIFAR10 comes out with an FID of 3.17 and an Inception score of 9.46. Our implementation: https://github.com/hojo-berkeley/diffusion",
        None,
        "2020-06-19",
        "DDPM",
    ),
]

GITHUB = "https://github.com/"


def found(repo: str | None, by: str | None, page: str | None = None) -> dict[str, Any]:
    """Return an answer of the hub."""
    url = GITHUB + repo if repo else None
    return {"github_repo": url, "added_by": by, "project_page": page}


# The guess for Conformer is the other Conformer. The hub does not know the paper of 2002.
HUB = {
    ATTENTION: found("tensorseq/tensorseq2seq", "user"),
    HER: found(None, None, "https://sites.google.com/view/hindsight-replay-videos"),
    TCN: found("zkolter-lab/TCN", "user"),
    DAWN: found("ssgroup-aalto/dawn", "auto"),
    NERF: found("bmildenhall-lab/nerf", "user", "http://nerf-fields.example.org/"),
    STARS: found("mirelakovacs/starrank", "user"),
    GCN: found("tkipf-graphs/gcn", "auto"),
    CONFORMER: found("visionconf/Conformer", "auto"),
    DDPM: found("hojo-berkeley/diffusion", "auto", "https://hojo-berkeley.github.io/diffusion/"),
}


def listed(
    *names: str, official: tuple[str, ...] = (), rows: tuple[Any, ...] = ()
) -> dict[str, Any]:
    """Return an answer of the catalogue: repositories, then rows of its tables."""
    repositories = [{"url": GITHUB + name, "is_official": name in official} for name in names]
    evaluations = [
        {
            "task_name": task,
            "dataset_name": dataset,
            "model_name": model,
            "metrics": metrics,
            "best_metric": next(iter(metrics)),
            "best_rank": rank,
            "source": "paper",
        }
        for task, dataset, model, metrics, rank in rows
    ]
    return {"repositories": repositories, "evaluations": evaluations}


# It does not know three: the paper of 2002, the one that nobody wrote, DAWN. For Conformer it
# calls an unofficial model official.
PWC = {
    ATTENTION: listed(
        "tensorseq/tensorseq2seq",
        "kyuwon-dev/attention-is-all-you-need-torch",
        "hub-of-models/transformers-zoo",
        "annotated-nlp/annotated-attention",
        "berlin-nlp/bert-from-scratch",
        "seqtools/fairsequence",
        "soraoka/transformer-chainer",
        official=("tensorseq/tensorseq2seq",),
        rows=(
            (
                "Machine Translation",
                "WMT2014 English-German",
                "Transformer Big",
                {"BLEU score": "28.4"},
                41,
            ),
            (
                "Machine Translation",
                "WMT2014 English-French",
                "Transformer Big",
                {"BLEU score": "41.0"},
                28,
            ),
        ),
    ),
    HER: listed(
        "goalrl-labs/baselines",
        "stable-agents/stable-agents3",
        "tianhong-rl/hindsight-experience-replay",
        "curious-goals/curriculum-her",
        official=("goalrl-labs/baselines",),
    ),
    TCN: listed(
        "zkolter-lab/TCN",
        "premphil/keras-tcn",
        "dgarrett-ml/seq-modeling-gluon",
        "sensoranomaly/tcn-ae",
        official=("zkolter-lab/TCN",),
        rows=(
            (
                "Language Modelling",
                "Penn Treebank (Word Level)",
                "TCN",
                {"Test perplexity": "88.68"},
                40,
            ),
        ),
    ),
    NERF: listed(
        "bmildenhall-lab/nerf",
        "yenlin-render/nerf-pytorch",
        "kwea-render/nerf_lightning",
        "gfxlab-mip/mipnerf",
        official=("bmildenhall-lab/nerf",),
        rows=(
            (
                "Novel View Synthesis",
                "LLFF",
                "NeRF",
                {"PSNR": "26.50", "SSIM": "0.811", "LPIPS": "0.250"},
                12,
            ),
        ),
    ),
    GCN: listed(
        "tkipf-graphs/gcn",
        "tkipf-graphs/pygcn",
        "geometric-torch/geometric-torch",
        "dhruvmehta/gcn-jax-cora",
        "attentive-graphs/gat",
        official=("tkipf-graphs/gcn",),
        rows=(("Node Classification", "Cora", "GCN", {"Accuracy": "81.5%"}, 50),),
    ),
    CONFORMER: listed(
        "sooftkim/conformer",
        "espeech/espeech",
        "visionconf/Conformer",
        official=("sooftkim/conformer",),
        rows=(
            (
                "Speech Recognition",
                "LibriSpeech test-clean",
                "Conformer (no LM)",
                {"Word Error Rate (WER)": "2.1"},
                17,
            ),
        ),
    ),
    DDPM: listed(
        "hojo-berkeley/diffusion",
        "lucidlab-ai/denoising-diffusion-torch",
        "improved-diffusion/improved-diffusion",
        "pessler/torch_diffusion_weights",
        official=("hojo-berkeley/diffusion",),
        rows=(
            (
                "Image Generation",
                "CIFAR-10",
                "DDPM",
                {"FID": "3.17", "Inception score": "9.46"},
                30,
            ),
        ),
    ),
}

OFFICIAL = {
    ATTENTION: {"tensorseq/tensorseq2seq"},
    HER: {"goalrl-labs/baselines"},
    TCN: {"zkolter-lab/TCN"},
    DAWN: {"ssgroup-aalto/dawn-watermark"},
    NERF: {"bmildenhall-lab/nerf"},
    THUMBS: set[str](),
    STARS: {"mirelakovacs/starrank"},
    GCN: {"tkipf-graphs/gcn", "tkipf-graphs/pygcn"},
    CONFORMER: set[str](),
    DDPM: {"hojo-berkeley/diffusion"},
}

RENAMED = {
    "ssgroup-aalto/dawn": "ssgroup-aalto/dawn-watermark",
    "kwea-render/nerf_lightning": "kwea-render/nerf_pl",
}
