"""What code in other languages than Python uses of frameworks, read by patterns."""

import re
from collections.abc import Iterable, Mapping

from reprokit.scanning.uses import FileUses, Purpose, Use

_LONGEST = 400_000
_MOST_MATCHES = 40

_Rule = tuple[str, Purpose, re.Pattern[str]]


def _rules(*rules: tuple[str, Purpose, str]) -> list[_Rule]:
    return [(name, purpose, re.compile(text, re.MULTILINE)) for name, purpose, text in rules]


_LUA = r"^[^\n\"']{0,80}?\brequire[ \t]*\(?[ \t]*[\"'](?:%s)[\"']"
_R_LIBRARY = r"\b(?:library|require|requireNamespace)[ \t]*\([ \t]*[\"']?(?:%s)[\"']?[ \t]*[,)]"
_R_IMPORT = r"\bimport[ \t]*\([ \t]*[\"'](?:%s)[\"'.]"
_C_INCLUDE = r"^[ \t]*#[ \t]*include[ \t]*[<\"](?:%s)"
_JS = r"(?:\bfrom[ \t]*|\brequire[ \t]*\([ \t]*|^[ \t]*import[ \t]+)[\"'](?:%s)"

_C = _rules(
    ("pytorch", "training", r"\btorch::(?:optim|autograd)::\w+"),
    ("pytorch", "model", r"\btorch::nn::\w+"),
    ("pytorch", "other", _C_INCLUDE % r"torch/|ATen/|THC/|c10/"),
    ("tensorflow", "other", _C_INCLUDE % "tensorflow/|tensorflow_cc/"),
    ("tensorflow", "training", r"\btensorflow::ops::Apply\w+|\bops::ApplyGradientDescent"),
    ("caffe", "model", _C_INCLUDE % "caffe/"),
    ("caffe", "training", r"\bcaffe::(?:Solver|SGDSolver)|\bREGISTER_SOLVER_CLASS"),
    ("mxnet", "model", _C_INCLUDE % "mxnet-cpp/|mxnet/"),
    ("paddle", "other", _C_INCLUDE % "paddle/"),
    ("cpp", "model", _C_INCLUDE % r"tiny_dnn/|dlib/dnn|flashlight/|mlpack/|darknet"),
)

# An ending, or several, and what to look for in such a file.
_LANGUAGES: tuple[tuple[str, list[_Rule]], ...] = (
    (
        ".lua",
        _rules(
            ("torch7", "model", _LUA % "torch|nn|nngraph|cunn|cudnn|cutorch|rnn|dpnn|nnx"),
            ("torch7", "training", _LUA % "optim" + r"|:backward\(|\boptim\.[a-z]+\("),
        ),
    ),
    (".c .cc .cpp .cxx .cu .cuh .h .hh .hpp", _C),
    (
        ".r .rmd .qmd",
        _rules(
            ("pytorch", "training", r"\boptim_\w+\(|\$backward\(|\bluz::|" + _R_LIBRARY % "luz"),
            ("pytorch", "model", _R_LIBRARY % "torch|torchvision" + "|" + _R_IMPORT % "torch"),
            ("keras", "training", _R_LIBRARY % "keras3?" + "|" + _R_IMPORT % "keras"),
            ("tensorflow", "training", r"\btf\$(?:train|GradientTape|optimizers)\b"),
            ("tensorflow", "model", _R_LIBRARY % "tensorflow" + "|" + _R_IMPORT % "tensorflow"),
            ("mxnet", "training", _R_LIBRARY % "mxnet"),
        ),
    ),
    (
        ".go",
        _rules(
            ("go", "training", r"\"(?:gorgonia\.org|github\.com/(?:gomlx|sugarme|nlpodyssey))/"),
            ("pytorch", "training", r"\"github\.com/(?:sugarme/gotch|wangkuiyi/gotorch)"),
            ("tensorflow", "other", r"\"github\.com/(?:tensorflow/tensorflow|galeone/tfgo)"),
        ),
    ),
    (
        ".jl",
        _rules(
            (
                "julia",
                "training",
                (
                    r"^[ \t]*(?:using|import)[ \t]+[\w., \t]*\b"
                    r"(?:Flux|Knet|Lux|Zygote|Mocha|AutoGrad|SimpleChains|MLJFlux|DiffEqFlux)\b"
                ),
            ),
            ("mxnet", "training", r"^[ \t]*(?:using|import)[ \t]+MXNet\b"),
            ("tensorflow", "training", r"^[ \t]*(?:using|import)[ \t]+TensorFlow\b"),
            ("pytorch", "training", r"^[ \t]*(?:using|import)[ \t]+Torch\b|pyimport\(\"torch"),
        ),
    ),
    (
        ".m",
        _rules(
            (
                "matlab",
                "training",
                (
                    r"\b(?:cnn_train\w*|vl_nn\w+|vl_simplenn\w*|vl_setupnn|trainNetwork|trainnet|"
                    r"trainingOptions|dlfeval|dlgradient|dlnetwork|dlarray|adamupdate)\b|"
                    r"\bdagnn\.[A-Z]\w*"
                ),
            ),
            ("caffe", "training", r"\bcaffe\.(?:Solver|get_solver|Net)\b"),
        ),
    ),
    (
        ".rs",
        _rules(
            ("pytorch", "training", r"^[ \t]*(?:pub )?use tch\b|\btch::"),
            ("rust", "training", r"^[ \t]*(?:pub )?use (?:candle\w*|burn\w*|dfdx|autograph)\b"),
        ),
    ),
    (
        ".java .scala .kt",
        _rules(
            (
                "java",
                "training",
                (
                    r"^[ \t]*import (?:org\.(?:deeplearning4j|nd4j)|ai\.djl|com\."
                    r"intel\.analytics\.bigdl)\b"
                ),
            ),
            ("tensorflow", "other", r"^[ \t]*import org\.tensorflow\b"),
            ("pytorch", "other", r"^[ \t]*import org\.pytorch\b"),
            ("mxnet", "training", r"^[ \t]*import (?:org\.apache|ml\.dmlc)\.mxnet\b"),
        ),
    ),
    (
        ".js .mjs .ts .tsx .jsx",
        _rules(
            ("tensorflow", "training", r"\b(?:tf\.train\.\w+|tf\.variableGrads)\("),
            ("tensorflow", "model", r"\btf\.(?:layers\.\w+|sequential|model)\("),
            ("tensorflow", "other", _JS % r"@tensorflow/tfjs"),
            ("javascript", "training", _JS % r"(?:brain\.js|convnetjs|synaptic|neataptic)[\"']"),
        ),
    ),
    (
        ".swift",
        _rules(
            ("tensorflow", "training", r"^[ \t]*import TensorFlow\b"),
            ("mlx", "training", r"^[ \t]*import MLX(?:NN|Optimizers)?\b"),
        ),
    ),
    (
        ".cs .fs",
        _rules(
            ("pytorch", "training", r"^[ \t]*(?:using|open)[ \t]+(?:static[ \t]+)?TorchSharp\b"),
            ("tensorflow", "training", r"^[ \t]*using[ \t]+(?:static[ \t]+)?Tensorflow\b"),
            ("cntk", "training", r"^[ \t]*using[ \t]+CNTK\b"),
        ),
    ),
    (
        ".prototxt",
        _rules(
            ("caffe", "training", r"^[ \t]*(?:base_lr|lr_policy|max_iter|solver_mode)[ \t]*:"),
            ("caffe", "model", r"\w_?Loss\"|_LOSS\b|\bphase[ \t]*:[ ]*TRAIN|\"\w{0,20}Data\""),
            ("caffe", "other", r"^[ \t]*layers?[ \t]*\{"),
        ),
    ),
    (".cntk .bs", _rules(("cntk", "training", r"^[ \t]*(?:SGD|BrainScriptNetworkBuilder)\b"))),
)

