"""Made-up issues and pull requests, each with what a careful reader would say of it.

Written before the classifier, in the manner of people who reimplement papers; none is copied.
"""

# ruff: noqa: E501, RUF001 - people write in many ways and languages

from dataclasses import dataclass

from reprokit.reading.threads import Comment, Thread


@dataclass(frozen=True, slots=True)
class Case:
    """A thread and its labels; `themes` and `touches` are empty where it is of no use."""

    thread: Thread
    useful: bool
    themes: frozenset[str]
    touches: frozenset[str]
    answered: str


_made: list[Case] = []
OFFICIAL = ("paper-lab/official",)


def case(  # noqa: PLR0913 - what a thread has
    title: str,
    body: str,
    *,
    themes: str = "",
    touches: str = "",
    answered: str = "",
    comments: tuple[tuple[str, str, str], ...] = (),
    repo: str = "someone/reimplementation",
    state: str = "open",
    pull: bool = False,
    author: str = "reader",
    association: str = "NONE",
    labels: tuple[str, ...] = (),
) -> None:
    """Add a thread; it is useful where it has a theme."""
    number = len(_made) + 1
    kind = "pull" if pull else "issues"
    thread = Thread(
        repo=repo,
        number=number,
        title=title,
        body=body,
        url=f"https://github.com/{repo}/{kind}/{number}",
        state=state,
        is_pull=pull,
        author=author,
        association=association,
        created_at="2020-01-01T00:00:00Z",
        updated_at="2020-02-01T00:00:00Z",
        n_comments=len(comments),
        reactions=0,
        labels=labels,
        comments=tuple(
            Comment(author=who, association=role, body=text, created_at="2020-01-02T00:00:00Z")
            for who, role, text in comments
        ),
    )
    _made.append(
        Case(thread, bool(themes), frozenset(themes.split()), frozenset(touches.split()), answered)
    )


# -- Results that are lower than the paper's ------------------------------------------------

case(
    "Can't reach the accuracy in the paper",
    "Hi, thanks for the great work! I ran the default config on CIFAR-10 for 200 epochs and the "
    "best test accuracy I see is 91.2%, while the paper says 93.6%. Did I miss something?",
    themes="result",
    touches="weight_decay",
    answered="owner",
    comments=(
        (
            "maker",
            "OWNER",
            "The numbers in the README were obtained with weight decay 5e-4, "
            "the default in the argument parser was 1e-4. I changed it.",
        ),
    ),
)
case(
    "Results on ImageNet",
    "I trained ResNet-50 from scratch with 8 GPUs. Top-1 is 74.1, about 2 points below the "
    "reported 76.2. Batch size is 256 as in the paper. Any ideas where the gap comes from?",
    themes="result",
    touches="batch_size learning_rate",
    answered="others",
    comments=(
        (
            "helper",
            "NONE",
            "You should divide the learning rate by the number of GPUs, otherwise "
            "the effective one is too large.",
        ),
        ("reader", "NONE", "thanks, will try"),
    ),
)
case(
    "Unable to replicate Table 2",
    "We followed the instructions step by step, but our BLEU on WMT14 En-De is 25.1 instead of "
    "27.3. Could you share the exact settings you have used for the base model?",
    themes="result hyperparameters",
    touches="",
)
case(
    "FID much higher than reported",
    "With the provided script I get FID 19 after 100k iterations on CelebA. The paper reports "
    "8.9. Is there any trick that isn't described?",
    themes="result",
    touches="",
    repo="paper-lab/official",
    answered="author",
    comments=(
        (
            "first-author",
            "MEMBER",
            "We compute FID on 50k samples with exponential moving average "
            "weights. With 10k samples it is biased upwards.",
        ),
    ),
)
case(
    "Performance gap on Breakout",
    "After 10M frames my agent scores around 40, the figure in the DQN paper shows 300+. "
    "Does anybody else have this problem?",
    themes="result",
    touches="",
    answered="",
    comments=(("other", "NONE", "same problem here"), ("another", "NONE", "+1")),
)
case(
    "Poor performance on my machine",
    "Nobody here seems to get the numbers of the paper. I got an F1 of 61.8, whereas the authors "
    "claim 67.4, using the same dataset and the same code.",
    themes="result",
    touches="",
)
case(
    "How did you get 3.2 perplexity?",
    "I obtain 4.1 at best with your code. The difference to the number in your README is big, did "
    "you train longer?",
    themes="result",
    touches="",
)
case(
    "Reproducing the results in section 4.3",
    "The validation mIoU saturates at 68 while it is expected to be 73. I only changed the "
    "crop size to 512 due to memory.",
    themes="result",
    touches="",
)
case(
    "Test accuracy only 10%",
    "Training accuracy reaches 99% but on the test set I get 10%, i.e. chance level. I use the "
    "provided evaluation script.",
    themes="result",
    touches="",
    answered="owner",
    state="closed",
    comments=(
        (
            "maker",
            "OWNER",
            "model.eval() was missing before the test loop, so batch norm used the "
            "statistics of the batch. Fixed in master.",
        ),
    ),
)
case(
    "Reproduction: numbers differ",
    "Mine: 0.512 / 0.623 / 0.701. Paper: 0.541 / 0.660 / 0.733. I used the seeds given in the "
    "config and trained for the same number of steps.",
    themes="result",
    touches="steps seed",
)
case(
    "Worse than the baseline?",
    "On Cora the method gives 79.0 +- 0.4 for me, which is worse than plain GCN. The paper claims "
    "83.",
    themes="result",
    touches="",
)
case(
    "I was able to reproduce the results, here is what I changed",
    "For anyone struggling: with lr 3e-4 instead of 1e-3 and 200 epochs I match the paper "
    "(93.4 vs 93.5). The default learning rate is too high.",
    themes="hyperparameters",
    touches="learning_rate epochs",
)

