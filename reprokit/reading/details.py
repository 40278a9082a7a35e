"""The words for details: what differs, is wrong, is asked. Data only, as in `phrases`."""

from collections.abc import Mapping

CONCEPTS: Mapping[str, str] = {
    "code": """
        code, implementation, implemented, repo, repository, here, script, the config,
        config file, config sets, config has, config says, in config, train py, line, line #,
        github, argparse, py, yaml, your, yours, ours, in this repo, you use, you used, you have,
        you set, default value, 代码, 实现, 代码里, コード, 実装, 코드*, 구현*
    """,
    "differ": """
        differ, differs, different, differently, difference, inconsisten*, mismatch*, contradict*,
        unlike, discrepan*, disagree*, deviat*, not the same, does not match, doesn't match,
        don't match, not consistent, instead of, rather than, not as in, isn't there, not there,
        excludes, fewer, one more, one less, extra, additional, larger than, smaller than, 不一致,
        不同, 不一样, 不符, 区别, 違う, 違い, 異なる, 다르*, 다른, 차이*
    """,
    "wrong": """
        wrong*, incorrect*, error for, possible error, typo, typos, confus*, bug, bugs, buggy,
        bugfix, mistake*, mistaken*, error in, errors in, an error, missing, forgot*, forgotten,
        inverted, swapped, reversed, flipped sign, unused, omitted, misplaced, flawed, leak,
        leaks, leakage, leaking, cheating, twice, duplicated, double, should be, shouldn't,
        shouldn't it, not correct, isn't correct, off by one, not right, isn't right, 错误, 有误,
        错了, 写错, 缺少, 漏, 间违, 間違, バグ, 誤り, 오류*, 잘못*, 버그*, 틀린, 누락*
    """,
    "leak": "leak, leaks, leakage, leaking, leaked, cheating, contaminat*, 泄露, 泄漏, リーク",
    "offby": """
        off by one, off by 1, one step off, shifted by one, wrong index, wrong sign, sign error,
        wrong axis, wrong dim*, wrong order, wrong place, wrong formula, wrong direction
    """,
    "applied": """
        applied, apply, updated, update, used, called, calls, detach, detached, normalized,
        normalised, scaled, divided, multiplied, included, implemented, averaged, clamped, masked,
        shuffled, reset, frozen, zeroed, added, there, considered, propagated, learned, trained,
        passed
    """,
    "perbatch": """
        per step, per batch, per epoch, every batch, every epoch, every step, per image,
        per example, per sample, per token, per minibatch, per iteration, per gpu, in total
    """,
    "formula": """
        factor, factors, coefficient*, sqrt, square root, mean, constant, normaliser, index,
        indices, indexing, order of, eq, eqn, eqs, eq1, eq2, eq3, eq4, eq5, eq6, eq7, eq8, eq9,
        equation*, formula*, pseudocode, pseudo code, term, exponent, derivation, sign, gradient,
        gradients, computation, calculation, update rule, update step, target update, target,
        targets, shift, returns, advantage*, scaling, 公式, 式, 等式, 算法, 수식*
    """,
    "see": "see, find, found, spot, locate, seem to find, exist, there",
    "equation": """
        eq, eqn, eqs, eq1, eq2, eq3, eq4, eq5, eq6, eq7, eq8, eq9, equation*, formula*, algorithm,
        pseudocode, pseudo code, appendix, 公式, 等式, 式, 算法, 수식*
    """,
    "mend": """
        fix, fixes, fixed, fixing, bugfix, correct, corrects, corrected, repair*, hotfix, patch,
        修复, 修正, 수정*, resolve*, revert
    """,
    "retune": "add, adds, use, uses, set, change, changes, lower, increase, default",
    "addto": """
        reset, resets, divide, multiply, shift, swap, stop, do not, don't, only, set, sets, apply,
        applies, clip, clips, detach, initialize, initialise, normalize, normalise, scale, mask,
        exclude, rescale, average
    """,
    "asin": """
        as in the paper, as in the original, like in the paper, to match the paper,
        match the paper, according to the paper, as described, as the paper, matches the paper,
        follow the paper, as in paper, like the paper, consistent with the paper,
        same as the paper, as the authors, as in the official
    """,
    "gradflow": """
        no gradient*, gradients flow*, gradient flow*, no grad, without gradient*,
        receive gradient*, receives gradient*, requires grad, gradient reaches, gradients reach,
        back propagat*, backpropagat*, stop gradient*, stopgrad, gradient is zero, zero gradient*,
        never trained, not trained, frozen, not updated, never updated, zero grad
    """,
    "negative": "negative, below zero, minus",
    "gpus": """
        how many gpus, number of gpus, which gpu, what gpu, what gpus, gpus did, gpu did,
        how many gpu, 几张卡, 多少卡, 什么显卡
    """,
    "epoch": "epoch, epochs, iteration, iterations, step",
    "avoid": "avoid*, prevent*, stabili*, against",
    "hyper": """
        hyperparameter*, hyper parameter*, hyperparam*, hparam*, training parameters,
        training settings, exact settings, training setting*, training detail*,
        implementation detail*, training config*, exact config*, 超参*, 超参数, 参数设置,
        训练参数, ハイパーパラメータ, ハイパーパラメーター, 하이퍼파라미터*, training recipe,
        recipe
    """,
    "config": """
        config, configs, configuration*, settings, setting, parameters, arguments, flags, 配置,
        设置, 設定, 설정*
    """,
    "excess": """
        too high, too large, too low, too small, too big, too strong, too few, too many,
        much larger, much smaller, much higher, higher than, smaller than, larger than,
        too aggressive, 太大, 太小, 太高
    """,
    "works": """
        works, worked, work, helps, helped, solves, solved, better, improves, match, matches,
        makes it, fixes, fixed, converges, went away, trick, goes away, 有效, 更好, 解决
    """,
    "preprocess": """
        0 255, 0 1 or, 1 1 or, to 0 1, in 0 1, range 0, range 1, crop, cropping, crops, align,
        aligned, alignment, preprocess*, pre process*, normalise with, normalize with,
        normalised to, scaled to, rescal*, mean and std, mean subtraction, resize*, cropped,
        center crop, bgr, rgb, channel order, 预处理, 前処理, 전처리*, cut off, cut,
        filtering script, filtered, raw data*, tokeniz*, lowercas*, frame skip*, frameskip*,
        frame stack*, bpe, merges, merge operations, vocabulary, audio features, mel, 归一化,
        正規化
    """,
    "split": """
        split, splits, splitting, train test, train val, training and test, train and test,
        training validation, train validat*, test data divided, 8 1 1, 7 2 1, divided into,
        training pairs, training examples, number of images, training images, dataset statistics,
        size of the dataset, dataset size, folds, holdout, 划分, 分割
    """,
    "dataset": """
        dataset*, data set*, data, training set, test set, corpus, labels, annotations, images,
        frames, 数据集, 数据, データ, データセット, 데이터*
    """,
    "shuffle": """
        overlap*, duplicate*, shuffl*, label noise, noisy labels, wrong labels, mislabel*,
        duplicates, class imbalance, unbalanced, imbalanced
    """,
    "protocol": """
        normalised score, normalized score, human normalised, human normalized, evaluation,
        protocol, metric, metrics, evaluate, evaluating, evaluated, scored, test time, at test,
        eval mode, best epoch, test epoch, selected on, model selection, early stopping on,
        test set, validation set, sacrebleu, detokeniz*, multi bleu, fid, map, is computed,
        ground truth, decoding, beam, averaged over, computed per, deterministic, 评估, 测试指标,
        評価, 평가*
    """,
    "evalmode": """
        eval mode, model eval, train mode, evaluation mode, test mode, test time,
        during validation, during evaluation, when evaluating, at inference
    """,
    "selecting": """
        best epoch, best test, test epoch, selected on, model selection, last epoch, final epoch,
        last checkpoint, best checkpoint, tuned on, chosen on, early stopping on
    """,
    "tokenmetric": """
        scorer, scoring script, official evaluation, evaluation server, inflat*, lower cased,
        lower case, lowercase, case insensitive, tokenized or, detokenized, sacrebleu, multi bleu,
        case sensitive, per image, per class, macro or, micro or, samples are used,
        ground truth length, smoothing method, statistics, 50k samples, 10k samples,
        reference set
    """,
    "varies": """
        variance between, variance across, variance, nondetermin*, non determin*, every run,
        each run, run to run, different runs, between runs, across runs, across seeds,
        random seed*, fixed seed, same seed, standard deviation, confidence interval*, error bar*,
        different every time, not deterministic, 方差, 每次结果, 随机种子, 波动, 毎回, ばらつき
    """,
    "seeds": """
        seed, seeds, averaged over, number of runs, how many runs, manual seed, 随机种子, シード,
        시드*
    """,
    "init": """
        initialization*, initialisation*, initializ*, initialis*, weight init, init, xavier,
        glorot, kaiming, orthogonal init*, truncated normal, 初始化, 初期化, 초기화*
    """,
    "weights": """
        checkpoint*, pretrained, pre trained, released model*, released weights, model zoo,
        trained model*, backbone weights, 预训练, 权重, 学習済み, 사전 학습*
    """,
    "release": """
        release*, upload*, share, sharing, provide*, publish, available, 提供, 公开, 发布, 公開,
        공개*
    """,
    "memory": """
        out of memory, oom, gpu memory, memory, vram, cuda memory, 显存, 内存, メモリ, 메모리*
    """,
    "slow": """
        takes # hours, takes # days, # hours, # days, # minutes, slow*, how long, takes hours,
        hours, days, time per epoch, training time, speed, faster, v100, a100, gpu hours,
        one epoch takes, one epoch needs, 训练时间, 多久, 多长时间, 시간*, 学習時間
    """,
    "neutral": """
        lower cased, lower case, lowercase, lower casing, mask r cnn, mask rcnn,
        masked autoencoder*, masked language, after # epochs, in # epochs, at # epochs,
        within # epochs, first # epochs, few epochs, several epochs, some epochs, many epochs,
        more epochs, # epochs already, # epochs now, every # epochs, first few epochs,
        after # steps, reproduce the bug, reproduce the error, reproduce the issue,
        reproduce the problem, reproduce this bug, reproduce this error, reproduce this issue,
        reproduce this problem, reproduce it on my machine, steps to reproduce,
        to reproduce the behavior, reproduce the behavior, minimal reproducible,
        reproduce your error, jetson nano, nano, machine learning, deep learning,
        reinforcement learning, representation learning, transfer learning, learning to,
        contrastive learning, model zoo link, best regards, best wishes, at least, thanks a lot,
        in advance, any help, data science, not only, return type, returns none, returns an error,
        no problem, why not, learning curve, drop out, step by step, sanity check,
        running stats of the server, great results, pre trained, excellent results, nice results,
        amazing results, impressive results, awesome results, 效果很好
    """,
}