RULES = {ending: rules for endings, rules in _LANGUAGES for ending in endings.split()}

# Languages that stand for themselves where no framework shows.
_OWN_NAME = {
    ".go": "go", ".jl": "julia", ".m": "matlab", ".rs": "rust", ".r": "r", ".rmd": "r",
    ".c": "cpp", ".h": "cpp", ".cc": "cpp", ".cpp": "cpp", ".cxx": "cpp", ".cu": "cpp",
    ".hpp": "cpp",
    ".java": "java", ".scala": "java", ".kt": "java",
}  # fmt: skip

_COMMENT = {
    ".lua": r"--\[\[.{0,100000}?\]\]|--[^\n]*",
    ".m": r"%[^\n]*",
    ".jl": r"#=.{0,100000}?=#|#[^\n]*",
    ".r": r"#[^\n]*",
    ".prototxt": r"#[^\n]*",
}
_COMMENTS = {ending: re.compile(text, re.DOTALL) for ending, text in _COMMENT.items()}
_SLASHES = re.compile(r"/\*.{0,100000}?\*/|(?<![:\w])//[^\n]*", re.DOTALL)
_OBJECTIVE_C = re.compile(r"^[ \t]*(?:#import|@interface|@implementation)\b", re.MULTILINE)


def ending_of(path: str) -> str:
    """Return the ending of a file's name in lower case, with its dot."""
    name = path.rpartition("/")[2].lower()
    return "." + name.rpartition(".")[2] if "." in name else ""


def read_language(path: str, text: str, ending: str, local: Iterable[str] = ()) -> FileUses:
    """Return what a file that is not Python uses.

    Args:
        path: Where it stands.
        text: What stands in it.
        ending: Of the files of its language.
        local: Names of the repository's own Lua modules, which are no packages.
    """
    found = FileUses(path)
    text = text[:_LONGEST]
    if ending == ".m" and _OBJECTIVE_C.search(text):
        return found
    bare = _COMMENTS.get(ending, _SLASHES).sub(_blank, text)
    own = set(local)
    for framework, purpose, pattern in RULES.get(ending, ()):
        matches = [m for m in _first(pattern, bare) if not (own and _names(m.group()) & own)]
        if not matches:
            continue
        found.uses.append(Use(framework, purpose, len(matches)))
        line = bare.count("\n", 0, matches[0].start()) + 1
        found.evidence.append((framework, str(line), _line(bare, matches[0])))
    return found


def own_language(texts: Mapping[str, str]) -> tuple[str, int]:
    """Return the language that most of these files are written in, and how much of it is there.

    Only languages that count for themselves are told; otherwise it is nothing.
    """
    sizes: dict[str, int] = {}
    for path, text in texts.items():
        name = _OWN_NAME.get(ending_of(path))
        if name == "matlab" and _OBJECTIVE_C.search(text[:_LONGEST]):
            continue
        if name:
            sizes[name] = sizes.get(name, 0) + len(text)
    most = max(sizes, key=lambda name: sizes[name], default="")
    return most, sizes.get(most, 0)


def _first(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    matches = []
    for match in pattern.finditer(text):
        matches.append(match)
        if len(matches) == _MOST_MATCHES:
            break
    return matches


def _names(text: str) -> set[str]:
    return set(re.findall(r"[\"']([\w./-]{1,80})[\"']", text))


def _line(text: str, match: re.Match[str]) -> str:
    start = text.rfind("\n", 0, match.end()) + 1
    return text[start : start + 200].partition("\n")[0]


def _blank(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")
