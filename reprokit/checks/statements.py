"""What SPEC says in sentences: where a statement may change what a check expects. Pure.

A check that computes something again knows the plain form. Where SPEC says that the form is
another, and says it in words that nobody here reads, the check has nothing to hold against.
"""

import re
from collections.abc import Mapping
from typing import Any

# fmt: off
# Words of a plain loss, of its reduction, and of what it is taken over. Any other word in a
# stated loss may change its value.
_PLAIN = frozenset(re.findall(r"[a-z0-9]+", """
    a absolute all an and average averaged batch bce binary bits by categorical ce character
    characters class classes classification coordinate coordinates cross crossentropy
    crossentropyloss data delta dimension dimensions documents each element elements entropy
    error errors example examples excluded for half halved horizon horizons huber ignored
    ignoring images in is it l1 l2 label labelled labels left likelihood ln log logit logits
    loss mae masked mean means mse nats negative next nll normalised normalized objective of
    on one out output outputs over pad padded padding pads per position positions predicted
    prediction predictions quadratic real reported sequence sequences sigmoid smooth smoothed
    smoothing softmax sparse square squared squares standardised standardized sum summed
    symbols tag tags target targets the this to token tokens unit units value values window
    windows with without word words
"""))
# fmt: on
_MODIFIERS = re.compile(
    r"loss_weight|class_weight|label_weight|sample_weight|pos_weight|positive_weight|focal|"
    r"auxiliary|aux_|distil|teacher(?!_forcing)|temperature|mixup|cutmix|label_noise|consistency|z_loss|"
    r"margin|penalty|l1_|l2_|regulari[sz]|sparsity|kl_|beta_nll|confidence|contrastive|"
    r"loss_terms|coef|lambda"
)
# These are read where a loss is computed again, or are none of the loss.
_READ = frozenset({"label_smoothing", "value_coef", "entropy_coef", "gp_lambda", "gae_lambda"})


def sentences(spec: Mapping[str, Any]) -> list[str]:
    """Return each entry as a line `name: text`, in lower case."""
    return [f"{name}: {value}".casefold() for name, value in spec.items()]


def says(spec: Mapping[str, Any], pattern: str) -> str:
    """Return the name of the first entry in which a pattern occurs, else an empty text."""
    for name, line in zip(spec, sentences(spec), strict=True):
        if re.search(pattern, line):
            return str(name)
    return ""


def unread_loss(spec: Mapping[str, Any]) -> str:
    """Return the name of an entry that may make the loss another than its plain form."""
    for name, value in spec.items():
        own = str(name).casefold()
        is_loss = re.fullmatch(r"(\w+_)?(loss|objective|criterion)(_function|_fn)?", own)
        if is_loss and not own.startswith(("max_", "min_")) and isinstance(value, str):
            words = re.findall(r"[a-z][a-z\-]*|\d+(?:\.\d+)?", value.casefold().replace("_", " "))
            if any(word.strip("-") not in _PLAIN for word in unhyphenated(words)):
                return str(name)
        if own not in _READ and _MODIFIERS.search(own) and value not in (None, 0, 0.0, False):
            return str(name)
        if "augment" in own and re.search(r"mixup|cutmix|label", str(value).casefold()):
            return str(name)
    return ""


def unhyphenated(words: list[str]) -> list[str]:
    """Return the words, those with hyphens in their parts."""
    return [part for word in words for part in word.split("-") if part]


def changes_gradients(spec: Mapping[str, Any]) -> str:
    """Return the name of an entry that says that a step's gradient is not the loss's alone.

    Noise that is added to it, a penalty, a state that is carried from batch to batch.
    """
    return says(
        spec,
        r"gradient[\w ]*noise|noise[\w ]*gradient|gradient_penalt|centrali[sz]|sharpness|\bsam\b|"
        r"bptt|truncated|carried|carr(y|ies) (over|the)|stateful|persistent|lookahead|"
        r"virtual adversarial|adversarial training|manifold",
    )


def is_carried(spec: Mapping[str, Any]) -> str:
    """Return the name of an entry that says that a state goes from batch to batch."""
    return says(spec, r"bptt|carried|carr(y|ies) (over|the)|stateful|persistent hidden")
