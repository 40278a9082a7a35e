"""What a use of a framework is for, from the dotted path that is used."""

import re
from functools import lru_cache

from reprokit.scanning.libraries import framework_of
from reprokit.scanning.uses import Purpose


def _rules(*rules: tuple[Purpose, str]) -> list[tuple[Purpose, re.Pattern[str]]]:
    return [(purpose, re.compile(pattern)) for purpose, pattern in rules]


# First match wins, on the dotted path as the package spells it.
_SPECIAL = {
    "pytorch": _rules(
        ("other", r"torch\.utils\.tensorboard|torchvision\.utils"),
        (
            "data",
            (
                r"torch\.utils\.data|torchvision\.(?:datasets|transforms|io)\b|torchaudio\."
                r"(?:datasets|transforms|load|compliance)|torch_geometric\.(?:data|datasets|loader|"
                r"transforms)\b|torch\.from_numpy|(?:timm|mmcv|mmdet|monai|dgl|kornia)\.(?:data|"
                r"datasets|transforms|augmentation)\b"
            ),
        ),
        ("conversion", r"torch\.(?:load|onnx)\b"),
        ("model", r"torch\.autograd\.Function|torch\.nn\.(?:parallel|DataParallel)"),
        ("other", r"torch\.autograd(?:\.Variable)?$|torch\.(?:cuda|distributed)(?!\.amp)"),
        (
            "training",
            (
                r"torch\.(?:optim|autograd\.(?:grad|backward)|cuda\.amp|amp|func\.grad)\b|"
                r"torch\.nn\.utils\.clip_grad|stable_baselines3\.[A-Z0-9]+$"
            ),
        ),
    ),
    "tensorflow": _rules(
        ("other", r"tensorflow\.io\.gfile|tensorflow_probability\.python\.internal"),
        ("evaluation", r"tensorflow_gan\.eval\b"),
        (
            "data",
            (
                r"tensorflow\.(?:examples|data|io|image|python_io|audio|strings)\b|tensorflow\.train\."
                r"(?:Example|Features?|Int64List|BytesList|FloatList|batch|shuffle_batch|"
                r"string_input_producer|slice_input_producer|Coordinator|start_queue_runners)|"
                r"tensorflow\.(?:TFRecordReader|parse_single_example|FixedLenFeature|decode_raw|"
                r"contrib\.data|contrib\.learn\.datasets|contrib\.learn\.python\.learn\.datasets)|"
                r"tensorflow\.(?:TextLineReader|WholeFileReader|FIFOQueue|sparse_to_dense)"
            ),
        ),
        (
            "conversion",
            (
                r"tensorflow\.(?:lite|train\.(?:list_variables|load_variable|load_checkpoint|"
                r"NewCheckpointReader)|python\.pywrap_tensorflow|pywrap_tensorflow|contrib\.lite)"
            ),
        ),
        ("evaluation", r"tensorflow\.(?:GraphDef|import_graph_def|metrics|contrib\.gan\.eval)\b"),
        (
            "other",
            (
                r"tensorflow\.(?:summary|Summary|app|flags|logging|Config\w*|Session|gfile|config|"
                r"GPUOptions|contrib\.training\.HParams|random\.set_seed|set_random_seed|"
                r"InteractiveSession|Graph|get_default_graph|debugging)\b"
            ),
        ),
        (
            "training",
            (
                r"tensorflow\.train\.\w*(?:Optimizer|decay|Session|Hook)$|tensorflow\.(?:GradientTape|"
                r"gradients|losses|optimizers|estimator|clip_by_global_norm)\b|tensorflow\.nn\.\w*"
                r"(?:cross_entropy|_loss)|tensorflow\.contrib\.(?:learn|slim\.learning|opt|"
                r"layers\.optimize_loss|training|estimator)\b"
            ),
        ),
        ("other", r"tensorflow\.train\b"),
        (
            "model",
            (
                r"tensorflow\.(?:Variable|get_variable|variable_scope|placeholder|nn|layers|Module|"
                r"contrib|name_scope|matmul|einsum|keras\.(?:layers|Model|models|Sequential))\b"
            ),
        ),
    ),
    "keras": _rules(
        ("other", r"keras(?:_core)?\.(?:backend|utils|config|ops|random)\b"),
        ("data", r"keras(?:_core)?\.(?:preprocessing|datasets)\b"),
    ),
    "jax": _rules(
        (
            "training",
            (
                r"jax\.(?:grad|value_and_grad|vjp|jvp|jacfwd|jacrev|hessian|custom_vjp)$|"
                r"(?:equinox|objax|haiku)\.\w*(?:grad|Grad)\w*|jax\.\w+\.optimizers\b|objax\.optimizer"
            ),
        ),
        ("other", r"jax\.nn\b"),
        ("model", r"jax\.\w+\.stax\b|jax\.lax\.conv"),
        ("conversion", r"jax\.experimental\.jax2tf"),
    ),
    "flax": _rules(
        ("model", r"flax\.(?:linen|nnx|nn|experimental\.nnx)\b"),
        ("training", r"flax\.(?:optim|training\.train_state)\b"),
        ("other", r"flax\b"),
    ),
    "mindspore": _rules(("data", r"mindspore\.dataset\b"), ("training", r"mindspore\.Model$")),
    "theano": _rules(
        ("training", r"theano\.(?:function|grad|tensor\.grad|updates)$"),
        ("model", r"theano\.tensor\b"),
    ),
    "mlx": _rules(("training", r"mlx\.nn\.value_and_grad|mlx\.core\.(?:grad|value_and_grad)")),
}

