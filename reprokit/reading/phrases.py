"""The words people use in issues, by what they mean: data only.

`CONCEPTS` lists phrases by name (`reprokit.reading.lexicon` reads them: `converg*` is every word
that begins so, `#` any number). `reprokit.reading.rules` says which of them must stand together.
"""

from collections.abc import Mapping

# Theme -> what the notes call it.
THEMES: Mapping[str, str] = {
    "mistake": "Code that differs from the paper, and bugs",
    "result": "Results that were not reached",
    "convergence": "Training that does not converge",
    "numerics": "NaN, infinity, exploding values",
    "hyperparameters": "Hyperparameters",
    "data": "Data and preprocessing",
    "evaluation": "Evaluation",
    "initialisation": "Initialisation",
    "variance": "Seeds and variance",
    "weights": "Pretrained weights",
    "cost": "Time and memory of the training",
}

# How much a theme helps, times the points of its evidence.
WEIGHTS: Mapping[str, float] = {
    "mistake": 1.5,
    "result": 1.4,
    "convergence": 1.3,
    "numerics": 1.2,
    "hyperparameters": 1.3,
    "data": 1.2,
    "evaluation": 1.3,
    "initialisation": 1.2,
    "variance": 1.0,
    "weights": 0.7,
    "cost": 0.6,
}

