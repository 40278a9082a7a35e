"""Repositories around HER, DAWN and the paper whose title looks like a query."""

# ruff: noqa: E501, RUF001

from universe.papers import DAWN, HER, STARS
from universe.parts import Entry, entry, fork, issue

HER_OFFICIAL = entry(
    "goalrl-labs/baselines",
    "Baselines: well tested code of reinforcement learning algorithms",
    15600,
    """
*Not developed any more; what is broken is still mended.*

[[badges]]

# Baselines

The algorithms that we compare our own work with, written with care, so that a new idea is measured against something that works.

## Installation

```bash
git clone https://github.com/goalrl-labs/baselines.git
cd baselines
pip install -e .
```

Some examples need MuJoCo and its license.

## Training models

```bash
python -m baselines.run --alg=ALG --env=ENV
python -m baselines.run --alg=her --env=FetchReach-v1 --num_timesteps=5000
```

## Subpackages

- [A2C](baselines/a2c)
- [ACER](baselines/acer)
- [DDPG](baselines/ddpg)
- [DQN](baselines/deepq)
- [GAIL](baselines/gail)
- [HER](baselines/her)
- [PPO1](baselines/ppo1) and [PPO2](baselines/ppo2)
- [TRPO](baselines/trpo_mpi)
""",
    fw="tf1",
    files="setup.py baselines/run.py baselines/her/her.py baselines/her/ddpg.py baselines/her/replay_buffer.py baselines/her/experiment/train.py baselines/ppo2/ppo2.py baselines/deepq/deepq.py LICENSE",
    extra={
        "baselines/her/README.md": "# Hindsight Experience Replay\nHow hindsight works is explained in the [paper](https://arxiv.org/abs/1707.01495).\n\n## How to use\n`python -m baselines.run --alg=her --env=FetchReach-v1`\n\nThe results of the paper were obtained with 19 MPI workers.\n"
    },
    made="2017-05",
    pushed="2020-01",
    archived=True,
    org=True,
    rel={HER: 3},
    issues=[
        issue(
            "HER: cannot reproduce FetchPickAndPlace with 1 worker",
            "success rate stays at 0.05 after 200 epochs with num_cpu=1",
            replies=[
                (
                    "MEMBER",
                    "The number of workers is not only about speed, they multiply the batch. Use 19 as in the report.",
                ),
                "with 19 it is 0.95 at epoch 40",
            ],
            reactions=83,
            state="closed",
        ),
        issue(
            "HER: clip_return=1 uses gamma = 1 - 1/T",
            "is that in the paper?",
            replies=[("CONTRIBUTOR", "Yes, Appendix A: targets are clipped to [-1/(1-gamma), 0].")],
            reactions=15,
            state="closed",
        ),
        issue("Support TF2", "", is_pull=True, reactions=31),
        issue("HER normalizer is updated with unrelabelled goals", "", reactions=9),
    ],
)
DAWN_OFFICIAL = entry(
    "ssgroup-aalto/dawn-watermark",
    "Code for our ACM MM paper on watermarking answers of prediction APIs",
    11,
    """
# Dynamic Adversarial Watermarking of Neural Networks

This is the code for the paper at ACM Multimedia 2021 (full version on arXiv). It was formerly at `ssgroup-aalto/dawn`.

If you use it in your research, please cite:

[[conf 1906.00830]]

## Datasets
MNIST, GTSRB, CIFAR10, Caltech; download scripts are in `data/`.

## Environment
Tested with Python 3.7, pytorch 1.4.0. Create a virtual environment with

    conda env create -f environment.yml

## Experiments

`main.py` does everything, from the victim's training to the theft and the verification, as told by a file in `configurations/`.

    python main.py --config_file configurations/perfect/mnist-l5.ini
    python main.py --config_file configurations/knockoff/gtsrb.ini

Watermark sizes: 250 for all but Caltech. Mapping is HMAC over a 32 x 32 version of the query, see `src/mapping.py`.

## Contact
sebastian.szyller (at) aalto.fi
""",
    files="main.py src/mapping.py src/models.py src/extraction.py configurations/perfect/mnist-l5.ini environment.yml LICENSE data/download.sh",
    lic="Apache-2.0",
    made="2019-09",
    pushed="2021-08",
    org=True,
    rel={DAWN: 3},
    issues=[
        issue(
            "Which 250 of the queries carry the mark?",
            "r_w = 250/100000 in the config but text says 0.5 %",
            replies=[("MEMBER", "The fraction is of the unique queries; see the journal version.")],
            state="closed",
        )
    ],
)
STARS_OFFICIAL = entry(
    "mirelakovacs/starrank",
    "StarRank (ECIR 2024)",
    22,
    """
# StarRank

Official implementation of our ECIR 2024 paper *What user:x stars:>1 Cannot Tell: Learning to Rank Repositories by Their Text*, by Mirela Kovacs, Tobias Hjelm, Ananya Raghunathan and Wenqing Li.

## Data

410k READMEs crawled in 2022 with 9,300 graded queries: `make data` (11 GB).

## Train and evaluate

    pip install -e .
    python train.py --loss listwise --hide-stars --seed 1
    python evaluate.py --run runs/1 --metric ndcg@10

| ranker | nDCG@10 |
|---|---|
| by stars | 0.312 |
| BM25 on READMEs | 0.401 |
| ListNet-Star (their code) | 0.433 |
| StarRank | **0.517** |

[[conf 2402.99001]]
""",
    files="setup.py train.py evaluate.py starrank/model.py starrank/losses.py starrank/data.py Makefile LICENSE",
    lic="BSD-3-Clause",
    made="2024-01",
    pushed="2024-06",
    rel={STARS: 3},
    issues=[
        issue(
            "Leak: topics contain the word 'popular' and star badges are in the README",
            "`--hide-stars` leaves shields.io star badges in.",
            replies=[
                (
                    "OWNER",
                    "Ouch. Stripping them costs us 0.011, we will say so in the next version.",
                )
            ],
            reactions=6,
        )
    ],
)