# -- Does not converge ----------------------------------------------------------------------

case(
    "Loss does not decrease",
    "I am training on my own images (about 5k). The loss stays at 0.693 from the first epoch on.",
    themes="convergence",
    touches="loss",
)
case(
    "training doesn't converge",
    "Using the default parameters the generator loss goes up all the time and the discriminator "
    "goes to zero after 2 epochs.",
    themes="convergence",
    touches="generator discriminator n_critic learning_rate",
    answered="owner",
    comments=(
        (
            "maker",
            "OWNER",
            "This happens when the discriminator gets too strong. Try n_critic=1 and "
            "a lower learning rate for D.",
        ),
    ),
)
case(
    "Mode collapse after 20 epochs",
    "All the samples look alike. Anyone had that on LSUN?",
    themes="convergence",
    touches="",
)
case(
    "Reward stuck at -21 on Pong",
    "I've been running it for two days now and the mean reward never moves away from -21. "
    "What is the expected learning curve?",
    themes="convergence",
    touches="reward",
    answered="owner",
    comments=(
        (
            "maker",
            "OWNER",
            "Pong needs about 1M frames before it takes off. Also check that frames "
            "are scaled to [0, 1].",
        ),
    ),
)
case(
    "Network outputs the same value for every input",
    "After several hundred iterations the prediction is constant, whatever I feed. Is it a dying "
    "ReLU issue?",
    themes="convergence",
    touches="activation",
)
case(
    "accuracy stays at 0.5 during the whole training",
    "binary classification, balanced, tried different optimizers",
    themes="convergence",
    touches="optimizer",
)
case(
    "Model not learning anything with Adam",
    "With SGD it is ok. With Adam it diverges right away. Which betas did you use?",
    themes="convergence hyperparameters",
    touches="optimizer beta1 beta2",
)
case(
    "KL collapse",
    "The KL term drops to zero in the first few hundred steps and the decoder ignores the latent "
    "code. Do you anneal the KL weight?",
    themes="convergence",
    touches="loss",
)
case(
    "Policy collapses after 2M steps",
    "The return climbs to 3000 on HalfCheetah and then falls to 0 and never recovers. Entropy "
    "goes to zero as well.",
    themes="convergence",
    touches="entropy_coef",
)
case(
    "val loss increases from the start",
    "overfitting? train loss goes down but validation loss goes up after epoch 1, with dropout "
    "0.1 like in the paper",
    themes="convergence",
    touches="dropout",
)
case(
    "Doesn't train with mixed precision",
    "In fp32 everything is alright; with amp the loss plateaus at 6.9 forever.",
    themes="convergence",
    touches="loss",
)
case(
    "Generated images are just noise",
    "After 300k steps the diffusion model still produces pure noise. The loss goes down to 0.03 "
    "quickly. Is the sampling code correct?",
    themes="convergence",
    touches="sampling",
    answered="owner",
    comments=(
        (
            "maker",
            "OWNER",
            "There was a mistake in the posterior variance, see the last commit. You "
            "do not need to train again.",
        ),
    ),
)

# -- NaN, exploding -------------------------------------------------------------------------

