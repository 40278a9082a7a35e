"""The words of issues that are of no use to somebody who reproduces a paper: data only."""

from collections.abc import Mapping

# Kind -> phrases, as in `reprokit.reading.phrases`.
NOISE_CONCEPTS: Mapping[str, str] = {
    "install": """
        install*, pip, conda, requirements*, dependency, dependencies, wheel*, build, compile*,
        compiling, gcc, apt, windows, ubuntu, macos, mac m1, environment yml, virtualenv,
        setup py, nvcc, ninja, cmake, 安装, 环境, 配置环境, インストール, 설치*
    """,
    "errorname": """
        unrecognized arguments, invalid choice, command not found, not callable,
        unexpected keyword, got an unexpected, not subscriptable, exited unexpectedly,
        no attribute, not defined, undefined name, runtime error, importerror,
        modulenotfounderror, attributeerror, keyerror, typeerror, indexerror, nameerror,
        runtimeerror, syntaxerror, filenotfounderror, oserror, assertionerror, valueerror,
        unpicklingerror, notimplementederror, traceback, cuda error, segmentation fault,
        core dumped, no module named, cannot import, undefined symbol, no kernel image,
        same device, size mismatch, shape mismatch, unexpected key*, missing key*,
        zerodivisionerror, unicodedecodeerror, eoferror, permissionerror, brokenpipeerror,
        invalidargumenterror, cudnn error, jsondecodeerror, 报错, 运行报错, エラー, 에러*, crash*,
        exception, stack trace, error message, cuda version*, cublas
    """,
    "howto": """
        how to run, how to use, how can i run, how do i run, how to train on my own, how to test,
        how can i test, how to install, how to start, how to visualize, how to visualise,
        how to plot, how to export, how to convert, how to infer*, how to predict, how can i use,
        can i use, how to download, where to download, how to get started, own image*,
        own picture, single image, single picture, my webcam, real time, on my own video,
        inference script, 如何测试, 怎么测试, 怎么运行, 如何运行, 如何使用, 测试自己, 在哪里下载,
        怎么下载, 哪里下载, 使い方, 사용법*, visualiz*, visualis*, tensorboard
    """,
    "display": """
        plot, plots, plotting, graphs, logged, progress, tensorboard, tensor board, screenshot*
    """,
    "extras": "demo, demos, notebook, colab, example script",
    "thanks": """
        great work, awesome work, nice work, good job, thank you, thanks for, thanks, many thanks,
        well done, congrat*, 谢谢, 感谢, ありがとう, 감사*
    """,
    "legal": """
        license*, licence*, copyright, commercial, patent, cite, citing, citation*, bibtex, 许可,
        ライセンス, 라이선스*
    """,
    "docs": """
        typo*, update readme, updated readme, update the readme, edit readme, add readme,
        readme update, improve readme, fix readme, readme md, readme file, documentation, docs,
        docstring*, comment, comments, spelling, grammar, badge*, changelog, wiki, broken link*,
        dead link*, 404, link is dead, link expired, contributing, 链接失效, 失效, spell
    """,
    "chore": """
        bump, bumps, dependabot, renovate, refactor*, lint*, black, flake8, isort, type hint*,
        type annotation*, ci, github action*, travis, pre commit, unit test*, pytest, docker*,
        dockerfile, setup py, pypi, version upgrade, upgrade, port to, migrate*, deprecat*,
        python 3, python3, tf 2, tf2, compatib*, rename*, cleanup, clean up, logging, wandb, tqdm,
        progress bar, argparse, cli, gitignore, requirements*, formatting, reformat*, pep8, pep 8,
        code style, merge branch, merge pull
    """,
    "wish": """
        feature request, support for, please add, would be great, would be nice, please support,
        add support, any plan*, planned, roadmap, onnx, tensorrt, coreml, tflite, export to,
        web app, gui, api, will you release, will you be sharing, do you plan, when will,
        release the code, release date, release code, code release, when is the code,
        什么时候开源, 何时开源, 会开源吗, 什么时候放, distributeddataparallel support,
        multi gpu support, huggingface hub
    """,
    "social": """
        hiring, hire, startup, salary, followers, buy, cheap, best price, discount code, casino,
        crypto, telegram, whatsapp, wechat group, contact, e mail, email, collaboration,
        collaborate, internship, phd position, star this, sponsor*, donate, 微信, 加群
    """,
    "files": """
        csv, pandas, excel, spreadsheet, header, save path, output folder, download*,
        google drive, baidu, dropbox, link, links, url, mirror, 百度网盘, 下载, 网盘,
        ダウンロード, 다운로드*, missing file*, no such file, file not found, zip, corrupt*,
        permission denied, access denied, expired
    """,
}

# Kind -> its points in a title and in a text.
NOISE: Mapping[str, tuple[float, float]] = {
    "install": (3, 1),
    "errorname": (2.5, 1),
    "howto": (2.5, 0.5),
    "legal": (3, 0.5),
    "docs": (2, 0),
    "chore": (2.5, 0),
    "wish": (2.5, 0.5),
    "social": (3, 0),
    "thanks": (1, 0),
    "display": (2.5, 0),
    "extras": (2, 0),
    "files": (2.5, 1),
}

NOISY_LABELS = frozenset(
    {
        "build",
        "chore",
        "ci",
        "dependencies",
        "documentation",
        "enhancement",
        "feature",
        "feature request",
        "install",
        "installation",
        "invalid",
        "packaging",
        "spam",
        "wontfix",
    }
)

# An answer that says no more than this is no answer.
ME_TOO = """
    same problem, same issue, same here, same question, me too, i also, any update,
    any updates, any news, any progress, any solution, any luck, have you solved,
    did you solve, did you fix, did you find, have you found, how did you solve,
    how did you fix, bump, following, i have the same, i met the same, i got the same,
    i encountered, solved it, is there any update, 同问, 同样的问题, 我也, 解决了吗,
    请问解决了吗, 请问您解决, 私も同じ, 저도, i'm also, having the same, facing the same,
    looking for, wondering the same, thank you, thanks, will try, 谢谢
"""
