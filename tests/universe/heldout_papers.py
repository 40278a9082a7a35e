"""The six papers of the held-out universe, and what the hub and the catalogue say of them."""

# ruff: noqa: E501

from universe.noise import Topic
from universe.papers import found, listed
from universe.shapes import Paper

SAM, BETA, WORLD = "2010.01412", "1804.03599", "1803.10122"
BOTTLENECK, POINTNET, LORA = "physics/0004057", "1612.00593", "2106.09685"

PAPERS = [
    Paper(
        SAM,
        "Sharpness-Aware Minimization for Efficiently Improving Generalization",
        ["Pierre Foret", "Ariel Kleiner", "Hossein Mobahi", "Behnam Neyshabur"],
        "A low training loss says little of the test. We look for parameters in whose whole neighbourhood the loss is low, by a min-max step that costs two gradients, and improve results on CIFAR, ImageNet and in fine-tuning; robustness to label noise comes with it. Our code: https://github.com/bigresearch-ai/sam-sharpness.",
        None,
        "2020-10-03",
        "SAM",
    ),
    Paper(
        BETA,
        "Understanding disentangling in $\\beta$-VAE",
        [
            "Christopher P. Burgess",
            "Irina Higgins",
            "Arka Pal",
            "Loic Matthey",
            "Nick Watters",
            "Guillaume Desjardins",
            "Alexander Lerchner",
        ],
        "We ask why a variational autoencoder with a larger weight on its prior disentangles, from the side of rate and distortion, and propose to raise the capacity of the latent code during training, which keeps reconstructions sharp.",
        "Shown at a NIPS workshop of 2017",
        "2018-04-10",
        "beta-VAE",
    ),
    Paper(
        WORLD,
        "World Models",
        ["David Ha", "Juergen Schmidhuber"],
        "We learn to compress a game's frames and to predict them, without supervision, and then train a small controller on what was learned, even inside of the dream. Read it interactively at https://worldmodels.example.org/",
        "See the interactive version; code: https://github.com/davidha-studio/WorldModelsExperiments",
        "2018-03-27",
        None,
    ),
    Paper(
        BOTTLENECK,
        "The information bottleneck method",
        ["Naftali Tishby", "Fernando C. Pereira", "William Bialek"],
        "What of a signal x is relevant to another y? We squeeze x through a short code that keeps as much about y as it can, find equations that the code must obey, and an iteration in the manner of Blahut and Arimoto that converges.",
        None,
        "2000-04-24",
        "IB",
    ),
    Paper(
        POINTNET,
        "PointNet: Deep Learning on Point Sets for 3D Classification and Segmentation",
        ["Charles R. Qi", "Hao Su", "Kaichun Mo", "Leonidas J. Guibas"],
        "Point clouds are irregular, and are mostly turned into voxels or images. Our network takes the points as they are and does not mind their order; it classifies objects, segments parts and labels scenes, at little cost.",
        "CVPR 2017",
        "2016-12-02",
        "PointNet",
    ),
    Paper(
        LORA,
        "LoRA: Low-Rank Adaptation of Large Language Models",
        [
            "Edward J. Hu",
            "Yelong Shen",
            "Phillip Wallis",
            "Zeyuan Allen-Zhu",
            "Yuanzhi Li",
            "Shean Wang",
            "Lu Wang",
            "Weizhu Chen",
        ],
        "Fine-tuning all of a very large model is costly. We freeze it and train pairs of low-rank matrices beside its layers, ten thousand times fewer parameters, without delay in use. Integration with PyTorch models is released at https://github.com/softcorp/LoRA; GPT-2 baselines are taken from https://github.com/prefix-lab/PrefixTune.",
        "Second version: GLUE, stronger baselines, the cost of adapters",
        "2021-06-17",
        "LoRA",
    ),
]

# Wrong for SAM (another SAM) and PointNet (the follow-up); the bottleneck is not known.
HUB = {
    SAM: found("segment-all/segment-anything", "auto"),
    BETA: found(None, None),
    WORLD: found(
        "davidha-studio/WorldModelsExperiments", "auto", "https://worldmodels.example.org/"
    ),
    POINTNET: found("charlesq/pointnet2", "auto", "https://stanford-points.example.org/pointnet"),
    LORA: found("softcorp/LoRA", "user"),
}

# Not known: the bottleneck and World Models. A fork counts as official for PointNet.
PWC = {
    SAM: listed(
        "bigresearch-ai/sam",
        "davda-opt/sam-torch",
        "asam-team/ASAM",
        official=("bigresearch-ai/sam",),
        rows=(
            (
                "Image Classification",
                "CIFAR-100",
                "PyramidNet (SAM)",
                {"Percentage correct": "89.7"},
                12,
            ),
        ),
    ),
    BETA: listed("yannd-lab/disentangling-vae", "onekim/Beta-VAE"),
    POINTNET: listed(
        "charlesq/pointnet",
        "rstudent-3d/pointnet",
        "fxia22/pointnet-torch",
        "charlesq/pointnet2",
        official=("charlesq/pointnet", "rstudent-3d/pointnet"),
        rows=(
            (
                "3D Point Cloud Classification",
                "ModelNet40",
                "PointNet",
                {"Overall Accuracy": "89.2"},
                80,
            ),
        ),
    ),
    LORA: listed(
        "softcorp/LoRA", "hubx/adapters-efficient", "qlab/qlora", official=("softcorp/LoRA",)
    ),
}

OFFICIAL = {
    SAM: {"bigresearch-ai/sam"},
    BETA: set[str](),
    WORLD: {"davidha-studio/WorldModelsExperiments"},
    BOTTLENECK: set[str](),
    POINTNET: {"charlesq/pointnet"},
    LORA: {"softcorp/LoRA"},
}

RENAMED = {"bigresearch-ai/sam-sharpness": "bigresearch-ai/sam"}

TOPICS = [
    Topic(
        SAM,
        "Sharpness-Aware Minimization for Efficiently Improving Generalization",
        "SAM",
        "optimizers",
        ("2102.11600", "1412.6980"),
    ),
    Topic(
        BETA,
        "Understanding disentangling in beta-VAE",
        "beta-VAE",
        "disentanglement",
        ("1802.05983", "1802.04942"),
    ),
    Topic(
        WORLD,
        "World Models",
        "world-model",
        "model-based reinforcement learning",
        ("1912.01603", "1707.06347"),
    ),
    Topic(
        BOTTLENECK,
        "The information bottleneck method",
        "IB",
        "information theory",
        ("1612.00410", "1312.6114"),
    ),
    Topic(
        POINTNET,
        "PointNet: Deep Learning on Point Sets for 3D Classification and Segmentation",
        "PointNet",
        "point clouds",
        ("1706.02413", "1512.03385"),
    ),
    Topic(
        LORA,
        "LoRA: Low-Rank Adaptation of Large Language Models",
        "LoRA",
        "parameter-efficient tuning",
        ("2305.14314", "1810.04805"),
    ),
]
