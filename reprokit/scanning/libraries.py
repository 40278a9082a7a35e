"""Which imported package belongs to which framework."""

import re
import sys

from reprokit.scanning.uses import Purpose


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LIBRARIES: dict[tuple[str, Purpose], str] = {
    ("pytorch", "other"): "torch torchvision torchaudio torch_xla functorch torchrec triton_torch",
    ("pytorch", "model"): (
        "timm torch_geometric kornia monai mmcv mmdet mmseg mmcls mmpretrain mmengine detectron2 "
        "fairseq segmentation_models_pytorch efficientnet_pytorch pretrainedmodels gpytorch pyro "
        "torchdiffeq torchsde torch_scatter torch_sparse e3nn escnn nflows x_transformers "
        "pytorch_transformers pytorch_pretrained_bert sentence_transformers open_clip allennlp "
        "speechbrain asteroid flash_attn xformers mamba_ssm peft diffusers tensordict gpt2_pytorch "
        "denoising_diffusion_pytorch vector_quantize_pytorch bitsandbytes espnet2 nemo flair dgl "
        "dgllife schnetpack botorch"
    ),
    ("pytorch", "training"): (
        "pytorch_lightning lightning lightning_fabric ignite fastai accelerate catalyst skorch "
        "deepspeed apex higher learn2learn opacus stable_baselines3 sb3_contrib tianshou d3rlpy "
        "torchrl trl composer pytorch_metric_learning torch_optimizer lightly vissl mmengine "
        "pl_bolts lion_pytorch ema_pytorch torch_ema adabelief_pytorch warmup_scheduler "
        "classy_vision colossalai fairscale megatron torchtune torchtitan unsloth geotorch "
        "spikingjelly snntorch avalanche"
    ),
    ("pytorch", "data"): "torchtext torchdata torchio webdataset nvidia_dali",
    ("pytorch", "evaluation"): (
        "torchmetrics pytorch_fid lpips torch_fidelity cleanfid thop torchsummary torchinfo "
        "ptflops captum pytorch_msssim piq torchstat fvcore pytorch_grad_cam"
    ),
    (
        "pytorch",
        "conversion",
    ): "onnx2torch onnx2pytorch torch2trt pytorch2keras ai_edge_torch",
    ("tensorflow", "other"): "tensorflow tensorflow_gpu tensorflow_text",
    ("tensorflow", "model"): (
        "sonnet tensorflow_probability tensorflow_hub tensorflow_addons tf_slim tensorlayer "
        "tensorlayerx tensor2tensor mesh_tensorflow edward prettytensor gpflow larq spektral "
        "deepctr tensorflow_gan tensorflow_graphics tensorflow_model_optimization niftynet "
        "tensorflow_recommenders dltk"
    ),
    ("tensorflow", "training"): (
        "tflearn tensorpack tf_agents trfl tensorforce baselines stable_baselines "
        "tensorflow_federated tensorflow_privacy tf2rl"
    ),
    ("tensorflow", "data"): "tensorflow_datasets tensorflow_io tensorflow_data_validation seqio",
    ("tensorflow", "conversion"): "tf2onnx onnx_tf tflite_runtime",
    ("keras", "other"): "keras keras_core",
    ("keras", "model"): (
        "keras_contrib keras_nlp keras_cv keras_hub keras_applications keras_resnet keras_bert "
        "keras_retinanet segmentation_models keras_transformer keras_self_attention"
    ),
    ("keras", "training"): "keras_tuner kerastuner keras_rl rl.agents keras_radam",
    ("keras", "data"): "keras_preprocessing",
    ("jax", "other"): "jax jaxlib orbax clu jaxtyping chex",
    ("jax", "model"): (
        "haiku equinox objax stax distrax numpyro diffrax jraph neural_tangents haliax penzai "
        "praxis e3nn_jax treex"
    ),
    ("jax", "training"): (
        "optax rlax trax jaxopt blackjax evosax evojax optimistix paxml levanter coax"
    ),
    ("jax", "data"): "brax gymnax jumanji",
    ("flax", "other"): "flax",
    ("flax", "model"): "t5x maxtext scenic bonsai elegy",
    ("mxnet", "other"): "mxnet",
    ("mxnet", "model"): "gluoncv gluonnlp",
    ("chainer", "other"): "chainer chainermn",
    ("chainer", "model"): "chainercv chainer_chemistry",
    ("chainer", "training"): "chainerrl",
    ("paddle", "other"): "paddle",
    ("paddle", "model"): "paddlenlp paddlehub pgl ppcls ppocr ppsci ppdet paddlers paddlevideo",
    ("paddle", "training"): "parl paddlex paddleseg",
    ("theano", "other"): "theano aesara",
    ("theano", "model"): "lasagne nolearn pylearn2 pymc3",
    ("theano", "data"): "fuel",
    ("cntk", "other"): "cntk",
    ("caffe", "other"): "caffe caffe2",
    ("mindspore", "other"): "mindspore",
    ("mindspore", "model"): "mindcv mindnlp mindformers mindspore_gl mindspore_rl mindone",
    ("oneflow", "other"): "oneflow",
    ("oneflow", "model"): "flowvision libai",
    ("jittor", "other"): "jittor",
    ("jittor", "model"): "jittor_geometric jdet jsparse",
    ("megengine", "other"): "megengine",
    ("dynet", "other"): "dynet _dynet dynet_config",
    ("tinygrad", "other"): "tinygrad",
    ("mlx", "other"): "mlx",
    ("mlx", "model"): "mlx_lm mlx_vlm mlx_data",
}