case(
    "loss = nan",
    "Hello, loss becomes nan after ~2000 iterations. No change to the code.",
    themes="numerics",
    touches="loss grad_clip",
    answered="others",
    comments=(
        (
            "helper",
            "CONTRIBUTOR",
            "Add gradient clipping at 1.0 and it goes away. There is a sqrt of "
            "zero in the distance function.",
        ),
    ),
)
case(
    "NaN values in attention when a row is fully masked",
    "If all keys are padding, softmax over -inf gives NaN and it spreads through the whole batch.",
    themes="numerics",
    touches="attention masking",
)
case(
    "Gradient explosion with more than 8 layers",
    "The gradient norm goes up to 1e12 at around step 300 and everything breaks. Do you clip?",
    themes="numerics",
    touches="grad_clip n_layers",
)
case(
    "Getting Inf loss on the second batch",
    "I checked the data, there are no infs in there. The log of the variance is unbounded.",
    themes="numerics",
    touches="loss",
)
case(
    "log(0) in cross entropy",
    "The probabilities are not clamped, so the log returns -inf as soon as the network is certain. "
    "An epsilon of 1e-8 inside the log solves it.",
    themes="numerics",
    touches="eps loss",
)
case(
    "Numerical instability in the coupling layers",
    "exp(s) overflows. The original implementation uses a tanh on s, which isn't there in this "
    "repo.",
    themes="numerics mistake",
    touches="activation",
)
case(
    "Weights become NaN once the learning rate is warmed up",
    "At step 4000 (the end of warm-up) everything turns to NaN.",
    themes="numerics",
    touches="learning_rate warmup_steps",
)

# -- Hyperparameters asked or corrected -----------------------------------------------------

case(
    "What learning rate should I use?",
    "The paper doesn't state it for the small model.",
    themes="hyperparameters",
    touches="learning_rate",
    answered="author",
    repo="paper-lab/official",
    comments=(("first-author", "OWNER", "2.5e-4 with a cosine decay to zero."),),
)
case(
    "Batch size",
    "Did you use 64 per GPU or in total?",
    themes="hyperparameters",
    touches="batch_size",
)
case(
    "Hyper-parameters for CIFAR-100",
    "Would you mind sharing the hyper-parameters for CIFAR-100? I could not find them in the "
    "appendix.",
    themes="hyperparameters",
    touches="",
)
case(
    "β2 = 0.999 or 0.98?",
    "The code has 0.999 but in the paper it is 0.98 for Adam.",
    themes="hyperparameters mistake",
    touches="beta2 optimizer",
)
case(
    "Weight decay applied to biases and LayerNorm",
    "In this implementation wd is applied to all the parameters, the paper excludes biases and "
    "norms.",
    themes="mistake hyperparameters",
    touches="weight_decay normalisation",
)
case(
    "Warmup steps and schedule of the LR",
    "Could you tell how many warm-up steps were used, and how the learning rate decays after "
    "that? Linear or cosine?",
    themes="hyperparameters",
    touches="warmup_steps lr_schedule learning_rate",
)
case(
    "Number of epochs",
    "How many epochs did you train to get the model in the releases?",
    themes="hyperparameters",
    touches="epochs",
)
case(
    "Which value of lambda for the gradient penalty?",
    "The README says 10, train.py says 1.",
    themes="hyperparameters",
    touches="gp_lambda",
)
case(
    "dropout rate",
    "is it 0.1 or 0.3 for IWSLT?",
    themes="hyperparameters",
    touches="dropout",
)
case(
    "Questions about the temperature",
    "Section 3 says tau = 0.07 but the config sets 0.5. Which one is right? I get better results "
    "with 0.5.",
    themes="hyperparameters mistake",
    touches="temperature",
)
case(
    "Entropy coefficient too large for Atari",
    "With 0.05 the policy remains random, 0.01 as in the paper works.",
    themes="hyperparameters",
    touches="entropy_coef",
)
case(
    "Is the discount factor 0.99 or 0.999?",
    "",
    themes="hyperparameters",
    touches="gamma",
)
case(
    "Why SGD instead of Adam?",
    "The paper uses Adam (lr=2e-4), here it is SGD with momentum 0.9, why is that?",
    themes="hyperparameters mistake",
    touches="optimizer learning_rate momentum",
)
case(
    "Size of the latent space",
    "z is 128-dimensional in the paper's appendix, but I see 100 here.",
    themes="hyperparameters mistake",
    touches="latent_dim",
)
case(
    "config for the large model?",
    "could you please provide the config of the large model? I am not sure about the number of "
    "layers and the hidden size",
    themes="hyperparameters",
    touches="n_layers hidden_units",
)

# -- Mistakes against the paper -------------------------------------------------------------

