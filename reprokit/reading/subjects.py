"""What an issue can touch, and the words for each: data only (see `reprokit.reading.phrases`)."""

from collections.abc import Mapping

# Hyperparameters, by their names in reprokit.vocabulary.
SETTINGS: Mapping[str, str] = {
    "optimizer": """
        optimizer*, optimiser*, adam, adamw, sgd, rmsprop, adagrad, lamb, adafactor, nadam,
        优化器, 最適化手法, 옵티마이저
    """,
    "learning_rate": """
        learning rate*, lr, learn rate, lrs, step size, base lr, 学习率, 学習率, 학습률
    """,
    "batch_size": """
        batch size*, batchsize*, bs, mini batch size, batch of, 批大小, 批量大小, バッチサイズ,
        배치 크기, 배치 사이즈, batch 大小
    """,
    "epochs": """
        how many epoch*, number of epoch*, epochs, num epoch*, n epoch*, max epoch*, エポック数,
        训练轮数, 多少轮, 多少个 epoch, 多少 epoch, 에폭*
    """,
    "steps": """
        number of steps, how many steps, training steps, number of iteration*,
        how many iteration*, training iterations, total steps, num steps, max steps,
        total timesteps, 迭代次数, 多少步
    """,
    "momentum": "momentum, 动量",
    "nesterov": "nesterov",
    "beta1": "beta1, β1, beta 1, beta_1, betas, b1, β_1",
    "beta2": "beta2, β2, beta 2, betas, b2, β_2",
    "eps": "eps, epsilon of, epsilon #, adam eps*, ϵ, ε",
    "weight_decay": """
        weight decay, wd, l2 regularization, l2 regularisation, l2 penalty, 权重衰减
    """,
    "lr_schedule": """
        schedule, schedules, scheduler*, scheduling, learning rate decay, lr decay, cosine,
        annealing, linear decay, step decay, rate decays, steplr, decays the learning rate,
        onecycle, 学习率衰减, decay of the learning rate, lr policy, decay schedule,
        plateau scheduler, reducelronplateau
    """,
    "lr_milestones": "milestone*",
    "lr_decay_factor": "decay factor, decay rate, lr gamma",
    "warmup_steps": """
        warmup*, warm up, warming up, warmed up, warms up, 预热, ウォームアップ, 워밍업
    """,
    "dropout": "dropout*, drop out, dropconnect, drop path, droppath, stochastic depth",
    "label_smoothing": "label smoothing, label smooth, smoothed labels",
    "grad_clip": """
        gradient clip*, grad clip*, clip grad*, clipping gradient*, clip the grad*, clip norm,
        gradient norm, grad norm, max grad norm, clipnorm, 梯度裁剪, 勾配クリッピング,
        do you clip, you clip
    """,
    "init": """
        initialization*, initialisation*, initialize weight*, initialise weight*, initializer*,
        initialiser*, weight init, init, xavier, glorot, kaiming, he init*, orthogonal init*,
        initialized with, initialised with, initialises with, initializes with, initialized from,
        truncated normal, zero init*, 初始化, 初期化, 초기화, reset parameters
    """,
    "bn_momentum": """
        bn momentum, batch norm momentum, batchnorm momentum, momentum of the batch norm*
    """,
    "augmentation": """
        augment*, random crop*, random flip*, horizontal flip*, flipping, color jitter*, mixup,
        cutmix, cutout, randaugment, autoaugment, random erasing, 数据增强, 数据增广, データ拡張
    """,
    "seed": """
        seed, seeds, seeding, random seed*, random state, manual seed, 随机种子, シード, 시드
    """,
    "n_seeds": """
        how many seeds, number of seeds, how many runs, number of runs, averaged over,
        several seeds, multiple seeds, five seeds, three seeds, 3 seeds, 5 seeds, 10 seeds,
        n seeds, seeds give, different seeds, mean or the best, average over, average of
    """,
    "hidden_units": """
        hidden size, hidden unit*, hidden dim*, hidden width, hidden layer size, d model,
        model dim*, number of channels, number of filters, number of units, d ff, channel width,
        隐藏层维度
    """,
    "n_layers": """
        number of layers, n layers, num layers, how many layers, layers, number of blocks,
        how many blocks, one layer, depth of the, 层数
    """,
    "latent_dim": """
        latent dim*, latent size, latent space, latent code size, size of the latent, code size,
        bottleneck dim*
    """,
    "z_dim": "z dim*, noise dim*, noise vector size, size of z, nz",
    "n_critic": """
        n critic, ncritic, critic iterations, critic steps, discriminator steps, d steps,
        critic updates per, discriminator updates per
    """,
    "gp_lambda": """
        lambda for the, value of lambda, lambda #, gradient penalty weight,
        weight of the gradient penalty, gp lambda, gp weight, lambda gp, penalty coefficient
    """,
    "gamma": "discount factor, discount rate, gamma, \u03b3, discounting, 折扣因子",
    "gae_lambda": "gae, generalized advantage, generalised advantage",
    "clip_range": """
        clip range, clip ratio, clipping range, clip epsilon, clip param*, surrogate clip*,
        ppo clip*, value clip*
    """,
    "entropy_coef": """
        entropy coef*, entropy bonus, entropy weight, entropy regulari*, entropy term, ent coef,
        entropy loss, entropy goes, entropy drops, policy entropy
    """,
    "value_coef": """
        value coef*, vf coef*, value loss coef*, value loss weight, value function coef*
    """,
    "num_envs": """
        number of env*, num env*, parallel env*, number of actors, n envs, num workers in ppo
    """,
    "rollout_steps": """
        rollout length, rollout step*, n steps, horizon length, full rollout,
        length of the rollout*
    """,
    "update_epochs": "update epochs, ppo epochs, epochs per update, n epochs per",
    "n_minibatches": """
        number of minibatch*, num minibatch*, n minibatch*, per minibatch, nminibatches,
        number of mini batch*, per mini batch
    """,
}

