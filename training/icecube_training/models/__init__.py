# SPDX-License-Identifier: Apache-2.0
"""Families of direction models behind one interface.

A model is a torch.nn.Module with

    forward(features float32[b, l, 6], lengths int64[b]) -> direction [b, 3], kappa [b] [, track logit [b]]

`features` are rows of version 1, padded with anything after `lengths`; `direction` has length 1, kappa is
above 0. What it answers depends neither on padding, nor on its neighbours, nor on when the event began: it
takes the zero of time away itself (inputs.py). A model whose stages have answers of their own leaves them,
vectors [b, 3], in `self.firsts`: the loss teaches them, too, by the weight `self.firsts_weight`. It is built
from its configuration alone: build({"family": ..., **arguments}).
"""

from icecube_training.models.deepset import DeepSet
from icecube_training.models.edgeconv import EdgeConvModel
from icecube_training.models.staged import Staged
from icecube_training.models.transformer import Transformer
from icecube_training.prepared import WrongInput

FAMILIES = {
    "deepset": DeepSet,
    "transformer": Transformer,
    "edgeconv": EdgeConvModel,
    "staged": Staged,
}


def build(configuration):
    """The model that a configuration's `model` section describes, with random weights."""
    arguments = dict(configuration)
    family = arguments.pop("family", None)
    if family not in FAMILIES:
        raise WrongInput(f"model.family: {family} (expected: one of {', '.join(FAMILIES)})")
    try:
        return FAMILIES[family](**arguments)
    except TypeError as problem:
        raise WrongInput(f"model: {problem} (expected: arguments of {FAMILIES[family].__name__})") from problem