CONCEPTS: Mapping[str, str] = {
    "not": """
        not, cannot, can't, cant, don't, dont, doesn't, doesnt, didn't, didnt, isn't, isnt,
        wasn't, aren't, won't, wouldn't, couldn't, never, unable, fail, fails, failed, failing,
        failure, hardly, barely, hard to, difficult to, impossible, trouble, struggl*,
        problem with, problems with, nobody, no one, none, none of us, difficulty, difficulties,
        neither, far from, nowhere near, stops, stopped, stop, no longer, without, no, 无法, 不能,
        不, 没, 没有, 没法, 难以, 未, ない, ません, できず, せず, 안, 못, 못하*, 않*, 지 않*, 없*
    """,
    "negation": """
        not, no, never, without, isn't, wasn't, doesn't, don't, didn't, aren't, nor, neither,
        no longer, free of, instead of, avoid*, prevent*, cannot, can't, any, 不, 没有, 没, 不是
    """,
    "anymore": "any more, anymore, no longer, solved, went away, gone, saved me",
    "but": "and, but, then, because, while, whereas, however, although, though, so, since",
    "contrast": """
        but, while, whereas, instead, instead of, vs, versus, however, though, although, yet,
        only, rather than, should be, expected, supposed, compared to, compared with, against,
        best, still, at best, unlike, 但, 但是, 而, 只有, 才, 却, しか, だけ, 지만, 밖에
    """,
    "ask": """
        what, which, how many, how much, how long, how did you, how do you, how is, how are,
        how was, could you, can you, would you, would you mind, may i, please share,
        please provide, please tell, do you, did you, is it, are you, have you, why, wonder*,
        not sure, clarify, question, questions, confused about, explain, share, provide, where,
        请问, 多少, 什么, 怎么, 是否, 吗, 为什么, 如何, ですか, ますか, どの, いくつ, 얼마, 무엇,
        나요, 인가요
    """,
    "versus": """
        but, while, whereas, instead, instead of, however, rather than, unlike, although,
        should be, already, vs, versus, as well, yet, 但, 但是, 而, 却, 지만, が
    """,
    "how": "how, 如何, 怎么, どうやって, 어떻게",
    "why": """
        why, how come, any reason, reason for, reason why, what is the point, shouldn't, 为什么,
        为何, なぜ, 왜
    """,
    "deny": "ない, ません, ず, 않*, 안, 못*, 없*",
    "should": """
        should, shouldn't, should not, supposed to, ought to, must be, has to be, need to be,
        needs to be, isn't it, 应该, 是不是, べき, 해야*
    """,
    "reach": """
        reproduc*, re produc*, replicat*, match, matches, matching, achiev*, reach, reaches,
        reached, reaching, obtain*, attain*, get, gets, got, getting, hit, recover the, close to,
        come close, beat, come within, came within, within # points, 达到, 得到, 复现, 再現, 達成,
        재현*, 도달*
    """,
    "attain": """
        match, matches, matching, achiev*, reach, reached, reaching, obtain*, attain*, reproduc*,
        re produc*, replicat*, 达到, 复现
    """,
    "replicate": "reproduc*, re produc*, replicat*, 复现, 再現, 재현*",
    "result": """
        result*, accuracy, accuracies, acc, performance*, score, scores, scored, scoring, number,
        numbers, metric, metrics, map, miou, iou, bleu, rouge, fid, psnr, ssim, perplexity, ppl,
        f1, auc, top 1, top1, top 5, return, returns, reward, rewards, table, figure, wer, cer,
        nll, bpd, elo, recall, precision, mrr, ndcg, hits, error rate, test error, dice, rmse,
        mae, learning curve, curve, curves, inception score, quality, reconstruction*,
        generated image*, lpips, eer, win rate, success rate, agent, ap, ap50, log likelihood,
        bits per dim, 精度, 准确率, 结果, 指标, 性能, 效果, 正确率, 結果, スコア, 성능*, 정확도*,
        결과*, 수치*
    """,
    "signal": """
        loss, losses, accuracy, acc, reward, rewards, return, returns, perplexity, ppl, score,
        scores, map, fid, training, network, model, agent, policy, gradient*, error, map50, auc,
        f1, bleu, kl, elbo, psnr, validation, q values, q value, value function, curve, dice,
        miou, prediction*, output, outputs, generator, 损失, 准确率, 精度, 模型, 网络, 训练, 損失,
        学習, モデル, 손실*, 로스*, 학습*, 모델*, 정확도*, 报酬, 奖励
    """,
    "loss": """
        loss, losses, elbo, nll, error, perplexity, kl, validation loss, 损失, 損失, 손실*, 로스*
    """,
    "gradient": """
        gradient*, grads, grad, weights, weight, activations, parameters, values, norm, q values,
        logits, variance, 梯度, 勾配, 그래디언트
    """,
    "low": """
        strange result*, weird result*, strange, weird, abnormal, unreasonable, no good, not good,
        not satisfying, unsatisfying, satisfying result*, not work*, can't work, doesn't work,
        low, lower, poor, poorly, bad, worse, terrible, weak, inferior, degrad*, drop, drops,
        dropped, decline*, disappoint*, unsatisf*, far off, too low, very low, way off, garbage,
        低, 很低, 太低, 偏低, 差, 很差, 达不到, 下降, 低い, 悪い, 낮*, 떨어*, 나쁘*
    """,
    "lower": """
        lower, worse, worst than, worst then, worse then, below, poor, less than, far from, gap,
        short of, inferior, smaller than, higher, drop, drops, drop of, underperform*, differ,
        differs, different, difference*, discrepan*, mismatch*, deviat*, deviation, far below,
        far behind, behind, not as good, not as high, doesn't match, don't match, do not match,
        does not match, not match, disagree*, large gap, points off, off by, much less, 低, 差,
        差距, 达不到, 不如, 偏低, 相差, 低い, 低く, 異なる, 届か, 낮*, 차이*, 다르*, 못 미치*
    """,
    "gap": "gap, gaps, discrepan*, mismatch*, deviation, 差距, 差异, 相差, 乖離",
    "paper": """
        paper, papers, section #, sec #, table #, fig #, figure #, eq #, reported, published,
        claim, claims, claimed, authors, article, original, official*, readme, appendix,
        supplementary, supplement, publication, manuscript, arxiv, deepmind, openai, 论文, 文章,
        作者, 原文, 論文, 原論文, 논문*, 저자*
    """,
    "claim": """
        reports, reported, report, says, say, said, claims, claim, claimed, shows, states, stated,
        mentions, gives, writes, expected, according to, should be, in the paper, table, 中是,
        报告
    """,
    "baseline": "baseline*, plain, vanilla, sota",
    "only": "only, just, merely, at most, as low as, 只有, 仅, 才, しか, 밖에",
    "converge": """
        increase, increases, increasing, rise, rises, go up, grow, dropped, dropping, go anywhere,
        changing, decline, converg*, decreas*, improv*, go down, goes down, going down, learn,
        learns, learning, drop, drops, moves, move, take off, recover, recovers, reduce, reduces,
        descend*, fall, falls, overfit, fit, 收敛, 下降, 降低, 降, 学到, 收束, 収束, 下が, 減少,
        수렴*, 줄어*, 감소*, 내려*
    """,
    "diverge": "diverg*, 发散, 発散, 발산*",
    "train": "train, trains, training, trained, optimiz*, 训练, 学習, 학습*",
    "stuck": """
        straight line, flat line, flatline*, horizontal line, stuck, plateau*, stays, stay,
        stayed, remains, remain, remained, saturat*, constant, flat, oscillat*, fluctuat*,
        stagnat*, does not change, doesn't change, not change, unchanged, stalls, stalled,
        never changes, never moves, bounces, jitter*, 不变, 震荡, 卡在, 停在, 변하지, 멈*, 変わら,
        停滞
    """,
    "collapse": """
        collaps*, mode dropping, kl vanish*, dead relu*, dying relu*, posterior collapse, 坍塌,
        崩溃, 모드 붕괴
    """,
    "learn": "learn, learns, learned, learnt, learning, 学到, 学会, 배우*",
    "overfit": "overfit*, over fit*, underfit*, 过拟合, 过学习, 過学習, 과적합*",
    "degenerate": """
        same value for every, same value for all, same output*, same prediction*, same class,
        same image*, identical output*, look alike, looks alike, looks the same, look the same,
        all zero, all zeros, all black, all white, plain white, white image*, black image*,
        only background, predicts background, predicts nothing, no detections, zero detections,
        empty prediction*, all background, predict nothing, nothing is detected, no boxes,
        blank image*, just noise, pure noise, only noise, only gray, white noise, random noise,
        always predict*, predicts one class, predict only, only predict*, predicts only,
        constant output, chance level, random chance, random guess*, garbage, nonsense, blurry,
        gibberish, checkerboard*, all the same, outputs zero*, always the same, always zero,
        gray image*, grey image*, repeats the same, no better than random, artifacts, 全黑,
        全是噪声
    """,
    "zero": "0, zero, 0.0, 0.00, 0.000, 0.0000, 0.00000, vanish*",
    "abnormal": """
        is this normal, is it normal, is that normal, normal behavior, normal behaviour,
        failure mode, expected behavior, expected behaviour, is this expected, is it expected,
        正常吗
    """,
    "increase": """
        increas*, increse*, goes up, go up, going up, went up, rises, rising, grows, growing,
        keeps growing, 上升, 增大, 变大, 增加, 上が, 증가*, 올라*
    """,
    "nan": """
        nan, nans, 'nan', inf, infinity, infs, infinite loss, infinite gradient*, not a number,
        非数
    """,
    "explode": """
        overestimat*, explod*, explosion, blow up, blows up, blew up, blowing up, overflow*,
        underflow*, unstable, instabilit*, vanishing gradient*, gradient vanish*, huge value*,
        log 0, log of zero, divide by zero, division by zero, too large, sqrt of zero, sqrt 0,
        梯度爆炸, 爆炸, 溢出, 梯度消失, 発散, 爆発, 폭발*
    """,
    "numerical": """
        numerical*, numerically, overflow*, underflow*, log 0, log of zero, division by zero,
        divide by zero, vanishing gradient*, gradient explosion, exploding gradient*,
        gradient vanish*, 梯度爆炸, 梯度消失, 勾配爆発
    """,
}