case(
    "Eq. 5 is implemented differently",
    "In the paper the sum is over all negatives, but in the code the positive pair is part of the "
    "denominator as well.",
    themes="mistake",
    touches="loss",
    answered="owner",
    state="closed",
    comments=(("maker", "OWNER", "You are right, thank you. Fixed by the last commit."),),
)
case(
    "Off-by-one in the target shift",
    "The decoder is fed tgt[:, 1:] and compared with tgt[:, 1:], so it only learns to copy.",
    themes="mistake",
    touches="",
)
case(
    "Is the residual connection in the wrong place?",
    "Figure 1 shows the norm after the addition, here LayerNorm is in front of the attention.",
    themes="mistake",
    touches="normalisation attention architecture",
)
case(
    "Possible bug in GAE computation",
    "The done flag of the next step is used instead of the current one, so values leak over "
    "the end of an episode.",
    themes="mistake",
    touches="gae_lambda",
)
case(
    "Softmax is applied twice",
    "The model ends in softmax and CrossEntropyLoss applies log_softmax once more.",
    themes="mistake",
    touches="loss activation",
)
case(
    "Target network is never updated",
    "update_target() is defined but nobody calls it.",
    themes="mistake",
    touches="",
)
case(
    "Missing detach for the generator's output",
    "When the discriminator is trained, gradients flow into the generator since the fake batch is "
    "not detached.",
    themes="mistake",
    touches="generator discriminator",
)
case(
    "Positional encoding formula",
    "I think that there is an error in the exponent: the paper divides by 10000^(2i/d), here i "
    "already steps by two, so it's 4i/d.",
    themes="mistake",
    touches="embedding",
)
case(
    "Why is there no bias in the convolutions?",
    "The architecture of the original paper has them according to the table in the supplementary.",
    themes="mistake",
    touches="architecture",
)
case(
    "Inconsistency between paper and code",
    "Algorithm 1 samples a new epsilon per example, the code samples one per batch.",
    themes="mistake",
    touches="sampling",
    answered="author",
    repo="paper-lab/official",
    comments=(
        (
            "first-author",
            "COLLABORATOR",
            "Good catch. The results in the paper were produced by the "
            "code, the algorithm box has an error.",
        ),
    ),
)
case(
    "mask is not applied in the loss",
    "Padding tokens contribute to the loss and the average is over the padded length.",
    themes="mistake",
    touches="masking loss",
)
case(
    "Your discriminator has one layer fewer than the paper's",
    "They have 5 conv layers with 64-128-256-512-1 channels.",
    themes="mistake",
    touches="discriminator architecture n_layers",
)
case(
    "scheduler.step() called every batch instead of every epoch",
    "so the lr is practically zero after the first epoch",
    themes="mistake",
    touches="lr_schedule learning_rate",
)
case(
    "Advantage normalization",
    "Shouldn't the advantages be normalized per minibatch? In the code this is done over the full "
    "rollout, unlike in the original implementation by OpenAI.",
    themes="mistake",
    touches="normalisation n_minibatches rollout_steps",
)
case(
    "Wrong sign of the KL term",
    "line 57: it's subtracted, so we maximise the KL.",
    themes="mistake",
    touches="loss",
)

# -- Data and preprocessing -----------------------------------------------------------------

case(
    "Preprocessing of the images",
    "Do you normalise with the ImageNet mean and std or to [-1, 1]? The pretrained model gives "
    "garbage otherwise.",
    themes="data",
    touches="normalisation data",
)
case(
    "Which train/test split?",
    "There are two official splits of the CUB dataset, which of them gives the numbers in Table 1?",
    themes="data",
    touches="data",
)
case(
    "Dataset statistics do not match",
    "The paper mentions 41,000 training pairs, but after your filtering script I am left with "
    "38,112.",
    themes="data",
    touches="data",
)
case(
    "Test set leaks into training",
    "The vocabulary and the mean are computed on the concatenation of train and test.",
    themes="data mistake",
    touches="data normalisation",
)
case(
    "BPE merges",
    "How many merge operations were used, and is the vocabulary shared between source and target?",
    themes="data hyperparameters",
    touches="tokenizer",
)
case(
    "BGR or RGB?",
    "opencv loads BGR; are the weights trained with BGR input? The accuracy drops by 4% when I swap "
    "the channels.",
    themes="data",
    touches="data",
)
case(
    "Random crop is applied at test time as well",
    "The same transform is passed to both loaders, so evaluation is done on augmented images.",
    themes="mistake evaluation data",
    touches="augmentation evaluation",
)
case(
    "Frame skipping and max pooling over two frames in Atari",
    "The wrapper takes the last frame only, DeepMind's preprocessing takes the max of the last two.",
    themes="data mistake",
    touches="environment",
)
case(
    "Labels are shuffled independently of the images",
    "np.random.shuffle is called once for each array, hence they don't correspond any more.",
    themes="mistake data",
    touches="data",
)
case(
    "How to preprocess the raw dataset?",
    "The paper says that sequences longer than 512 are cut. Where is it done here? The processed "
    "files you provide are longer.",
    themes="data",
    touches="data",
)