_GENERAL = _rules(
    (
        "data",
        (
            r"(?:^|\.)(?:datasets?|dataloaders?|data|DataLoader|io|transforms?|preprocessing|examples|"
            r"dataflow|iterators?|recordio|tokenizers?|tokenization)(?:\.|$)"
        ),
    ),
    (
        "training",
        (
            r"(?:^|\.)(?:optim|optimizers?|losses|loss|objectives|updates|trainers?|training|train|"
            r"callbacks|learning|estimator|autograd|grad|value_and_grad|fit|learner|engine|"
            r"\w*(?:Optimizer|Loss|Trainer|Solver|Learner|TrainingArguments)|\w+_loss|"
            r"\w*cross_entropy\w*|Adam|AdamW|SGD|RMSProp)(?:\.|$)"
        ),
    ),
    (
        "model",
        (
            r"(?:^|\.)(?:nn|layers?|models?|links|functions|rnn|gluon|sym|symbol|applications|networks?|"
            r"Sequential|Model|Module|Layer|\w*Block|Chain|Cell|Linear|Dense|Conv\w*|functional|"
            r"LightningModule|NetSpec|Net)(?:\.|$)"
        ),
    ),
)

_TRANSFORMERS_DATA = re.compile(r"(?:Tokenizer|TokenizerFast|Config|Processor|FeatureExtractor)$")
_TF_KERAS = re.compile(
    r"tensorflow\.(?:compat\.v[12]\.|python\.|contrib\.|_api\.v2\.|api\.v2\.)*keras(?=\.|$)"
)
_TF_VERSION = re.compile(r"tensorflow\.(?:compat\.v[12]|_api\.v[12])(?=\.|$)")
_EINOPS = {"torch": "pytorch", "keras": "keras", "tensorflow": "tensorflow", "flax": "flax"}
_HOROVOD = {**_EINOPS, "mxnet": "mxnet"}


@lru_cache(maxsize=20_000)
def classify(dotted: str) -> tuple[tuple[str, Purpose], ...]:
    """Return which frameworks a dotted path belongs to, and what for; nothing for others.

    `tf.keras` is a part of TensorFlow, and is told beside it as `tf.keras`.
    """
    top, _, rest = dotted.partition(".")
    if top in {"transformers", "diffusers"}:
        return _hugging_face(top, rest)
    if top in {"einops", "horovod"}:
        named = rest.removeprefix("layers.").partition(".")[0]
        framework = (_EINOPS if top == "einops" else _HOROVOD).get(named)
        return ((framework, "model" if top == "einops" else "training"),) if framework else ()
    if top == "tf_keras" or _TF_KERAS.match(dotted):
        return _tf_keras(dotted)
    if top == "tensorflow_probability" and ".jax" in dotted:
        return (("jax", "model"),)
    known = framework_of(top)
    if known is None:
        return ()
    return ((known[0], _purpose(known, _TF_VERSION.sub("tensorflow", dotted))),)


def _tf_keras(dotted: str) -> tuple[tuple[str, Purpose], ...]:
    inner = "keras" + _TF_KERAS.sub("", dotted.removeprefix("tf_keras"))
    purpose = _purpose(("keras", "other"), inner)
    if purpose in {"training", "model"}:
        return (("tensorflow", purpose), ("tf.keras", purpose))
    return (("tensorflow", purpose),)


def _hugging_face(top: str, rest: str) -> tuple[tuple[str, Purpose], ...]:
    segments = rest.split(".")
    name = next((part for part in segments if part[:1].isupper()), segments[-1])
    if not name or _TRANSFORMERS_DATA.search(name) or name in {"pipeline", "set_seed", "logging"}:
        return ()
    framework = "pytorch"
    if re.match(r"TF[A-Z]", name) or "modeling_tf" in rest or name == "create_optimizer":
        framework = "tensorflow"
    elif name.startswith("Flax") or "modeling_flax" in rest:
        framework = "flax"
    trains = re.search(r"Train|Adam|schedule|optimi[sz]|DataCollator", name)
    is_class = name[0].isupper() or "modeling" in rest or top == "diffusers"
    if not trains and not is_class:
        return ()
    return ((framework, "training" if trains else "model"),)


def _purpose(known: tuple[str, Purpose], dotted: str) -> Purpose:
    framework, default = known
    if default in {"data", "evaluation", "conversion"}:
        return default
    for purpose, pattern in _SPECIAL.get(framework, ()):
        if pattern.match(dotted):
            return purpose
    inner = dotted.partition(".")[2]
    for purpose, pattern in _GENERAL:
        if pattern.search(inner):
            return purpose
    return default