# Parts of a model, of its training, of its data.
PARTS: Mapping[str, str] = {
    "loss": """
        regulari*, penalty, loss, losses, objective, cross entropy, crossentropy*, mse, bce, nll,
        kl, elbo, log likelihood, hinge, triplet, denominator, criterion, focal loss, contrastive,
        infonce, 损失, 损失函数, 損失, 손실*, 로스*
    """,
    "architecture": """
        hidden state*, lstm, gru, rnn, align corners, interpolation, same padding, padding same,
        valid padding, tied, weight tying, weight sharing, shared weights, share weights,
        architecture*, residual, skip connection*, conv layer*, convolution*, block, blocks,
        kernel size, stride, padding in conv*, channels, backbone, encoder, decoder, upsampl*,
        downsampl*, pooling, minibatch std, number of parameters, 网络结构, 模型结构,
        ネットワーク構造
    """,
    "activation": """
        activation*, relu, leaky relu, leakyrelu, gelu, sigmoid, tanh, softmax, log softmax, silu,
        swish, elu, softplus, 激活函数, 活性化関数
    """,
    "normalisation": """
        normalis*, normaliz*, batchnorm*, batch norm*, layernorm*, layer norm*, bn, group norm*,
        instance norm*, spectral norm*, norm, norms, mean and std, mean and variance, rmsnorm,
        归一化, 正规化, 正規化, 标准化, 정규화
    """,
    "attention": """
        attention, attentions, self attention, multi head*, multihead*, head dim*, 注意力
    """,
    "embedding": """
        embedding*, positional encoding*, position encoding*, positional embed*, timestep embed*
    """,
    "data": """
        dataset*, data set*, training data, training pairs, training set, train test split*,
        test split, train split, splits, preprocess*, pre process*, bgr, rgb, images in the data,
        labels, annotations, 数据集, 数据, 数据预处理, データセット, データ, 데이터*
    """,
    "evaluation": """
        evaluation, evaluate, evaluating, evaluated, evaluator, metric, metrics, eval, test time,
        validation protocol, protocol, sacrebleu, multi bleu, at test, inference time,
        map computed, fid, 评估, 评价指标, 評価, 평가
    """,
    "sampling": """
        sampling, sampler*, sampled, samples a, samples one, temperature sampling, beam search,
        beam size, beam width, decoding, nucleus, top k sampling, ddim, posterior variance, 采样,
        サンプリング
    """,
    "tokenizer": """
        tokeniz*, tokenis*, bpe, detokeniz*, sentencepiece, wordpiece, vocab, vocabulary,
        subword*, 分词
    """,
    "environment": """
        environment wrapper*, frame skip*, frameskip*, frame stack*, framestack*, env wrapper*,
        environments, gym, mujoco, atari wrapper*, wrapper, wrappers, sticky actions,
        no op starts, noop, max pooling over, episodic life, 环境
    """,
    "reward": "reward, rewards, reward clipping, reward scal*, mean reward, 奖励, 報酬, 보상",
    "replay": """
        replay buffer*, replay memory, experience replay, prioritized replay, buffer size
    """,
    "exploration": "exploration, epsilon greedy, exploration noise, ou noise",
    "generator": "generator, generators, 生成器",
    "discriminator": "discriminator*, critic, 判别器, 判別器",
    "masking": """
        mask, masks, masked, masking, padding mask, causal mask, padding token*, pad token*
    """,
    "checkpoint": """
        checkpoint*, pretrained model*, pretrained weight*, pre trained weight*,
        pre trained model*, pretrained backbone, released model*, released weight*,
        weights of the, backbone weights, ema weights, 预训练模型, 预训练权重, 学習済みモデル,
        사전 학습*
    """,
    "temperature": "temperature, tau, τ, 温度系数",
    "noise_schedule": """
        noise schedule, beta schedule, variance schedule, noise level*, timesteps
    """,
    "ema": "ema, exponential moving average, moving average of the weights, polyak",
    "target_network": "target network*, target update*, target net, soft update*, update target",
}

# Hyperparameters that have a theme of their own, and parts that one asks for as for those.
THEMES_OF_THEIR_OWN = frozenset({"init", "augmentation", "seed", "n_seeds"})
TUNED = frozenset({"temperature", "noise_schedule", "ema"})

# Words as general as "data" touch something only where the thread has the theme.
ONLY_WITH_THEME: Mapping[str, str] = {"data": "data", "evaluation": "evaluation"}

# Themes that a sentence with the name of an exception does not show: it is about software.
NOT_OF_SOFTWARE = frozenset({"mistake", "data", "weights", "result"})

# What is touched, but is no part that can be built wrong.
NO_PART_OF_A_MODEL = frozenset({"data", "evaluation", "checkpoint"})