# -- Evaluation -----------------------------------------------------------------------------

case(
    "BLEU: tokenized or detokenized?",
    "multi-bleu.perl and sacrebleu give a difference of 1.5 points. Which one is in the table?",
    themes="evaluation",
    touches="evaluation tokenizer",
)
case(
    "Is the best test epoch reported?",
    "It seems that the checkpoint is selected on the test set. Is it the same protocol in the "
    "paper?",
    themes="evaluation",
    touches="evaluation checkpoint",
)
case(
    "mAP computed per image?",
    "Your metric averages AP over images, the official evaluation of COCO does it over the whole "
    "set.",
    themes="evaluation mistake",
    touches="evaluation",
)
case(
    "How many samples are used for FID",
    "and against train or validation statistics?",
    themes="evaluation",
    touches="evaluation",
)
case(
    "Evaluation with or without ground truth length",
    "In decoding you pass the length of the reference. That's cheating, isn't it?",
    themes="evaluation",
    touches="evaluation",
)
case(
    "Episodes scored with exploration noise",
    "evaluation should be deterministic according to the paper, but actions are still sampled",
    themes="evaluation mistake",
    touches="evaluation",
)

# -- Seeds, initialisation, weights, cost ---------------------------------------------------

case(
    "Large variance between runs",
    "Five seeds give 71.2, 74.9, 68.8, 73.0 and 70.1. Did you report the mean or the best?",
    themes="variance",
    touches="seed n_seeds",
)
case(
    "Results change on every run even with a fixed seed",
    "I set torch.manual_seed(0). Is cudnn nondeterminism the reason?",
    themes="variance",
    touches="seed",
)
case(
    "How many seeds is the curve averaged over?",
    "",
    themes="variance",
    touches="n_seeds",
)
case(
    "Weight init",
    "The official TF code initialises with a truncated normal of std 0.02, PyTorch's default is "
    "Kaiming uniform. It makes a difference of 1% for me.",
    themes="initialisation mistake",
    touches="init",
)
case(
    "Xavier initialization missing",
    "Without it the deep variant doesn't train at all.",
    themes="initialisation convergence",
    touches="init",
)
case(
    "Pretrained model gives lower accuracy than in README",
    "I downloaded the checkpoint and ran eval.py: 71.3% instead of 76.1%.",
    themes="result weights",
    touches="checkpoint",
)
case(
    "Which backbone weights?",
    "Are the weights of the ImageNet pretrained backbone the torchvision or the caffe ones? It "
    "matters for the normalisation.",
    themes="weights",
    touches="checkpoint normalisation",
)
case(
    "Could you release the pretrained weights for the large model?",
    "I would like to compare them with my own training.",
    themes="weights",
    touches="checkpoint",
)
case(
    "GPU memory needed for training with batch size 32",
    "I run out of memory on a 24GB card with the paper's batch size. How did you fit it? Gradient "
    "accumulation?",
    themes="cost",
    touches="batch_size",
)
case(
    "How long does training take?",
    "One epoch needs 9 hours on my V100, the paper says that the whole training takes 12.",
    themes="cost",
    touches="",
)

# -- Pull requests that mend the model or the training --------------------------------------

case(
    "Fix the attention scaling",
    "Scores were divided by d_k instead of its square root.",
    themes="mistake",
    touches="attention",
    pull=True,
    state="merged",
)
case(
    "fix: off by one in n-step returns",
    "",
    themes="mistake",
    touches="",
    pull=True,
    state="merged",
)
case(
    "Use unbiased=False for the minibatch std layer as in the paper",
    "gives the same values as the TensorFlow version",
    themes="mistake",
    touches="architecture",
    pull=True,
    state="closed",
)
case(
    "Correct learning-rate schedule",
    "The decay was applied per step and not per epoch.",
    themes="mistake hyperparameters",
    touches="lr_schedule",
    pull=True,
    state="merged",
)
case(
    "Bugfix: zero_grad is missing in the critic update",
    "Gradients were accumulated over all the iterations.",
    themes="mistake",
    touches="discriminator",
    pull=True,
    state="open",
)
case(
    "Set model to eval mode during validation",
    "dropout was active when evaluating",
    themes="mistake evaluation",
    touches="evaluation dropout",
    pull=True,
    state="merged",
)
case(
    "Clip gradients to avoid NaNs",
    "",
    themes="numerics",
    touches="grad_clip",
    pull=True,
    state="merged",
)

# -- Other languages ------------------------------------------------------------------------