# Import name -> framework and what the library is for.
_FRAMEWORK_OF: dict[str, tuple[str, Purpose]] = {
    name: key for key, names in _LIBRARIES.items() for name in names.split()
}

_LONGEST_NAME = 60

_PATTERNS = (
    (re.compile(r"pytorch_\w+|\w+_pytorch|torch_\w+|\w+_torch|torch[a-z]+"), "pytorch"),
    (re.compile(r"tensorflow_\w+|\w+_tensorflow"), "tensorflow"),
    (re.compile(r"keras_\w+|\w+_keras"), "keras"),
    (re.compile(r"jax_\w+|\w+_jax"), "jax"),
    (re.compile(r"flax_\w+"), "flax"),
    (re.compile(r"paddle\w+"), "paddle"),
    (re.compile(r"mindspore_\w+"), "mindspore"),
    (re.compile(r"mlx_\w+"), "mlx"),
    (re.compile(r"chainer\w+"), "chainer"),
    (re.compile(r"mxnet_\w+"), "mxnet"),
)

# Packages that contain no framework, nor hide one: code that imports nothing else uses none.
_PLAIN = _words(
    "numpy scipy pandas matplotlib sklearn seaborn skimage cv2 PIL tqdm yaml requests six h5py "
    "networkx nltk gensim joblib xgboost lightgbm catboost statsmodels sympy numba cupy autograd "
    "gym gymnasium pygame IPython ipywidgets plotly bokeh click absl attr future past psutil "
    "wandb tensorboardX tensorboard setuptools pkg_resources pytest imageio "
    "dill cloudpickle msgpack lmdb pyarrow polars docopt termcolor colorama tabulate simplejson "
    "bs4 lxml regex unidecode spacy jieba librosa soundfile moviepy shapely rdkit ase mpmath "
    "einops datasets tokenizers huggingface_hub safetensors evaluate tensorboard_logger colorlog "
    "omegaconf hydra graphviz pydot pdb fire typer rich loguru dotenv prettytable progressbar"
)


_PYTHON_2 = _words(
    "__builtin__ cPickle ConfigParser Queue StringIO cStringIO urllib2 urlparse Tkinter "
    "commands itertools httplib thread md5 sets exceptions tkMessageBox distutils imp"
)


def is_plain(top: str) -> bool:
    """Return whether a package is known to bring no framework along."""
    return top in _PLAIN or top in sys.stdlib_module_names or top in _PYTHON_2


def framework_of(top: str) -> tuple[str, Purpose] | None:
    """Return the framework that a top-level import name belongs to, and what it is for."""
    known = _FRAMEWORK_OF.get(top)
    if known is not None or is_plain(top) or len(top) > _LONGEST_NAME:
        return known
    for pattern, framework in _PATTERNS:
        if pattern.fullmatch(top):
            return framework, "model"
    return None
