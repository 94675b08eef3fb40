"""A model that plegrad declared, on PyTorch: the same paths, features, losses and optimizers, and weights both ways."""

from .declaration import Declaration, declaration_of, read_declaration
from .embedding import Inputs
from .encoding import Labels, encode, encode_labels
from .errors import Refused
from .learning import Learner, Taken, losses_of
from .models import ESMM, PLE, MultiTaskModel, SharedBottom, SingleTask, WideDeep, build
from .optimizers import SGD, Adagrad, Adam, AdamW, Ftrl
from .reconciling import CAGrad, GradNorm, PCGrad
from .strategies import DecayingWeights, DynamicWeightAveraging, FixedWeights, Uncertainty
from .strategy import Strategy
from .weights import load_model, save_model, state_of

__all__ = [
    "ESMM",
    "PLE",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "CAGrad",
    "DecayingWeights",
    "Declaration",
    "DynamicWeightAveraging",
    "FixedWeights",
    "Ftrl",
    "GradNorm",
    "Inputs",
    "Labels",
    "Learner",
    "MultiTaskModel",
    "PCGrad",
    "Refused",
    "SharedBottom",
    "SingleTask",
    "Strategy",
    "Taken",
    "Uncertainty",
    "WideDeep",
    "build",
    "declaration_of",
    "encode",
    "encode_labels",
    "load_model",
    "losses_of",
    "read_declaration",
    "save_model",
    "state_of",
]