case(
    "训练不收敛",
    "请问作者, loss一直不下降, 学习率用的是默认的0.001, 这是什么原因?",
    themes="convergence",
    touches="learning_rate loss",
)
case(
    "无法复现论文结果",
    "您好，我用默认参数训练，准确率只有85%，论文中是90%，请问有什么需要注意的吗？谢谢！",
    themes="result",
    touches="batch_size learning_rate",
    answered="owner",
    comments=(("maker", "OWNER", "batch size 需要设为 256, 学习率 0.1"),),
)
case(
    "loss出现nan",
    "训练到第3个epoch的时候loss变成nan了",
    themes="numerics",
    touches="loss",
)
case(
    "请问学习率和batch size设置多少",
    "论文里没有写",
    themes="hyperparameters",
    touches="learning_rate batch_size",
)
case(
    "复现的精度比论文低3个点",
    "用的是你们提供的数据集",
    themes="result",
    touches="",
)
case(
    "数据预处理的问题",
    "论文里说用了均值方差归一化，代码里好像没有，是不是不一致？",
    themes="data mistake",
    touches="data normalisation",
)
case(
    "論文の精度が再現できない",
    "デフォルトの設定で学習しましたが、精度が論文より5%低いです。学習率は変更していません。",
    themes="result",
    touches="learning_rate",
)
case(
    "学習が収束しません",
    "損失が全く下がらないです。",
    themes="convergence",
    touches="loss",
)
case(
    "학습이 수렴하지 않습니다",
    "손실이 줄어들지 않아요. 학습률을 바꿔도 똑같습니다.",
    themes="convergence",
    touches="loss learning_rate",
)
case(
    "논문 결과 재현이 안 됩니다",
    "정확도가 논문보다 낮게 나옵니다.",
    themes="result",
    touches="",
)

# -- Hidden behind templates, logs and politeness -------------------------------------------

case(
    "Question",
    "Hi! First of all, thank you for sharing this nice repo. I have a question regarding the "
    "training: my model does not converge when I use the hyperparameters of the paper (Adam, "
    "lr 1e-3, batch size 128). The loss oscillates around 2.3.",
    themes="convergence",
    touches="optimizer learning_rate batch_size loss",
)
case(
    "help",
    "**Describe the error**\nA concise description of it belongs here.\n\nThe loss "
    "explodes after the first epoch.\n\n**To Reproduce**\nSteps to reproduce it:\n"
    "1. python train.py\n\n**Expected behavior**\nA concise description of what should have "
    "come instead.\n",
    themes="numerics",
    touches="loss",
)
case(
    "About training",
    "When I train with the default settings I see this:\n```\nEpoch 1 loss nan\nEpoch 2 loss nan\n"
    "```\nIs it normal that the loss is nan from the very beginning?",
    themes="numerics",
    touches="loss",
)

# == Of no use to somebody who reproduces the paper =========================================