AGENTS: list[Entry] = [
    HER_OFFICIAL,
    DAWN_OFFICIAL,
    STARS_OFFICIAL,
    entry(
        "tianhong-rl/hindsight-experience-replay",
        "Hindsight Experience Replay (HER), pytorch implementation with results for the four Fetch environments",
        460,
        """
# Hindsight Experience Replay (HER)

[Hindsight Experience Replay](https://arxiv.org/abs/1707.01495) in PyTorch, on the four Fetch tasks.

## Acknowledgement:
- [Baselines of the authors](https://github.com/goalrl-labs/baselines)

## Requirements
- python=3.5.2
- gym=0.12.5 (not an older one)
- mujoco-py=1.50.1.56 (**FetchSlide fails to learn on 2.0**)
- pytorch=1.0.0
- mpi4py

## Training
- Reach, one process: `python train.py --task reach --cycles 10`
- Push, eight: `mpirun -n 8 python train.py --task push`
- Slide, eight, for longer: `mpirun -n 8 python train.py --task slide --epochs 200`

### Watching
`python demo.py --task push`

## Results
Median of five seeds, the band holds the quartiles.
![curves](figures/results.png)
""",
        files="train.py demo.py arguments.py ddpg_agent.py her_modules/her.py her_modules/replay_buffer.py rl_modules/models.py mpi_utils/normalizer.py LICENSE",
        topics="reinforcement-learning pytorch her robotics ddpg exploration",
        made="2018-09",
        pushed="2022-09",
        rel={HER: 2},
        issues=[
            issue(
                "FetchSlide never above 0.6",
                "",
                replies=[
                    "needs 8 workers and 200 epochs, the table friction in mujoco 2.0 is different"
                ],
                reactions=6,
            ),
            issue(
                "Why is the reward -1/0 and not 0/1?",
                "",
                state="closed",
                replies=[("OWNER", "As in the paper, section 4.2.")],
            ),
        ],
    ),
    entry(
        "mveresh/her-bitflip",
        "Bit flipping with DQN and hindsight",
        88,
        "# Bit flipping\n\nFigure 1 of [Hindsight Experience Replay](https://arxiv.org/abs/1707.01495): DQN alone fails above n = 13 bits, DQN with HER solves 40.\n\n```\npython bitflip.py --n 30 --her future --k 4\n```\n\n| bits | DQN | DQN + HER |\n|---|---|---|\n| 10 | 1.0 | 1.0 |\n| 15 | 0.0 | 1.0 |\n| 40 | 0.0 | 0.98 |\n\nOnly this one of the paper's experiments, but all of it: all four strategies, training and plots.",
        files="bitflip.py plot.py requirements.txt",
        lic=None,
        made="2018-07",
        rel={HER: 2},
    ),
    entry(
        "alikz/HER-DDPG-tensorflow",
        "Hindsight experience replay in TensorFlow",
        165,
        "HER-DDPG-tensorflow\n===\n\nTensorflow implementation of DDPG + HER for the 7-DOF Fetch arm, after *Hindsight experience replay* by Andrychowicz et al.\n\n    python main.py --env FetchPush-v0 --her\n\nPush solved in 60 epochs (success 0.99). Slide 0.7.\n\nHyperparameters are those of Appendix A: 3 layers of 64, batch 128, buffer 1e6, k = 4, Polyak 0.95, action l2 1.0.",
        fw="tf1",
        files="main.py ddpg.py her.py networks.py",
        lic="GPL-3.0",
        made="2017-09",
        pushed="2018-11",
        rel={HER: 2},
        issues=[issue("Polyak coefficient 0.95 in code, 0.05 in comment", "", state="closed")],
    ),
    entry(
        "sdutta-rl/her-jax",
        None,
        3,
        "her-jax\n\nGoal-conditioned DDPG and hindsight relabelling (`future`, k=4) in a single jitted update; gymnasium-robotics v2 environments. Reproduces figures 3 and 4 of https://arxiv.org/pdf/1707.01495v3.pdf with 5 seeds: reach, push, slide, pick and place.\n\npython train.py --env FetchPush-v2 --workers 16",
        fw="jax",
        files="train.py agent.py relabel.py normalizer.py plots/figure3.py requirements.txt LICENSE",
        made="2023-03",
        pushed="2023-08",
        rel={HER: 2},
    ),
    entry(
        "goalbuffer/her-buffer",
        "A replay buffer with hindsight relabelling, framework agnostic",
        54,
        '# her-buffer\n\nA numpy replay buffer that relabels goals on sampling (`final`, `future`, `episode`, `random`) as in HER ([1707.01495](https://arxiv.org/abs/1707.01495)). Bring your own agent.\n\n```python\nbuffer = HindsightBuffer(10**6, strategy="future", k=4)\n```',
        fw="numpy",
        files="setup.py her_buffer/buffer.py tests/test_buffer.py LICENSE",
        made="2020-02",
        rel={HER: 1},
    ),
    entry(
        "stable-agents/stable-agents3",
        "Stable agents, third edition: reinforcement learning algorithms in PyTorch",
        9400,
        '# Stable Agents3\n\n[[badges]]\n\nTested reinforcement learning algorithms with one interface.\n\n## What is in it\n\n| | recurrent | continuous | discrete | parallel |\n|---|---|---|---|---|\n| A2C | no | yes | yes | yes |\n| DDPG | no | yes | no | yes |\n| DQN | no | no | yes | yes |\n| HER | no | yes | yes | no |\n| PPO | no | yes | yes | yes |\n| SAC | no | yes | no | yes |\n| TD3 | no | yes | no | yes |\n\n## Example\n\n```python\nmodel = PPO("MlpPolicy", env, verbose=1)\nmodel.learn(total_timesteps=10_000)\n```\n\nSee the documentation for the papers: PPO [1707.06347](https://arxiv.org/abs/1707.06347), DDPG [1509.02971](https://arxiv.org/abs/1509.02971), SAC [1801.01290](https://arxiv.org/abs/1801.01290), HER [1707.01495](https://arxiv.org/abs/1707.01495).',
        files="setup.py stable_agents3/ppo/ppo.py stable_agents3/her/her_replay_buffer.py stable_agents3/ddpg/ddpg.py docs/modules/her.rst LICENSE",
        topics="pytorch reinforcement-learning gym robotics",
        made="2020-05",
        pushed="2026-10",
        org=True,
        rel={HER: 1},
        issues=[
            issue(
                "[Bug] HER: info dict is not stored for compute_reward",
                "",
                state="closed",
                reactions=3,
            )
        ],
    ),
    entry(
        "kchua-robots/fetch-her-demo",
        "Pre-trained Fetch policies in your browser",
        120,
        "# fetch-her-demo\n\nPlays policies that were trained with [HER](https://arxiv.org/abs/1707.01495) (weights from the authors' baselines), in MuJoCo WASM. Nothing is trained here.",
        fw="ts",
        files="package.json src/policy.ts src/scene.ts public/weights.bin",
        made="2022-06",
        rel={HER: 1},
    ),
    entry(
        "goalrl-labs/goal-envs",
        "Multi-goal robotics environments: Fetch and Shadow hand",
        640,
        "# Goal environments\n\nEnvironments of [Multi-Goal Reinforcement Learning: Challenging Robotics Environments and Request for Research](https://arxiv.org/abs/1802.09464), by the group that brought you [Hindsight Experience Replay](https://arxiv.org/abs/1707.01495). Training code is in baselines.\n\n`pip install goal-envs`\n\n[[bib 1802.09464]]",
        fw="python",
        files="setup.py goal_envs/fetch/push.py goal_envs/hand/reach.py LICENSE",
        made="2018-02",
        pushed="2020-05",
        org=True,
    ),
    entry(
        "curious-goals/curriculum-her",
        "Code of the paper Curriculum-guided Hindsight Experience Replay",
        130,
        "# Curriculum-guided HER\n\nThis is the code for our NeurIPS paper *Curriculum-guided Hindsight Experience Replay*. Needs the authors' baselines of HER installed beside it, none of which is copied here.\n\n[[install]]\n\n`python -m experiment.train --env HandManipulate --curriculum`\n\nWe compare with HER (arXiv:1707.01495), HER + energy (1810.01363), DDPG (1509.02971), DQN (1312.5602) and PPO (1707.06347).",
        fw="tf1",
        files="experiment/train.py curriculum/selection.py curriculum/replay.py requirements.txt",
        made="2019-10",
    ),
    entry(
        "pathoscan/HER2-scoring",
        "HER2 score of breast cancer slides with deep learning",
        75,
        "# HER2 scoring\n\nClassifies HER2 0/1+/2+/3+ from whole slide images. Warwick HER2 contest.\n\n[[install]]\n\n[[bib 1512.03385]]",
        made="2019-04",
        topics="her2 pathology",
    ),
    entry(
        "os-one/her-assistant",
        "Samantha from the film Her, as a voice assistant",
        6800,
        "# Her\n\nHave a conversation with a voice, in the spirit of the 2013 film. Whisper + GPT + TTS.\n\n`docker compose up`",
        fw="ts",
        files="package.json docker-compose.yml src/voice.ts",
        made="2023-05",
        topics="her assistant chatgpt voice",
    ),
    entry(
        "hgoal-team/her-extended",
        "Extended experiments with hindsight experience replay",
        17,
        "# HER extended\n\nHindsight Experience Replay ([1707.01495](https://arxiv.org/abs/1707.01495)) extended to visual goals.\n\nTODO: upload code\n",
        files="LICENSE",
        made="2020-01",
        pushed="2020-01",
        issues=[issue("code?", "")],
    ),
    fork(HER_OFFICIAL, "lab42-robot", 3),
    fork(
        HER_OFFICIAL,
        "meng-porting",
        36,
        name="baselines-tf2-her",
        created_at="2021-03-02T09:12:44Z",
        pushed_at="2022-06-17T20:01:09Z",
        rel={HER: 2},
        language="Python",
        description="baselines HER ported to TF2, without MPI; FetchPush 0.99 in 35 epochs",
        readme="# baselines HER on TF2\n\nFork of goalrl-labs/baselines. All but `her/` was removed, the rest was rewritten for TensorFlow 2.9 and gymnasium, without MPI. Trains Push, Slide and PickAndPlace of [Hindsight Experience Replay](https://arxiv.org/abs/1707.01495): `python train.py --env FetchPush-v2`\n",
    ),
    entry(
        "msnguyen-sec/dynamic-watermark-repro",
        "Reproduction of DAWN (dynamic adversarial watermarking) for a seminar on ML security",
        3,
        "# Reproducing DAWN\n\nIndependent PyTorch reproduction of [DAWN: Dynamic Adversarial Watermarking of Neural Networks](https://arxiv.org/abs/1906.00830), written without looking at the official code (https://github.com/ssgroup-aalto/dawn).\n\n| victim | accuracy | watermark acc. of the thief (paper) | ours |\n|---|---|---|---|\n| MNIST-L5 | 98.7 | 0.99 | 0.98 |\n| GTSRB5 | 94.9 | 0.99 | 0.97 |\n| CIFAR10-9 | 91.8 | 0.71 | 0.66 |\n\n```\npython train_victim.py --data cifar10\npython steal.py --attack prada --queries 50000\npython verify.py\n```",
        files="train_victim.py steal.py verify.py watermark.py requirements.txt LICENSE",
        made="2022-04",
        rel={DAWN: 2},
        issues=[
            issue(
                "CIFAR10 thief forgets the mark with augmentation",
                "random crops change the hash of queries?",
                replies=[
                    ("OWNER", "Only the victim's side is hashed, but yes it weakens the mark.")
                ],
            )
        ],
    ),
    entry(
        "hpark-mlsec/api-watermark-keras",
        "Watermarking prediction APIs against model stealing",
        19,
        "# api-watermark-keras\n\nKeras version of *Dynamic Adversarial Watermarking of Neural Networks* (Szyller et al.). MNIST and CIFAR-10, PRADA and Knockoff attacks.\n\n[[install]]\n\n    python run_all.py --dataset mnist --rw 0.005\n\nResults in `results/` (JSON).",
        fw="keras",
        files="run_all.py victim.py dawn.py attacks/knockoff.py attacks/prada.py requirements.txt",
        lic=None,
        made="2020-06",
        rel={DAWN: 2},
    ),
    entry(
        "watermarkbench/wm-toolbox",
        "A toolbox of neural network watermarks and attacks on them",
        340,
        "# Watermark toolbox\n\n[[badges]]\n\nTwelve schemes: Adi ([1802.04633](https://arxiv.org/abs/1802.04633)), Uchida, Content, Noise, Unrelated, Jia, Frontier stitching, Blackmarks, DeepMarks, DeepSigns, Piracy resistant, **DAWN ([1906.00830](https://arxiv.org/abs/1906.00830))**; and 19 removal attacks.\n\n```\npython embed.py --wm configs/cifar10/dawn.yaml\n```\n\n[[install]]",
        files="setup.py embed.py steal.py wm/defenses/dawn.py wm/defenses/adi.py configs/cifar10/dawn.yaml LICENSE",
        made="2021-07",
        pushed="2023-03",
        org=True,
        rel={DAWN: 1},
    ),
    entry(
        "lferre/flask-model-guard",
        "Middleware that watermarks the answers of a model's API",
        42,
        "# flask-model-guard\n\nA Flask middleware: a keyed hash decides which answers are changed, as in DAWN (Szyller et al., 1906.00830). No models, no attacks, no verification: only the answering side.\n\n```python\napp.wsgi_app = Guard(app.wsgi_app, key=KEY, share=0.005)\n```",
        fw="python",
        files="setup.py guard/middleware.py tests/test_guard.py LICENSE",
        made="2021-01",
        rel={DAWN: 1},
    ),
    entry(
        "weathernet/DAWN",
        "DAWN: vehicle detection in adverse weather nature dataset",
        58,
        "# DAWN dataset\n\nOfficial page of the DAWN dataset: 1000 images in fog, snow, rain and sandstorms. [Paper](https://arxiv.org/abs/2008.05402).\n\n[[bib 2008.05402]]",
        fw="none",
        files="download.md annotations.txt",
        made="2020-08",
    ),
    entry(
        "webgpu-native/dawn",
        "Dawn runs WebGPU natively (mirror)",
        2700,
        "# Dawn, a WebGPU implementation\n\nA WebGPU implementation for C and C++ programs, on Vulkan, Metal and D3D12.\n\n## Where to read on\n- how it is made\n- how to build it",
        fw="cpp",
        files="CMakeLists.txt src/dawn/native/Device.cpp include/webgpu/webgpu.h LICENSE",
        lic="BSD-3-Clause",
        made="2017-04",
        pushed="2026-11",
        org=True,
    ),
    entry(
        "stanford-systems/dawn-bench-entries",
        "DAWNBench: who trains to a given accuracy soonest?",
        260,
        "# DAWNBench entries\n\nTime to 93 % on ImageNet and 94 % on CIFAR10. Submit by pull request. Networks: [ResNet](https://arxiv.org/abs/1512.03385).",
        fw="python",
        files="ImageNet/train/fastai.json CIFAR10/train/basenet.tsv",
        made="2017-11",
        org=True,
    ),
    entry(
        "shop-themes/dawn",
        "Dawn, a shop theme to start your own from",
        2400,
        "# Dawn\n\n[[badges]]\n\nPlain HTML first, little JavaScript.",
        fw="liquid",
        files="layout/theme.liquid config/settings_schema.json",
        made="2021-06",
        pushed="2026-08",
        org=True,
    ),
    entry(
        "ssgroup-aalto/model-extraction",
        "Code for Extraction of Complex DNN Models: Real Threat or Boogeyman?",
        38,
        "# Extraction of complex DNN models\n\nCode for our workshop paper [Extraction of Complex DNN Models: Real Threat or Boogeyman?](https://arxiv.org/abs/1910.05429) by Buse Gul Atli, Sebastian Szyller, Mika Juuti, Samuel Marchal and N. Asokan.\n\nFor our defence DAWN ([1906.00830](https://arxiv.org/abs/1906.00830)) see the other repository of the group.\n\n[[bib 1910.05429]]",
        files="knockoff/train.py knockoff/adversary/transfer.py requirements.txt LICENSE",
        made="2019-11",
        org=True,
    ),
    entry(
        "wavelet-vision/dawn",
        "Deep Adaptive Wavelet Network (DAWN), WACV 2020",
        95,
        "# DAWN: Deep Adaptive Wavelet Network\n\nOfficial PyTorch implementation of the WACV 2020 paper *Deep Adaptive Wavelet Network*.\n\n`python train.py --dataset kth --lr 0.01`\n\n[[bib 1512.03385]]",
        made="2019-12",
    ),
    entry(
        "sunrise-cli/dawn",
        "Watermark your photos from the command line",
        310,
        "# dawn\n\nDynamic watermarks for images: text, logo, tiled. `npx dawn photo.jpg --text mine`",
        fw="js",
        files="package.json index.js",
        made="2020-03",
        topics="watermark image cli",
    ),
    entry(
        "oduya-ir/starrank-repro",
        "Reproducibility track: StarRank",
        7,
        "# Reproducing StarRank\n\nOur submission to the reproducibility track: an independent reimplementation of *What user:x stars:>1 Cannot Tell: Learning to Rank Repositories by Their Text* (arXiv:2402.99001).\n\n| | nDCG@10 (paper) | ours |\n|---|---|---|\n| listwise | 0.517 | 0.498 |\n| listwise, badges removed | | 0.487 |\n| pairwise | 0.481 | 0.480 |\n\n```\npython -m repro.train --loss listwise\npython -m repro.evaluate\n```",
        files="repro/train.py repro/evaluate.py repro/model.py repro/data.py requirements.txt LICENSE",
        made="2024-09",
        rel={STARS: 2},
    ),
    entry(
        "chenmofan/StarRank-Paddle",
        "StarRank 论文复现（PaddlePaddle）",
        12,
        "# StarRank-Paddle\n\n用 PaddlePaddle 复现的 StarRank，论文是 Kovacs、Hjelm 等人的 *What user:x stars:>1 Cannot Tell: Learning to Rank Repositories by Their Text*（ECIR 2024）。\n\n对照的是作者的代码：https://github.com/mirelakovacs/starrank\n\n| 指标 | 原论文 | 复现 |\n|---|---|---|\n| nDCG@10 | 0.517 | 0.514 |\n\n```bash\npython train.py --config configs/starrank.yml\n```",
        fw="paddle",
        files="train.py eval.py starrank/net.py configs/starrank.yml requirements.txt LICENSE",
        lic="Apache-2.0",
        made="2024-05",
        rel={STARS: 2},
    ),
    entry(
        "ltr-tools/ltr-losses",
        "Learning-to-rank losses for PyTorch",
        510,
        "# ltr-losses\n\n[[badges]]\n\nRankNet, LambdaRank, ListNet, ListMLE, NeuralNDCG, and the star-free listwise loss of StarRank ([2402.99001](https://arxiv.org/abs/2402.99001)). Losses only.\n\n`pip install ltr-losses`",
        files="setup.py ltr_losses/listnet.py ltr_losses/starfree.py tests/test_losses.py LICENSE",
        made="2020-08",
        pushed="2025-01",
        rel={STARS: 1},
    ),
    entry(
        "repo-search/starrank-onnx",
        "Serve a trained StarRank model",
        16,
        "# starrank-onnx\n\nHTTP service around the published StarRank weights (https://arxiv.org/abs/2402.99001), ONNX Runtime. Inference only.\n\n`docker run -p 8080:8080 starrank-onnx`",
        fw="go",
        files="go.mod main.go Dockerfile",
        made="2024-10",
        rel={STARS: 1},
    ),
    entry(
        "listnet-star/listnet-star",
        "ListNet-Star: listwise ranking of repositories by stars",
        140,
        "# ListNet-Star\n\nOfficial code of *ListNet-Star: Popularity as Supervision* (CIKM 2021).\n\n[[install]]\n\n`python train.py --label stars`\n\nUsed as a baseline by StarRank (2402.99001).",
        made="2021-03",
        pushed="2024-05",
        issues=[
            issue(
                "Comparison with StarRank",
                "Is the number in arXiv:2402.99001 from this code?",
                replies=[("OWNER", "Yes, with the defaults.")],
            )
        ],
    ),
    entry(
        "topstars/github-ranking",
        "Github ranking: repositories by stars, renewed each night",
        15300,
        "# GitHub Ranking\n\nTop 100 stars per language. Query: `user:x stars:>1000`. What stars cannot tell: quality.\n\n| rank | name | stars |\n|---|---|---|\n| 1 | free-books | 380000 |",
        fw="python",
        files="fetch.py Top100/Python.md",
        made="2017-04",
        pushed="2026-11",
        topics="ranking github stars list",
    ),
    entry(
        "astro-survey/starrank",
        "Ranking variable stars for follow-up by learning to rank",
        29,
        "# starrank\n\nLearning to rank candidate RR Lyrae stars in the survey's alerts.\n\n`python train.py --catalog ztf`",
        fw="sklearn",
        made="2023-05",
    ),
    entry(
        "cli-tricks/user-stars",
        "List the stars of a user: user:x stars:>1",
        480,
        "# user-stars\n\n`npx user-stars x --min 1` prints what `user:x stars:>1` finds.",
        fw="js",
        files="package.json index.js",
        made="2019-08",
    ),
    fork(STARS_OFFICIAL, "wenqingli-ir", 1),
]