case("ImportError: cannot import name 'imresize'", "scipy 1.3 removed it, which version is needed?")
case(
    "RuntimeError: CUDA error: no kernel image is available",
    "RTX 3090, CUDA 11.1, torch 1.4. Training does not start.",
)
case(
    "How to run this on Windows?",
    "I'm new to deep learning. Please tell me step by step how I can run the training.",
)
case("License?", "Could you add a license so that we can use the code in our company?")
case("Fix typo in README", "s/recieve/receive/", pull=True, state="merged")
case(
    "Bump tensorflow from 1.15.0 to 2.4.0",
    "Bumps tensorflow from 1.15.0 to 2.4.0. Release notes: fixes NaN gradients in tf.norm, fixes "
    "learning rate schedules.",
    pull=True,
    author="dependabot",
    labels=("dependencies",),
)
case(
    "Batch norm does not converge",
    "Nobody has written here for sixty days, so a robot calls this issue stale.",
    author="stale[bot]",
)
case("Feature request: support for ONNX export", "It would be great to have ONNX export.")
case("We are hiring!", "Our startup is looking for ML engineers with finance background, DM me.")
case("Nano version of the model", "Is a nano model planned for Jetson Nano?")
case("Banana dataset", "Can I use the finance or banana dataset with this?")
case("test", "")
case("????", "asdf")
case(".", "")
case(
    "Cannot download the dataset",
    "The Google Drive link is dead, could you upload it again?",
)
case(
    "KeyError: 'state_dict' when loading",
    'Traceback (most recent call last):\n  File "train.py", line 12, in <module>\n'
    "    loss = criterion(out, target)\nKeyError: 'state_dict'\n",
)
case(
    "ModuleNotFoundError: No module named 'apex'",
    '```\nTraceback (most recent call last):\n  File "train.py", line 3\n'
    "ModuleNotFoundError: No module named 'apex'\nloss nan learning rate batch size\n```",
)
case(
    "Please add a requirements.txt",
    "It isn't clear which versions of torch and numpy are needed.",
)
case("Docker image", "Is there a Dockerfile for this project?")
case("Colab notebook", "Would be nice to have a Colab demo!")
case("Great work!", "Just wanted to say thanks, it helped my thesis a lot.")
case(
    "Cannot reproduce the bug",
    "On my machine the viewer opens fine. Steps to reproduce: open the GUI, press Q.",
)
case(
    "[Docs] Explain the arguments of train.py",
    "There's no documentation of the command line.",
)
case("Update README.md", "Added a badge", pull=True, state="merged")
case("Add type hints and run black", "", pull=True, state="merged")
case("Add GitHub Actions CI", "runs pytest on push", pull=True)
case(
    "Port to TF 2.x",
    "replaces tf.contrib and tf.placeholder",
    pull=True,
    state="merged",
)
case("Fix deprecated np.float", "numpy 1.24 removed the alias", pull=True, state="merged")
case(
    "Segmentation fault (core dumped)",
    "gcc 9, Ubuntu 20.04. It crashes when I compile the CUDA extension.",
)
case("How to test on my own image?", "Is there a script for inference on a single picture?")
case("how to visualize the attention maps?", "like in Figure 4")
case("Commercial use", "May I use the pretrained weights in a commercial product?")
case("Contact", "What's your e-mail? I would like to discuss a collaboration.")
case("运行报错", "ModuleNotFoundError: No module named 'torch', 请问怎么安装环境")
case("请问数据集在哪里下载", "百度网盘链接失效了")
case("如何测试自己的图片", "有没有测试的代码")
case(
    "Multi-GPU support",
    "Please add DistributedDataParallel support.",
)
case(
    "when will you release the code?",
    "The repo is empty apart from the README.",
    repo="paper-lab/official",
)
case(
    "pip install fails",
    "ERROR: Could not build wheels for pycocotools. Python 3.9 on a Mac M1",
)
case(
    "AttributeError: 'NoneType' object has no attribute 'shape'",
    "cv2.imread returns None, the path is correct though",
)
case(
    "Which Python version?",
    "3.6 doesn't work for me because of f-strings with =",
)
case("cheap followers", "Buy followers at http://spam.example, best price, lower than others!!!")
case(
    "Refactor config handling to use argparse",
    "removes the duplicate code in train.py and test.py",
    pull=True,
    state="merged",
)
case("Broken link to the paper", "the arXiv link in the README gives 404")
case(
    "TensorBoard shows nothing",
    "I ran tensorboard --logdir=logs and there are no curves. Browser is Chrome.",
)
case("Thank you", "This saved me days, the loss is not NaN any more and it converges nicely :)")
case(
    "RuntimeError: Expected all tensors to be on the same device",
    "I get this when I run evaluate.py on the cpu.",
)
case("Citation", "How should I cite this implementation?")
case("Can I use it for video?", "I want to apply it to videos of cats in real time")

# == Written later, against the finished classifier and without its tables ====================

FIRST = len(_made)

case(
    "WER 2x of what's in table 3",
    "Trained on LibriSpeech-100 with your recipe, greedy decoding: 14.9 on test-clean. You list "
    "7.4. What am I missing?",
    themes="result",
    touches="",
)
case(
    "Anyone got this to work?",
    "Three people in our lab tried independently and none of us came within 5 points of the "
    "published score.",
    themes="result",
    touches="",
)
case(
    "Training curve is a straight line",
    "PSNR is 12.1 from epoch 1 to epoch 50. The renderings are plain white.",
    themes="convergence",
    touches="",
)
case(
    "critic loss blows up",
    "Goes from -3 to -1e9 over an hour. Is the Lipschitz constraint enforced correctly?",
    themes="numerics",
    touches="discriminator loss",
)
case(
    "Missing factor 1/2 in front of the regulariser",
    "Formula (7) has it, `loss.py` hasn't.",
    themes="mistake",
    touches="",
)
case(
    "Does the encoder really share weights with the decoder?",
    "In the manuscript they say that the embeddings are tied; I can't see that in model.py",
    themes="mistake",
    touches="architecture embedding",
)
case(
    "128 or 256 channels in stage two",
    "fig. 2 vs. your yaml",
    themes="mistake",
    touches="architecture",
)
case(
    "lr",
    "hi, 1e-3 or 3e-4?",
    themes="hyperparameters",
    touches="learning_rate",
    answered="author",
    repo="paper-lab/official",
    comments=(("first-author", "MEMBER", "3e-4, halved every 50k iterations."),),
)
case(
    "Adam's epsilon matters here",
    "With TensorFlow's 1e-7 it trains, with PyTorch's 1e-8 the policy gets stuck. OpenAI uses 1e-5.",
    themes="hyperparameters",
    touches="optimizer eps",
)
case(
    "For those who want to match the numbers: use 4 GPUs",
    "batch norm statistics depend on the batch per GPU. With 32 images on each I get 77.1, with "
    "128 on one 76.2.",
    themes="hyperparameters result",
    touches="normalisation batch_size",
)
case(
    "Are images in [0,1] or [0,255]?",
    "The checkpoint predicts nothing sensible otherwise.",
    themes="data",
    touches="",
)
case(
    "duplicates between the training and the validation folder",
    "md5sum finds 214 files which are in both.",
    themes="data",
    touches="data",
)
case(
    "How do you crop faces?",
    "I use MTCNN with margin 0 and verification drops to 96%. What did the authors do?",
    themes="data",
    touches="",
)
case(
    "Metric is computed on lower-cased text",
    "which inflates ROUGE by about one point compared with the official scorer",
    themes="evaluation",
    touches="evaluation",
)
case(
    "Human normalised score: which random baseline?",
    "Random play values differ between papers, that changes the median by 10%.",
    themes="evaluation",
    touches="",
)
case(
    "Sometimes it learns, sometimes it doesn't",
    "Out of ten runs six reach 90 and four remain at 10, nothing changed but the seed.",
    themes="variance convergence",
    touches="seed",
)
case(
    "orthogonal init with gain sqrt(2)",
    "baselines does it, this repo leaves the default. After the change Breakout learns twice as "
    "fast.",
    themes="initialisation",
    touches="init",
)
case(
    "Released checkpoint scores 3 points below the table",
    "evaluated with the script in this repo, no changes",
    themes="weights result",
    touches="checkpoint",
)
case(
    "A single epoch takes 20 hours",
    "on 2x 2080 Ti, the paper says 3 days for everything. Something must be off with the loader.",
    themes="cost",
    touches="",
)
case(
    "Reset hidden state at episode ends",
    "The LSTM state leaked into the next episode.",
    themes="mistake",
    touches="",
    pull=True,
    state="merged",
)
case(
    "Divide by sqrt(d_k)",
    "",
    themes="mistake",
    touches="",
    pull=True,
    state="merged",
)
case(
    "Do not shuffle the validation loader; average the metric over examples instead of batches",
    "The last batch is smaller, so the mean of means was biased.",
    themes="evaluation mistake",
    touches="evaluation",
    pull=True,
    state="merged",
)
case(
    "作者您好，请问训练了多少个epoch",
    "默认的epoch太多了，一直过拟合",
    themes="hyperparameters",
    touches="epochs",
)
case(
    "精度一直上不去",
    "按照readme训练，mAP只有0.3左右，原文是0.5",
    themes="result",
    touches="",
)
case(
    "代码和论文公式(3)不一致",
    "",
    themes="mistake",
    touches="",
)
case(
    "ハイパーパラメータを教えてください",
    "論文には学習率が書かれていません。",
    themes="hyperparameters",
    touches="learning_rate",
)
case(
    "It diverges as soon as I use more than one GPU",
    "Is the lr meant to be scaled linearly?",
    themes="convergence hyperparameters",
    touches="learning_rate",
)
case(
    "no gradient reaches the encoder",
    "`with torch.no_grad()` wraps both branches in train mode, therefore only the head is trained.",
    themes="mistake",
    touches="architecture",
)
case("Plot of the learning rate is missing in TensorBoard", "Only the loss is shown, on Chrome.")
case("Make the batch size a command line argument", "It's hard coded.", labels=("enhancement",))
case("Unit tests for the loss functions", "adds tests", pull=True, state="merged")
case("NaN in the CSV header", "pandas prints NaN for the empty column when I open results.csv")
case("Downloading the pretrained GloVe vectors fails", "Connection reset by peer.")
case("Reproducible Docker build", "pin the base image by its digest", pull=True)
case("train.py: error: unrecognized arguments: --lr", "usage: train.py [-h] [--epochs EPOCHS]")
case(
    "ValueError: optimizer got an empty parameter list",
    'Traceback (most recent call last):\n  File "a.py", line 3, in f\nValueError: optimizer got an '
    "empty parameter list\n\nI changed the model to my own.",
)
case("Rename lr to learning_rate", "consistency with the other scripts", pull=True, state="merged")
case("What's the difference between your work and Mask R-CNN?", "Could you explain the novelty?")
case("Video lecture", "I made a tutorial on this paper, the loss is explained at 12:40.")
case("Support Python 3.12 and numpy 2", "np.bool is gone", pull=True, state="merged")
case("Windows: DataLoader worker exited unexpectedly", "num_workers=0 helps. Batch size 4.")
case("Will the training code be open-sourced?", "I only find the inference part.")

CASES = tuple(_made)
ADVERSARIAL = CASES[FIRST:]
